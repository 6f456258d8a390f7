/**
 * Writes trace.json of a run folder from its tables: one run of every policy and case as a timeline for ui.perfetto.dev or
 * chrome://tracing. A Pod is a slice on the track of its Node, from its creation to its deletion (the tables do not say when a
 * Pod ended that was left there), with the parts waiting, starting and running inside; the scheduler shows its bindings and the
 * Pods it never placed; gauges are counters.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type TraceCounter,
  traceEventLines,
  type TraceMark,
  type TracePart,
  type TraceSlice,
} from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { type CellOf, eachRecord } from './csv-records.ts';
import { failed } from './run-result.ts';
import type { StudySummary } from './summary.ts';
import { type Counter, countersOf } from './trace-counters.ts';

const FLUSH_CHARACTERS = 1 << 20;

/** One of the timelines that the file shows side by side. */
interface Timeline {
  /** Before the names of its processes. */
  readonly prefix: string;
  readonly endMicros: number;
}

/** Gives the path of the file. @throws BadInputError unless the folder holds a finished study that has the run */
export function writeTrace(folder: string, run = 0): string {
  const timelines = timelinesOf(folder, run);
  const slices: TraceSlice[] = [];
  const marks: TraceMark[] = [];
  const counters: TraceCounter[] = [];
  const factorNames = [...timelines.factorNames];
  const find = (record: readonly string[], cell: CellOf): Timeline | undefined => {
    if (cell(record, 'run') !== String(run)) return undefined;
    const names = [...factorNames, 'policy'];
    return timelines.byKey.get(JSON.stringify(names.map((name) => cell(record, name))));
  };
  eachRecord(join(folder, 'pods.csv'), ['policy', 'run', 'pod', 'createdMicros'], (record, cell) => {
    const timeline = find(record, cell);
    if (timeline === undefined) return;
    addPod(timeline, (column) => cell(record, column), slices, marks);
  });
  let shown: readonly Counter[] | undefined;
  eachRecord(join(folder, 'timeseries.csv'), ['policy', 'run', 'timeMicros'], (record, cell, columns) => {
    const timeline = find(record, cell);
    if (timeline === undefined) return;
    shown ??= countersOf(columns);
    const timeMicros = Number(cell(record, 'timeMicros'));
    for (const { process, name, values } of shown) {
      const texts = Object.entries(values).map(([value, column]) => [value, cell(record, column)] as const);
      if (texts.some(([, text]) => text === '')) continue;
      const numbers = Object.fromEntries(texts.map(([value, text]) => [value, Number(text)]));
      counters.push({ process: `${timeline.prefix}${process}`, name, timeMicros, values: numbers });
    }
  });
  const path = join(folder, 'trace.json');
  writeLines(path, traceEventLines({ slices, marks, counters }));
  return path;
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < FLUSH_CHARACTERS) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}

/** The runs to show, by factor values and policy as they stand in the tables. */
function timelinesOf(folder: string, run: number): { factorNames: string[]; byKey: Map<string, Timeline> } {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) {
    throw new BadInputError('holds no summary.json; accepted is a finished run folder', { file: folder });
  }
  const { results, cases, policies } = JSON.parse(readFileSync(file, 'utf8')) as StudySummary;
  const byKey = new Map<string, Timeline>();
  for (const result of results) {
    if (failed(result) || result.run !== run) continue;
    const cells = Object.values(result.factors).map(formatCell);
    const factors = Object.entries(result.factors).map(([path, value]) => `${path}=${formatCell(value)} `);
    const alone = policies.length === 1 && factors.length === 0;
    const prefix = alone ? '' : `${result.policy} ${factors.join('')}· `;
    byKey.set(JSON.stringify([...cells, result.policy]), { prefix, endMicros: result.virtualMicros });
  }
  if (byKey.size === 0) throw new BadInputError(`has no finished run ${run} to trace`, { file: folder });
  return { factorNames: Object.keys(cases[0]?.factors ?? {}), byKey };
}

function addPod(
  { prefix, endMicros }: Timeline,
  cell: (column: string) => string,
  slices: TraceSlice[],
  marks: TraceMark[],
): void {
  const time = (column: string): number | undefined => (cell(column) === '' ? undefined : Number(cell(column)));
  const [pod, node] = [cell('pod'), cell('node')];
  const createdMicros = Number(cell('createdMicros'));
  const end = time('deletedMicros') ?? endMicros;
  const place =
    node === ''
      ? { process: `${prefix}kube-scheduler`, track: 'not placed' }
      : { process: `${prefix}kubelets`, track: node };
  const lasting = (name: string, from: number, to: number): TracePart => {
    return { name, startMicros: from, durationMicros: Math.max(0, to - from) };
  };
  const attempts: Record<string, number> = cell('attempts') === '' ? {} : { attempts: Number(cell('attempts')) };
  const reason: Record<string, string> = cell('reason') === '' ? {} : { reason: cell('reason') };
  const scheduled = time('scheduledMicros');
  const running = time('runningMicros');
  const parts = [lasting('waiting', createdMicros, scheduled ?? (node === '' ? end : createdMicros))];
  if (node !== '') parts.push(lasting('starting', scheduled ?? createdMicros, running ?? end));
  if (running !== undefined) parts.push(lasting('running', running, end));
  const args = { node, phase: cell('phase'), ...attempts, ...reason };
  slices.push({ ...place, ...lasting(pod, createdMicros, end), arguments: args, parts });
  if (scheduled === undefined) return;
  const mark = { process: `${prefix}kube-scheduler`, track: 'bindings', name: pod, timeMicros: scheduled };
  marks.push({ ...mark, arguments: { node, ...attempts } });
}
