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
import { reportsResources } from '../framework/pod-requests.ts';
import { type ImageState, ImageStates } from './image-states.ts';
import { NodeImages } from './node-images.ts';
import { NO_POSITION, NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import { PlacedPod } from './placed-pod.ts';
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
  /** An image is on another number of Nodes than before. Returns whether that matters: then `imagesRefreshed` will tell of it. */
  imageSpread?(image: ImageState, nodesBefore: number): boolean;
  /** What this Node shows of these images has changed in a way that matters, or may have. Called by `snapshot()` only. */
  imagesRefreshed?(info: NodeInfo, changed: readonly ImageState[]): void;
}

export class SchedulerCache {
  /** One for the scheduler: incoming Pods and bound Pods share their classes. */
  readonly classes: PodClasses;
  readonly #infos = new Map<string, NodeInfo>();
  /** Pods on Nodes by uid: those that informers have shown, and those that are assumed until they do. */
  readonly #confirmed = new Map<string, PlacedPod>();
  readonly #assumed = new Map<string, PlacedPod>();
  #lastInfo: PodInfo | undefined;
  #expected: NodeInfo | undefined;
  readonly #tree = new NodeTree();
  /** On the Nodes. */
  readonly images = new ImageStates((image, nodesBefore) => this.#imageMatters(image, nodesBefore));
  readonly #listeners: CacheListener[] = [];
  readonly #withAffinity = new Set<NodeInfo>();
  readonly #withRequiredAntiAffinity = new Set<NodeInfo>();
  readonly #affinityStale: NodeInfo[] = [];
  /** Nodes that changed since their images were last refreshed. */
  #imagesStale: NodeInfo[] = [];
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
      get nodesWithAffinityPods() {
        cache.#renewAffinity();
        return cache.#withAffinity;
      },
      get nodesWithRequiredAntiAffinityPods() {
        cache.#renewAffinity();
        return cache.#withRequiredAntiAffinity;
      },
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
    return this.#confirmed.size + this.#assumed.size;
  }

  /** Brings order and images up to date for the next attempt. Cheap when nothing changed. */
  snapshot(): Snapshot {
    if (this.#imagesStale.length > 0) this.#refreshImages();
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
    info.images = new NodeImages(this.images);
    info.imagesVersion = -1;
    info.images.current = this.images.exchange([], node);
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
    const { node: before, images } = info;
    if (this.#tree.update(before, node)) this.#orderIsStale = true;
    if (before.status?.images === node.status?.images) this.images.renew(node);
    else images.current = this.images.exchange(images.current, node);
    info.setNode(node);
    info.imagesVersion = -1;
    this.#touch(info);
    for (const listener of this.#listeners) listener.nodeUpdated?.(info, before);
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (info === undefined || !info.exists) return;
    const before = info.node;
    this.#tree.remove(before);
    this.images.remove(info.images.current);
    info.images.isStale = false;
    info.removeNode();
    info.position = NO_POSITION;
    this.#orderIsStale = true;
    info.generation = ++this.#generation;
    this.#noteAffinity(info);
    this.#dropIfUnused(info);
    for (const listener of this.#listeners) listener.nodeRemoved?.(info, before);
  }

  /** The Pod as plugins see it, parsed for its class. What is asked for several times in a row is made once. */
  infoOf(pod: Pod): PodInfo {
    if (this.#lastInfo?.pod !== pod) this.#lastInfo = podInfo(pod, this.classes);
    return this.#lastInfo;
  }

  /** A bound Pod, as the informer shows it. Confirms it if it was assumed, there or elsewhere. */
  addPod(pod: Pod): void {
    const uid = podUid(pod);
    const placed = this.#find(uid);
    if (placed === undefined) this.#place(uid, podInfo(pod, this.classes), pod.spec.nodeName as string, false);
    else this.#replace(uid, placed, pod);
  }

  /** A bound Pod changed. A Pod that is not known is added. */
  updatePod(pod: Pod): void {
    this.addPod(pod);
  }

  removePod(pod: Pod): void {
    const uid = podUid(pod);
    const placed = this.#find(uid);
    if (placed !== undefined) this.#displace(uid, placed);
  }

  /** Counts the Pod on that Node from now on, before the API server knows. @throws Error if it is there already. */
  assumePod(pod: Pod, nodeName: string): void {
    const uid = podUid(pod);
    if (this.#assumed.has(uid) || this.#confirmed.has(uid))
      throw new Error(`pod ${uid} is in the cache, so it cannot be assumed`);
    this.#place(uid, this.infoOf(pod), nodeName, true);
  }

  /** Takes an assumption back. Does nothing when binding was seen meanwhile, or for a Pod that is not known. */
  forgetPod(pod: Pod): void {
    const uid = podUid(pod);
    const placed = this.#assumed.get(uid);
    if (placed !== undefined) this.#displace(uid, placed);
  }

  isAssumed(pod: Pod): boolean {
    return this.#assumed.has(podUid(pod));
  }

  /** A Pod is about to be assumed on that Node, so that it need not be looked for. */
  expectPodOn(node: NodeInfo): void {
    this.#expected = node;
  }

  /** Looked for among the few first: the many are far away in memory. */
  #find(uid: string): PlacedPod | undefined {
    return this.#assumed.get(uid) ?? this.#confirmed.get(uid);
  }

  #infoOf(name: string): NodeInfo {
    const expected = this.#expected;
    // One that has gone may have come again as another.
    if (expected?.exists === true && expected.name === name) return expected;
    let info = this.#infos.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#infos.set(name, info);
    }
    return info;
  }

  #place(uid: string, info: PodInfo, nodeName: string, isAssumed: boolean): void {
    const node = this.#infoOf(nodeName);
    const placed = new PlacedPod(info, node, isAssumed);
    node.place(placed);
    (isAssumed ? this.#assumed : this.#confirmed).set(uid, placed);
    if (placed.class.affinity.any) this.#noteAffinity(node);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podAdded?.(node, placed);
  }

  #displace(uid: string, placed: PlacedPod): void {
    const { node } = placed;
    node.displace(placed);
    (placed.isAssumed ? this.#assumed : this.#confirmed).delete(uid);
    if (placed.class.affinity.any) this.#noteAffinity(node);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podRemoved?.(node, placed);
    this.#dropIfUnused(node);
  }

  /** The informer's version of a Pod that is in the cache. Nothing is announced when the Node would not notice. */
  #replace(uid: string, placed: PlacedPod, pod: Pod): void {
    if (!this.#isAlike(placed, pod)) {
      this.#displace(uid, placed);
      this.#place(uid, podInfo(pod, this.classes), pod.spec.nodeName as string, false);
      return;
    }
    if (placed.isAssumed) {
      placed.isAssumed = false;
      this.#assumed.delete(uid);
      this.#confirmed.set(uid, placed);
    }
    placed.pod = pod;
    this.#touch(placed.node);
  }

  /** Whether the Pod is what it was to its Node and to other Pods. */
  #isAlike(placed: PlacedPod, pod: Pod): boolean {
    const before = placed.pod;
    if (pod.spec.nodeName !== placed.node.name) return false;
    if (pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp) return false;
    const podClass = this.classes.areAlike(before, pod) ? placed.class : this.classes.of(pod);
    if (podClass !== placed.class) return false;
    return !reportsResources(pod) && placed.boundRequests === podClass.boundRequests;
  }

  /** It may have to be in other sets of Nodes now. They are brought up to date when somebody looks. */
  #noteAffinity(node: NodeInfo): void {
    if (node.isAffinityStale) return;
    node.isAffinityStale = true;
    this.#affinityStale.push(node);
  }

