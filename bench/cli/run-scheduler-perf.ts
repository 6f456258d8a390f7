/**
 * `clockwork run --scheduler-perf FILE`: the workloads of a scheduler_perf file, as upstream wrote it, to data items and a table.
 * Virtual figures (what the modelled cluster does; the same bytes for the same seed) and wall figures (what the simulator does on this
 * machine) stand in files and columns of their own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { BadInputError } from '../bad-input.ts';
import { type DataItem, dataItemsOf } from '../workloads/scheduler-perf/data-items.ts';
import { WorkloadError } from '../workloads/scheduler-perf/harness.ts';
import { type Measurement, runWorkload, type WorkloadResult } from '../workloads/scheduler-perf/run-workload.ts';
import { type PerfWorkload, readPerfFile } from '../workloads/scheduler-perf/test-file.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';
import { textTable } from './text-table.ts';

export interface SchedulerPerfOptions {
  readonly tests: readonly string[];
  readonly labels: readonly string[];
  readonly seed: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  /** Virtual throughput below a workload's threshold is a failure. */
  readonly checkThresholds: boolean;
  /** Decide without the scheduler's index: slower, and the same. */
  readonly plain: boolean;
}

/** Why there are no figures. A file that is not there, and a workload that failed, make the exit code 1. */
type NotRun = 'not modelled' | 'file missing' | 'failed';

type Outcome =
  | { readonly workload: PerfWorkload; readonly kind: 'ran'; readonly result: WorkloadResult }
  | { readonly workload: PerfWorkload; readonly kind: NotRun; readonly why: string };

const DEFAULT_SEED = '1';
const SURROUNDINGS =
  "API server, etcd and kube-scheduler as in upstream's harness (client 5000 requests/s, burst 5000); no kubelets, no controllers";

/** Gives the exit code. @throws BadInputError */
export function runSchedulerPerf(file: string, options: SchedulerPerfOptions): number {
  const workloads = readPerfFile(file, { tests: options.tests, labels: options.labels });
  if (workloads.length === 0) {
    throw new BadInputError(`no workload has ${options.labels.map((label) => `--label ${label}`).join(' and ')}`, {
      file,
    });
  }
  const seed = options.seed ?? DEFAULT_SEED;
  const outcomes = workloads.map((workload, index) => {
    process.stderr.write(`[${index + 1}/${workloads.length}] ${workload.name}\n`);
    return outcomeOf(workload, seed, options.plain);
  });
  const folder = options.out ?? join('out', `scheduler-perf-${basename(dirname(resolve(file)))}`);
  writeResults(folder, outcomes);
  if (options.json) process.stdout.write(`${JSON.stringify(summaryOf(file, seed, outcomes), null, 2)}\n`);
  else
    process.stdout.write(
      `${report(file, seed, outcomes, options.checkThresholds)}\nRun folder: ${relative('.', folder) || '.'}\n`,
    );
  const failed = outcomes.some(({ kind }) => kind === 'failed' || kind === 'file missing');
  return failed || (options.checkThresholds && outcomes.some(missesThreshold)) ? CHECK_FAILED : DONE;
}

function outcomeOf(workload: PerfWorkload, seed: string, plain: boolean): Outcome {
  const { plan } = workload;
  if (!plan.runs) {
    if ('missing' in plan) return { workload, kind: 'file missing', why: plan.missing };
    return { workload, kind: 'not modelled', why: plan.notModelled };
  }
  try {
    const wallClock = (): number => performance.now();
    const result = runWorkload(workload, { seed: `${seed}/${workload.name}`, wallClock, plain });
    return { workload, kind: 'ran', result };
  } catch (error) {
    if (!(error instanceof WorkloadError)) throw error;
    return { workload, kind: 'failed', why: error.message };
  }
}

function measurementsOf(outcome: Outcome): readonly Measurement[] {
  return outcome.kind === 'ran' ? outcome.result.measurements : [];
}

function missesThreshold(outcome: Outcome): boolean {
  const { threshold } = outcome.workload;
  if (threshold === undefined) return false;
  return measurementsOf(outcome).some(({ virtualPodsPerSecond }) => virtualPodsPerSecond < threshold);
}

