/**
 * What the scheduler knows of Nodes and of the Pods on them: what informers have shown, and Pods that it has assumed to be
 * where it sends them. Assumed Pods never expire; binding confirms them or a failure forgets them.
 *
 * Source: pkg/scheduler/backend/cache/cache.go.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { PodClasses } from '../framework/pod-class.ts';
import { type PodInfo, podInfo, podUid } from '../framework/pod-info.ts';
import { ImageStates } from './image-states.ts';
import { NO_POSITION, NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import type { Snapshot } from './snapshot.ts';

/** Hears of each change as it happens; what is handed over has already changed. */
export interface CacheListener {
  /** A Node has appeared; Pods may be on it already. Its position is known after the next `orderChanged`. */
  nodeAdded?(info: NodeInfo): void;
  /** Labels, taints, allocatable, images or anything else of the Node. `before` is the Node that it was. */
  nodeUpdated?(info: NodeInfo, before: Node): void;
  /** The Node is gone; `info.exists` is false, its Pods may still be counted there. */
  nodeRemoved?(info: NodeInfo, before: Node): void;
  /** Also for Nodes that do not exist. */
  podAdded?(info: NodeInfo, pod: PodInfo): void;
  podRemoved?(info: NodeInfo, pod: PodInfo): void;
  /** `snapshot.nodes` is a new list and positions are new. Called by `snapshot()` only. */
  orderChanged?(nodes: readonly NodeInfo[]): void;
  /** The counts of Nodes with its images that this Node shows have changed. Called by `snapshot()` only. */
  imagesRefreshed?(info: NodeInfo): void;
}

interface PodPlace {
  info: PodInfo;
  readonly node: NodeInfo;
  assumed: boolean;
}

export class SchedulerCache {
  /** One for the scheduler: incoming Pods and bound Pods share their classes. */
  readonly classes: PodClasses;
  readonly #infos = new Map<string, NodeInfo>();
  readonly #places = new Map<string, PodPlace>();
  readonly #tree = new NodeTree();
  readonly #images = new ImageStates();
  readonly #listeners: CacheListener[] = [];
  readonly #withAffinity = new Set<NodeInfo>();
  readonly #withRequiredAntiAffinity = new Set<NodeInfo>();
  /** Nodes with images that changed since their images were last summed up, with that version. */
  readonly #imagesSeen = new Map<NodeInfo, number>();
  readonly #imagesStale = new Set<NodeInfo>();
  #nodes: NodeInfo[] = [];
  #orderIsStale = false;
  #generation = 0;
  readonly #snapshot: Snapshot;

