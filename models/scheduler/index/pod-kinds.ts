/**
 * The kinds of bound Pods as features tell them apart: a class, and whether the Pod is being deleted (spreading does not
 * count those, affinity does). Knows on which Nodes there are Pods of which kind, and how many.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';

export interface PodKind {
  readonly id: number;
  readonly class: PodClass;
  readonly isTerminating: boolean;
  /** Position of a Node to the number of its Pods of this kind. */
  readonly countOf: Map<number, number>;
}

export class PodKinds {
  readonly #kinds: PodKind[] = [];
  /** By class id, then 0 or 1 for terminating. */
  readonly #ids: number[] = [];
  readonly #classesWithAffinity: PodClass[] = [];
  #arePlaced = false;

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

  all(): readonly PodKind[] {
    return this.#kinds;
  }

  of(info: PodInfo): PodKind {
    const isTerminating = info.pod.metadata.deletionTimestamp !== undefined;
    const slot = info.class.id * 2 + (isTerminating ? 1 : 0);
    const id = this.#ids[slot];
    if (id !== undefined) return this.#kinds[id] as PodKind;
    const kind: PodKind = { id: this.#kinds.length, class: info.class, isTerminating, countOf: new Map() };
    const isNewClass = this.#ids[slot ^ 1] === undefined;
    this.#ids[slot] = kind.id;
    this.#kinds.push(kind);
    if (info.class.affinity.any && isNewClass) this.#classesWithAffinity.push(info.class);
    return kind;
  }

  /** Counts a Pod that comes to (1) or leaves (-1) a Node. */
  count(kind: PodKind, position: number, delta: 1 | -1): void {
    const count = (kind.countOf.get(position) ?? 0) + delta;
    if (count === 0) kind.countOf.delete(position);
    else kind.countOf.set(position, count);
  }

  /** Whether `countOf` is kept. Nothing needs it before the first feature, and many clusters never have one. */
  get arePlaced(): boolean {
    return this.#arePlaced;
  }

  /** Counts all Pods on these Nodes, unless they are counted. */
  place(nodes: readonly NodeInfo[]): void {
    if (this.#arePlaced) return;
    this.#arePlaced = true;
    nodes.forEach((info, position) => {
      for (const pod of info.pods) this.count(this.of(pod), position, 1);
    });
  }

  /** Positions are to be learnt anew. */
  forgetPlaces(): void {
    this.#arePlaced = false;
    for (const kind of this.#kinds) kind.countOf.clear();
  }
}
