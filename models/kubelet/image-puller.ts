/**
 * The images of one Node: which it has, and the pulls in progress, one at a time or side by side over one link. One for each of thousands
 * of Nodes, so pulls are chained, and a Node that does not pull keeps its list of images alone.
 * Source: pkg/kubelet/images/puller.go and image_manager.go.
 */
import type { Micros, ScheduledEvent, Simulation } from '../../engine/index.ts';
import { type KnownImage, type ListedImage, withImage } from './known-images.ts';
import type { Kubelet } from './kubelet.ts';
import type { KubeletSettings } from './kubelet-settings.ts';
import type { LatencySampler } from './latency.ts';
import type { ContainerRun, PodWorker } from './pod-worker.ts';

export type PullFailure = 'NotFound' | 'QPSExceeded';

/** What all Nodes share: the settings, the streams, who is told. */
export interface ImageService {
  readonly sim: Simulation;
  readonly settings: KubeletSettings;
  readonly registryRoundTrip: LatencySampler;
  /** What every Node has from the start, as it lists it. */
  readonly preloaded: readonly ListedImage[];
  /** The end of a pull. `failure` undefined: the image is there now. Both durations in whole microseconds. */
  onPulled(
    worker: PodWorker,
    run: ContainerRun,
    failure: PullFailure | undefined,
    pullMicros: Micros,
    withWaitMicros: Micros,
  ): void;
  /** An image has come that was not there. */
  onArrival(kubelet: Kubelet): void;
}

interface Pull {
  readonly puller: ImagePuller;
  readonly image: KnownImage;
  readonly worker: PodWorker;
  readonly run: ContainerRun;
  readonly askedMicros: Micros;
  /** The Node's list when the image was not in it; undefined when it was there at once. */
  readonly lacking: readonly ListedImage[] | undefined;
  startedMicros: Micros;
  /** Bytes that are still to come, as of the puller's last look at the clock. */
  remainingBytes: number;
  /** The pull after this one in the queue or among the downloads. */
  next: Pull | undefined;
}

export class ImagePuller {
  readonly #service: ImageService;
  /** As the Node lists them; another list after each arrival, since reports hold on to this one. */
  #images: readonly ListedImage[];
  #queued: Pull | undefined;
  /** In the order in which they began. */
  #downloads: Pull | undefined;
  #running = 0;
  #lookedAtMicros: Micros = 0;
  #next: ScheduledEvent | undefined;
  #tokens: number;
  #tokensAtMicros: Micros = 0;

  constructor(service: ImageService) {
    this.#service = service;
    this.#images = service.preloaded;
    this.#tokens = service.settings.registryBurst;
  }

  has(image: KnownImage): boolean {
    return this.#images.includes(image.listed);
  }

  /** As Node.status.images lists them. */
  list(): readonly ListedImage[] {
    return this.#images;
  }

  /** Puts an image on the Node without a pull. */
  add(image: KnownImage): void {
    this.#images = withImage(this.#images, image.listed);
  }

  /** Ends in `onPulled`. `present`: what `has` has just said of the image. */
  pull(worker: PodWorker, run: ContainerRun, present: boolean): void {
    const askedMicros = this.#service.sim.nowMicros;
    const pull: Pull = {
      puller: this,
      image: run.image,
      worker,
      run,
      askedMicros,
      lacking: present ? undefined : this.#images,
      startedMicros: 0,
      remainingBytes: 0,
      next: undefined,
    };
    if (this.#queued === undefined && this.#running < this.#parallelLimit()) this.#start(pull);
    else this.#queued = append(this.#queued, pull);
  }

  #parallelLimit(): number {
    const { serializeImagePulls, maxParallelImagePulls } = this.#service.settings;
    if (serializeImagePulls) return 1;
    return maxParallelImagePulls > 0 ? maxParallelImagePulls : Number.POSITIVE_INFINITY;
  }

