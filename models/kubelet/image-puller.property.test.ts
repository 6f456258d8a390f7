/** Pulls one at a time, side by side, and refused: chains of pulls do what plain lists of them do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Micros, type ScheduledEvent, Simulation } from '../../engine/index.ts';
import { ImageCatalogue } from './image-catalogue.ts';
import { ImagePuller, type PullFailure } from './image-puller.ts';
import { KnownImages } from './known-images.ts';
import { DEFAULT_KUBELET_SETTINGS, type KubeletSettings } from './kubelet-settings.ts';
import { LatencySampler } from './latency.ts';
import type { ContainerRun, PodWorker } from './pod-worker.ts';

const NAMES = ['a:1', 'b:1', 'c:1', 'none:1'];
const catalogue = new ImageCatalogue({ sizeBytes: { a: 4e6, b: 9e6, c: 4e6 }, missing: ['none'] });
const known = new KnownImages(catalogue);
const ROUND_TRIP = { medianMillis: 40, p99Millis: 90 };

type Log = (string | number | undefined)[][];

interface PlainPull {
  readonly image: string;
  readonly id: number;
  readonly askedMicros: Micros;
  startedMicros: Micros;
  remainingBytes: number;
}

/** One after the other or side by side, in lists; tokens are counted as the real puller's. */
class PlainPuller {
  readonly log: Log = [];
  readonly #sim: Simulation;
  readonly #settings: KubeletSettings;
  readonly #roundTrip: LatencySampler;
  readonly #images = new Set<string>();
  readonly #queue: PlainPull[] = [];
  #downloads: PlainPull[] = [];
  #running = 0;
  #lookedAtMicros = 0;
  #next: ScheduledEvent | undefined;
  #tokens: number;
  #tokensAtMicros = 0;

  constructor(sim: Simulation, settings: KubeletSettings) {
    this.#sim = sim;
    this.#settings = settings;
    this.#roundTrip = new LatencySampler(ROUND_TRIP, sim.stream('registry'));
    this.#tokens = settings.registryBurst;
  }

  pull(image: string, id: number): void {
    this.#queue.push({ image, id, askedMicros: this.#sim.nowMicros, startedMicros: 0, remainingBytes: 0 });
    this.#startQueued();
  }

  #startQueued(): void {
    const { serializeImagePulls, maxParallelImagePulls } = this.#settings;
    const limit = serializeImagePulls ? 1 : maxParallelImagePulls || Number.POSITIVE_INFINITY;
    while (this.#running < limit && this.#queue.length > 0) {
      const pull = this.#queue.shift() as PlainPull;
      this.#running++;
      pull.startedMicros = this.#sim.nowMicros;
      if (this.#takeToken()) this.#sim.after(this.#roundTrip.draw(), () => this.#answered(pull));
      else this.#sim.after(0, () => this.#finish(pull, 'QPSExceeded'));
    }
  }

  #takeToken(): boolean {
    const earned = ((this.#sim.nowMicros - this.#tokensAtMicros) / 1e6) * this.#settings.registryPullQPS;
    this.#tokens = Math.min(this.#settings.registryBurst, this.#tokens + earned);
    this.#tokensAtMicros = this.#sim.nowMicros;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #answered(pull: PlainPull): void {
    if (!catalogue.exists(pull.image)) this.#finish(pull, 'NotFound');
    else if (this.#images.has(pull.image)) this.#finish(pull, undefined);
    else {
      this.#advance();
      pull.remainingBytes = catalogue.sizeBytes(pull.image);
      this.#downloads.push(pull);
      this.#planNext();
    }
  }

  #advance(): void {
    const share = this.#settings.imageBandwidthBytesPerSecond / Math.max(1, this.#downloads.length);
    const bytes = ((this.#sim.nowMicros - this.#lookedAtMicros) / 1e6) * share;
    for (const pull of this.#downloads) pull.remainingBytes -= bytes;
    this.#lookedAtMicros = this.#sim.nowMicros;
  }

  #planNext(): void {
    if (this.#next !== undefined) this.#sim.cancel(this.#next);
    this.#next = undefined;
    if (this.#downloads.length === 0) return;
    const least = Math.min(...this.#downloads.map(({ remainingBytes }) => remainingBytes));
    const share = this.#settings.imageBandwidthBytesPerSecond / this.#downloads.length;
    this.#next = this.#sim.after(Math.max(0, Math.ceil((least / share) * 1e6)), () => this.#downloaded());
  }

  #downloaded(): void {
    this.#next = undefined;
    this.#advance();
    const whole = this.#downloads.filter(({ remainingBytes }) => remainingBytes <= 0.5);
    this.#downloads = this.#downloads.filter((pull) => !whole.includes(pull));
    this.#planNext();
    for (const pull of whole) {
      const isNew = !this.#images.has(pull.image);
      this.#images.add(pull.image);
      this.#finish(pull, undefined);
      if (isNew) this.log.push(['arrival']);
    }
  }

  #finish(pull: PlainPull, failure: PullFailure | undefined): void {
    this.#running--;
    const { nowMicros } = this.#sim;
    this.log.push([pull.id, failure, nowMicros - pull.startedMicros, nowMicros - pull.askedMicros]);
    this.#startQueued();
  }
}

interface Ask {
  readonly image: string;
  readonly atMicros: Micros;
}

function plainLog(settings: KubeletSettings, asks: readonly Ask[]): Log {
  const sim = new Simulation({ seed: 'pulls' });
  const puller = new PlainPuller(sim, settings);
  asks.forEach(({ image, atMicros }, id) => sim.at(atMicros, () => puller.pull(image, id)));
  sim.runUntil({ idle: true });
  return puller.log;
}

function log(settings: KubeletSettings, asks: readonly Ask[]): Log {
  const sim = new Simulation({ seed: 'pulls' });
  const told: Log = [];
  const puller = new ImagePuller({
    sim,
    settings,
    registryRoundTrip: new LatencySampler(ROUND_TRIP, sim.stream('registry')),
    preloaded: [],
    onPulled: (_worker, run, failure, pullMicros, withWaitMicros) =>
      told.push([run.restartCount, failure, pullMicros, withWaitMicros]),
    onArrival: () => told.push(['arrival']),
  });
  asks.forEach(({ image, atMicros }, id) => {
    // All that a puller reads of a Pod; the number tells which one it was.
    const run = { image: known.of(image), restartCount: id } as ContainerRun;
    sim.at(atMicros, () => puller.pull({} as PodWorker, run, puller.has(run.image)));
  });
  sim.runUntil({ idle: true });
  return told;
}

const settings = fc.record({
  serializeImagePulls: fc.boolean(),
  maxParallelImagePulls: fc.constantFrom(0, 2, 3),
  registryPullQPS: fc.constantFrom(1, 100),
  registryBurst: fc.constantFrom(3, 20),
});
const ask = fc.record({ image: fc.constantFrom(...NAMES), atMicros: fc.integer({ min: 0, max: 1_500_000 }) });

test('pulls end when those of the plain puller do, in the same order', () => {
  fc.assert(
    fc.property(settings, fc.array(ask, { maxLength: 12 }), (given, asks) => {
      const all = { ...DEFAULT_KUBELET_SETTINGS, ...given };
      expect(log(all, asks)).toEqual(plainLog(all, asks));
    }),
  );
});
