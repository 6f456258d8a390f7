/**
 * `clockwork verify DIR`: repeats every run of a run folder from the experiment in it and compares. Where a run differs,
 * it says in which events; where even two repeats differ, it names the first event that does.
 */
import { verifyFolder } from '../experiments/verify-folder.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';

/** Gives the exit code. @throws BadInputError */
export async function verify(folder: string, { json }: { readonly json: boolean }): Promise<number> {
  const found = await verifyFolder(folder, ({ agrees, title, text }) => {
    if (!json) process.stdout.write(`${agrees ? 'same' : 'DIFFERS'}  ${title}: ${text}\n`);
  });
  const count = found.runs.length;
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.agrees) process.stdout.write(`${count} of ${count} runs are the same\n`);
  return found.agrees ? DONE : CHECK_FAILED;
}
