/**
 * What a worker of the pool does: one run of the study in a run folder, from the files there alone, written as a part.
 * Also called in the main process when there is a single run.
 */
import { join } from 'node:path';
import { loadStudy, type Study } from './load.ts';
import { writePart } from './run-folder.ts';
import type { RunTask } from './run-plan.ts';
import type { FailedRun, RunCost } from './run-result.ts';
import { simulate } from './simulate.ts';

export interface WorkerTask {
  readonly folder: string;
  readonly task: RunTask;
}

let loaded: { folder: string; study: Study } | undefined;

/** Performs a run; what it throws becomes a failed run, which is a result like others. */
export function performRun({ folder, task }: WorkerTask): void {
  if (loaded?.folder !== folder) loaded = { folder, study: loadStudy(join(folder, 'experiment.yaml')) };
  const { study } = loaded;
  const startMillis = performance.now();
  const cost = (): RunCost => ({
    wallSeconds: (performance.now() - startMillis) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  });
  try {
    const { result, tables } = simulate(study, task);
    writePart(folder, task, { result, cost: cost() }, tables);
  } catch (error) {
    const { policy, run, case: each } = task;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const result: FailedRun = {
      policy,
      seed: String(study.experiment.seed),
      run,
      factors: each.factors,
      error: message,
    };
    writePart(folder, task, { result, cost: cost() }, undefined);
  }
}
