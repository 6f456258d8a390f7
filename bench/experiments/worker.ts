/**
 * What a worker of the pool does: one run of the study in a run folder, from the files there alone, written as a part.
 * Also called in the main process when there is a single run, which has the study already.
 */
import { join } from 'node:path';
import { loadStudy, type Study } from './load.ts';
import { writePart } from './run-folder.ts';
import type { RunTask } from './run-plan.ts';
import { failedRun, type RunCost } from './run-result.ts';
import { simulate } from './simulate.ts';
import { loadStudyPlugins } from './study-plugins.ts';

export interface WorkerTask {
  readonly folder: string;
  readonly task: RunTask;
}

let loaded: { folder: string; study: Study } | undefined;

/** The study of a run folder with its plugins, read once for each worker. */
async function studyIn(folder: string): Promise<Study> {
  if (loaded?.folder === folder) return loaded.study;
  const study = loadStudy(join(folder, 'experiment.yaml'));
  await loadStudyPlugins(study, (input) => join(folder, input));
  loaded = { folder, study };
  return study;
}

/**
 * Performs a run; what it throws becomes a failed run, which is a result like others.
 * @param study that of the folder, with its plugins, where it is at hand: what was read to check it need not be read again
 */
export async function performRun(work: WorkerTask, study?: Study): Promise<void> {
  const startMillis = performance.now();
  try {
    const own = study ?? (await studyIn(work.folder));
    const { result, tables } = withoutExit(() => simulate(own, work.task));
    writePart(work.folder, work.task, { result, cost: costSince(startMillis) }, tables);
  } catch (error) {
    recordFailure(work, error, costSince(startMillis));
  }
}

/** A plugin that ends its thread or process would take its run with it without a word: what it asks for becomes an error. */
function withoutExit<T>(work: () => T): T {
  const { exit } = process;
  process.exit = (code) => {
    throw new Error(`process.exit(${code ?? ''}) was called`);
  };
  try {
    return work();
  } finally {
    process.exit = exit;
  }
}

/** Keeps a run that did not end, with what was thrown. */
export function recordFailure({ folder, task }: WorkerTask, error: unknown, cost: RunCost = costSince(0)): void {
  const seed = String(loadStudy(join(folder, 'experiment.yaml')).experiment.seed);
  writePart(folder, task, { result: failedRun(task, seed, error), cost }, undefined);
}

function costSince(startMillis: number): RunCost {
  return {
    wallSeconds: (performance.now() - startMillis) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
