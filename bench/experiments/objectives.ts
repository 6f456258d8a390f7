/**
 * Judges the objectives of an experiment: in how many runs of each policy and case the metric keeps its bound, and whether that
 * is the share that was asked. A run that failed, or has no sample for the metric, does not keep it.
 */
import { metricNamed, metricValue } from './metric-names.ts';
import type { Metric } from './metrics.ts';
import { failed, type SummarizedRun } from './run-result.ts';
import type { Experiment } from './schema.ts';

export type Objective = NonNullable<Experiment['objectives']>[number];

/** One objective of one policy in one case. */
export interface ObjectiveResult {
  readonly metric: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** As asked. */
  readonly shareOfRuns: number;
  readonly policy: string;
  readonly factors: Readonly<Record<string, unknown>>;
  readonly runs: number;
  /** Runs that keep the bound. */
  readonly runsMet: number;
  /** Of the runs that have a sample, the one farthest from meeting it; null when none has. */
  readonly worst: number | null;
  readonly met: boolean;
}

/** Whether a value keeps the bound of an objective. */
export function keeps(
  { atMost, atLeast }: { readonly atMost?: number; readonly atLeast?: number },
  value: number,
): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

/** The results of all objectives over these runs, by case and policy. @throws RangeError for what the schema would refuse */
export function judgeObjectives(
  objectives: readonly Objective[],
  policies: readonly string[],
  cases: readonly { readonly factors: Readonly<Record<string, unknown>> }[],
  results: readonly SummarizedRun[],
): ObjectiveResult[] {
  return cases.flatMap(({ factors }) => {
    const key = JSON.stringify(factors);
    const ofCase = results.filter((result) => JSON.stringify(result.factors) === key);
    return objectives.flatMap((objective) =>
      policies
        .filter((policy) => objective.policies?.includes(policy) ?? true)
        .map((policy) => judge(objective, policy, factors, ofCase)),
    );
  });
}

function judge(
  objective: Objective,
  policy: string,
  factors: Readonly<Record<string, unknown>>,
  ofCase: readonly SummarizedRun[],
): ObjectiveResult {
  const metric = metricNamed(objective.metric);
  if (metric === undefined) throw new RangeError(`objective: no metric ${objective.metric}`);
  const bounds = boundsOf(metric, objective);
  const own = ofCase.filter((result) => result.policy === policy);
  const values = own.flatMap((result) => {
    const value = failed(result) ? undefined : result.metrics[metric.name];
    return typeof value === 'number' ? [value] : [];
  });
  const runsMet = values.filter((value) => keeps(bounds, value)).length;
  const worst = 'atMost' in bounds ? Math.max(...values) : Math.min(...values);
  // 19 of 20 runs are a share of 0.95, whatever the last bit of the product says.
  const needed = Math.ceil(objective.shareOfRuns * own.length - 1e-9);
  return {
    metric: metric.name,
    ...bounds,
    shareOfRuns: objective.shareOfRuns,
    policy,
    factors,
    runs: own.length,
    runsMet,
    worst: values.length === 0 ? null : worst,
    met: own.length > 0 && runsMet >= needed,
  };
}

function boundsOf(metric: Metric, { atMost, atLeast }: Objective): { atMost?: number; atLeast?: number } {
  return {
    ...(atMost === undefined ? {} : { atMost: valueOf(metric, atMost) }),
    ...(atLeast === undefined ? {} : { atLeast: valueOf(metric, atLeast) }),
  };
}

function valueOf(metric: Metric, written: string | number): number {
  const value = metricValue(metric, written);
  if (value === undefined) throw new RangeError(`objective: ${written} is no value of ${metric.name}`);
  return value;
}
