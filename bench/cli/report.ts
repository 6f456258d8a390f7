/** `clockwork report DIR`: writes report.html, or with --trace trace.json, of a run folder or of a plan's folder from its files alone. */
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { isPlanFolder } from '../capacity/plan-folder.ts';
import { writePlanReport } from '../capacity/write-plan.ts';
import { writeReport } from '../experiments/write-report.ts';
import { writeTrace } from '../experiments/write-trace.ts';
import { DONE } from './exit-code.ts';

export interface ReportOptions {
  /** The run to trace instead of writing the page. */
  readonly trace: number | undefined;
  readonly json: boolean;
}

/** Gives the exit code. @throws BadInputError */
export function report(folder: string, { trace, json }: ReportOptions): number {
  const isPlan = isPlanFolder(folder);
  if (isPlan && trace !== undefined) {
    throw new BadInputError('is the folder of a plan, which has no trace; accepted is a run folder', { file: folder });
  }
  const file = trace === undefined ? join(folder, 'report.html') : writeTrace(folder, trace);
  const write = isPlan ? writePlanReport : writeReport;
  const bytes = trace === undefined ? write(folder) : statSync(file).size;
  const path = relative('.', file);
  const [key, title] = trace === undefined ? ['report', 'Report'] : ['trace', 'Trace'];
  if (json) process.stdout.write(`${JSON.stringify({ [key]: path, bytes }, null, 2)}\n`);
  else process.stdout.write(`${title}: ${path} (${Math.ceil(bytes / 1024)} KiB)\n`);
  return DONE;
}
