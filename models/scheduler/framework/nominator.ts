/**
 * Pods that preemption has promised a Node, until they are there. Their requests are reserved against Pods of lower
 * priority.
 *
 * Source: pkg/scheduler/backend/queue/nominator.go.
 */
import type { Pod } from '../../objects/pod.ts';
import { type PodInfo, podUid } from './pod-info.ts';

const NOBODY: readonly PodInfo[] = [];

export class Nominator {
  readonly #byNode = new Map<string, PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();
  /** Grows with each change. */
  version = 0;

  /** Nominates the Pod to `nodeName`, or to its `status.nominatedNodeName`; without either it is only taken out. */
  add(info: PodInfo, nodeName = info.pod.status?.nominatedNodeName ?? ''): void {
    this.delete(info.pod);
    if (nodeName === '') return;
    const uid = podUid(info.pod);
    this.#nodeOf.set(uid, nodeName);
    const pods = this.#byNode.get(nodeName);
    if (pods === undefined) this.#byNode.set(nodeName, [info]);
    else pods.push(info);
    this.version++;
  }

  delete(pod: Pod): void {
    const uid = podUid(pod);
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = (this.#byNode.get(nodeName) ?? []).filter((info) => podUid(info.pod) !== uid);
    if (pods.length === 0) this.#byNode.delete(nodeName);
    else this.#byNode.set(nodeName, pods);
    this.version++;
  }

  /** In the order in which they were nominated. */
  podsFor(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? NOBODY;
  }

  nodeOf(pod: Pod): string | undefined {
    return this.#nodeOf.get(podUid(pod));
  }

  get isEmpty(): boolean {
    return this.#nodeOf.size === 0;
  }

  /** Names of the Nodes that have nominated Pods. */
  nodeNames(): Iterable<string> {
    return this.#byNode.keys();
  }
}
