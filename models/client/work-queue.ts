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
/** Keys that are remembered at least; beyond them, those of which there is nothing to say are dropped. */
const KEPT = 4096;

/** What is known of one key: found once, it costs no further look-ups. */
class Item {
  readonly key: string;
  /** Waits, or will when its worker is done. */
  isDirty = false;
  /** A worker has it. */
  isProcessing = false;
  failures = 0;
  delayed: ScheduledEvent | undefined;
  /** The one that waits behind it. */
  next: Item | undefined;

  constructor(key: string) {
    this.key = key;
  }

  get isIdle(): boolean {
    return !this.isDirty && !this.isProcessing && this.failures === 0 && this.delayed === undefined;
  }
}

export class RateLimitingQueue {
  readonly #sim: Simulation;
  readonly #baseMicros: Micros;
  readonly #maxMicros: Micros;
  readonly #bucket: TokenBucket | undefined;
  readonly #items = new Map<string, Item>();
  readonly #kept: number;
  /** Keys from which those that are idle are dropped. */
  #limit: number;
  /** The last that was asked for: a worker that ends says several things of its key. */
  #last: Item | undefined;
  /** Those that wait, first in, first out, linked by `next`. */
  #first: Item | undefined;
  #lastReady: Item | undefined;
  #length = 0;
  #onReady: () => void = () => {};
  #isShutDown = false;

  /** @param kept keys that are remembered at least */
  constructor(sim: Simulation, options: WorkQueueOptions = {}, kept = KEPT) {
    this.#sim = sim;
    this.#kept = kept;
    this.#limit = kept;
    this.#baseMicros = options.baseMicros ?? BASE_MICROS;
    this.#maxMicros = options.maxMicros ?? MAX_MICROS;
    const bucket = options.bucket === undefined ? BUCKET : options.bucket;
    this.#bucket = bucket === null ? undefined : new TokenBucket(sim, bucket);
  }

  /** Keys that wait to be handed out; those of `addAfter` do not count until they are due. */
  get length(): number {
    return this.#length;
  }

  /** Called when there is a key to get. One callback; a second one takes its place. */
  onReady(callback: () => void): void {
    this.#onReady = callback;
    if (this.length > 0) callback();
  }

  /** Nothing for a key that waits already. */
  add(key: string): void {
    this.#add(this.#itemOf(key));
  }

  /** Adds the key after a delay; of several delays of one key the one that ends first counts. */
  addAfter(key: string, delayMicros: Micros): void {
    if (this.#isShutDown) return;
    const item = this.#itemOf(key);
    if (delayMicros <= 0) {
      this.#add(item);
      return;
    }
    const planned = item.delayed;
    if (planned !== undefined) {
      if (planned.timeMicros <= this.#sim.nowMicros + delayMicros) return;
      this.#sim.cancel(planned);
    }
    item.delayed = this.#sim.after(delayMicros, this.#onDue, item);
  }

  /** Adds the key after a failure: the longer of the key's own wait and that of all retries together. */
  addRateLimited(key: string): void {
    const item = this.#itemOf(key);
    const { failures } = item;
    item.failures = failures + 1;
    const ownMicros = failures > 30 ? this.#maxMicros : Math.min(this.#baseMicros * (1 << failures), this.#maxMicros);
    this.addAfter(key, Math.max(ownMicros, this.#bucket?.reserve() ?? 0));
  }

  /** The key did well: its failures no longer count. */
  forget(key: string): void {
    const item = this.#find(key);
    if (item !== undefined) item.failures = 0;
  }

  /** Failures since the key was last forgotten. */
  numRequeues(key: string): number {
    return this.#find(key)?.failures ?? 0;
  }

  /** The next key, or undefined when none waits. Whoever takes it must call `done`. */
  get(): string | undefined {
    const item = this.#first;
    if (item === undefined) return undefined;
    this.#first = item.next;
    if (this.#first === undefined) this.#lastReady = undefined;
    item.next = undefined;
    this.#length--;
    item.isDirty = false;
    item.isProcessing = true;
    return item.key;
  }

  done(key: string): void {
    const item = this.#find(key);
    if (item === undefined) return;
    item.isProcessing = false;
    if (!item.isDirty) return;
    this.#append(item);
  }

  /** Takes no more keys; those that wait can still be got. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const item of this.#items.values()) {
      if (item.delayed !== undefined) this.#sim.cancel(item.delayed);
      item.delayed = undefined;
    }
  }

  #add(item: Item): void {
    if (this.#isShutDown || item.isDirty) return;
    item.isDirty = true;
    if (item.isProcessing) return;
    this.#append(item);
  }

  #append(item: Item): void {
    if (this.#lastReady === undefined) this.#first = item;
    else this.#lastReady.next = item;
    this.#lastReady = item;
    this.#length++;
    this.#onReady();
  }

  readonly #onDue = (item: Item): void => {
    item.delayed = undefined;
    this.#add(item);
  };

  #find(key: string): Item | undefined {
    if (this.#last?.key === key) return this.#last;
    const item = this.#items.get(key);
    if (item !== undefined) this.#last = item;
    return item;
  }

  #itemOf(key: string): Item {
    return this.#find(key) ?? this.#newItem(key);
  }

  #newItem(key: string): Item {
    if (this.#items.size >= this.#limit) this.#dropIdle();
    const item = new Item(key);
    this.#items.set(key, item);
    this.#last = item;
    return item;
  }

  /** Keys of objects that are gone must not stay for ever; those that come again are found anew. */
  #dropIdle(): void {
    for (const item of this.#items.values()) if (item.isIdle) this.#items.delete(item.key);
    this.#last = undefined;
    this.#limit = Math.max(this.#kept, 2 * this.#items.size);
  }
}
