/**
 * From the metrics of single runs to statements: each policy's mean with its interval, and every pair of policies run by run,
 * with p-values corrected for their number. This is what summary.json holds and what the table of the terminal shows.
 */
import { RandomStream } from '../../engine/index.ts';
import {
  bootstrapQuantileInterval,
  type Cell,
  comparePolicies,
  type Interval,
  type PairedComparison,
  type Summary,
  summarize,
} from '../../results/index.ts';
import type { StoppingSummary } from './auto-runs.ts';
import { formatCell } from './cell-text.ts';
import type { Study } from './load.ts';
import { metricNamed } from './metric-names.ts';
import type { Metric } from './metrics.ts';
import { metricsOfRuns } from './metrics-of-runs.ts';
import { judgeObjectives, type ObjectiveResult } from './objectives.ts';
import { casesOf } from './run-plan.ts';
import { type FailedRun, failed, type RunResult, type SummarizedRun } from './run-result.ts';

/** One metric of one policy in one case. */
export interface MetricSummary {
  readonly metric: string;
  readonly policy: string;
  /** Over the runs that have a sample; absent when none has. */
  readonly summary?: JsonSummary;
  /** Against the first policy: the same as in `pairs`. */
  readonly comparison?: JsonComparison;
}

/** A policy against one that stands before it, over the runs that all policies have. */
export interface PairSummary {
  readonly metric: string;
  readonly policy: string;
  readonly baseline: string;
  /** Its p, verdict and sentence are corrected for the number of pairs (Holm). */
  readonly comparison: JsonComparison;
  /** Of the paired t test alone. */
  readonly uncorrectedP: number | null;
  /** Of the signed-rank test, corrected too: the check that does not lean on normal differences. */
  readonly wilcoxonP: number | null;
}

/** A summary as JSON can hold it: null for what one run alone cannot say. */
export type JsonSummary = { readonly [K in keyof Summary]: K extends 'ci95' ? NullableInterval : number | null } & {
  /** By bootstrap: a median has no formula, and the t interval of the mean asks for runs that are nearly normal. */
  readonly medianCi95: NullableInterval;
};
type NullableInterval = readonly [number | null, number | null];
export interface JsonComparison {
  readonly n: number;
  readonly difference: number | null;
  readonly relative: number | null;
  readonly ci95: NullableInterval;
  readonly relativeCi95: NullableInterval;
  readonly p: number | null;
  readonly verdict: string;
  /** Pairs of runs that would show a difference of 1 % of the baseline's mean. */
  readonly runsForOnePercent: number | null;
  readonly sentence: string;
}

export interface CaseSummary {
  readonly factors: Readonly<Record<string, unknown>>;
  readonly metrics: readonly MetricSummary[];
  /** Of the metrics by which policies are compared. */
  readonly pairs: readonly PairSummary[];
}

export interface StudySummary {
  readonly experiment: string;
  /** Of the study; the same in the name of the run folder. */
  readonly studyDigest: string;
  readonly seed: string;
  /** Of each policy and case. */
  readonly runs: number;
  /** Why there are so many, when the study decided that itself. */
  readonly stopping?: StoppingSummary;
  readonly policies: readonly string[];
  readonly notes: readonly string[];
  readonly cases: readonly CaseSummary[];
  /** For an experiment that has objectives. */
  readonly objectives?: readonly ObjectiveResult[];
  readonly results: readonly SummarizedRun[];
}

/** What is known of a study beside its results. */
export interface StudyEnd {
  readonly notes: readonly string[];
  /** Of each policy and case. */
  readonly runs: number;
  readonly stopping?: StoppingSummary | undefined;
}

export function summarizeStudy(
  study: Study,
  results: readonly (RunResult | FailedRun)[],
  { notes, runs, stopping }: StudyEnd,
): StudySummary {
  const { experiment, digest } = study;
  const policies = experiment.policies.map(({ name }) => name);
  const cases = casesOf(experiment);
  return {
    experiment: experiment.name,
    studyDigest: digest,
    seed: String(experiment.seed),
    runs,
    ...(stopping === undefined ? {} : { stopping }),
    policies,
    notes,
    cases: cases.map(({ factors }) => summarizeCase(factors, policies, results)),
    ...(experiment.objectives === undefined
      ? {}
      : { objectives: judgeObjectives(experiment.objectives, policies, cases, results) }),
    results: results.map((result) => {
      if (failed(result)) return result;
      const { checkpoints: _, ...rest } = result;
      return rest;
    }),
  };
}

/** Every metric of every policy over the runs with these factor values; the first policy is the baseline. */
export function summarizeCase(
  factors: Readonly<Record<string, unknown>>,
  policies: readonly string[],
  results: readonly SummarizedRun[],
): CaseSummary {
  const key = JSON.stringify(factors);
  const ofCase = results.filter((result) => JSON.stringify(result.factors) === key);
  const known = metricsOfRuns(results);
  const pairs = known.flatMap((metric) => pairsOf(metric, policies, ofCase));
  const metrics = known.flatMap((metric) =>
    policies.map((policy) => summarizeMetric(metric, policy, policies[0] as string, ofCase, pairs)),
  );
  return { factors, metrics, pairs };
}