  constructor(classes: PodClasses = new PodClasses()) {
    this.classes = classes;
    // oxlint-disable-next-line typescript/no-this-alias
    const cache = this;
    this.#snapshot = {
      get nodes() {
        return cache.#nodes;
      },
      get: (name) => {
        const info = cache.#infos.get(name);
        return info?.exists === true ? info : undefined;
      },
      nodesWithAffinityPods: this.#withAffinity,
      nodesWithRequiredAntiAffinityPods: this.#withRequiredAntiAffinity,
    };
  }

  addListener(listener: CacheListener): void {
    this.#listeners.push(listener);
  }

  get nodeCount(): number {
    let count = 0;
    for (const info of this.#infos.values()) if (info.exists) count++;
    return count;
  }

  get podCount(): number {
    return this.#places.size;
  }

  /** Brings order and images up to date for the next attempt. Cheap when nothing changed. */
  snapshot(): Snapshot {
    if (this.#imagesStale.size > 0) this.#refreshImages();
    if (this.#orderIsStale) this.#renewOrder();
    return this.#snapshot;
  }

  addNode(node: Node): void {
    const info = this.#infoOf(node.metadata.name);
    if (info.exists) {
      this.updateNode(node);
      return;
    }
    info.setNode(node);
    this.#tree.add(node);
    this.#images.add(node);
    this.#orderIsStale = true;
    this.#noteAffinity(info);
    this.#touch(info);
    for (const listener of this.#listeners) listener.nodeAdded?.(info);
  }

  updateNode(node: Node): void {
    const info = this.#infoOf(node.metadata.name);
    if (!info.exists) {
      this.addNode(node);
      return;
    }
    const before = info.node;
    if (this.#tree.update(before, node)) this.#orderIsStale = true;
    if (before.status?.images === node.status?.images) this.#images.renew(node);
    else {
      this.#images.remove(before);
      this.#images.add(node);
    }
    info.setNode(node);
    this.#imagesSeen.delete(info);
    this.#touch(info);
    for (const listener of this.#listeners) listener.nodeUpdated?.(info, before);
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (info === undefined || !info.exists) return;
    const before = info.node;
    this.#tree.remove(before);
    this.#images.remove(before);
    info.removeNode();
    info.position = NO_POSITION;
    this.#orderIsStale = true;
    this.#imagesSeen.delete(info);
    this.#imagesStale.delete(info);
    info.generation = ++this.#generation;
    this.#noteAffinity(info);
    this.#dropIfUnused(info);
    for (const listener of this.#listeners) listener.nodeRemoved?.(info, before);
  }

  /** A bound Pod, as the informer shows it. Confirms it if it was assumed, there or elsewhere. */
  addPod(pod: Pod): void {
    const place = this.#places.get(podUid(pod));
    if (place === undefined) this.#place(podInfo(pod, this.classes), pod.spec.nodeName as string, false);
    else this.#replace(place, pod);
  }

  /** A bound Pod changed. A Pod that is not known is added. */
  updatePod(pod: Pod): void {
    this.addPod(pod);
  }

  removePod(pod: Pod): void {
    const place = this.#places.get(podUid(pod));
    if (place !== undefined) this.#displace(place);
  }

  /** Counts the Pod on that Node from now on, before the API server knows. @throws Error if it is there already. */
  assumePod(pod: Pod, nodeName: string): void {
    if (this.#places.has(podUid(pod))) throw new Error(`pod ${podUid(pod)} is in the cache, so it cannot be assumed`);
    this.#place(podInfo(pod, this.classes), nodeName, true);
  }

  /** Takes an assumption back. Does nothing when binding was seen meanwhile, or for a Pod that is not known. */
  forgetPod(pod: Pod): void {
    const place = this.#places.get(podUid(pod));
    if (place?.assumed === true) this.#displace(place);
  }

  isAssumed(pod: Pod): boolean {
    return this.#places.get(podUid(pod))?.assumed ?? false;
  }

  /** The Pod as the cache knows it. */
  getPod(pod: Pod): PodInfo | undefined {
    return this.#places.get(podUid(pod))?.info;
  }

  #infoOf(name: string): NodeInfo {
    let info = this.#infos.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#infos.set(name, info);
    }
    return info;
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    const node = this.#infoOf(nodeName);
    node.addPod(info);
    this.#places.set(podUid(info.pod), { info, node, assumed });
    if (info.class.affinity.any) this.#noteAffinity(node);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podAdded?.(node, info);
  }

  #displace({ info, node }: PodPlace): void {
    node.remove(info);
    this.#places.delete(podUid(info.pod));
    if (info.class.affinity.any) this.#noteAffinity(node);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podRemoved?.(node, info);
    this.#dropIfUnused(node);
  }

  /** The informer's version of a Pod that is in the cache. Nothing is announced when the Node would not notice. */
  #replace(place: PodPlace, pod: Pod): void {
    const nodeName = pod.spec.nodeName as string;
    const before = place.info;
    const after = podInfo(pod, this.classes);
    const same =
      nodeName === place.node.name &&
      after.class === before.class &&
      after.boundRequests === before.boundRequests &&
      pod.metadata.deletionTimestamp === before.pod.metadata.deletionTimestamp;
    if (!same) {
      this.#displace(place);
      this.#place(after, nodeName, false);
      return;
    }
    place.assumed = false;
    place.info = after;
    const { node } = place;
    exchange(node.pods, before, after);
    if (after.class.affinity.any) exchange(node.podsWithAffinity, before, after);
    if (after.class.affinity.requiredAntiAffinity.length > 0)
      exchange(node.podsWithRequiredAntiAffinity, before, after);
    this.#touch(node);
  }

  #noteAffinity(node: NodeInfo): void {
    if (node.exists && node.podsWithAffinity.length > 0) this.#withAffinity.add(node);
    else this.#withAffinity.delete(node);
    if (node.exists && node.podsWithRequiredAntiAffinity.length > 0) this.#withRequiredAntiAffinity.add(node);
    else this.#withRequiredAntiAffinity.delete(node);
  }

  #touch(info: NodeInfo): void {
    info.generation = ++this.#generation;
    if (info.exists && (info.node.status?.images?.length ?? 0) > 0) {
      if (this.#imagesSeen.get(info) !== this.#images.version) this.#imagesStale.add(info);
    } else if (info.images.size > 0) this.#imagesStale.add(info);
  }

  /**
   * Counts of Nodes per image are those of the moment when the Node itself last changed: kube-scheduler copies them into
   * its snapshot together with the Node, and does not copy Nodes that did not change.
   */
  #refreshImages(): void {
    for (const info of this.#imagesStale) {
      if (this.#imagesSeen.get(info) === this.#images.version) continue;
      this.#imagesSeen.set(info, this.#images.version);
      info.images = this.#images.summaryOf(info.node);
      for (const listener of this.#listeners) listener.imagesRefreshed?.(info);
    }
    this.#imagesStale.clear();
  }

  #renewOrder(): void {
    this.#orderIsStale = false;
    this.#nodes = this.#tree.order().map((name) => this.#infoOf(name));
    this.#nodes.forEach((info, position) => {
      info.position = position;
    });
    for (const listener of this.#listeners) listener.orderChanged?.(this.#nodes);
  }

  #dropIfUnused(info: NodeInfo): void {
    if (!info.exists && info.pods.length === 0) this.#infos.delete(info.name);
  }
}

function exchange(pods: PodInfo[], before: PodInfo, after: PodInfo): void {
  const at = pods.indexOf(before);
  if (at >= 0) pods[at] = after;
}
