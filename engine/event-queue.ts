/**
 * The future event list: every event that is still to happen, in the total order of scheduled-event.ts.
 *
 * Three ideas, each for one load that was measured (bench/micro/event-queue.bench.ts):
 * - Runs. Events of one (time, priority) that are planned close together form an intrusive first-in first-out list, and
 *   only its head is ordered. A grid of simultaneous timers costs one ordering, not one for each event. A small
 *   direct-mapped table remembers the last event of recent runs; a run that falls out of it is never added to again, so
 *   of two runs with the same key the older has the smaller sequences throughout, and comparing heads orders all.
 * - A ring of buckets for the near future. Putting a run there is O(1); a bucket is sorted when its time comes.
 * - heap-js for the rest: what falls into the bucket now being worked off (`soon`), and what lies beyond the ring (`far`).
 *
 * The width of a bucket adapts to the load, which changes the cost and never the order.
 */
import { Heap } from 'heap-js';
import { BUCKETS, BucketRing } from './bucket-ring.ts';
import { compareEvents, type Handler, type ScheduledEvent } from './scheduled-event.ts';
import type { Micros } from './time.ts';

/** Number of priorities; 0 runs first within an instant. */
export const PRIORITIES = 3;

/** Size of the table of open runs; a power of two. */
const OPEN_RUNS = 256;
const OPEN_RUN_SHIFT = 24;

/** Width of a bucket before anything is known of the load. */
const FIRST_WIDTH_MICROS = 1024;
const WIDEST_MICROS = 2 ** 40;

/** Placements between two looks at the width, and live events for each: keeps the cost of a rebuild small per event. */
const LEAST_PLACEMENTS_BETWEEN_LOOKS = 4096;
const PLACEMENTS_BETWEEN_LOOKS_PER_EVENT = 4;

/** Dead events that are always tolerated before a rebuild. */
const LEAST_TOMBSTONES = 1024;

/** Below this many, an insertion sort beats the general one. */
const SMALL = 32;

/** Takes events in any order and gives them back in the order of `compareEvents`; cancelling leaves a tombstone. */
export class EventQueue {
  readonly #ring = new BucketRing();
  readonly #soon = new Heap<ScheduledEvent>(compareEvents);
  readonly #far = new Heap<ScheduledEvent>(compareEvents);
  /** Runs of the bucket being worked off, in order from `#cursor` to `#activeEnd`; what lies beyond is stale. */
  readonly #active: ScheduledEvent[] = [];
  #cursor = 0;
  #activeEnd = 0;
  /** Number of the bucket being worked off; times before its end go to `soon`. */
  #activeBucket = 0;
  #widthMicros = FIRST_WIDTH_MICROS;
  #perMicro = 1 / FIRST_WIDTH_MICROS;
  /** Last event of recent runs, by a hash of (time, priority). */
  readonly #lastOfRun: (ScheduledEvent | null)[] = Array.from({ length: OPEN_RUNS }, () => null);
  /** Their times, so that an event of another time need not be touched. */
  readonly #openTimes = new Float64Array(OPEN_RUNS).fill(-1);
  #frontIsSoon = false;
  #lastPoppedMicros = 0;
  #sequence = 0;
  #live = 0;
  #liveForeground = 0;
  #dead = 0;
  #placed = 0;
  #placedFar = 0;
  #soonDepth = 0;
  #activated = 0;
  #activatedRuns = 0;

  /** Events that will still run; cancelled ones are not counted. */
  get length(): number {
    return this.#live;
  }

  /** Events that will still run and are not background. */
  get foregroundLength(): number {
    return this.#liveForeground;
  }

