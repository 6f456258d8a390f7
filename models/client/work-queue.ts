/**
 * The rate-limited work queue of controllers. A key is in it at most once; a key that is added while a worker has it is
 * handed out again when that worker is done; failures make a key wait longer and longer.
 *
 * Source: client-go util/workqueue (queue.go, delaying_queue.go, rate_limiting_queue.go, default_rate_limiters.go).
 */
import {
  MICROS_PER_MILLI,
  MICROS_PER_SECOND,
  type Micros,
  type ScheduledEvent,
  type Simulation,
  TokenBucket,
} from '../../engine/index.ts';

export interface WorkQueueOptions {
  /** Wait after the first failure of a key; it doubles with each further one. 5 ms unless given. */
  readonly baseMicros?: Micros;
  /** Longest wait. 1000 s unless given. */
  readonly maxMicros?: Micros;
  /** All retries of the queue together; 10 a second with a burst of 100 unless given, `null` for no such limit. */
  readonly bucket?: { readonly ratePerSecond: number; readonly burst: number } | null;
}

const BASE_MICROS = 5 * MICROS_PER_MILLI;
const MAX_MICROS = 1000 * MICROS_PER_SECOND;
const BUCKET = { ratePerSecond: 10, burst: 100 } as const;
/** Keys taken from the front of the list before it is cut. */
const CUT_AT = 1024;

export class RateLimitingQueue {
  readonly #sim: Simulation;
  readonly #baseMicros: Micros;
  readonly #maxMicros: Micros;
  readonly #bucket: TokenBucket | undefined;
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, ScheduledEvent>();
  #ready: string[] = [];
  #next = 0;
  #onReady: () => void = () => {};
  #isShutDown = false;

  constructor(sim: Simulation, options: WorkQueueOptions = {}) {
    this.#sim = sim;
    this.#baseMicros = options.baseMicros ?? BASE_MICROS;
    this.#maxMicros = options.maxMicros ?? MAX_MICROS;
    const bucket = options.bucket === undefined ? BUCKET : options.bucket;
    this.#bucket = bucket === null ? undefined : new TokenBucket(sim, bucket);
  }

  /** Keys that wait to be handed out; those of `addAfter` do not count until they are due. */
  get length(): number {
    return this.#ready.length - this.#next;
  }

  /** Called when there is a key to get. One callback; a second one takes its place. */
  onReady(callback: () => void): void {
    this.#onReady = callback;
    if (this.length > 0) callback();
  }

  /** Nothing for a key that waits already. */
  add(key: string): void {
    if (this.#isShutDown || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (this.#processing.has(key)) return;
    this.#ready.push(key);
    this.#onReady();
  }

  /** Adds the key after a delay; of several delays of one key the one that ends first counts. */
  addAfter(key: string, delayMicros: Micros): void {
    if (this.#isShutDown) return;
    if (delayMicros <= 0) {
      this.add(key);
      return;
    }
    const planned = this.#delayed.get(key);
    if (planned !== undefined) {
      if (planned.timeMicros <= this.#sim.nowMicros + delayMicros) return;
      this.#sim.cancel(planned);
    }
    this.#delayed.set(key, this.#sim.after(delayMicros, this.#onDue, key));
  }

  /** Adds the key after a failure: the longer of the key's own wait and that of all retries together. */
  addRateLimited(key: string): void {
    const failures = this.numRequeues(key);
    this.#failures.set(key, failures + 1);
    const ownMicros = failures > 30 ? this.#maxMicros : Math.min(this.#baseMicros * (1 << failures), this.#maxMicros);
    this.addAfter(key, Math.max(ownMicros, this.#bucket?.reserve() ?? 0));
  }

  /** The key did well: its failures no longer count. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Failures since the key was last forgotten. */
  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, or undefined when none waits. Whoever takes it must call `done`. */
  get(): string | undefined {
    if (this.#next >= this.#ready.length) return undefined;
    const key = this.#ready[this.#next++] as string;
    if (this.#next === this.#ready.length) {
      this.#ready.length = 0;
      this.#next = 0;
    } else if (this.#next >= CUT_AT && this.#next * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#next);
      this.#next = 0;
    }
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (!this.#dirty.has(key)) return;
    this.#ready.push(key);
    this.#onReady();
  }

  /** Takes no more keys; those that wait can still be got. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const event of this.#delayed.values()) this.#sim.cancel(event);
    this.#delayed.clear();
  }

  readonly #onDue = (key: string): void => {
    this.#delayed.delete(key);
    this.add(key);
  };
}
