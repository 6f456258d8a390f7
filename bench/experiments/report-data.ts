/**
 * From the files of a run folder to the data of its report. Tables are read once and from front to back; of each run only curves
 * on fixed levels and instants are kept, and whole rows of no more than one run of each policy and case.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type CapacityPlan,
  type Curves,
  type GaugeOverTime,
  type ReportCase,
  type ReportData,
  type ReportMetric,
  type ReportRun,
  type UnplacedReason,
} from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { type CellOf, eachRecord } from './csv-records.ts';
import { metricsOfRuns } from './metrics-of-runs.ts';
import { bandOfSteps, LEVELS, SpreadOfRuns } from './report-curves.ts';
import { heatMapsOf, type NodeRow, type PodRow } from './report-nodes.ts';
import { podLivesOf } from './report-lives.ts';
import { failed, type SummarizedRun } from './run-result.ts';
import type { StudySummary } from './summary.ts';

/** Title and unit of the gauges this program writes; others are shown under their own name. */
const GAUGE_TITLES: Readonly<Record<string, readonly [title: string, unit: string]>> = {
  pending: ['Pending Pods', 'Pods'],
  bound: ['Pods on Nodes', 'Pods'],
  running: ['Running Pods', 'Pods'],
  nodesInUse: ['Nodes in use', 'Nodes'],
  cpuUtilisation: ['CPU requested', 'fraction'],
  memoryUtilisation: ['Memory requested', 'fraction'],
  cpuImbalance: ['CPU imbalance of Nodes', 'fraction'],
  cpuStranded: ['CPU stranded', 'fraction'],
  memoryStranded: ['Memory stranded', 'fraction'],
  memoryImbalance: ['Memory imbalance of Nodes', 'fraction'],
};
/** Reasons shown for each policy; the rest are in summary.json. */
const MOST_REASONS = 5;

/** What is known of one policy in one case while the tables are read. */
interface Gathered {
  readonly policy: string;
  readonly scheduling: SpreadOfRuns;
  readonly startup: SpreadOfRuns;
  /** Gauge → one step function for each run. */
  readonly gauges: Map<string, { timesMicros: number[]; values: number[] }[]>;
  /** Of the run that is shown in detail. */
  readonly nodes: NodeRow[];
  readonly pods: PodRow[];
  endMicros: number;
}

/** @throws BadInputError unless the folder holds a finished study. */
export function reportDataOf(folder: string): ReportData {
  const summary = readSummary(folder);
  const factorNames = Object.keys(summary.cases[0]?.factors ?? {});
  const keyOf = (cells: readonly string[], policy: string): string => JSON.stringify([...cells, policy]);
  const gathered = new Map<string, Gathered>();
  for (const { factors } of summary.cases) {
    for (const policy of summary.policies) {
      gathered.set(keyOf(Object.values(factors).map(formatCell), policy), emptyGathered(policy));
    }
  }
  const find = (record: readonly string[], cell: CellOf): Gathered | undefined =>
    gathered.get(
      keyOf(
        factorNames.map((name) => cell(record, name)),
        cell(record, 'policy'),
      ),
    );
  const shownRun = firstCommonRun(summary);
  readSeries(join(folder, 'timeseries.csv'), factorNames, shownRun, find);
  readNodes(join(folder, 'nodes.csv'), shownRun, find);
  readPods(join(folder, 'pods.csv'), shownRun, find);
  const { description } = readDescription(folder);
  return {
    title: summary.experiment,
    description,
    seed: summary.seed,
    studyDigest: summary.studyDigest,
    runsPerPolicy: summary.runs,
    policies: summary.policies,
    notes: summary.notes,
    cases: summary.cases.map(({ factors }) => {
      const cells = Object.values(factors).map(formatCell);
      const own = summary.policies.map((policy) => gathered.get(keyOf(cells, policy)) as Gathered);
      return caseOf(summary, factors, shownRun, own);
    }),
    runs: summary.results.map(runOf),
    plan: readPlan(folder),
  };
}

function emptyGathered(policy: string): Gathered {
  return {
    policy,
    scheduling: new SpreadOfRuns(),
    startup: new SpreadOfRuns(),
    gauges: new Map(),
    nodes: [],
    pods: [],
    endMicros: 0,
  };
}

