/** What a finished run folder holds, for programs: its summary, and its tables as records. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { readText } from '../workloads/documents.ts';
import { eachRecord } from './csv-records.ts';
import type { StudySummary } from './summary.ts';

/** @param path of a run folder, or of its summary.json. @throws BadInputError unless it is one */
export function readSummary(path: string): StudySummary {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new BadInputError('no such file or folder', { file: path });
  const file = stats.isDirectory() ? join(path, 'summary.json') : path;
  if (!existsSync(file)) {
    throw new BadInputError('holds no summary.json; accepted is a finished run folder', { file: path });
  }
  try {
    const summary = JSON.parse(readText(file)) as StudySummary;
    if (Array.isArray(summary.results) && Array.isArray(summary.cases)) return summary;
  } catch {
    // Falls through to the one message.
  }
  throw new BadInputError('is not the summary.json of a run folder', { file });
}

/**
 * The rows of a table, each with its cells by the name of the column, as text ('' where there is none). Columns and units are in
 * results/README.md.
 * @param file for example "pods.csv"
 * @throws BadInputError when the folder has no such table
 */
export function readTable(folder: string, file: string): Record<string, string>[] {
  const path = join(folder, file);
  if (!existsSync(path))
    throw new BadInputError(`holds no ${file}; accepted is a finished run folder`, { file: folder });
  const records: Record<string, string>[] = [];
  eachRecord(path, [], (record, _cell, columns) => {
    records.push(Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ''])));
  });
  return records;
}
