/** The only door of the engine: everything that models, results and bench may use of it. */
export {
  type ArrivalProcess,
  type Arrivals,
  arrivals,
  type BurstyArrivals,
  type DiurnalArrivals,
  meanRatePerSecond,
  type PoissonArrivals,
  type RecordedArrivals,
  type RenewalArrivals,
} from './arrivals.ts';
export type { Clock } from './clock.ts';
export { Digest } from './digest.ts';
export type { Distribution, Truncation } from './distributions/distribution.ts';
export { checkDistribution } from './distributions/field-checks.ts';
export { meanOf, probabilityAtMost } from './distributions/law.ts';
export { type Sampler, sampler } from './distributions/sampler.ts';
export { EventQueue } from './event-queue.ts';
/** A binary heap, for models that keep an order of their own; models import no package themselves. */
export { Heap } from 'heap-js';
export { type InvariantCheck, InvariantViolation, watchInvariant } from './invariant.ts';
export { Interrupted, Process } from './processes/process.ts';
export { Signal } from './processes/signal.ts';
export { delay, type First, firstOf, type ProcessBody, Wait, type Waiter } from './processes/wait.ts';
export { RandomStream } from './random-streams.ts';
export { type DivergedRun, type ReplayResult, runTwice } from './replay.ts';
export { acquire, Server, type ServerRequest, serve } from './resources/server.ts';
export { SharedLink, type Transfer, transfer } from './resources/shared-link.ts';
export { TokenBucket, type TokenBucketOptions } from './resources/token-bucket.ts';
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