function summarizeMetric(
  { name: metric }: Metric,
  policy: string,
  baseline: string,
  results: readonly SummarizedRun[],
  pairs: readonly PairSummary[],
): MetricSummary {
  const own = samples(results, policy, metric);
  if (own.size === 0) return { metric, policy };
  const values = [...own.values()];
  const [key = ''] = own.keys();
  const summary = jsonSummary(summarize(values), medianInterval(values, `${key} ${policy} ${metric}`));
  const pair = pairs.find((one) => one.metric === metric && one.policy === policy && one.baseline === baseline);
  return pair === undefined ? { metric, policy, summary } : { metric, policy, summary, comparison: pair.comparison };
}

/** Every pair of the policies that have samples, over the runs that all of these have, so that all pairs see the same runs. */
function pairsOf(metric: Metric, policies: readonly string[], results: readonly SummarizedRun[]): PairSummary[] {
  const { better } = metric;
  if (better === undefined) return [];
  const present = policies
    .map((policy) => ({ policy, own: samples(results, policy, metric.name) }))
    .filter(({ own }) => own.size > 0);
  const runs = [...(present[0]?.own.keys() ?? [])].filter((run) => present.every(({ own }) => own.has(run)));
  if (runs.length === 0) return [];
  const lists = present.map(({ policy, own }) => ({ policy, samples: runs.map((run) => own.get(run) as number) }));
  return comparePolicies(lists, { better }).map(({ policy, baseline, comparison, uncorrectedP, wilcoxonP }) => ({
    metric: metric.name,
    policy,
    baseline,
    comparison: jsonComparison(comparison),
    uncorrectedP: finite(uncorrectedP),
    wilcoxonP: finite(wilcoxonP),
  }));
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

/** Enough for the ends of a 95 % interval to be known to about a hundredth in probability. */
const RESAMPLES = 1000;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function interval([low, high]: readonly [number, number]): NullableInterval {
  return [finite(low), finite(high)];
}

/** Draws from a stream of its own, named by what is asked of which runs, so that no other number moves these. */
function medianInterval(values: readonly number[], name: string): Interval {
  const [first = Number.NaN] = values;
  if (values.length < 2) return [Number.NaN, Number.NaN];
  if (values.every((value) => value === first)) return [first, first];
  const stream = new RandomStream('bootstrap', 0, name);
  return bootstrapQuantileInterval(values, 0.5, () => stream.uniform(), { resamples: RESAMPLES });
}

function jsonSummary(summary: Summary, medianCi95: Interval): JsonSummary {
  const { n, mean, median, sd, ci95, min, max } = summary;
  return {
    n,
    mean: finite(mean),
    median: finite(median),
    sd: finite(sd),
    ci95: interval(ci95),
    medianCi95: interval(medianCi95),
    min: finite(min),
    max: finite(max),
  };
}

function jsonComparison(comparison: PairedComparison): JsonComparison {
  const { n, difference, relative, ci95, relativeCi95, p, verdict, runsForOnePercent, sentence } = comparison;
  return {
    n,
    difference: finite(difference),
    relative: finite(relative),
    ci95: interval(ci95),
    relativeCi95: interval(relativeCi95),
    p: finite(p),
    verdict,
    runsForOnePercent: finite(runsForOnePercent),
    sentence,
  };
}

const SUMMARY_COLUMNS =
  'policy metric unit n mean median sd ci95Low ci95High medianCi95Low medianCi95High min max difference differenceCi95Low differenceCi95High p verdict'.split(
    ' ',
  );

/** Head and rows of summary.csv. */
export function summaryRows(study: StudySummary): Cell[][] {
  const factorNames = Object.keys(study.cases[0]?.factors ?? {});
  const rows: Cell[][] = [[...factorNames, ...SUMMARY_COLUMNS]];
  for (const { factors, metrics } of study.cases) {
    for (const { metric, policy, summary, comparison } of metrics) {
      const before = [...Object.values(factors).map(formatCell), policy, metric, metricNamed(metric)?.unit ?? ''];
      const {
        n = 0,
        mean = null,
        median = null,
        sd = null,
        ci95 = [null, null],
        medianCi95 = [null, null],
        min = null,
        max = null,
      } = summary ?? {};
      const [low, high] = comparison?.ci95 ?? [null, null];
      const difference = [comparison?.difference ?? null, low, high, comparison?.p ?? null, comparison?.verdict ?? ''];
      rows.push([...before, n, mean, median, sd, ...ci95, ...medianCi95, min, max, ...difference]);
    }
  }
  return rows;
}
