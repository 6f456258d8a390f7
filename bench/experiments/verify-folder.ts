/** Repeats the runs of a run folder from the experiment in it, and compares each with what was recorded. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { loadStudy, type Study } from './load.ts';
import { repeatRun, type RepeatVerdict } from './repeat-run.ts';
import { tasksOf, taskTitle } from './run-plan.ts';
import { loadStudyPlugins } from './study-plugins.ts';

/** What came of repeating one run. */
export interface RunVerdict extends RepeatVerdict {
  /** Which run: "policy spread, run 0". */
  readonly title: string;
}

/**
 * Repeats the runs in their order, up to the first that differs.
 * @param onVerdict hears of each run when it has been repeated
 * @throws BadInputError unless the folder holds a finished study
 */
export async function verifyFolder(
  folder: string,
  onVerdict: (verdict: RunVerdict) => void = () => {},
): Promise<{ readonly agrees: boolean; readonly runs: readonly RunVerdict[] }> {
  for (const name of ['experiment.yaml', 'runs.csv', 'checkpoints.csv']) {
    if (!existsSync(join(folder, name)))
      throw new BadInputError(`holds no ${name}; accepted is a finished run folder`, { file: folder });
  }
  const study = loadStudy(join(folder, 'experiment.yaml'));
  await loadStudyPlugins(study, (input) => join(folder, input));
  const recorded = readFileSync(join(folder, 'checkpoints.csv'), 'utf8');
  const runs: RunVerdict[] = [];
  for (const task of tasksOf(study.experiment, runsOf(folder, study))) {
    const verdict = { title: taskTitle(task), ...repeatRun(study, task, recorded) };
    runs.push(verdict);
    onVerdict(verdict);
    if (!verdict.agrees) break;
  }
  return { agrees: runs.every((verdict) => verdict.agrees), runs };
}

/** Runs of each policy; of a study that decided them itself, as many as it took. @throws BadInputError */
function runsOf(folder: string, { experiment: { runs } }: Study): number {
  if (runs !== 'auto') return runs;
  const file = join(folder, 'summary.json');
  const taken = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { runs?: unknown }).runs : undefined;
  if (typeof taken === 'number') return taken;
  throw new BadInputError('does not say how many runs were made; accepted is a finished run folder', { file });
}
