/**
 * The future event list: every event that is still to happen, in one total order.
 *
 * The order is stated here and nowhere else: (time, priority, sequence). Events of one (time, priority)
 * share an instant, an intrusive first-in first-out list, and the heap orders instants only. A grid of
 * simultaneous timers therefore costs one heap operation, not one for each event.
 */
import { Heap } from 'heap-js';
import type { Micros } from './time.ts';

/** What runs when an event is due; `a` and `b` are the two arguments given at scheduling, so hot paths need no closure. */
// biome-ignore lint/suspicious/noExplicitAny: handlers of all argument types share one queue
export type Handler<A = any, B = any> = (a: A, b: B) => void;

/** One planned event. Opaque to callers, who keep it only to cancel it. */
export interface ScheduledEvent {
  readonly timeMicros: Micros;
  readonly priority: number;
  readonly sequence: number;
  /** Background events (periodic housekeeping) do not keep a simulation from being idle. */
  readonly background: boolean;
  handler: Handler | null;
  a: unknown;
  b: unknown;
  next: ScheduledEvent | null;
}

interface Instant {
  timeMicros: Micros;
  priority: number;
  head: ScheduledEvent | null;
  tail: ScheduledEvent | null;
}

const byTimeThenPriority = (x: Instant, y: Instant): number => x.timeMicros - y.timeMicros || x.priority - y.priority;

/** Number of priorities; 0 runs first within an instant. */
export const PRIORITIES = 3;

export class EventQueue {
  readonly #heap = new Heap<Instant>(byTimeThenPriority);
  readonly #open: Map<Micros, Instant>[] = Array.from({ length: PRIORITIES }, () => new Map());
  #sequence = 0;
  #live = 0;
  #liveForeground = 0;

  /** Events that will still run; cancelled ones are not counted. */
  get length(): number {
    return this.#live;
  }

  /** Events that will still run and are not background. */
  get foregroundLength(): number {
    return this.#liveForeground;
  }

  add(
    timeMicros: Micros,
    priority: number,
    background: boolean,
    handler: Handler,
    a: unknown,
    b: unknown,
  ): ScheduledEvent {
    const event: ScheduledEvent = {
      timeMicros,
      priority,
      sequence: this.#sequence++,
      background,
      handler,
      a,
      b,
      next: null,
    };
    const open = this.#open[priority];
    if (open === undefined) {
      throw new RangeError(`priority is ${priority}; accepted are 0 to ${PRIORITIES - 1}`);
    }
    const instant = open.get(timeMicros);
    if (instant === undefined) {
      const fresh: Instant = { timeMicros, priority, head: event, tail: event };
      open.set(timeMicros, fresh);
      this.#heap.add(fresh);
    } else {
      if (instant.tail === null) instant.head = event;
      else instant.tail.next = event;
      instant.tail = event;
    }
    this.#live++;
    if (!background) this.#liveForeground++;
    return event;
  }

  /** Makes the event not happen. O(1): it stays as a tombstone until its instant. False if it has run or was cancelled. */
  cancel(event: ScheduledEvent): boolean {
    if (event.handler === null) return false;
    this.#forget(event);
    return true;
  }

  /** Time of the next event that will run, or undefined when there is none. */
  peekTimeMicros(): Micros | undefined {
    return this.#next()?.timeMicros;
  }

  /** Takes the next event out. Its handler is set to null by `consume`, so that it cannot be cancelled later. */
  pop(): ScheduledEvent | undefined {
    const event = this.#next();
    if (event === undefined) return undefined;
    const instant = this.#heap.peek() as Instant;
    instant.head = event.next;
    if (event.next === null) instant.tail = null;
    event.next = null;
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
    this.#live--;
    if (!event.background) this.#liveForeground--;
  }

  /** Drops tombstones and empty instants from the front. */
  #next(): ScheduledEvent | undefined {
    for (;;) {
      const instant = this.#heap.peek();
      if (instant === undefined) return undefined;
      while (instant.head !== null && instant.head.handler === null) instant.head = instant.head.next;
      if (instant.head !== null) return instant.head;
      this.#heap.pop();
      this.#open[instant.priority]?.delete(instant.timeMicros);
    }
  }
}