  /** Plans an event. Amortised O(1) in the near future, O(log n) beyond. @throws RangeError for an unknown priority. */
  add(
    timeMicros: Micros,
    priority: number,
    background: boolean,
    handler: Handler,
    a: unknown,
    b: unknown,
  ): ScheduledEvent {
    if (priority !== 1 && priority !== 0 && priority !== 2) {
      throw new RangeError(`priority is ${priority}; accepted are 0 to ${PRIORITIES - 1}`);
    }
    const event: ScheduledEvent = {
      timeMicros,
      priority,
      sequence: this.#sequence++,
      background,
      handler,
      a,
      b,
      next: null,
      nextRun: null,
    };
    const slot = Math.imul((timeMicros + priority) | 0, 0x9e3779b1) >>> OPEN_RUN_SHIFT;
    const last = this.#openTimes[slot] === timeMicros ? (this.#lastOfRun[slot] as ScheduledEvent) : null;
    // A last event that has run or was cancelled may have left the queue: its run is closed.
    if (last !== null && last.priority === priority && last.handler !== null) last.next = event;
    else this.#place(event);
    this.#lastOfRun[slot] = event;
    this.#openTimes[slot] = timeMicros;
    this.#live++;
    if (!background) this.#liveForeground++;
    return event;
  }

  /**
   * Makes the event not happen. It stays as a tombstone until its time or until tombstones outnumber the living, when all
   * are swept: amortised O(1). False if it has run or was cancelled.
   */
  cancel(event: ScheduledEvent): boolean {
    if (event.handler === null) return false;
    this.#forget(event);
    this.#dead++;
    if (this.#dead > LEAST_TOMBSTONES && this.#dead > this.#live) this.#rebuild(this.#widthMicros);
    return true;
  }

  /** Takes the next event out, unless it is later than that. The caller then calls `consume`, so that it cannot be cancelled later. */
  pop(latestMicros = Number.POSITIVE_INFINITY): ScheduledEvent | undefined {
    const event = this.#front();
    if (event === undefined || event.timeMicros > latestMicros) return undefined;
    this.#dropFront(event);
    this.#lastPoppedMicros = event.timeMicros;
    return event;
  }

  /** Marks a popped event as done and gives its handler. */
  consume(event: ScheduledEvent): Handler {
    const handler = event.handler as Handler;
    this.#forget(event);
    return handler;
  }

  #forget(event: ScheduledEvent): void {
    event.handler = null;
    event.a = undefined;
    event.b = undefined;
    this.#live--;
    if (!event.background) this.#liveForeground--;
  }

  /** The next live event, still in its place. Drops tombstones on the way. */
  #front(): ScheduledEvent | undefined {
    for (;;) {
      const soon = this.#soon.length > 0 ? this.#soon.peek() : undefined;
      let event = this.#cursor < this.#activeEnd ? this.#active[this.#cursor] : undefined;
      this.#frontIsSoon = soon !== undefined && (event === undefined || compareEvents(soon, event) < 0);
      if (this.#frontIsSoon) event = soon;
      if (event === undefined) {
        if (!this.#advance()) return undefined;
      } else if (event.handler === null) {
        this.#dropFront(event);
        this.#dead--;
      } else {
        return event;
      }
    }
  }

  /** Takes the front event out; the next of its run, if any, takes its place, since nothing can order between them. */
  #dropFront(event: ScheduledEvent): void {
    const following = event.next;
    event.next = null;
    if (this.#frontIsSoon) {
      if (following === null) this.#soon.pop();
      else this.#soon.replace(following);
    } else if (following === null) {
      this.#cursor++;
    } else {
      this.#active[this.#cursor] = following;
    }
  }

