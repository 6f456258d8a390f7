/**
 * The run folder on disk: the complete experiment, a part for each finished run, and at the end the files of the contract
 * put together from the parts. A part appears whole or not at all, so an interrupted study goes on where it stopped.
 * Nothing here depends on the machine but machine.json.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { csvParseRows } from 'd3-dsv';
import { stringify } from 'yaml';
import { type Cell, csvLines } from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { tableColumns } from './cluster-tables.ts';
import type { Study } from './load.ts';
import { metricsOfRuns } from './metrics-of-runs.ts';
import { type RunTask, taskName } from './run-plan.ts';
import { type FailedRun, failed, type OtherTable, type RunCost, type RunResult, type RunTables } from './run-result.ts';
import { type StudySummary, summaryRows } from './summary.ts';

const PARTS = 'runs';

/** Ending of the file beside a part's table that has the names of its columns. */
const HEAD = '.head';

/** A finished run as its part holds it. */
export interface FinishedRun {
  readonly result: RunResult | FailedRun;
  readonly cost: RunCost;
}

/** Writes a file so that it is there whole or not at all. */
function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

/** The text of experiment.yaml. */
export function experimentText(study: Study): string {
  return stringify(study.experiment, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * Makes the folder of a study, or finds the one that is there.
 * @throws BadInputError when the folder holds another study or something else
 */
export function openRunFolder(folder: string, study: Study): void {
  const path = join(folder, 'experiment.yaml');
  const text = experimentText(study);
  if (existsSync(path)) {
    const same = readFileSync(path, 'utf8') === text && Object.entries(study.inputs).every(equalInFolder(folder));
    if (!same) throw new BadInputError('holds another experiment; choose another --out or remove it', { file: folder });
    return;
  }
  if (existsSync(join(folder, 'summary.json'))) {
    throw new BadInputError('holds results without their experiment.yaml; choose another --out', { file: folder });
  }
  for (const [name, content] of Object.entries(study.inputs)) writeWhole(join(folder, name), content);
  writeWhole(path, text);
}

function equalInFolder(folder: string): (input: [string, string]) => boolean {
  return ([name, content]) => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') === content;
}

/** Whether all runs of the folder are done and put together. */
export function isComplete(folder: string): boolean {
  return existsSync(join(folder, 'summary.json'));
}

/** Writes what one run left as a part. */
export function writePart(folder: string, task: RunTask, finished: FinishedRun, tables: RunTables | undefined): void {
  const path = join(folder, PARTS, taskName(task));
  const unfinished = `${path}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'run.json'), JSON.stringify(finished));
  if (tables !== undefined) {
    const before: Cell[] = [...Object.values(task.case.factors).map(formatCell), task.policy, task.run];
    for (const { file, columns, rows } of filesOf(tables)) {
      const wrong = rows.find((row) => row.length !== columns.length);
      if (wrong !== undefined) {
        throw new RangeError(`${file}: a row of ${wrong.length} cells; there are ${columns.length} columns`);
      }
      writeFileSync(join(unfinished, `${file}${HEAD}`), csvLines([columns]));
      writeFileSync(join(unfinished, file), csvLines(rows.map((row) => [...before, ...row])));
    }
  }
  rmSync(path, { recursive: true, force: true });
  renameSync(unfinished, path);
}

function filesOf({ columns, pods, nodes, timeseries, others = [] }: RunTables): OtherTable[] {
  return [
    { file: 'pods.csv', columns: columns.pods, rows: pods },
    { file: 'nodes.csv', columns: columns.nodes, rows: nodes },
    { file: 'timeseries.csv', columns: columns.timeseries, rows: timeseries },
    ...others,
  ];
}

/** The part of a run, or undefined when it is not finished. */
export function readPart(folder: string, task: RunTask): FinishedRun | undefined {
  const path = join(folder, PARTS, taskName(task), 'run.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FinishedRun) : undefined;
}

/** Puts the parts together into the files of the contract and removes them. `tasks` and `finished` are parallel. */
export function finishRunFolder(
  folder: string,
  tasks: readonly RunTask[],
  finished: readonly FinishedRun[],
  summary: StudySummary,
): void {
  const factorNames = Object.keys(tasks[0]?.case.factors ?? {});
  const before = [...factorNames, 'policy', 'run'];
  for (const [file, columns] of tablesOf(folder, tasks)) putTogether(folder, tasks, file, before, columns);
  const results = finished.map(({ result }) => result);
  writeWhole(join(folder, 'runs.csv'), runsCsv(factorNames, results));
  writeWhole(join(folder, 'checkpoints.csv'), checkpointsCsv(factorNames, results));
  writeWhole(join(folder, 'summary.csv'), csvLines(summaryRows(summary)));
  writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  rmSync(join(folder, PARTS), { recursive: true, force: true });
}

function putTogether(
  folder: string,
  tasks: readonly RunTask[],
  file: string,
  before: readonly string[],
  columns: readonly string[],
): void {
  const path = join(folder, `${file}.part`);
  writeFileSync(path, csvLines([[...before, ...columns]]));
  for (const task of tasks) {
    const part = join(folder, PARTS, taskName(task));
    if (!existsSync(join(part, file))) continue;
    const own = headOf(part, file);
    const rows = readFileSync(join(part, file));
    appendFileSync(path, own.join() === columns.join() ? rows : arranged(rows.toString(), before.length, own, columns));
  }
  renameSync(path, join(folder, file));
}

/** Rows of a part under the columns of all parts: a resource that its Nodes did not have is an empty cell. */
function arranged(text: string, before: number, own: readonly string[], columns: readonly string[]): string {
  const places = columns.map((name) => own.indexOf(name));
  const rows = csvParseRows(text, (row) => [
    ...row.slice(0, before),
    ...places.map((place) => (place < 0 ? '' : (row[before + place] as string))),
  ]);
  return csvLines(rows);
}

function headOf(part: string, file: string): string[] {
  return csvParseRows(readFileSync(join(part, `${file}${HEAD}`), 'utf8'))[0] as string[];
}

/** The tables of the parts, each with the columns that any part has; those of every study are there without a part too. */
function tablesOf(folder: string, tasks: readonly RunTask[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [table, columns] of Object.entries(tableColumns([]))) found.set(`${table}.csv`, columns);
  for (const task of tasks) {
    const part = join(folder, PARTS, taskName(task));
    const heads = existsSync(part) ? readdirSync(part).filter((name) => name.endsWith(HEAD)) : [];
    for (const name of heads.sort()) {
      const file = name.slice(0, -HEAD.length);
      found.set(file, [...new Set([...(found.get(file) ?? []), ...headOf(part, file)])]);
    }
  }
  return found;
}

function runCells(factorNames: readonly string[], result: RunResult | FailedRun): Cell[] {
  return [...factorNames.map((name) => formatCell(result.factors[name])), result.policy];
}

function runsCsv(factorNames: readonly string[], results: readonly (RunResult | FailedRun)[]): string {
  const names = metricsOfRuns(results).map(({ name }) => name);
  const head = [...factorNames, 'policy', 'seed', 'run', 'digest', 'stopped', 'events', ...names, 'error'];
  const rows = results.map((result): Cell[] => {
    const before = [...runCells(factorNames, result), result.seed, result.run];
    if (failed(result)) return [...before, '', 'failed', null, ...names.map(() => null), result.error];
    const values = names.map((name) => result.metrics[name] ?? null);
    return [...before, result.digest, result.stopped, result.events, ...values, ''];
  });
  return csvLines([head, ...rows]);
}

function checkpointsCsv(factorNames: readonly string[], results: readonly (RunResult | FailedRun)[]): string {
  const rows = results.flatMap((result): Cell[][] => {
    if (failed(result)) return [];
    const before = [...runCells(factorNames, result), result.run];
    return result.checkpoints.map(({ events, timeMicros, digest }) => [...before, events, timeMicros, digest]);
  });
  return csvLines([[...factorNames, 'policy', 'run', 'events', 'timeMicros', 'digest'], ...rows]);
}
