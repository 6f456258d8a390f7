/**
 * What processes and resources need of a simulation: the time, and to plan and cancel events. All that they do happens by
 * such events, so the one total order of events orders it too.
 */
import type { Handler, ScheduledEvent } from './scheduled-event.ts';
import type { Micros } from './time.ts';

export interface Clock {
  readonly nowMicros: Micros;
  after<A, B>(delayMicros: Micros, handler: Handler<A, B>, a?: A, b?: B): ScheduledEvent;
  cancel(event: ScheduledEvent): boolean;
}
