/**
 * The images of one Node: which it has, and the pulls in progress, one at a time or side by side over one link.
 * Source: pkg/kubelet/images/puller.go and image_manager.go.
 */
import type { Micros, ScheduledEvent, Simulation } from '../../engine/index.ts';
import { type ImageCatalogue, withTag } from './image-catalogue.ts';
import type { KubeletSettings } from './kubelet-settings.ts';
import type { LatencySampler } from './latency.ts';

export type PullFailure = 'NotFound' | 'QPSExceeded';

/** `failure` undefined: the image is there now. Both durations in whole microseconds. */
export type Pulled = (failure: PullFailure | undefined, pullMicros: Micros, withWaitMicros: Micros) => void;

/** What all Nodes share: the registry's contents, the settings, the streams. */
export interface ImageService {
  readonly sim: Simulation;
  readonly catalogue: ImageCatalogue;
  readonly settings: KubeletSettings;
  readonly registryRoundTrip: LatencySampler;
}

interface Pull {
  readonly image: string;
  readonly askedMicros: Micros;
  readonly done: Pulled;
  startedMicros: Micros;
  /** Bytes that are still to come, as of the puller's last look at the clock. */
  remainingBytes: number;
}

export class ImagePuller {
  readonly #service: ImageService;
  readonly #images = new Set<string>();
  readonly #onArrival: () => void;
  readonly #queue: Pull[] = [];
  readonly #downloads: Pull[] = [];
  #running = 0;
  #lookedAtMicros: Micros = 0;
  #next: ScheduledEvent | undefined;
  #tokens: number;
  #tokensAtMicros: Micros = 0;

  /** `onArrival` runs after an image has come that was not there. */
  constructor(service: ImageService, onArrival: () => void) {
    this.#service = service;
    this.#onArrival = onArrival;
    this.#tokens = service.settings.registryBurst;
  }

  has(image: string): boolean {
    const tagged = withTag(image);
    return this.#images.has(tagged) || this.#service.catalogue.isPreloaded(tagged);
  }

  /** With tags, in the order of their arrival; the preloaded ones first. */
  list(): string[] {
    return [...this.#service.catalogue.preloaded, ...this.#images];
  }

  /** Puts an image on the Node without a pull. */
  add(image: string): void {
    this.#images.add(withTag(image));
  }

  pull(image: string, done: Pulled): void {
    const askedMicros = this.#service.sim.nowMicros;
    this.#queue.push({ image, askedMicros, done, startedMicros: 0, remainingBytes: 0 });
    this.#startQueued();
  }

  #parallelLimit(): number {
    const { serializeImagePulls, maxParallelImagePulls } = this.#service.settings;
    if (serializeImagePulls) return 1;
    return maxParallelImagePulls > 0 ? maxParallelImagePulls : Number.POSITIVE_INFINITY;
  }

  #startQueued(): void {
    while (this.#running < this.#parallelLimit()) {
      const pull = this.#queue.shift();
      if (pull === undefined) return;
      // Lets go of the room that the list had: most Nodes never pull that many at once again.
      if (this.#queue.length === 0) this.#queue.length = 0;
      this.#running++;
      pull.startedMicros = this.#service.sim.nowMicros;
      if (!this.#takeToken()) this.#service.sim.after(0, this.#refused, pull, 'QPSExceeded' as const);
      else this.#service.sim.after(this.#service.registryRoundTrip.draw(), this.#answered, pull);
    }
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

  readonly #refused = (pull: Pull, failure: PullFailure): void => this.#finish(pull, failure);

  readonly #answered = (pull: Pull): void => {
    if (!this.#service.catalogue.exists(pull.image)) this.#finish(pull, 'NotFound');
    else if (this.has(pull.image)) this.#finish(pull, undefined);
    else {
      this.#advance();
      pull.remainingBytes = this.#service.catalogue.sizeBytes(pull.image);
      this.#downloads.push(pull);
      this.#planNext();
    }
  };

  /** Brings the downloads up to now; all share the link evenly. */
  #advance(): void {
    const now = this.#service.sim.nowMicros;
    const share = this.#service.settings.imageBandwidthBytesPerSecond / Math.max(1, this.#downloads.length);
    const bytes = ((now - this.#lookedAtMicros) / 1_000_000) * share;
    for (const pull of this.#downloads) pull.remainingBytes -= bytes;
    this.#lookedAtMicros = now;
  }

  #planNext(): void {
    if (this.#next !== undefined) this.#service.sim.cancel(this.#next);
    this.#next = undefined;
    if (this.#downloads.length === 0) return;
    let least = Number.POSITIVE_INFINITY;
    for (const pull of this.#downloads) least = Math.min(least, pull.remainingBytes);
    const share = this.#service.settings.imageBandwidthBytesPerSecond / this.#downloads.length;
    const delayMicros = Math.max(0, Math.ceil((least / share) * 1_000_000));
    this.#next = this.#service.sim.after(delayMicros, this.#downloaded);
  }

  readonly #downloaded = (): void => {
    this.#next = undefined;
    this.#advance();
    const whole = this.#downloads.filter((pull) => pull.remainingBytes <= 0.5);
    for (const pull of whole) this.#downloads.splice(this.#downloads.indexOf(pull), 1);
    this.#planNext();
    for (const pull of whole) {
      const isNew = !this.has(pull.image);
      this.add(pull.image);
      this.#finish(pull, undefined);
      if (isNew) this.#onArrival();
    }
  };

  #finish(pull: Pull, failure: PullFailure | undefined): void {
    this.#running--;
    const now = this.#service.sim.nowMicros;
    pull.done(failure, now - pull.startedMicros, now - pull.askedMicros);
    this.#startQueued();
  }
}
