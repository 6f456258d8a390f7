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

function studyIn(folder: string): Study {
  if (loaded?.folder !== folder) loaded = { folder, study: loadStudy(join(folder, 'experiment.yaml')) };
  return loaded.study;
}

/** Performs a run; what it throws becomes a failed run, which is a result like others. */
export function performRun(work: WorkerTask): void {
  const startMillis = performance.now();
  try {
    const { result, tables } = simulate(studyIn(work.folder), work.task);
    writePart(work.folder, work.task, { result, cost: costSince(startMillis) }, tables);
  } catch (error) {
    recordFailure(work, error, costSince(startMillis));
  }
}

/** Keeps a run that did not end, with what was thrown. */
export function recordFailure({ folder, task }: WorkerTask, error: unknown, cost: RunCost = costSince(0)): void {
  const { policy, run, case: each } = task;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const seed = String(studyIn(folder).experiment.seed);
  const result: FailedRun = { policy, seed, run, factors: each.factors, error: message };
  writePart(folder, task, { result, cost }, undefined);
}

function costSince(startMillis: number): RunCost {
  return {
    wallSeconds: (performance.now() - startMillis) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
