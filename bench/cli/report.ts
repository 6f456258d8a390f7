/** `clockwork report DIR`: writes report.html, or with --trace trace.json, of a run folder from its files alone. */
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  const file = trace === undefined ? join(folder, 'report.html') : writeTrace(folder, trace);
  const bytes = trace === undefined ? writeReport(folder) : statSync(file).size;
  const path = relative('.', file);
  const [key, title] = trace === undefined ? ['report', 'Report'] : ['trace', 'Trace'];
  if (json) process.stdout.write(`${JSON.stringify({ [key]: path, bytes }, null, 2)}\n`);
  else process.stdout.write(`${title}: ${path} (${Math.ceil(bytes / 1024)} KiB)\n`);
  return DONE;
}
