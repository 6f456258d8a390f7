/**
 * The kinds of bound Pods as features tell them apart: a class, and whether the Pod is being deleted (spreading does not
 * count those, affinity does). Knows on which Nodes there are Pods of which kind, and how many.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { LabelPair } from '../framework/label-matcher.ts';
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { ChangeLog } from './change-log.ts';

const NO_KINDS: readonly PodKind[] = [];

/** Not counted yet: many clusters never need to. */
const NEVER = -1;

export interface PodKind {
  readonly id: number;
  readonly class: PodClass;
  readonly isTerminating: boolean;
  /** Position of a Node to the number of its Pods of this kind, as of the last `count`. */
  readonly countOf: Map<number, number>;
}

export class PodKinds {
  readonly #kinds: PodKind[] = [];
  /** By class id, then 0 or 1 for terminating. */
  readonly #ids = new Map<number, number>();
  readonly #classesWithAffinity: PodClass[] = [];
  /** By a label that they have. */
  readonly #byLabel = new Map<string, PodKind[]>();
  /** Entries of the log that are counted. */
  #cursor = NEVER;

  get length(): number {
    return this.#kinds.length;
  }

  /** Classes whose Pods have terms of inter-pod affinity, in order of first appearance. Grows only. */
  get classesWithAffinity(): readonly PodClass[] {
    return this.#classesWithAffinity;
  }

  at(id: number): PodKind {
    return this.#kinds[id] as PodKind;
  }

  /**
   * Kinds among which are all that have every label of one of the lists.
   * @param needed an empty list is about all kinds
   */
  candidates(needed: readonly (readonly LabelPair[])[]): Iterable<PodKind> {
    const found = new Set<readonly PodKind[]>();
    for (const labels of needed) {
      if (labels.length === 0) return this.#kinds;
      const lists = labels.map((label) => this.#byLabel.get(labelKey(label)) ?? NO_KINDS);
      found.add(lists.reduce((least, list) => (list.length < least.length ? list : least)));
    }
    const [only = NO_KINDS] = found;
    return found.size < 2 ? only : new Set([...found].flat());
  }

  of(info: PodInfo): PodKind {
    const isTerminating = Boolean(info.pod.metadata.deletionTimestamp);
    const slot = info.class.id * 2 + (isTerminating ? 1 : 0);
    const id = this.#ids.get(slot);
    if (id !== undefined) return this.#kinds[id] as PodKind;
    const kind: PodKind = { id: this.#kinds.length, class: info.class, isTerminating, countOf: new Map() };
    const isNewClass = !this.#ids.has(slot ^ 1);
    this.#ids.set(slot, kind.id);
    this.#kinds.push(kind);
    for (const label of Object.entries(kind.class.labels)) this.#file(labelKey(label), kind);
    if (info.class.affinity.any && isNewClass) this.#classesWithAffinity.push(info.class);
    return kind;
  }

  #file(key: string, kind: PodKind): void {
    const kinds = this.#byLabel.get(key);
    if (kinds === undefined) this.#byLabel.set(key, [kind]);
    else kinds.push(kind);
  }

  /** Brings `countOf` up to date: from the log if it goes back far enough, else by counting the Pods on these Nodes. */
  count(log: ChangeLog, nodes: readonly NodeInfo[]): void {
    if (this.#cursor === NEVER || !log.holds(this.#cursor)) {
      for (const kind of this.#kinds) kind.countOf.clear();
      nodes.forEach((info, position) => {
        for (const pod of info.pods) add(this.of(pod), position, 1);
      });
    } else {
      for (let index = this.#cursor; index < log.end; index++) {
        const kind = log.podKindAt(index);
        if (kind >= 0) add(this.at(kind), log.nodeAt(index), log.deltaAt(index));
      }
    }
    this.#cursor = log.end;
  }

  /** Positions are to be learnt anew. */
  forgetPlaces(): void {
    this.#cursor = NEVER;
  }
}

/** No key or value has a line break. */
function labelKey([key, value]: LabelPair): string {
  return `${key}\n${value}`;
}

function add({ countOf }: PodKind, position: number, delta: number): void {
  const count = (countOf.get(position) ?? 0) + delta;
  if (count === 0) countOf.delete(position);
  else countOf.set(position, count);
}
