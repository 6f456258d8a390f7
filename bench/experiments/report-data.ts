/**
 * From the files of a run folder to the data of its report: what report-tables.ts gathers of each policy and case, under the names
 * and in the order in which a reader meets it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportCase, ReportData, ReportMetric, ReportRun, UnplacedReason } from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { readDocuments } from '../workloads/documents.ts';
import { formatCell } from './cell-text.ts';
import { metricsOfRuns } from './metrics-of-runs.ts';
import { objectiveWords } from './objective-words.ts';
import { LEVELS, type Steps } from './report-curves.ts';
import { gaugeOf, isFlat, ordered } from './report-gauges.ts';
import { gpuCurvesOf, readGpuCurves } from './report-gpu.ts';
import { heatMapsOf } from './report-nodes.ts';
import { podLivesOf } from './report-lives.ts';
import { type Find, Gathered, readNodes, readPods, readSeries } from './report-tables.ts';
import { failed, type SummarizedRun } from './run-result.ts';
import type { StudySummary } from './summary.ts';

/** Of a metric that is not shown where there is nothing to say, shares up to this are nothing. */
const LEAST_SHARE = 0.0005;
/** Reasons shown for each policy; the rest are in summary.json. */
const MOST_REASONS = 5;

/** @throws BadInputError unless the folder holds a finished study. */
export function reportDataOf(folder: string): ReportData {
  const summary = readSummary(folder);
  const factorNames = Object.keys(summary.cases[0]?.factors ?? {});
  const gathered = new Map<string, Gathered>();
  for (const { factors } of summary.cases) {
    for (const policy of summary.policies) gathered.set(placeOf(factors, policy), new Gathered(policy));
  }
  for (const result of summary.results) {
    if (!failed(result))
      gathered.get(placeOf(result.factors, result.policy))?.ends.set(result.run, result.virtualMicros);
  }
  const find = findIn(gathered, factorNames);
  const shownRun = firstCommonRun(summary);
  readSeries(join(folder, 'timeseries.csv'), factorNames, shownRun, find);
  readGpuCurves(join(folder, 'gpu-curve.csv'), find);
  readNodes(join(folder, 'nodes.csv'), shownRun, find);
  const { description, study } = readExperiment(folder);
  // Where the scheduler runs alone, nothing takes time, and instants say no more than the order of arrival.
  if (study !== 'placement') readPods(join(folder, 'pods.csv'), shownRun, find);
  return {
    title: summary.experiment,
    description,
    seed: summary.seed,
    studyDigest: summary.studyDigest,
    runsPerPolicy: summary.runs,
    policies: summary.policies,
    notes: summary.notes,
    cases: summary.cases.map(({ factors }) => {
      const own = summary.policies.map((policy) => gathered.get(placeOf(factors, policy)) as Gathered);
      return caseOf(summary, factors, shownRun, own);
    }),
    runs: summary.results.map(runOf),
    objectives: (summary.objectives ?? []).map((objective) => ({
      policy: objective.policy,
      case: factorText(objective.factors),
      met: objective.met,
      ...objectiveWords(objective),
    })),
  };
}

/** Finds the place of a record; rows of one run follow each other, so most have the same place as the row before. */
function findIn(gathered: ReadonlyMap<string, Gathered>, factorNames: readonly string[]): Find {
  let last: readonly string[] = [];
  let owner: Gathered | undefined;
  return (record, cell) => {
    const policy = cell(record, 'policy');
    if (last.at(-1) === policy && factorNames.every((name, i) => cell(record, name) === last[i])) return owner;
    last = [...factorNames.map((name) => cell(record, name)), policy];
    owner = gathered.get(JSON.stringify(last));
    return owner;
  };
}

/** Factor values and policy as they stand in the tables. */
function placeOf(factors: Readonly<Record<string, unknown>>, policy: string): string {
  return JSON.stringify([...Object.values(factors).map(formatCell), policy]);
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

interface ExperimentFile {
  readonly description?: string;
  readonly study?: string;
}

function readExperiment(folder: string): ExperimentFile {
  const path = join(folder, 'experiment.yaml');
  return (existsSync(path) ? (readDocuments(path)[0]?.value as ExperimentFile | undefined) : undefined) ?? {};
}

/** The first run that no policy failed in; the first of all when there is none. */
function firstCommonRun({ results }: StudySummary): number {
  const runs = [...new Set(results.map(({ run }) => run))];
  const broken = new Set(results.filter((result) => failed(result)).map(({ run }) => run));
  return runs.find((run) => !broken.has(run)) ?? runs[0] ?? 0;
}

const WAITING = 'time without a Node';

/** What is known of each Pod, its title, and what the title does not say. */
const DISTRIBUTIONS = [
  ['startup', 'start-up latency', 'From the creation of a Pod until it runs.'],
  ['scheduling', 'scheduling latency', 'From the creation of a Pod until it is bound to a Node.'],
  ['scheduleToRun', 'time from binding to running', 'What the kubelet takes: sandbox, network, images, start.'],
  ['waiting', WAITING, 'As the scheduling latency, with the Pods that were never placed, until the run ended.'],
] as const;

/** Whether some Pod never had a Node: else the time without one says the same as the scheduling latency. */
function hasUnplaced({ latencies: { waiting, scheduling } }: Gathered): boolean {
  return waiting.spread()?.samples !== scheduling.spread()?.samples;
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
  const steps = (name: string): (readonly Steps[])[] => own.map((one) => one.gauges.get(name) ?? []);
  const gauges = ordered(names.map((name) => gaugeOf(name, steps(name))));
  return {
    title: factorText(factors),
    factors,
    metrics: metricsOf(results, summary.policies),
    distributions: DISTRIBUTIONS.map(([key, title, note]) => ({
      title,
      unit: 'µs',
      note,
      levels: LEVELS,
      policies: own.map(({ latencies }) => latencies[key].spread()),
    })).filter(({ title }) => title !== WAITING || own.some(hasUnplaced)),
    gauges: gauges.filter((gauge) => !isFlat(gauge)),
    flat: gauges.filter(isFlat).map(({ title }) => title),
    curves: gpuCurvesOf(own),
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
    const least = unit === 'fraction' ? LEAST_SHARE : 0;
    const isZero = samples.every((ofPolicy) => [...ofPolicy.values()].every((value) => Math.abs(value) <= least));
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