  #startQueued(): void {
    while (this.#queued !== undefined && this.#running < this.#parallelLimit()) {
      const pull = this.#queued;
      this.#queued = pull.next;
      pull.next = undefined;
      this.#start(pull);
    }
  }

  #start(pull: Pull): void {
    const { sim, registryRoundTrip } = this.#service;
    this.#running++;
    pull.startedMicros = sim.nowMicros;
    if (!this.#takeToken()) sim.after(0, ImagePuller.#refused, pull);
    else sim.after(registryRoundTrip.draw(), ImagePuller.#answered, pull);
  }

  #takeToken(): boolean {
    const { registryPullQPS, registryBurst } = this.#service.settings;
    if (registryPullQPS === 0) return true;
    const now = this.#service.sim.nowMicros;
    const earned = ((now - this.#tokensAtMicros) / 1_000_000) * registryPullQPS;
    this.#tokens = Math.min(registryBurst, this.#tokens + earned);
    this.#tokensAtMicros = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  // Handlers are of the class, not of each Node.
  static readonly #refused = (pull: Pull): void => pull.puller.#finish(pull, 'QPSExceeded');
  static readonly #answered = (pull: Pull): void => pull.puller.#onAnswer(pull);
  static readonly #downloaded = (puller: ImagePuller): void => puller.#onDownloaded();

  #onAnswer(pull: Pull): void {
    if (!pull.image.exists) this.#finish(pull, 'NotFound');
    else if (this.#images !== pull.lacking && this.has(pull.image)) this.#finish(pull, undefined);
    else {
      this.#advance();
      pull.remainingBytes = pull.image.sizeBytes;
      this.#downloads = append(this.#downloads, pull);
      this.#planNext();
    }
  }

  /** Brings the downloads up to now; all share the link evenly. */
  #advance(): void {
    const now = this.#service.sim.nowMicros;
    const share = this.#service.settings.imageBandwidthBytesPerSecond / Math.max(1, countOf(this.#downloads));
    const bytes = ((now - this.#lookedAtMicros) / 1_000_000) * share;
    for (let pull = this.#downloads; pull !== undefined; pull = pull.next) pull.remainingBytes -= bytes;
    this.#lookedAtMicros = now;
  }

  #planNext(): void {
    const { sim, settings } = this.#service;
    if (this.#next !== undefined) sim.cancel(this.#next);
    this.#next = undefined;
    if (this.#downloads === undefined) return;
    let least = Number.POSITIVE_INFINITY;
    for (let pull: Pull | undefined = this.#downloads; pull !== undefined; pull = pull.next) {
      least = Math.min(least, pull.remainingBytes);
    }
    const share = settings.imageBandwidthBytesPerSecond / countOf(this.#downloads);
    const delayMicros = Math.max(0, Math.ceil((least / share) * 1_000_000));
    this.#next = sim.after(delayMicros, ImagePuller.#downloaded, this);
  }

  #onDownloaded(): void {
    this.#next = undefined;
    this.#advance();
    let whole = this.#takeWhole();
    this.#planNext();
    while (whole !== undefined) {
      const pull: Pull = whole;
      whole = pull.next;
      const before = this.#images;
      this.add(pull.image);
      const isNew = this.#images !== before;
      this.#finish(pull, undefined);
      if (isNew) this.#service.onArrival(pull.worker.kubelet);
    }
  }

  /** The downloads that are complete, which are downloads no more. */
  #takeWhole(): Pull | undefined {
    let whole: Pull | undefined;
    let others: Pull | undefined;
    let next = this.#downloads;
    while (next !== undefined) {
      const pull: Pull = next;
      next = pull.next;
      pull.next = undefined;
      if (pull.remainingBytes <= 0.5) whole = append(whole, pull);
      else others = append(others, pull);
    }
    this.#downloads = others;
    return whole;
  }

  #finish(pull: Pull, failure: PullFailure | undefined): void {
    this.#running--;
    const { sim } = this.#service;
    const { startedMicros, askedMicros } = pull;
    this.#service.onPulled(pull.worker, pull.run, failure, sim.nowMicros - startedMicros, sim.nowMicros - askedMicros);
    this.#startQueued();
  }
}

/** The chain with a pull at its end. Chains are short: the Pods that start on one Node at one time. */
function append(first: Pull | undefined, pull: Pull): Pull {
  if (first === undefined) return pull;
  let last = first;
  while (last.next !== undefined) last = last.next;
  last.next = pull;
  return first;
}

function countOf(first: Pull | undefined): number {
  let count = 0;
  for (let pull = first; pull !== undefined; pull = pull.next) count++;
  return count;
}
