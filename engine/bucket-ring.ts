/**
 * A ring of buckets for the near future: a timing wheel. A bucket holds runs of events, in no order, for one stretch of
 * time; a bit for each bucket tells which are in use, so that empty stretches are passed 32 at a time.
 *
 * Buckets are numbered without end; the ring can hold any BUCKETS consecutive numbers at once, and the caller keeps to
 * such a window.
 */
import type { ScheduledEvent } from './scheduled-event.ts';

/** Buckets in the ring; a power of two, and a multiple of 32. */
export const BUCKETS = 16384;

const MASK = BUCKETS - 1;
const WORDS = BUCKETS / 32;

export class BucketRing {
  readonly #heads: (ScheduledEvent | null)[] = Array.from({ length: BUCKETS }, () => null);
  readonly #inUse = new Int32Array(WORDS);
  #runs = 0;

  /** Runs in all buckets. */
  get runs(): number {
    return this.#runs;
  }

  /** Adds a run to a bucket. O(1). */
  put(bucket: number, run: ScheduledEvent): void {
    const slot = bucket & MASK;
    run.nextRun = this.#heads[slot] as ScheduledEvent | null;
    this.#heads[slot] = run;
    (this.#inUse[slot >> 5] as number) |= 1 << (slot & 31);
    this.#runs++;
  }

  /** Empties a bucket into the front of an array, which is not shortened, and says how many runs there were. */
  takeInto(bucket: number, runs: ScheduledEvent[]): number {
    const slot = bucket & MASK;
    let run = this.#heads[slot] as ScheduledEvent | null;
    this.#heads[slot] = null;
    (this.#inUse[slot >> 5] as number) &= ~(1 << (slot & 31));
    let count = 0;
    while (run !== null) {
      const following: ScheduledEvent | null = run.nextRun;
      run.nextRun = null;
      runs[count++] = run;
      run = following;
    }
    this.#runs -= count;
    return count;
  }

  /** How many buckets after `bucket` (1 to BUCKETS) the next one in use comes. The ring must hold a run. */
  distanceToNext(bucket: number): number {
    const start = (bucket + 1) & MASK;
    let word = start >> 5;
    let bits = (this.#inUse[word] as number) & (-1 << (start & 31));
    for (let passed = 0; passed <= WORDS; passed++) {
      if (bits !== 0) {
        const slot = (word << 5) + (31 - Math.clz32(bits & -bits));
        return ((slot - start) & MASK) + 1;
      }
      word = (word + 1) & (WORDS - 1);
      bits = this.#inUse[word] as number;
    }
    throw new RangeError('the ring of buckets is empty');
  }

  /** Empties all buckets. */
  takeAll(): ScheduledEvent[] {
    const all: ScheduledEvent[] = [];
    const runs: ScheduledEvent[] = [];
    for (let slot = 0; slot < BUCKETS; slot++) {
      if (this.#heads[slot] === null) continue;
      const count = this.takeInto(slot, runs);
      for (let i = 0; i < count; i++) all.push(runs[i] as ScheduledEvent);
    }
    return all;
  }
}
