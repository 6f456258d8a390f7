/**
 * From the metrics of single runs to statements: each policy's mean with its interval, and each policy against the first,
 * run by run. This is what summary.json holds and what the table of the terminal shows.
 */
import { type Cell, comparePaired, type PairedComparison, type Summary, summarize } from '../../results/index.ts';
import { formatCell } from './cell-text.ts';
import type { Study } from './load.ts';
import { METRICS, type Metric } from './metrics.ts';
import { casesOf } from './run-plan.ts';
import { type FailedRun, failed, type RunResult } from './run-result.ts';

/** One metric of one policy in one case. */
export interface MetricSummary {
  readonly metric: string;
  readonly policy: string;
  /** Over the runs that have a sample; absent when none has. */
  readonly summary?: JsonSummary;
  /** Against the first policy, over the runs that both have. */
  readonly comparison?: JsonComparison;
}

/** A summary as JSON can hold it: null for what one run alone cannot say. */
export type JsonSummary = { readonly [K in keyof Summary]: K extends 'ci95' ? NullableInterval : number | null };
type NullableInterval = readonly [number | null, number | null];
export interface JsonComparison {
  readonly n: number;
  readonly difference: number | null;
  readonly relative: number | null;
  readonly ci95: NullableInterval;
  readonly relativeCi95: NullableInterval;
  readonly p: number | null;
  readonly verdict: string;
  readonly sentence: string;
}

export interface CaseSummary {
  readonly factors: Readonly<Record<string, unknown>>;
  readonly metrics: readonly MetricSummary[];
}

export interface StudySummary {
  readonly experiment: string;
  /** Of the study; the same in the name of the run folder. */
  readonly studyDigest: string;
  readonly seed: string;
  readonly runs: number;
  readonly policies: readonly string[];
  readonly notes: readonly string[];
  readonly cases: readonly CaseSummary[];
  readonly results: readonly (Omit<RunResult, 'checkpoints'> | FailedRun)[];
}

export function summarizeStudy(
  study: Study,
  results: readonly (RunResult | FailedRun)[],
  notes: readonly string[],
): StudySummary {
  const { experiment, digest } = study;
  const policies = experiment.policies.map(({ name }) => name);
  return {
    experiment: experiment.name,
    studyDigest: digest,
    seed: String(experiment.seed),
    runs: experiment.runs,
    policies,
    notes,
    cases: casesOf(experiment).map(({ factors }) => summarizeCase(factors, policies, results)),
    results: results.map((result) => {
      if (failed(result)) return result;
      const { checkpoints: _, ...rest } = result;
      return rest;
    }),
  };
}

/** A run of a study, without what only `verify` needs. */
export type SummarizedRun = StudySummary['results'][number];

/** Every metric of every policy over the runs with these factor values; the first policy is the baseline. */
export function summarizeCase(
  factors: Readonly<Record<string, unknown>>,
  policies: readonly string[],
  results: readonly SummarizedRun[],
): CaseSummary {
  const key = JSON.stringify(factors);
  const ofCase = results.filter((result) => JSON.stringify(result.factors) === key);
  const metrics = METRICS.flatMap((metric) =>
    policies.map((policy) => summarizeMetric(metric, policy, policies[0] as string, ofCase)),
  );
  return { factors, metrics };
}

function summarizeMetric(
  metric: Metric,
  policy: string,
  baseline: string,
  results: readonly SummarizedRun[],
): MetricSummary {
  const own = samples(results, policy, metric.name);
  if (own.size === 0) return { metric: metric.name, policy };
  const summary = jsonSummary(summarize([...own.values()]));
  if (policy === baseline || metric.better === undefined) return { metric: metric.name, policy, summary };
  const base = samples(results, baseline, metric.name);
  const runs = [...own.keys()].filter((run) => base.has(run));
  if (runs.length === 0) return { metric: metric.name, policy, summary };
  const values = (of: ReadonlyMap<string, number>): number[] => runs.map((run) => of.get(run) as number);
  const comparison = jsonComparison(comparePaired(values(own), values(base), { better: metric.better }));
  return { metric: metric.name, policy, summary, comparison };
}

/** Seed and run → value, for the runs of a policy that have one; equal keys saw the same workload. */
function samples(results: readonly SummarizedRun[], policy: string, metric: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const result of results) {
    if (failed(result) || result.policy !== policy) continue;
    const value = result.metrics[metric];
    if (value !== null && value !== undefined) found.set(`${result.seed}/${result.run}`, value);
  }
  return found;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function interval([low, high]: readonly [number, number]): NullableInterval {
  return [finite(low), finite(high)];
}

function jsonSummary(summary: Summary): JsonSummary {
  const { n, mean, median, sd, ci95, min, max } = summary;
  return {
    n,
    mean: finite(mean),
    median: finite(median),
    sd: finite(sd),
    ci95: interval(ci95),
    min: finite(min),
    max: finite(max),
  };
}

function jsonComparison(comparison: PairedComparison): JsonComparison {
  const { n, difference, relative, ci95, relativeCi95, p, verdict, sentence } = comparison;
  return {
    n,
    difference: finite(difference),
    relative: finite(relative),
    ci95: interval(ci95),
    relativeCi95: interval(relativeCi95),
    p: finite(p),
    verdict,
    sentence,
  };
}

const SUMMARY_COLUMNS =
  'policy metric unit n mean median sd ci95Low ci95High min max difference differenceCi95Low differenceCi95High p verdict'.split(
    ' ',
  );

/** Head and rows of summary.csv. */
export function summaryRows(study: StudySummary): Cell[][] {
  const factorNames = Object.keys(study.cases[0]?.factors ?? {});
  const units = new Map(METRICS.map(({ name, unit }) => [name, unit]));
  const rows: Cell[][] = [[...factorNames, ...SUMMARY_COLUMNS]];
  for (const { factors, metrics } of study.cases) {
    for (const { metric, policy, summary, comparison } of metrics) {
      const before = [...Object.values(factors).map(formatCell), policy, metric, units.get(metric) ?? ''];
      const {
        n = 0,
        mean = null,
        median = null,
        sd = null,
        ci95 = [null, null],
        min = null,
        max = null,
      } = summary ?? {};
      const [low, high] = comparison?.ci95 ?? [null, null];
      const difference = [comparison?.difference ?? null, low, high, comparison?.p ?? null, comparison?.verdict ?? ''];
      rows.push([...before, n, mean, median, sd, ci95[0], ci95[1], min, max, ...difference]);
    }
  }
  return rows;
}
