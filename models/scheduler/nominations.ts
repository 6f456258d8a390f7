/**
 * Which Pods without Node are nominated to one: the scheduler's own record, ahead of what the API shows.
 * Source: pkg/scheduler/backend/queue/nominator.go.
 */
import type { Pod } from '../objects/pod.ts';
import { priorityOf, uidOf } from './queue/queued-pod.ts';
import type { SchedulingEngine } from './scheduling-engine.ts';

interface Nomination {
  readonly pod: Pod;
  readonly nodeName: string;
}

const statusNode = (pod: Pod): string => pod.status?.nominatedNodeName ?? '';

export class Nominations {
  readonly #engine: SchedulingEngine;
  readonly #byUid = new Map<string, Nomination>();
  readonly #byNode = new Map<string, Set<string>>();

  constructor(engine: SchedulingEngine) {
    this.#engine = engine;
  }

  /** `nodeName` absent: the one in the Pod's status. Empty: none. */
  set(pod: Pod, nodeName: string = statusNode(pod)): void {
    this.delete(pod);
    if (nodeName === '') return;
    const uid = uidOf(pod);
    this.#byUid.set(uid, { pod, nodeName });
    const onNode = this.#byNode.get(nodeName);
    if (onNode === undefined) this.#byNode.set(nodeName, new Set([uid]));
    else onNode.add(uid);
    this.#engine.nominate(pod, nodeName);
  }

  /** An update that knows of no nomination leaves one that was made in memory alone. */
  update(oldPod: Pod, newPod: Pod): void {
    const own = this.#byUid.get(uidOf(oldPod));
    if (own !== undefined && statusNode(oldPod) === '' && statusNode(newPod) === '') this.set(newPod, own.nodeName);
    else if (own !== undefined || statusNode(newPod) !== '') this.set(newPod);
  }

  delete(pod: Pod): void {
    if (this.#byUid.size === 0) return;
    const uid = uidOf(pod);
    const own = this.#byUid.get(uid);
    if (own === undefined) return;
    this.#byUid.delete(uid);
    this.#byNode.get(own.nodeName)?.delete(uid);
    this.#engine.nominate(own.pod, undefined);
  }

  /** Pods of lower priority that are nominated to the Node. */
  lowerThan(pod: Pod, nodeName: string): Pod[] {
    const lower: Pod[] = [];
    for (const uid of this.#byNode.get(nodeName) ?? []) {
      const nominated = this.#byUid.get(uid)?.pod;
      if (nominated !== undefined && priorityOf(nominated) < priorityOf(pod)) lower.push(nominated);
    }
    return lower;
  }
}
