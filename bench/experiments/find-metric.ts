/** One metric out of a summary, for programs. */
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { acceptedMetrics, metricNamed } from './metric-names.ts';
import type { MetricSummary, StudySummary } from './summary.ts';

/** Which of a study's figures is wanted. */
export interface MetricChoice {
  /** A name of results/README.md, or short as in `p99_startup`. */
  readonly metric: string;
  readonly policy: string;
  /** Values by factor path; needed where the study has several cases. */
  readonly factors?: Readonly<Record<string, unknown>>;
}

/**
 * Mean with interval of a metric of one policy, and how it compares with the first policy. Times are in µs, shares from 0 to 1.
 * @throws BadInputError for what the study does not have, with what it has
 */
export function findMetric(summary: StudySummary, { metric, policy, factors }: MetricChoice): MetricSummary {
  const name = metricNamed(metric)?.name;
  if (name === undefined) throw new BadInputError(`metric is ${metric}; accepted: ${acceptedMetrics()}`);
  if (!summary.policies.includes(policy)) {
    throw new BadInputError(`policy is ${policy}; accepted: ${summary.policies.join(', ')}`);
  }
  const wanted = JSON.stringify(factors ?? {});
  const all = summary.cases.map((one) => JSON.stringify(one.factors));
  const only = factors === undefined && summary.cases.length === 1 ? 0 : all.indexOf(wanted);
  const found = summary.cases[only]?.metrics.find((one) => one.metric === name && one.policy === policy);
  if (found !== undefined) return found;
  const cases = summary.cases.map((one) => Object.entries(one.factors).map((pair) => pair.map(formatCell).join('=')));
  throw new BadInputError(`factors are ${wanted}; accepted: ${cases.map((one) => one.join(', ')).join('; ')}`);
}