function readSummary(folder: string): StudySummary {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) {
    throw new BadInputError('holds no summary.json; accepted is a finished run folder', { file: folder });
  }
  try {
    const summary = JSON.parse(readFileSync(file, 'utf8')) as StudySummary;
    if (Array.isArray(summary.results) && Array.isArray(summary.cases)) return summary;
  } catch {
    // Falls through to the one message.
  }
  throw new BadInputError('is not the summary.json of a run folder', { file });
}

function readDescription(folder: string): { readonly description?: string } {
  const path = join(folder, 'experiment.yaml');
  return existsSync(path) ? ((parse(readFileSync(path, 'utf8')) as { description?: string } | null) ?? {}) : {};
}

/** plan.json holds a CapacityPlan as results/report/report-data.ts describes it. */
function readPlan(folder: string): CapacityPlan | undefined {
  const path = join(folder, 'plan.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CapacityPlan) : undefined;
}

/** The first run that no policy failed in; the first of all when there is none. */
function firstCommonRun({ results }: StudySummary): number {
  const runs = [...new Set(results.map(({ run }) => run))];
  const broken = new Set(results.filter((result) => failed(result)).map(({ run }) => run));
  return runs.find((run) => !broken.has(run)) ?? runs[0] ?? 0;
}

const number = (text: string): number => (text === '' ? Number.NaN : Number(text));

type Find = (record: readonly string[], cell: CellOf) => Gathered | undefined;

function readSeries(path: string, factorNames: readonly string[], shownRun: number, find: Find): void {
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

function readNodes(path: string, shownRun: number, find: Find): void {
  eachRecord(path, ['policy', 'run', 'node'], (record, cell) => {
    if (Number(cell(record, 'run')) !== shownRun) return;
    const at = (name: string): number => Number(cell(record, name));
    find(record, cell)?.nodes.push({
      node: cell(record, 'node'),
      cpuMillis: at('cpuAllocatableMillis'),
      memoryBytes: at('memoryAllocatableBytes'),
      cpuRequestedMillis: at('cpuRequestedMillis'),
      memoryRequestedBytes: at('memoryRequestedBytes'),
    });
  });
}

function readPods(path: string, shownRun: number, find: Find): void {
  let [lastRun, owner]: [string, Gathered | undefined] = ['', undefined];
  let scheduling: number[] = [];
  let startup: number[] = [];
  const flush = (): void => {
    owner?.scheduling.add(scheduling);
    owner?.startup.add(startup);
    [scheduling, startup] = [[], []];
  };
  eachRecord(path, ['policy', 'run', 'pod', 'createdMicros'], (record, cell) => {
    const next = find(record, cell);
    const run = cell(record, 'run');
    if (next !== owner || run !== lastRun) flush();
    [owner, lastRun] = [next, run];
    const createdMicros = Number(cell(record, 'createdMicros'));
    const scheduledMicros = number(cell(record, 'scheduledMicros'));
    const runningMicros = number(cell(record, 'runningMicros'));
    if (!Number.isNaN(scheduledMicros)) {
      scheduling.push(scheduledMicros - createdMicros);
      if (!Number.isNaN(runningMicros)) startup.push(runningMicros - createdMicros);
    }
    if (Number(run) !== shownRun) return;
    owner?.pods.push({
      pod: cell(record, 'pod'),
      node: cell(record, 'node'),
      phase: cell(record, 'phase'),
      createdMicros,
      scheduledMicros,
      runningMicros,
      deletedMicros: number(cell(record, 'deletedMicros')),
      attempts: number(cell(record, 'attempts')),
      cpuMillis: Number(cell(record, 'cpuMillis')),
      memoryBytes: Number(cell(record, 'memoryBytes')),
    });
  });
  flush();
}

function caseOf(
  summary: StudySummary,
  factors: Readonly<Record<string, unknown>>,
  shownRun: number,
  own: readonly Gathered[],
): ReportCase {
  const key = JSON.stringify(factors);
  const results = summary.results.filter((result) => JSON.stringify(result.factors) === key);
  const names = [...new Set(own.flatMap(({ gauges }) => [...gauges.keys()]))];
  const isGpu = (name: string): boolean => /frag|stranded/i.test(name);
  return {
    title: factorText(factors),
    metrics: metricsOf(results, summary.policies),
    distributions: [
      { title: 'scheduling latency', unit: 'µs', levels: LEVELS, policies: own.map((one) => one.scheduling.spread()) },
      { title: 'start-up latency', unit: 'µs', levels: LEVELS, policies: own.map((one) => one.startup.spread()) },
    ],
    gauges: names.filter((name) => !isGpu(name)).map((name) => gaugeOf(name, own)),
    curves: names.filter(isGpu).map((name) => curvesOf(gaugeOf(name, own))),
    heatMaps: heatMapsByResource(shownRun, own),
    lives: podLivesOf(
      shownRun,
      own.map(({ pods }) => (pods.length === 0 ? undefined : pods)),
    ),
    unplaced: results.filter(({ run }) => run === shownRun).flatMap(reasonsOf),
  };
}

function factorText(factors: Readonly<Record<string, unknown>>): string {
  return Object.entries(factors)
    .map(([path, value]) => `${path} = ${formatCell(value)}`)
    .join(', ');
}

function metricsOf(results: readonly SummarizedRun[], policies: readonly string[]): ReportMetric[] {
  return metricsOfRuns(results).map(({ name, title, unit, better, shown }) => {
    const samples = policies.map((policy) => samplesOf(name, policy, results));
    const isZero = samples.every((ofPolicy) => [...ofPolicy.values()].every((value) => value === 0));
    const main = shown !== false && better !== undefined && !(shown === 'unlessZero' && isZero);
    return { name, title, unit, better, main, samples };
  });
}

function samplesOf(metric: string, policy: string, results: readonly SummarizedRun[]): Map<string, number> {
  const samples = new Map<string, number>();
  for (const result of results) {
    if (failed(result) || result.policy !== policy) continue;
    const value = result.metrics[metric];
    if (typeof value === 'number') samples.set(`${result.seed}/${result.run}`, value);
  }
  return samples;
}

function gaugeOf(name: string, own: readonly Gathered[]): GaugeOverTime {
  const [title, unit] = GAUGE_TITLES[name] ?? [spoken(name), ''];
  const runs = own.map(({ gauges }) => gauges.get(name) ?? []);
  const endMicros = runs.flat().reduce((end, { timesMicros }) => Math.max(end, timesMicros.at(-1) ?? 0), 0);
  return { name, title, unit, policies: runs.map((steps) => bandOfSteps(steps, endMicros)) };
}

/** gpuFragmentation → GPU fragmentation. */
function spoken(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words
    .replace(/\b(?:gpu|cpu)\b/g, (word) => word.toUpperCase())
    .replace(/^[a-z]/, (first) => first.toUpperCase());
}

function curvesOf({ title, unit, policies }: GaugeOverTime): Curves {
  return { title, xTitle: 'virtual time', xUnit: 'µs', yTitle: title, yUnit: unit, policies };
}

/** Maps of one resource stand side by side, policy by policy. */
function heatMapsByResource(run: number, own: readonly Gathered[]): ReportCase['heatMaps'] {
  const maps = own.flatMap(({ policy, endMicros, nodes, pods }) => heatMapsOf(policy, run, endMicros, nodes, pods));
  return [...new Set(maps.map(({ title }) => title))].flatMap((title) => maps.filter((map) => map.title === title));
}

function reasonsOf(result: SummarizedRun): UnplacedReason[] {
  if (failed(result)) return [];
  const { policy, run, unschedulable } = result;
  return unschedulable.slice(0, MOST_REASONS).map(({ pods, reason }) => ({ policy, run, pods, reason }));
}

function runOf(result: SummarizedRun): ReportRun {
  const { policy, seed, run } = result;
  const common = { factors: factorText(result.factors), policy, seed, run, command: repeatCommand(policy, run) };
  if (failed(result)) {
    return {
      ...common,
      digest: '',
      stopped: 'failed',
      events: undefined,
      virtualMicros: undefined,
      error: result.error,
    };
  }
  const { digest, stopped, events, virtualMicros } = result;
  return { ...common, digest, stopped, events, virtualMicros };
}

/** Runs of one policy up to this one: run r depends on nothing but the experiment, the seed and r. */
function repeatCommand(policy: string, run: number): string {
  return `npx clockwork run experiment.yaml --policy ${policy} --runs ${run + 1}`;
}
