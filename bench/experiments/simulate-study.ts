/** A whole study in this process: no run folder, no workers, nothing written. */
import { nextRuns, firstRuns } from './auto-runs.ts';
import { prepareStudy } from './check-study.ts';
import type { Study } from './load.ts';
import { type RunTask, tasksOf } from './run-plan.ts';
import { type FailedRun, failedRun, type RunResult, type RunTables } from './run-result.ts';
import { simulate } from './simulate.ts';
import { type StudySummary, summarizeStudy } from './summary.ts';

/** One run of a study: what it came to, and its samples; no tables when it failed. */
export interface StudyRun {
  readonly task: RunTask;
  readonly result: RunResult | FailedRun;
  readonly tables?: RunTables;
}

export interface StudyOutcome {
  /** Policies side by side, as in summary.json of a run folder. */
  readonly summary: StudySummary;
  /** In the order of the plan: run by run, case by case, policy by policy. */
  readonly runs: readonly StudyRun[];
}

export interface SimulateStudyOptions {
  /** Decide by the scheduler's plain rules, without its index: slower, and the same. */
  readonly plain?: boolean;
  /** Hears of each run when it has ended. */
  readonly onRun?: (run: StudyRun) => void;
}

/**
 * Simulates every run, one after the other. A run that throws is a failed run among the results; the others go on.
 * @throws BadInputError for a study that cannot be run
 */
export async function simulateStudy(study: Study, options: SimulateStudyOptions = {}): Promise<StudyOutcome> {
  const notes = await prepareStudy(study);
  const runs: StudyRun[] = [];
  for (let wanted = firstRuns(study.experiment); ; ) {
    for (const task of tasksOf(study.experiment, wanted).slice(runs.length)) {
      const run = runOf(study, options.plain === true ? { ...task, plain: true } : task);
      runs.push(run);
      options.onRun?.(run);
    }
    const results = runs.map(({ result }) => result);
    const next = nextRuns(study.experiment, wanted, results);
    if (next.stop)
      return { summary: summarizeStudy(study, results, { notes, runs: wanted, stopping: next.summary }), runs };
    wanted = next.runs;
  }
}

function runOf(study: Study, task: RunTask): StudyRun {
  try {
    return { task, ...simulate(study, task) };
  } catch (error) {
    return { task, result: failedRun(task, String(study.experiment.seed), error) };
  }
}
