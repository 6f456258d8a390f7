/**
 * `clockwork verify DIR`: repeats every run of a run folder from the experiment in it and compares. Where a run differs,
 * it says in which events; where even two repeats differ, it names the first event that does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { loadStudy, type Study } from '../experiments/load.ts';
import { repeatRun, type RepeatVerdict } from '../experiments/repeat-run.ts';
import { tasksOf, taskTitle } from '../experiments/run-plan.ts';
import { loadStudyPlugins } from '../experiments/study-plugins.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';

export async function verify(folder: string, options: { readonly json: boolean }): Promise<number> {
  for (const name of ['experiment.yaml', 'runs.csv', 'checkpoints.csv']) {
    if (!existsSync(join(folder, name)))
      throw new BadInputError(`holds no ${name}; accepted is a finished run folder`, { file: folder });
  }
  const study = loadStudy(join(folder, 'experiment.yaml'));
  await loadStudyPlugins(study, (input) => join(folder, input));
  const recorded = readFileSync(join(folder, 'checkpoints.csv'), 'utf8');
  const verdicts: (RepeatVerdict & { readonly title: string })[] = [];
  for (const task of tasksOf(study.experiment, runsOf(folder, study))) {
    const verdict = { title: taskTitle(task), ...repeatRun(study, task, recorded) };
    verdicts.push(verdict);
    if (!options.json)
      process.stdout.write(`${verdict.agrees ? 'same' : 'DIFFERS'}  ${verdict.title}: ${verdict.text}\n`);
    if (!verdict.agrees) break;
  }
  const agrees = verdicts.every((verdict) => verdict.agrees);
  if (options.json) process.stdout.write(`${JSON.stringify({ agrees, runs: verdicts }, null, 2)}\n`);
  else if (agrees) process.stdout.write(`${verdicts.length} of ${verdicts.length} runs are the same\n`);
  return agrees ? DONE : CHECK_FAILED;
}

/** Runs of each policy; of a study that decided them itself, as many as it took. @throws BadInputError */
function runsOf(folder: string, { experiment: { runs } }: Study): number {
  if (runs !== 'auto') return runs;
  const file = join(folder, 'summary.json');
  const taken = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { runs?: unknown }).runs : undefined;
  if (typeof taken === 'number') return taken;
  throw new BadInputError('does not say how many runs were made; accepted is a finished run folder', { file });
}
