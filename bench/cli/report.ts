/** `clockwork report DIR`: writes report.html of a run folder again, from its files alone. */
import { join, relative } from 'node:path';
import { writeReport } from '../experiments/write-report.ts';
import { DONE } from './exit-code.ts';

/** Gives the exit code. @throws BadInputError */
export function report(folder: string, options: { readonly json: boolean }): number {
  const bytes = writeReport(folder);
  const path = relative('.', join(folder, 'report.html'));
  if (options.json) process.stdout.write(`${JSON.stringify({ report: path, bytes }, null, 2)}\n`);
  else process.stdout.write(`Report: ${path} (${Math.ceil(bytes / 1024)} KiB)\n`);
  return DONE;
}
