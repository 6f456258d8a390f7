/**
 * Reads the tables of a run folder for its report, once and from front to back; of each run only curves on fixed levels and instants
 * are kept, and whole rows of no more than one run of each policy and case.
 */
import { type CellOf, eachRecord } from './csv-records.ts';
import { SpreadOfRuns } from './report-curves.ts';
import type { GpuCurves } from './report-gpu.ts';
import type { NodeRow, PodRow } from './report-nodes.ts';

/** Times that Pods take: a quantile curve for each run. */
type Latency = 'scheduling' | 'startup' | 'scheduleToRun' | 'waiting';

/** What is known of one policy in one case while the tables are read. */
export class Gathered {
  readonly policy: string;
  readonly latencies: Readonly<Record<Latency, SpreadOfRuns>> = {
    scheduling: new SpreadOfRuns(),
    startup: new SpreadOfRuns(),
    scheduleToRun: new SpreadOfRuns(),
    waiting: new SpreadOfRuns(),
  };
  /** Gauge → one step function for each run. */
  readonly gauges = new Map<string, { timesMicros: number[]; values: number[] }[]>();
  readonly gpu: GpuCurves = new Map();
  /** When each run ended. */
  readonly ends = new Map<number, number>();
  /** Of the run that is shown in detail. */
  readonly nodes: NodeRow[] = [];
  readonly pods: PodRow[] = [];
  endMicros = 0;

  constructor(policy: string) {
    this.policy = policy;
  }
}

/** Where a record's policy and case are gathered. */
export type Find = (record: readonly string[], cell: CellOf) => Gathered | undefined;

const number = (text: string): number => (text === '' ? Number.NaN : Number(text));

export function readSeries(path: string, factorNames: readonly string[], shownRun: number, find: Find): void {
  let lastRun = '';
  let lastOwner: Gathered | undefined;
  const fixed = new Set([...factorNames, 'policy', 'run', 'timeMicros']);
  eachRecord(path, ['policy', 'run', 'timeMicros'], (record, cell, columns) => {
    const owner = find(record, cell);
    if (owner === undefined) return;
    const run = cell(record, 'run');
    const fresh = owner !== lastOwner || run !== lastRun;
    [lastOwner, lastRun] = [owner, run];
    const timeMicros = Number(cell(record, 'timeMicros'));
    if (Number(run) === shownRun) owner.endMicros = Math.max(owner.endMicros, timeMicros);
    for (const [index, name] of columns.entries()) {
      if (fixed.has(name)) continue;
      const value = number(record[index] ?? '');
      if (!Number.isFinite(value)) continue;
      let runs = owner.gauges.get(name);
      if (runs === undefined) owner.gauges.set(name, (runs = []));
      if (fresh || runs.length === 0) runs.push({ timesMicros: [], values: [] });
      const steps = runs[runs.length - 1] as (typeof runs)[number];
      steps.timesMicros.push(timeMicros);
      steps.values.push(value);
    }
  });
}

const ALLOCATABLE = /^allocatable\[(.+)\]$/;
const REQUESTED = /^requested\[(.+)\]$/;
const NONE: ReadonlyMap<string, number> = new Map();

/** A column that names a resource. */
interface ResourceColumn {
  readonly index: number;
  readonly resource: string;
}

function resourceColumns(columns: readonly string[], form: RegExp): ResourceColumn[] {
  return columns.flatMap((column, index) => {
    const resource = form.exec(column)?.[1];
    return resource === undefined ? [] : [{ index, resource }];
  });
}

/** Amounts of the resources beside CPU and memory, by the columns that name one. */
function othersOf(record: readonly string[], columns: readonly ResourceColumn[]): ReadonlyMap<string, number> {
  let found: Map<string, number> | undefined;
  for (const { index, resource } of columns) {
    const amount = Number(record[index]);
    if (amount > 0) (found ??= new Map()).set(resource, amount);
  }
  return found ?? NONE;
}

export function readNodes(path: string, shownRun: number, find: Find): void {
  let [allocatable, requested]: (ResourceColumn[] | undefined)[] = [];
  eachRecord(path, ['policy', 'run', 'node'], (record, cell, columns) => {
    if (Number(cell(record, 'run')) !== shownRun) return;
    const at = (name: string): number => Number(cell(record, name));
    allocatable ??= resourceColumns(columns, ALLOCATABLE);
    requested ??= resourceColumns(columns, REQUESTED);
    find(record, cell)?.nodes.push({
      node: cell(record, 'node'),
      cpuMillis: at('cpuAllocatableMillis'),
      memoryBytes: at('memoryAllocatableBytes'),
      cpuRequestedMillis: at('cpuRequestedMillis'),
      memoryRequestedBytes: at('memoryRequestedBytes'),
      others: othersOf(record, allocatable),
      othersRequested: othersOf(record, requested),
    });
  });
}

export function readPods(path: string, shownRun: number, find: Find): void {
  let [lastRun, owner]: [string, Gathered | undefined] = ['', undefined];
  let samples = emptySamples();
  let requested: ResourceColumn[] | undefined;
  const flush = (): void => {
    for (const name of LATENCIES) owner?.latencies[name].add(samples[name]);
    samples = emptySamples();
  };
  eachRecord(path, ['policy', 'run', 'pod', 'createdMicros'], (record, cell, columns) => {
    const next = find(record, cell);
    const run = cell(record, 'run');
    if (next !== owner || run !== lastRun) flush();
    [owner, lastRun] = [next, run];
    if (owner === undefined) return;
    const pod: PodRow = {
      pod: cell(record, 'pod'),
      node: cell(record, 'node'),
      phase: cell(record, 'phase'),
      createdMicros: Number(cell(record, 'createdMicros')),
      scheduledMicros: number(cell(record, 'scheduledMicros')),
      runningMicros: number(cell(record, 'runningMicros')),
      deletedMicros: number(cell(record, 'deletedMicros')),
      attempts: number(cell(record, 'attempts')),
      cpuMillis: Number(cell(record, 'cpuMillis')),
      memoryBytes: Number(cell(record, 'memoryBytes')),
      others: NONE,
    };
    addLatencies(samples, pod, owner.ends.get(Number(run)) ?? Number.NaN);
    if (Number(run) !== shownRun) return;
    requested ??= resourceColumns(columns, REQUESTED);
    owner.pods.push({ ...pod, others: othersOf(record, requested) });
  });
  flush();
}

const LATENCIES: readonly Latency[] = ['scheduling', 'startup', 'scheduleToRun', 'waiting'];

function emptySamples(): Record<Latency, number[]> {
  return { scheduling: [], startup: [], scheduleToRun: [], waiting: [] };
}

function addLatencies(samples: Record<Latency, number[]>, pod: PodRow, endMicros: number): void {
  const { createdMicros, scheduledMicros, runningMicros, deletedMicros, attempts } = pod;
  if (!Number.isNaN(scheduledMicros)) {
    samples.scheduling.push(scheduledMicros - createdMicros);
    if (!Number.isNaN(runningMicros)) {
      samples.startup.push(runningMicros - createdMicros);
      samples.scheduleToRun.push(runningMicros - scheduledMicros);
    }
  }
  // A Pod that came with its Node has no count of attempts, and never waited.
  if (Number.isNaN(attempts)) return;
  const until = Number.isNaN(scheduledMicros) ? deletedMicros : scheduledMicros;
  const waited = (Number.isNaN(until) ? endMicros : until) - createdMicros;
  if (Number.isFinite(waited)) samples.waiting.push(waited);
}
