/**
 * `clockwork run`: an experiment file, or the experiment that two files of manifests make, to a run folder and a table.
 */
import { join, relative } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { inUserNames, loadStudy, type Overrides, type Study, studyOfManifests } from '../experiments/load.ts';
import { prepareStudy } from '../experiments/check-study.ts';
import { failed } from '../experiments/run-result.ts';
import { InterruptedError } from '../experiments/interruption.ts';
import { runStudy } from '../experiments/runner.ts';
import { writeTrace } from '../experiments/write-trace.ts';
import { besidePublished } from '../studies/published-finals.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';
import { summaryText } from './summary-text.ts';

export interface RunOptions {
  readonly nodes: readonly string[];
  readonly pods: readonly string[];
  readonly policies: readonly string[];
  readonly seed: string | undefined;
  readonly runs: number | 'auto' | undefined;
  readonly workers: number | undefined;
  readonly set: readonly string[];
  readonly out: string | undefined;
  /** Without the scheduler's index. */
  readonly plain: boolean;
  /** Write trace.json too. */
  readonly trace: boolean;
  readonly json: boolean;
}

/** Gives the exit code. @throws BadInputError */
export async function run(experiment: string | undefined, options: RunOptions): Promise<number> {
  const study = studyOf(experiment, options);
  const notes = await prepareStudy(study);
  if (!options.json) for (const note of notes) process.stderr.write(`${inUserNames(study, note)}\n`);
  const folder = options.out ?? `out/${study.experiment.name}-${study.digest}`;
  const summary = await runStudy(study, {
    folder,
    workers: options.workers,
    plain: options.plain,
    notes,
    progress: process.stderr,
  }).catch((error: unknown) => {
    if (!(error instanceof InterruptedError)) throw error;
    throw new InterruptedError(`interrupted; finished runs are in ${folder}, the same command goes on from there`);
  });
  const trace = options.trace ? traceLine(folder) : '';
  const published = besidePublished(study, summary).map((line, index) => `${index === 0 ? '\n' : ''}${line}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else
    process.stdout.write(
      `${summaryText(summary)}${published.join('')}\nRun folder: ${relative('.', folder) || '.'}\nReport: ${relative('.', join(folder, 'report.html'))}\n${trace}`,
    );
  const missed = summary.objectives?.some(({ met }) => !met) ?? false;
  return missed || summary.results.some((result) => failed(result)) ? CHECK_FAILED : DONE;
}

/** Writes the trace and says where it is; without a finished run there is none. */
function traceLine(folder: string): string {
  const path = writeTrace(folder);
  return `Trace: ${relative('.', path)}, for https://ui.perfetto.dev\n`;
}

function studyOf(experiment: string | undefined, options: RunOptions): Study {
  const { nodes, pods, policies, seed, runs, set } = options;
  const overrides: Overrides = { seed, runs, set };
  if (experiment !== undefined) {
    if (nodes.length > 0 || pods.length > 0) {
      throw new BadInputError('found an experiment and --nodes or --pods; accepted is one or the other');
    }
    return loadStudy(experiment, { ...overrides, policies });
  }
  if (nodes.length === 0 || pods.length === 0) {
    throw new BadInputError('found no experiment; accepted: an experiment file, or --nodes FILE and --pods FILE');
  }
  return studyOfManifests(nodes, pods, policies, overrides);
}
