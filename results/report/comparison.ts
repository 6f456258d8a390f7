/**
 * The statements of the page: for one metric, each policy's mean with its interval and each pair of policies over the runs that
 * all of them have, with p-values corrected for the number of pairs.
 */
import { comparePolicies, type PolicyPair } from '../statistics/policy-comparison.ts';
import { type Summary, summarize } from '../statistics/summary.ts';
import type { ReportMetric } from './report-data.ts';

export interface ComparedMetric {
  readonly metric: ReportMetric;
  /** For each policy, over all of its runs; undefined without samples. */
  readonly summaries: readonly (Summary | undefined)[];
  /** Every policy against every one before it; empty for a metric without a good direction. */
  readonly pairs: readonly ComparedPair[];
}

export interface ComparedPair extends PolicyPair {
  /** Positions in the list of policies. */
  readonly policyIndex: number;
  readonly baselineIndex: number;
}

export function compareMetric(metric: ReportMetric, policies: readonly string[]): ComparedMetric {
  const summaries = metric.samples.map((samples) =>
    samples.size === 0 ? undefined : summarize([...samples.values()]),
  );
  return { metric, summaries, pairs: pairsOf(metric, policies) };
}

function pairsOf(metric: ReportMetric, policies: readonly string[]): ComparedPair[] {
  const { better, samples } = metric;
  if (better === undefined) return [];
  const present = policies
    .map((policy, index) => ({ policy, index }))
    .filter(({ index }) => (samples[index]?.size ?? 0) > 0);
  const [first] = present;
  if (first === undefined || present.length < 2) return [];
  const common = [...(samples[first.index] as ReadonlyMap<string, number>).keys()].filter((run) =>
    present.every(({ index }) => samples[index]?.has(run) === true),
  );
  if (common.length === 0) return [];
  const lists = present.map(({ policy, index }) => ({
    policy,
    samples: common.map((run) => samples[index]?.get(run) as number),
  }));
  return comparePolicies(lists, { better }).map((pair) => ({
    ...pair,
    policyIndex: policies.indexOf(pair.policy),
    baselineIndex: policies.indexOf(pair.baseline),
  }));
}
