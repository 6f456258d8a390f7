/** The only door of the engine: everything that models, results and bench may use of it. */
export { Digest } from './digest.ts';
export { EventQueue } from './event-queue.ts';
/** A binary heap, for models that keep an order of their own; models import no package themselves. */
export { Heap } from 'heap-js';
export { RandomStream } from './random-streams.ts';
export { compareEvents, type Handler, type ScheduledEvent } from './scheduled-event.ts';
export {
  PRIORITY_FIRST,
  PRIORITY_LAST,
  PRIORITY_NORMAL,
  Simulation,
  type SimulationOptions,
  type StopReason,
  type StopRule,
} from './simulation.ts';
export { MICROS_PER_MILLI, MICROS_PER_SECOND, type Micros, millisToMicros, secondsToMicros } from './time.ts';
export { describeRecord, Trace, type TraceListener, type TraceRecord } from './trace.ts';
