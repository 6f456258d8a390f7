/**
 * Determinism, checked and not only promised: builds a simulation twice, lets both run event by event side by side, and
 * stops at the first event after which their digests or their counts of random draws differ. What is not reproducible is
 * found where it begins, not at the end.
 */
import type { Simulation, StopReason, StopRule } from './simulation.ts';
import { describeRecord, type TraceRecord } from './trace.ts';
import type { Micros } from './time.ts';

/** One of two runs at the event where they parted. */
export interface DivergedRun {
  readonly timeMicros: Micros;
  readonly digest: string;
  readonly draws: number;
  /** What this event put into the trace. */
  readonly records: readonly TraceRecord[];
}

export type ReplayResult =
  | { readonly same: true; readonly events: number; readonly timeMicros: Micros; readonly digest: string }
  | {
      readonly same: false;
      /** Number of the first event that differs, counted from 1; 0 when the two were built differently. */
      readonly event: number;
      readonly runs: readonly [DivergedRun, DivergedRun];
      readonly message: string;
    };

/** Runs what `build` makes twice, up to the stop rule. */
export function runTwice(build: () => Simulation, stop: StopRule): ReplayResult {
  const pair = [observed(build()), observed(build())] as const;
  const [first, second] = pair;
  const limit = stop.events ?? Number.POSITIVE_INFINITY;
  let events = 0;
  for (;;) {
    if (!alike(first.simulation, second.simulation)) return diverged(pair, events);
    if (events >= limit) break;
    const reasons = pair.map(({ simulation, records }): StopReason => {
      records.length = 0;
      return simulation.runUntil({ ...stop, events: 1 });
    });
    const [reason, other] = reasons;
    // 'events' means that one ran and more may follow; anything else ends the run, and must end both.
    if (reason !== other) return diverged(pair, events + 1);
    if (reason !== 'events') {
      if (!alike(first.simulation, second.simulation)) return diverged(pair, events + 1);
      break;
    }
    events++;
  }
  const { simulation } = first;
  return {
    same: true,
    events: simulation.executed,
    timeMicros: simulation.nowMicros,
    digest: simulation.trace.digest.toString(),
  };
}

/** Same events and records, and as many random numbers drawn: one draw more shows at once, not when it first matters. */
function alike(first: Simulation, second: Simulation): boolean {
  return first.trace.digest.equals(second.trace.digest) && first.draws === second.draws;
}

interface Observed {
  readonly simulation: Simulation;
  readonly records: TraceRecord[];
}

function observed(simulation: Simulation): Observed {
  const records: TraceRecord[] = [];
  simulation.trace.listen((record) => records.push(record));
  return { simulation, records };
}

function diverged(pair: readonly [Observed, Observed], event: number): ReplayResult {
  const [first, second] = pair.map(
    ({ simulation, records }): DivergedRun => ({
      timeMicros: simulation.nowMicros,
      digest: simulation.trace.digest.toString(),
      draws: simulation.draws,
      records: [...records],
    }),
  ) as [DivergedRun, DivergedRun];
  const tell = ({ timeMicros, draws, records }: DivergedRun): string =>
    [`at ${timeMicros} µs after ${draws} draws`, ...records.map(describeRecord)].join('\n    ');
  const where = event === 0 ? 'before the first event' : `at event ${event}`;
  const message = `two runs differ ${where}\n  first: ${tell(first)}\n  second: ${tell(second)}`;
  return { same: false, event, runs: [first, second], message };
}