  /** Goes on to the next bucket that holds a run. False when there is none. */
  #advance(): boolean {
    let bucket: number;
    if (this.#ring.runs > 0) {
      bucket = this.#activeBucket + this.#ring.distanceToNext(this.#activeBucket);
    } else {
      const first = this.#far.peek();
      if (first === undefined) return false;
      bucket = this.#bucketOf(first);
    }
    this.#activeBucket = bucket;
    const end = bucket + BUCKETS;
    for (let run = this.#far.peek(); run !== undefined && this.#bucketOf(run) < end; run = this.#far.peek()) {
      this.#ring.put(this.#bucketOf(run), run);
      this.#far.pop();
    }
    this.#cursor = 0;
    this.#activeEnd = this.#ring.takeInto(bucket, this.#active);
    sortRuns(this.#active, this.#activeEnd);
    this.#activated++;
    this.#activatedRuns += this.#activeEnd;
    if (this.#placed >= LEAST_PLACEMENTS_BETWEEN_LOOKS) this.#lookAtWidth();
    return true;
  }

  #bucketOf(event: ScheduledEvent): number {
    return Math.floor(event.timeMicros * this.#perMicro);
  }

  /** Puts the head of a run where it belongs. */
  #place(run: ScheduledEvent): void {
    const bucket = this.#bucketOf(run);
    // Somebody has looked at a next event far ahead (a run ended there) and now plans earlier ones: the ring goes back to now.
    if (bucket < this.#activeBucket && this.#cursor === 0 && this.#soon.length === 0) this.#rebuild(this.#widthMicros);
    const ahead = bucket - this.#activeBucket;
    this.#placed++;
    if (ahead <= 0) {
      this.#soonDepth += this.#soon.length;
      this.#soon.add(run);
    } else if (ahead < BUCKETS) {
      this.#ring.put(bucket, run);
    } else {
      this.#placedFar++;
      this.#far.add(run);
    }
  }

  /** Makes buckets wider when much goes beyond the ring, narrower when many runs share a bucket. */
  #lookAtWidth(): void {
    if (this.#placed < this.#live * PLACEMENTS_BETWEEN_LOOKS_PER_EVENT) return;
    const far = this.#placedFar / this.#placed;
    const crowd = this.#activatedRuns / this.#activated + this.#soonDepth / this.#placed;
    const width = this.#widthMicros;
    this.#placed = 0;
    this.#placedFar = 0;
    this.#soonDepth = 0;
    this.#activated = 0;
    this.#activatedRuns = 0;

    if (far > 1 / 4 && crowd < 512 && width < WIDEST_MICROS) this.#rebuild(width * 4);
    else if (far < 1 / 512 && crowd > 64 && width > 1) this.#rebuild(width / 4);
  }

  /** Sweeps the tombstones out and places every run anew, with buckets of this width. O(n log n) at most. */
  #rebuild(widthMicros: Micros): void {
    const runs = [
      ...this.#active.slice(this.#cursor, this.#activeEnd),
      ...this.#soon.toArray(),
      ...this.#ring.takeAll(),
      ...this.#far.toArray(),
    ];
    this.#active.length = 0;
    this.#cursor = 0;
    this.#activeEnd = 0;
    this.#soon.clear();
    this.#far.clear();
    this.#widthMicros = widthMicros;
    this.#perMicro = 1 / widthMicros;
    this.#activeBucket = Math.floor(this.#lastPoppedMicros * this.#perMicro);
    for (const run of runs) {
      const living = withoutTombstones(run);
      if (living !== null) this.#place(living);
    }
    this.#dead = 0;
  }
}

/** The head of what is left of a run, or null. */
function withoutTombstones(run: ScheduledEvent): ScheduledEvent | null {
  let head: ScheduledEvent | null = null;
  let tail: ScheduledEvent | null = null;
  for (let event: ScheduledEvent | null = run; event !== null; event = event.next) {
    if (event.handler === null) continue;
    if (tail === null) head = event;
    else tail.next = event;
    tail = event;
  }
  if (tail !== null) tail.next = null;
  return head;
}

/** Sorts the first `count` of the array, which arrive newest first. */
function sortRuns(runs: ScheduledEvent[], count: number): void {
  if (count > SMALL) {
    runs.length = count;
    runs.sort(compareEvents);
    return;
  }
  for (let i = 1; i < count; i++) {
    const run = runs[i] as ScheduledEvent;
    let at = i - 1;
    while (at >= 0 && compareEvents(runs[at] as ScheduledEvent, run) > 0) {
      runs[at + 1] = runs[at] as ScheduledEvent;
      at--;
    }
    runs[at + 1] = run;
  }
}
