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
import { type ImageState, type ImageStateMap, ImageStates } from './image-states.ts';
import { NodeImages } from './node-images.ts';
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
  /** An image is on another number of Nodes than before. Returns whether that matters: then `imagesRefreshed` will tell of it. */
  imageSpread?(image: ImageState, nodesBefore: number): boolean;
  /** What this Node shows of these images has changed in a way that matters, or may have. Called by `snapshot()` only. */
  imagesRefreshed?(info: NodeInfo, changed: readonly ImageState[]): void;
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
  readonly #images = new ImageStates((image, nodesBefore) => this.#imageMatters(image, nodesBefore));
  readonly #listeners: CacheListener[] = [];
  readonly #withAffinity = new Set<NodeInfo>();
  readonly #withRequiredAntiAffinity = new Set<NodeInfo>();
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

  /** Images that some Node has, by name. */
  get images(): ImageStateMap {
    return this.#images.all;
  }

  get podCount(): number {
    return this.#places.size;
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
    info.images = new NodeImages(this.#images.all);
    info.images.current = this.#images.exchange([], node);
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
    if (before.status?.images === node.status?.images) this.#images.renew(node);
    else images.current = this.#images.exchange(images.current, node);
    info.setNode(node);
    images.seenVersion = -1;
    this.#touch(info);
    for (const listener of this.#listeners) listener.nodeUpdated?.(info, before);
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (info === undefined || !info.exists) return;
    const before = info.node;
    this.#tree.remove(before);
    this.#images.remove(info.images.current);
    info.images.isStale = false;
    info.removeNode();
    info.position = NO_POSITION;
    this.#orderIsStale = true;
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
    const { images } = info;
    if (images.isStale || images.seenVersion === this.#images.version) return;
    if (images.current.length === 0 && images.size === 0) return;
    images.isStale = true;
    this.#imagesStale.push(info);
  }

  #imageMatters(image: ImageState, nodesBefore: number): boolean {
    let matters = false;
    for (const listener of this.#listeners) if (listener.imageSpread?.(image, nodesBefore) === true) matters = true;
    return matters;
  }

  #refreshImages(): void {
    const { version } = this.#images;
    const changed: ImageState[] = [];
    for (const info of this.#imagesStale) {
      // It may have gone, or gone and come again.
      if (!info.images.isStale) continue;
      info.images.refresh(version, changed);
      if (changed.length === 0) continue;
      for (const listener of this.#listeners) listener.imagesRefreshed?.(info, changed);
      changed.length = 0;
    }
    this.#imagesStale = [];
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
