/**
 * The simulation loop: the virtual clock, the future event list, the named streams and the trace of one run.
 * It is the one context object through which everything impure reaches a component.
 */
import type { Clock } from './clock.ts';
import { EventQueue } from './event-queue.ts';
import { Process } from './processes/process.ts';
import type { ProcessBody } from './processes/wait.ts';
import { type RandomStream, RandomStreams } from './random-streams.ts';
import type { Handler, ScheduledEvent } from './scheduled-event.ts';
import { assertMicros, type Micros } from './time.ts';
import { Trace } from './trace.ts';

export interface SimulationOptions {
  /** Same seed and run, same bytes. */
  readonly seed: string;
  /** Replication number; 0 unless given. */
  readonly run?: number;
}

/** When to stop; the first that holds ends the run. At least one must be given, so that no run is endless by mistake. */
export interface StopRule {
  /** Stop before the first event later than this; the clock then shows this time. */
  readonly timeMicros?: Micros;
  /** Stop when only background events are left. */
  readonly idle?: boolean;
  /** Stop after an event for which this holds. */
  readonly condition?: () => boolean;
  /** Stop after so many events of this call. */
  readonly events?: number;
}

export type StopReason = 'time' | 'idle' | 'condition' | 'events';

/** Priorities within one instant: 0 before 1 before 2. */
export const PRIORITY_FIRST = 0;
/** Of events that are given none. */
export const PRIORITY_NORMAL = 1;
/** After everything else of its instant. */
export const PRIORITY_LAST = 2;

/** One run: plan events with `after` and `at`, processes with `process`, then let time run with `runUntil`. */
export class Simulation implements Clock {
  readonly seed: string;
  readonly run: number;
  readonly trace: Trace;
  readonly #queue = new EventQueue();
  readonly #streams: RandomStreams;
  #nowMicros: Micros = 0;
  #executed = 0;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.run = options.run ?? 0;
    this.#streams = new RandomStreams(this.seed, this.run);
    this.trace = new Trace(() => this.#nowMicros);
  }

  get nowMicros(): Micros {
    return this.#nowMicros;
  }

  /** Events run so far. */
  get executed(): number {
    return this.#executed;
  }

  /** Random numbers drawn so far, from all streams. */
  get draws(): number {
    return this.#streams.draws;
  }

  /** Events still to run. */
  get pending(): number {
    return this.#queue.length;
  }

  /** The stream of that name; the same object at each call. */
  stream(name: string): RandomStream {
    return this.#streams.stream(name);
  }

  /** Runs `handler(a, b)` after a delay. @throws RangeError if the delay is negative or not whole. */
  after<A, B>(delayMicros: Micros, handler: Handler<A, B>, a?: A, b?: B): ScheduledEvent {
    assertMicros(delayMicros, 'delay');
    return this.#queue.add(this.#nowMicros + delayMicros, PRIORITY_NORMAL, false, handler, a, b);
  }

  /** Runs `handler(a, b)` at a time that is not in the past. */
  at<A, B>(timeMicros: Micros, handler: Handler<A, B>, a?: A, b?: B, priority = PRIORITY_NORMAL): ScheduledEvent {
    assertMicros(timeMicros, 'time');
    if (timeMicros < this.#nowMicros) {
      throw new RangeError(`time is ${timeMicros} µs; the clock already shows ${this.#nowMicros} µs`);
    }
    return this.#queue.add(timeMicros, priority, false, handler, a, b);
  }

  /** Like `after`, for housekeeping that must not keep the run from being idle (flush timers, heartbeats). */
  afterInBackground<A, B>(delayMicros: Micros, handler: Handler<A, B>, a?: A, b?: B): ScheduledEvent {
    assertMicros(delayMicros, 'delay');
    return this.#queue.add(this.#nowMicros + delayMicros, PRIORITY_NORMAL, true, handler, a, b);
  }

  /** Makes a planned event not happen; false if it has happened or was cancelled before. */
  cancel(event: ScheduledEvent): boolean {
    return this.#queue.cancel(event);
  }

  /** Starts a process by an event at this instant; see processes/process.ts. */
  process<R>(body: () => ProcessBody<R>): Process<R> {
    return new Process(this, body);
  }

  /** Lets time run until the stop rule holds. Can be called again to go on. */
  runUntil(stop: StopRule): StopReason {
    if (stop.timeMicros === undefined && !stop.idle && !stop.condition && stop.events === undefined) {
      throw new RangeError('a stop rule needs a time, idle, a condition or a number of events');
    }
    const { idle = false, condition } = stop;
    const endMicros = stop.timeMicros ?? Number.POSITIVE_INFINITY;
    const lastEvent = this.#executed + (stop.events ?? Number.POSITIVE_INFINITY);
    for (;;) {
      if (this.#executed >= lastEvent) return 'events';
      if (idle && this.#queue.foregroundLength === 0) return 'idle';
      const event = this.#queue.pop(endMicros);
      if (event === undefined) {
        if (stop.timeMicros === undefined) return 'idle';
        this.#nowMicros = Math.max(this.#nowMicros, endMicros);
        return 'time';
      }
      this.#run(event);
      if (condition?.()) return 'condition';
    }
  }

  #run(event: ScheduledEvent): void {
    this.#nowMicros = event.timeMicros;
    this.#executed++;
    this.trace.digest.foldInteger(event.timeMicros);
    this.trace.digest.foldInteger(event.sequence);
    const { a, b } = event;
    this.#queue.consume(event)(a, b);
  }
}