  #renewAffinity(): void {
    for (const node of this.#affinityStale) {
      node.isAffinityStale = false;
      if (node.exists && node.hasPodsWithAffinity) this.#withAffinity.add(node);
      else this.#withAffinity.delete(node);
      if (node.exists && node.hasPodsWithRequiredAntiAffinity) this.#withRequiredAntiAffinity.add(node);
      else this.#withRequiredAntiAffinity.delete(node);
    }
    this.#affinityStale.length = 0;
  }

  #touch(info: NodeInfo): void {
    info.generation = ++this.#generation;
    if (info.imagesVersion === this.images.version) return;
    const { images } = info;
    if (images.isStale) return;
    if (images.current.length === 0 && images.size === 0) {
      info.imagesVersion = this.images.version;
      return;
    }
    images.isStale = true;
    this.#imagesStale.push(info);
  }

  #imageMatters(image: ImageState, nodesBefore: number): boolean {
    let matters = false;
    for (const listener of this.#listeners) if (listener.imageSpread?.(image, nodesBefore) === true) matters = true;
    return matters;
  }

  #refreshImages(): void {
    const changed: ImageState[] = [];
    for (const info of this.#imagesStale) {
      // It may have gone, or gone and come again.
      if (!info.images.isStale) continue;
      info.images.refresh(changed);
      info.imagesVersion = this.images.version;
      if (changed.length === 0) continue;
      for (const listener of this.#listeners) listener.imagesRefreshed?.(info, changed);
      changed.length = 0;
    }
    this.#imagesStale = [];
  }

  #renewOrder(): void {
    this.#orderIsStale = false;
    // Nodes that have gone are not to be kept for it, even if nobody ever looks.
    this.#renewAffinity();
    this.#nodes = this.#tree.order().map((name) => this.#infoOf(name));
    this.#nodes.forEach((info, position) => {
      info.position = position;
    });
    for (const listener of this.#listeners) listener.orderChanged?.(this.#nodes);
  }

  #dropIfUnused(info: NodeInfo): void {
    if (!info.exists && info.podCount === 0) this.#infos.delete(info.name);
  }
}
