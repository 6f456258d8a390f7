/**
 * A Node and what is known of the Pods on it, added up as Pods come and go.
 * Source: pkg/scheduler/framework/types.go NodeInfo.
 */
import type { Node } from '../../objects/node.ts';
import { type Amounts, NO_AMOUNTS, RunningAmounts } from '../framework/amounts.ts';
import { UsedHostPorts } from '../framework/host-ports.ts';
import { addInt64, type Int64, subtractInt64 } from '../framework/int64.ts';
import { amountsOfList } from '../framework/pod-requests.ts';
import { type PodInfo, podUid } from '../framework/pod-info.ts';
import type { Pod } from '../../objects/pod.ts';
import { NO_IMAGES, type NodeImages } from './node-images.ts';

const NO_NODE: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: '' } };

/** Not in the order of scheduling: Pods name the Node, but there is none (yet, or any more). */
export const NO_POSITION = -1;

export class NodeInfo {
  readonly name: string;
  /** Check `exists` when it may not be there. Plugins only ever see Nodes that exist. */
  node: Node = NO_NODE;
  exists = false;
  /** Index in the order in which Nodes are looked at, or NO_POSITION. Kept by the snapshot. */
  position = NO_POSITION;
  /** Grows with each change of the Node or of the Pods on it, over all Nodes of a cache. */
  generation = 0;
  allocatable: Amounts = NO_AMOUNTS;
  readonly requested: RunningAmounts;
  nonZeroMilliCpu: Int64 = 0;
  nonZeroMemory: Int64 = 0;
  /** In order of arrival, but for the last taking the place of one that leaves. */
  readonly pods: PodInfo[];
  /** Of these, those with podAffinity or podAntiAffinity. */
  readonly podsWithAffinity: PodInfo[];
  readonly podsWithRequiredAntiAffinity: PodInfo[];
  readonly usedPorts: UsedHostPorts;
  /** "namespace/name" of claims to the number of Pods that use them. */
  readonly claimUsers: Map<string, number>;
  images: NodeImages = NO_IMAGES;

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.requested = from?.requested.clone() ?? new RunningAmounts();
    this.pods = from?.pods.slice() ?? [];
    this.podsWithAffinity = from?.podsWithAffinity.slice() ?? [];
    this.podsWithRequiredAntiAffinity = from?.podsWithRequiredAntiAffinity.slice() ?? [];
    this.usedPorts = from?.usedPorts.clone() ?? new UsedHostPorts();
    this.claimUsers = new Map(from?.claimUsers);
  }

  /** A copy on which Pods may be added and removed to see what would be. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, this);
    copy.node = this.node;
    copy.exists = this.exists;
    copy.position = this.position;
    copy.generation = this.generation;
    copy.allocatable = this.allocatable;
    copy.nonZeroMilliCpu = this.nonZeroMilliCpu;
    copy.nonZeroMemory = this.nonZeroMemory;
    copy.images = this.images;
    return copy;
  }

  /** @throws RangeError when an allocatable amount is no quantity. */
  setNode(node: Node): void {
    if (node.status?.allocatable !== this.node.status?.allocatable || !this.exists) {
      this.allocatable = amountsOfList(node.status?.allocatable);
    }
    this.node = node;
    this.exists = true;
  }

  removeNode(): void {
    this.node = NO_NODE;
    this.exists = false;
    this.allocatable = NO_AMOUNTS;
    this.images = NO_IMAGES;
  }

  addPod(info: PodInfo): void {
    this.pods.push(info);
    const { affinity, hostPorts, claimKeys } = info.class;
    if (affinity.any) this.podsWithAffinity.push(info);
    if (affinity.requiredAntiAffinity.length > 0) this.podsWithRequiredAntiAffinity.push(info);
    this.requested.add(info.boundRequests);
    this.nonZeroMilliCpu = addInt64(this.nonZeroMilliCpu, info.boundNonZero.milliCpu);
    this.nonZeroMemory = addInt64(this.nonZeroMemory, info.boundNonZero.memory);
    for (const port of hostPorts) this.usedPorts.add(port);
    for (const key of claimKeys) this.claimUsers.set(key, (this.claimUsers.get(key) ?? 0) + 1);
  }

  /** By uid. Gives what was removed, or undefined when no such Pod is here. */
  removePod(pod: Pod): PodInfo | undefined {
    const uid = podUid(pod);
    const info = this.pods.find((other) => podUid(other.pod) === uid);
    if (info !== undefined) this.remove(info);
    return info;
  }

  /** Removes a Pod that is here. */
  remove(info: PodInfo): void {
    take(this.pods, info);
    const { affinity, hostPorts, claimKeys } = info.class;
    if (affinity.any) take(this.podsWithAffinity, info);
    if (affinity.requiredAntiAffinity.length > 0) take(this.podsWithRequiredAntiAffinity, info);
    this.requested.subtract(info.boundRequests);
    this.nonZeroMilliCpu = subtractInt64(this.nonZeroMilliCpu, info.boundNonZero.milliCpu);
    this.nonZeroMemory = subtractInt64(this.nonZeroMemory, info.boundNonZero.memory);
    for (const port of hostPorts) this.usedPorts.remove(port);
    for (const key of claimKeys) this.#releaseClaim(key);
  }

  #releaseClaim(key: string): void {
    const users = (this.claimUsers.get(key) ?? 0) - 1;
    if (users <= 0) this.claimUsers.delete(key);
    else this.claimUsers.set(key, users);
  }
}

/** Takes a Pod out; the last one takes its place. */
function take(pods: PodInfo[], info: PodInfo): void {
  const at = pods.indexOf(info);
  const last = pods.pop();
  if (at >= 0 && at < pods.length) pods[at] = last as PodInfo;
}
