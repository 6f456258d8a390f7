/**
 * One planned event, and the one total order of events. The order is stated here and nowhere else:
 * (time, priority, sequence). The sequence counts the calls that plan events, so no two events are ever equal.
 */
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
  /** Null once the event has run or was cancelled. */
  handler: Handler | null;
  a: unknown;
  b: unknown;
  /** The event after this one in its run: same time, same priority, later sequence. */
  next: ScheduledEvent | null;
  /** Head of the run after this one in its bucket. Only heads of runs use it. */
  nextRun: ScheduledEvent | null;
}

/** The total order: negative when x runs before y. */
export function compareEvents(x: ScheduledEvent, y: ScheduledEvent): number {
  return x.timeMicros - y.timeMicros || x.priority - y.priority || x.sequence - y.sequence;
}
