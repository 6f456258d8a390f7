/**
 * Performs the runs of a study over a pool of workers. Runs share nothing, each writes its own part of the run folder, and
 * the parts are put together in the order of the plan: the bytes do not depend on the number of workers or on who was first.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { firstRuns, nextRuns } from './auto-runs.ts';
import { prepareStudy } from './check-study.ts';
import { InterruptedError, Interruption } from './interruption.ts';
import type { Study } from './load.ts';
import { Progress, type ProgressStream } from './progress.ts';
import { type FinishedRun, finishRunFolder, isComplete, openRunFolder, readPart } from './run-folder.ts';
import { type RunTask, tasksOf } from './run-plan.ts';
import { failed } from './run-result.ts';
import { requireFiles } from './study-of.ts';
import { type StudySummary, summarizeStudy } from './summary.ts';
import { performRun, recordFailure, type WorkerTask } from './worker.ts';
import { writeReport } from './write-report.ts';

export interface RunnerOptions {
  readonly folder: string;
  /** At most so many runs at a time; the machine's cores unless given. */
  readonly workers?: number | undefined;
  /** Decide by the scheduler's plain rules alone. */
  readonly plain?: boolean;
  /** What `prepareStudy` had to say; kept in the summary. Without it, the study is prepared here. */
  readonly notes?: readonly string[];
  /** Where a line of progress is shown, if it is a terminal; none unless given. */
  readonly progress?: ProgressStream;
}

/**
 * Runs what is not done yet and finishes the folder; a folder that is finished is read.
 * @returns the same as summary.json
 * @throws InterruptedError after SIGINT or SIGTERM while runs are left
 * @throws BadInputError for a study that cannot be run, and for a folder that holds another
 */
export async function runStudy(study: Study, options: RunnerOptions): Promise<StudySummary> {
  const { folder } = options;
  requireFiles(study);
  const notes = options.notes ?? (await prepareStudy(study));
  openRunFolder(folder, study);
  if (isComplete(folder)) {
    // It may have been interrupted between the last table and the page.
    if (!existsSync(join(folder, 'report.html'))) writeReport(folder);
    return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as StudySummary;
  }
  const interruption = new Interruption();
  try {
    return await performStudy(study, options, notes, interruption);
  } finally {
    interruption.stop();
  }
}

async function performStudy(
  study: Study,
  options: RunnerOptions,
  notes: readonly string[],
  interruption: Interruption,
): Promise<StudySummary> {
  const { folder } = options;
  const startMillis = performance.now();
  const workers = options.workers ?? availableParallelism();
  for (let runs = firstRuns(study.experiment); ; ) {
    const tasks = tasksOf(study.experiment, runs).map((task) =>
      options.plain === true ? { ...task, plain: true } : task,
    );
    await performTasks(study, tasks, workers, options, interruption);
    const finished = tasks.map((task) => readPart(folder, task) as FinishedRun);
    const results = finished.map(({ result }) => result);
    const next = nextRuns(study.experiment, runs, results);
    if (next.stop) {
      const summary = summarizeStudy(study, results, { notes, runs, stopping: next.summary });
      writeMachine(folder, Math.min(workers, tasks.length), (performance.now() - startMillis) / 1000, tasks, finished);
      finishRunFolder(folder, tasks, finished, summary);
      writeReport(folder);
      return summary;
    }
    if (interruption.isRaised) throw new InterruptedError('interrupted');
    ({ runs } = next);
  }
}

/** Three times Node's default: most of what a run makes is soon garbage, and fewer collections copy less of the rest. */
const YOUNG_GENERATION_MB = 144;

const NOWHERE: ProgressStream = { write: () => true };

/** Performs those of the tasks that are not done. */
async function performTasks(
  study: Study,
  tasks: readonly RunTask[],
  workers: number,
  options: RunnerOptions,
  interruption: Interruption,
): Promise<void> {
  const { folder } = options;
  const todo = tasks.filter((task) => readPart(folder, task) === undefined);
  const progress = new Progress(tasks.length, tasks.length - todo.length, options.progress ?? NOWHERE);
  const [only] = todo;
  if (tasks.length === 1 && only !== undefined) await performRun({ folder, task: only }, study);
  else if (todo.length > 0) await performAll(folder, todo, Math.min(workers, todo.length), progress, interruption);
  progress.clear();
}

async function performAll(
  folder: string,
  todo: readonly RunTask[],
  workers: number,
  progress: Progress,
  interruption: Interruption,
): Promise<void> {
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: new URL('./worker-thread.js', import.meta.url).href,
    name: 'performRun',
    minThreads: workers,
    maxThreads: workers,
    isolateWorkers: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    execArgv: workerArguments(process.execArgv),
  });
  const waiting = [...todo];
  interruption.listen();
  const lane = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      progress.started();
      const work: WorkerTask = { folder, task };
      try {
        await pool.run(work);
      } catch (error) {
        // A worker that died (out of memory) takes its run with it; the others go on.
        if (interruption.isRaised) return;
        recordFailure(work, error);
      }
      const part = readPart(folder, task);
      progress.ended(part !== undefined && failed(part.result));
    }
  };
  try {
    await Promise.race([Promise.all(Array.from({ length: workers }, lane)), interruption.raised]);
  } catch (error) {
    // The last run may have been done, and this process not have heard of it yet.
    const isLeft = todo.some((task) => readPart(folder, task) === undefined);
    if (isLeft || !(error instanceof InterruptedError)) throw error;
  } finally {
    progress.clear();
    await pool.destroy();
  }
}

/** Arguments of Node that say how modules are found and read. */
const OF_MODULES: readonly string[] = [
  '--import',
  '--require',
  '-r',
  '--loader',
  '--experimental-loader',
  '--conditions',
  '-C',
];

/** Of Node's own arguments those that a worker needs: it refuses those of a whole process, such as sizes of memory, which hold for it anyway. */
function workerArguments(execArgv: readonly string[]): string[] {
  return execArgv.filter((argument, i) => {
    const [name = ''] = argument.split('=', 1);
    return OF_MODULES.includes(name) || OF_MODULES.includes(execArgv[i - 1] ?? '');
  });
}

/** What the machine did; the only file that may hold it. */
function writeMachine(
  folder: string,
  workers: number,
  wallSeconds: number,
  tasks: readonly RunTask[],
  finished: readonly FinishedRun[],
): void {
  const runs = finished.map(({ result, cost }, index) => ({
    policy: tasks[index]?.policy,
    run: tasks[index]?.run,
    factors: tasks[index]?.case.factors,
    ...cost,
    eventsPerSecond: failed(result) ? null : Math.round(result.events / cost.wallSeconds),
  }));
  const machine = {
    host: hostname(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    workers,
    wallSeconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    runs,
  };
  writeFileSync(join(folder, 'machine.json'), `${JSON.stringify(machine, null, 2)}\n`);
}
