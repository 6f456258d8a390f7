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
import type { PlacedPod } from './placed-pod.ts';

const NO_PODS: readonly PodInfo[] = [];
const NO_NODE: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: '' } };

/** What is known of the sums over the Pods of a Node. */
const NOT_SUMMED = 0;
const SUMMED = 1;
/** And asked for since Pods last came or went. */
const IN_USE = 2;

/** Not in the order of scheduling: Pods name the Node, but there is none (yet, or any more). */
export const NO_POSITION = -1;

export class NodeInfo {
  // What a Pod that comes or goes reads and writes is first: it lies together in memory, which is what is waited for.
  exists = false;
  /** Index in the order in which Nodes are looked at, or NO_POSITION. Kept by the snapshot. */
  position = NO_POSITION;
  /** Grows with each change of the Node or of the Pods on it, over all Nodes of a cache. */
  generation = 0;
  /** Version of all images (`ImageStates.version`) as of which this Node shows its own; -1 where the Node has changed since. */
  imagesVersion = -1;
  podCount = 0;
  /** Pods in order of arrival, but for the last taking the place of one that leaves. Of a copy: none. */
  #first: PlacedPod | null = null;
  #last: PlacedPod | null = null;
  /** The same as a list: of a copy always, else since somebody has asked for it. */
  #list: PodInfo[] | null;
  readonly #isCopy: boolean;
  /** See `#summed`. */
  #sums: typeof NOT_SUMMED | typeof SUMMED | typeof IN_USE;
  /** Pods with podAffinity or podAntiAffinity; those with required terms of the latter. */
  #withAffinity: number;
  #withRequiredAntiAffinity: number;
  /** On the cache's list of Nodes that may have got their first Pod with affinity, or lost the last. */
  isAffinityStale = false;
  readonly name: string;
  /** Check `exists` when it may not be there. Plugins only ever see Nodes that exist. */
  node: Node = NO_NODE;
  allocatable: Amounts = NO_AMOUNTS;
  readonly #requested: RunningAmounts;
  #nonZeroMilliCpu: Int64 = 0;
  #nonZeroMemory: Int64 = 0;
  readonly usedPorts: UsedHostPorts;
  /** "namespace/name" of claims to the number of Pods that use them. */
  readonly claimUsers: Map<string, number>;
  images: NodeImages = NO_IMAGES;

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.#isCopy = from !== undefined;
    this.#sums = from === undefined ? SUMMED : IN_USE;
    this.#requested = from === undefined ? new RunningAmounts() : from.#summed().clone();
    this.#nonZeroMilliCpu = from?.nonZeroMilliCpu ?? 0;
    this.#nonZeroMemory = from?.nonZeroMemory ?? 0;
    this.#list = from?.pods.slice() ?? null;
    this.podCount = from?.podCount ?? 0;
    this.#withAffinity = from === undefined ? 0 : from.#withAffinity;
    this.#withRequiredAntiAffinity = from === undefined ? 0 : from.#withRequiredAntiAffinity;
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
    copy.images = this.images;
    return copy;
  }

  /** In order of arrival, but for the last taking the place of one that leaves. Only the list of a copy changes. */
  get pods(): readonly PodInfo[] {
    if (this.#list === null) {
      this.#list = [];
      for (let pod = this.#first; pod !== null; pod = pod.after) this.#list.push(pod);
    }
    return this.#list;
  }

  /** What the Pods on the Node request together. */
  get requested(): Amounts {
    return this.#summed();
  }

  /** The same with the defaults that scoring gives Pods without requests. */
  get nonZeroMilliCpu(): Int64 {
    this.#summed();
    return this.#nonZeroMilliCpu;
  }

  get nonZeroMemory(): Int64 {
    this.#summed();
    return this.#nonZeroMemory;
  }

  /** Pods with podAffinity or podAntiAffinity. */
  get podsWithAffinity(): readonly PodInfo[] {
    return this.#withAffinity === 0 ? NO_PODS : this.pods.filter((pod) => pod.class.affinity.any);
  }

  get podsWithRequiredAntiAffinity(): readonly PodInfo[] {
    if (this.#withRequiredAntiAffinity === 0) return NO_PODS;
    return this.pods.filter((pod) => pod.class.affinity.requiredAntiAffinity.length > 0);
  }

  get hasPodsWithAffinity(): boolean {
    return this.#withAffinity > 0;
  }

  get hasPodsWithRequiredAntiAffinity(): boolean {
    return this.#withRequiredAntiAffinity > 0;
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

  /** A Pod comes to the Node. */
  place(pod: PlacedPod): void {
    pod.before = this.#last;
    if (this.#last === null) this.#first = pod;
    else this.#last.after = pod;
    this.#last = pod;
    this.#list = null;
    this.#enter(pod);
  }

  /** A Pod that is here leaves. The last one takes its place. */
  displace(pod: PlacedPod): void {
    const last = this.#last as PlacedPod;
    this.#last = last.before;
    if (last.before === null) this.#first = null;
    else last.before.after = null;
    if (pod !== last) this.#exchange(pod, last);
    pod.before = null;
    pod.after = null;
    this.#list = null;
    this.#leave(pod);
  }

  /** Puts a Pod that is in no place into the place of another. */
  #exchange(pod: PlacedPod, other: PlacedPod): void {
    other.before = pod.before;
    other.after = pod.after;
    if (other.before === null) this.#first = other;
    else other.before.after = other;
    if (other.after === null) this.#last = other;
    else other.after.before = other;
  }

  /** Adds a Pod to a copy. */
  addPod(pod: PodInfo): void {
    this.#ofCopy().push(pod);
    this.#enter(pod);
  }

  /** Removes a Pod from a copy, by uid. Gives what was removed, or undefined when no such Pod is here. */
  removePod(pod: Pod): PodInfo | undefined {
    const pods = this.#ofCopy();
    const uid = podUid(pod);
    const at = pods.findIndex((other) => podUid(other.pod) === uid);
    if (at < 0) return undefined;
    const removed = pods[at] as PodInfo;
    const last = pods.pop() as PodInfo;
    if (last !== removed) pods[at] = last;
    this.#leave(removed);
    return removed;
  }

  /** @throws Error when this is no copy: Pods come and go through the cache. */
  #ofCopy(): PodInfo[] {
    if (this.#list === null || !this.#isCopy)
      throw new Error(`node ${this.name} is the cache's own: Pods are added to a clone, or through the cache`);
    return this.#list;
  }

  #enter(info: PodInfo): void {
    this.podCount++;
    this.#count(info, 1);
    const { hostPorts, claimKeys } = info.class;
    for (const port of hostPorts) this.usedPorts.add(port);
    for (const key of claimKeys) this.claimUsers.set(key, (this.claimUsers.get(key) ?? 0) + 1);
  }

  #leave(info: PodInfo): void {
    this.podCount--;
    this.#count(info, -1);
    const { hostPorts, claimKeys } = info.class;
    for (const port of hostPorts) this.usedPorts.remove(port);
    for (const key of claimKeys) this.#releaseClaim(key);
  }

  #count(info: PodInfo, delta: 1 | -1): void {
    const { affinity } = info.class;
    if (affinity.any) this.#withAffinity += delta;
    if (affinity.requiredAntiAffinity.length > 0) this.#withRequiredAntiAffinity += delta;
    if (this.#sums === IN_USE) {
      this.#addUp(info, delta);
      this.#sums = SUMMED;
    } else this.#sums = NOT_SUMMED;
  }

  /**
   * Sums up anew where nobody has asked for long: where an index keeps amounts in rows of its own, nobody does, and in a large cluster
   * all that is written for each Pod is waited for. While somebody asks between any two Pods, they are added and subtracted.
   */
  #summed(): RunningAmounts {
    if (this.#sums === NOT_SUMMED) {
      this.#requested.clear();
      this.#nonZeroMilliCpu = 0;
      this.#nonZeroMemory = 0;
      for (const pod of this.pods) this.#addUp(pod, 1);
    }
    // Of a Node without Pods nothing is to be kept up to date.
    this.#sums = this.podCount === 0 ? SUMMED : IN_USE;
    return this.#requested;
  }

  #addUp({ boundRequests, boundNonZero }: PodInfo, sign: 1 | -1): void {
    const change = sign === 1 ? addInt64 : subtractInt64;
    if (sign === 1) this.#requested.add(boundRequests);
    else this.#requested.subtract(boundRequests);
    this.#nonZeroMilliCpu = change(this.#nonZeroMilliCpu, boundNonZero.milliCpu);
    this.#nonZeroMemory = change(this.#nonZeroMemory, boundNonZero.memory);
  }

  #releaseClaim(key: string): void {
    const users = (this.claimUsers.get(key) ?? 0) - 1;
    if (users <= 0) this.claimUsers.delete(key);
    else this.claimUsers.set(key, users);
  }
}