/** Upstream's format twice: virtual figures, and apart from them those of this machine. */
function writeResults(folder: string, outcomes: readonly Outcome[]): void {
  const measurements = outcomes.flatMap((outcome) => measurementsOf(outcome));
  mkdirSync(folder, { recursive: true });
  writeItems(
    join(folder, 'data-items.json'),
    measurements.flatMap(({ items }) => items),
  );
  writeItems(join(folder, 'machine.json'), measurements.map(wallItem));
}

function writeItems(file: string, dataItems: readonly DataItem[]): void {
  writeFileSync(file, `${JSON.stringify(dataItemsOf(dataItems), null, 2)}\n`);
}

function wallItem({ name, wallPodsPerSecond }: Measurement): DataItem {
  return {
    data: { Average: wallPodsPerSecond },
    unit: 'pods/s',
    labels: { Name: name, Metric: 'SimulatorThroughput', Clock: 'wall' },
  };
}

function summaryOf(file: string, seed: string, outcomes: readonly Outcome[]): object {
  return {
    file,
    seed,
    surroundings: SURROUNDINGS,
    workloads: outcomes.map((outcome) => {
      const { name, threshold, gatesWithoutEffect } = outcome.workload;
      const head = { name, outcome: outcome.kind, threshold, gatesWithoutEffect };
      return outcome.kind === 'ran' ? { ...head, ...outcome.result } : { ...head, why: outcome.why };
    }),
  };
}

const HEAD = [
  'workload / measured operation',
  'pods',
  'virtual pods/s',
  'p50',
  'p90',
  'p99',
  'threshold',
  'wall pods/s',
  'wall s',
  'run wall s',
  'digest',
];

function report(file: string, seed: string, outcomes: readonly Outcome[], checkThresholds: boolean): string {
  const rows = outcomes.flatMap((outcome) => rowsOf(outcome));
  const table =
    rows.length === 0
      ? []
      : textTable(
          [HEAD, ...rows],
          HEAD.map((_, column) => column > 0 && column < 10),
        );
  return [
    `${file}; seed ${seed}`,
    SURROUNDINGS,
    '',
    ...table,
    '',
    "virtual: what the modelled cluster does in its own time. wall: what the simulator does on this machine. threshold: upstream's, for its own.",
    ...linesOf('not modelled', outcomes),
    ...linesOf('file missing', outcomes),
    ...linesOf('failed', outcomes),
    ...(checkThresholds ? thresholdLines(outcomes) : []),
    ...noteLines(outcomes),
  ].join('\n');
}

function rowsOf(outcome: Outcome): string[][] {
  if (outcome.kind !== 'ran') return [];
  const { digest, wallMillis } = outcome.result;
  const { threshold } = outcome.workload;
  return outcome.result.measurements.map((one) => {
    const data = one.items[0]?.data ?? {};
    const percentiles = ['Perc50', 'Perc90', 'Perc99'].map((name) => whole(data[name] ?? 0));
    return [
      one.name,
      String(one.pods),
      whole(one.virtualPodsPerSecond),
      ...percentiles,
      threshold === undefined ? '–' : String(threshold),
      whole(one.wallPodsPerSecond),
      seconds(one.wallMillis),
      seconds(wallMillis),
      digest,
    ];
  });
}

function whole(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(2);
}

function linesOf(kind: NotRun, outcomes: readonly Outcome[]): string[] {
  const lines = outcomes.flatMap((outcome) => {
    if (outcome.kind === 'ran' || outcome.kind !== kind) return [];
    return [`${outcome.workload.name}: ${kind}: ${outcome.why}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function thresholdLines(outcomes: readonly Outcome[]): string[] {
  const lines = outcomes
    .filter((outcome) => missesThreshold(outcome))
    .map(({ workload }) => `${workload.name}: virtual throughput is below the threshold of ${workload.threshold}`);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Each note once, with the number of workloads that it concerns. */
function noteLines(outcomes: readonly Outcome[]): string[] {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    if (outcome.kind !== 'ran') continue;
    const gates = outcome.workload.gatesWithoutEffect.map((gate) => `feature gate without effect: ${gate}`);
    for (const note of [...outcome.result.notes, ...gates]) counts.set(note, (counts.get(note) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  return [
    '',
    ...[...counts].map(([note, count]) => `note (${count} ${count === 1 ? 'workload' : 'workloads'}): ${note}`),
  ];
}
