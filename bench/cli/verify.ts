/**
 * `clockwork verify DIR`: repeats every run of a run folder from the experiment in it and compares. Where a run differs,
 * it says in which events; where even two repeats differ, it names the first event that does. The folder of a plan is answered again.
 */
import { isPlanFolder } from '../capacity/plan-folder.ts';
import { verifyFolder } from '../experiments/verify-folder.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';

/** Gives the exit code. @throws BadInputError */
export async function verify(folder: string, { json }: { readonly json: boolean }): Promise<number> {
  if (isPlanFolder(folder)) return verifyPlan(folder, json);
  const found = await verifyFolder(folder, ({ agrees, title, text }) => {
    if (!json) process.stdout.write(`${agrees ? 'same' : 'DIFFERS'}  ${title}: ${text}\n`);
  });
  const count = found.runs.length;
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.agrees) process.stdout.write(`${count} of ${count} runs are the same\n`);
  return found.agrees ? DONE : CHECK_FAILED;
}

/** A plan has no runs with a digest: it is answered again, and the bytes of its answer are compared. */
async function verifyPlan(folder: string, json: boolean): Promise<number> {
  const { repeatPlan } = await import('../capacity/write-plan.ts');
  const files = repeatPlan(folder);
  const agrees = files.every((verdict) => verdict.agrees);
  if (json) process.stdout.write(`${JSON.stringify({ agrees, files }, null, 2)}\n`);
  for (const { file, agrees: same, line } of json ? [] : files) {
    process.stdout.write(`${same ? 'same' : 'DIFFERS'}  ${file}${line === undefined ? '' : `: from line ${line}`}\n`);
  }
  return agrees ? DONE : CHECK_FAILED;
}
