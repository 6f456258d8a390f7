/**
 * Repeats one run and compares it with the checkpoints that were recorded of it. A difference is pinned to the events
 * between the last checkpoint that agrees and the first that does not; then the run is repeated once more up to there, and
 * if the two repeats differ, the program itself is not deterministic and the first event that differs is named.
 */
import { csvParseRows } from 'd3-dsv';
import { runTwice, type Simulation } from '../../engine/index.ts';
import type { Study } from './load.ts';
import type { RunTask } from './run-plan.ts';
import type { Checkpoint } from './run-result.ts';
import { simulate, simulationOf } from './simulate.ts';
import { formatCell } from './cell-text.ts';

export interface RepeatVerdict {
  readonly agrees: boolean;
  /** The digest, or where it differs. */
  readonly text: string;
}

/** @param checkpointsCsv text of checkpoints.csv */
export function repeatRun(study: Study, task: RunTask, checkpointsCsv: string): RepeatVerdict {
  const recorded = checkpointsOf(task, checkpointsCsv);
  const last = recorded.at(-1);
  if (last === undefined) return { agrees: false, text: 'was not recorded (it failed, or the folder is not complete)' };
  const stop = stopAtDifference(recorded);
  const { result } = simulate(study, task, stop.observer);
  if (stop.differs === undefined && result.digest === last.digest && result.events === last.events) {
    return { agrees: true, text: result.digest };
  }
  const until = stop.differs ?? { events: result.events, timeMicros: result.virtualMicros, digest: result.digest };
  return { agrees: false, text: explain(study, task, recorded, until) };
}

function checkpointsOf(task: RunTask, text: string): Checkpoint[] {
  const factors = Object.values(task.case.factors).map(formatCell);
  const key = [...factors, task.policy, String(task.run)].join('\0');
  return csvParseRows(text)
    .filter((row) => row.slice(0, factors.length + 2).join('\0') === key)
    .map((row) => {
      const [events, timeMicros, digest] = row.slice(factors.length + 2);
      return { events: Number(events), timeMicros: Number(timeMicros), digest: digest as string };
    });
}

/** Stops the repeat at the first recorded checkpoint at which its digest is another. */
function stopAtDifference(recorded: readonly Checkpoint[]): {
  observer: (sim: Simulation) => boolean;
  differs: Checkpoint | undefined;
} {
  let next = 0;
  const state: ReturnType<typeof stopAtDifference> = {
    differs: undefined,
    observer: (sim) => {
      const checkpoint = recorded[next];
      if (checkpoint === undefined || sim.executed < checkpoint.events) return false;
      next++;
      const digest = sim.trace.digest.toString();
      if (digest === checkpoint.digest) return false;
      state.differs = { events: sim.executed, timeMicros: sim.nowMicros, digest };
      return true;
    },
  };
  return state;
}

function explain(study: Study, task: RunTask, recorded: readonly Checkpoint[], until: Checkpoint): string {
  const same = recorded.filter(({ events }) => events < until.events).at(-1);
  const from = same === undefined ? 'the start' : `event ${same.events} (${same.timeMicros} µs)`;
  const where = `differs from the record between ${from} and event ${until.events} (${until.timeMicros} µs)`;
  const repeats = runTwice(() => simulationOf(study, task), { events: until.events });
  if (repeats.same) return `${where}; two repeats agree, so another version or input made the record`;
  return `${where}; two repeats differ too: ${repeats.message}`;
}
