/** Writes report.html into a finished run folder. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportPage } from '../../results/index.ts';
import { reportDataOf } from './report-data.ts';

/** Gives the size in bytes. @throws BadInputError unless the folder holds a finished study. */
export function writeReport(folder: string): number {
  const page = reportPage(reportDataOf(folder));
  const path = join(folder, 'report.html');
  writeFileSync(`${path}.part`, page);
  renameSync(`${path}.part`, path);
  return Buffer.byteLength(page);
}
