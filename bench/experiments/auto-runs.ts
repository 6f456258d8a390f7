/**
 * How many runs a study takes. With `runs: auto` it goes on until the mean of each main metric of each policy and case is as
 * precise as asked (see sequential-stopping in results), to a stated maximum. It is decided after whole batches alone, so the
 * number of runs does not depend on the number of workers or on who was first.
 */
import { sequentialStopping } from '../../results/index.ts';
import { metricNamed } from './metric-names.ts';
import { type Case, casesOf } from './run-plan.ts';
import { type FailedRun, failed, type RunResult } from './run-result.ts';
import type { Experiment } from './schema.ts';

/** Runs of each policy between two decisions. */
const BATCH = 5;
const PRECISION = 0.05;
const MOST_RUNS = 50;

/** Those that most studies ask for, of which a study may have some alone. */
const MAIN_METRICS: readonly string[] = [
  'schedulingLatencyP50Micros',
  'startupLatencyP50Micros',
  'startupLatencyP99Micros',
  'schedulingThroughput',
  'nodesInUseMean',
  'cpuUtilisationMean',
  'gpuAllocation',
  'gpuFragmentation',
  'gpuFragmentationMean',
];

/** Why a study with `runs: auto` ended. */
export interface StoppingSummary {
  readonly reason: 'precise' | 'most runs';
  readonly precision: number;
  readonly maxRuns: number;
  /** The widest interval: half of it over the mean; null when a mean of 0 leaves no such number. */
  readonly widest: {
    readonly metric: string;
    readonly policy: string;
    readonly factors: Readonly<Record<string, unknown>>;
    readonly relativeHalfWidth: number | null;
  };
}

/** Runs of each policy that are certain to be needed. */
export function firstRuns({ runs, maxRuns = MOST_RUNS }: Experiment): number {
  return runs === 'auto' ? Math.min(BATCH, maxRuns) : runs;
}

/** Runs of each policy that a study takes at most. */
export function mostRuns({ runs, maxRuns = MOST_RUNS }: Experiment): number {
  return runs === 'auto' ? maxRuns : runs;
}

/** What to do after `runs` runs of each policy: stop, or go on to so many. */
export function nextRuns(
  experiment: Experiment,
  runs: number,
  results: readonly (RunResult | FailedRun)[],
): { readonly stop: true; readonly summary?: StoppingSummary } | { readonly stop: false; readonly runs: number } {
  if (experiment.runs !== 'auto') return { stop: true };
  const { precision = PRECISION, maxRuns = MOST_RUNS } = experiment;
  const decided = allSamples(experiment, results).map(({ samples, ...of }) => {
    const decision = sequentialStopping(samples, { relativeError: precision, mostRuns: Number.POSITIVE_INFINITY });
    return { of, precise: decision.stop, relativeHalfWidth: decision.relativeHalfWidth };
  });
  const precise = decided.length > 0 && decided.every((one) => one.precise);
  if (!precise && runs < maxRuns) return { stop: false, runs: Math.min(runs + BATCH, maxRuns) };
  const size = (width: number): number => (Number.isFinite(width) ? width : Number.MAX_VALUE);
  const [widest] = decided.toSorted((a, b) => size(b.relativeHalfWidth) - size(a.relativeHalfWidth));
  if (widest === undefined) return { stop: true };
  const { of, relativeHalfWidth } = widest;
  const reason = precise ? 'precise' : 'most runs';
  const width = Number.isFinite(relativeHalfWidth) ? relativeHalfWidth : null;
  return { stop: true, summary: { reason, precision, maxRuns, widest: { ...of, relativeHalfWidth: width } } };
}

interface MetricSamples {
  readonly metric: string;
  readonly policy: string;
  readonly factors: Case['factors'];
  readonly samples: readonly number[];
}

/** The samples of each main metric of each policy and case; of the metrics that are there unless named, those with any. */
function allSamples(experiment: Experiment, results: readonly (RunResult | FailedRun)[]): MetricSamples[] {
  const named = experiment.mainMetrics?.map((name) => metricNamed(name)?.name as string);
  return casesOf(experiment).flatMap(({ factors }) => {
    const key = JSON.stringify(factors);
    return experiment.policies.flatMap(({ name: policy }) => {
      const own = results.filter((result) => result.policy === policy && JSON.stringify(result.factors) === key);
      return (named ?? MAIN_METRICS).flatMap((metric): MetricSamples[] => {
        const samples = own.flatMap((result) => {
          const value = failed(result) ? undefined : result.metrics[metric];
          return typeof value === 'number' ? [value] : [];
        });
        return samples.length === 0 && named === undefined ? [] : [{ metric, policy, factors, samples }];
      });
    });
  });
}
