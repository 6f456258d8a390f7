/**
 * Conditions under which `compare` fails, so that it can gate a CI job: `p99_startup worse by > 5 %`.
 *
 * Grammar: METRIC ("worse" | "better") ["by" (">" | ">=") AMOUNT], where AMOUNT is a percentage of the baseline's mean
 * (`5 %`), a duration for a metric of time (`500ms`), or a number in the metric's own unit. Without "by" any difference that
 * is shown counts. A condition holds when the estimated difference is that large and the comparison shows the direction
 * (corrected p ≤ 0.05); with fewer than two pairs of runs there is no test, and the estimate alone decides.
 */
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { acceptedMetrics, acceptedValue, judgedMetrics, metricNamed, metricValue } from './metric-names.ts';
import type { Metric } from './metrics.ts';
import { failed } from './run-result.ts';
import type { CaseSummary, PairSummary, StudySummary } from './summary.ts';

export interface FailCondition {
  /** As written. */
  readonly text: string;
  readonly metric: Metric;
  readonly direction: 'worse' | 'better';
  /** The least difference in the named direction; relative: a share of the baseline's mean. */
  readonly amount: number;
  readonly relative: boolean;
  /** Whether exactly `amount` counts. */
  readonly inclusive: boolean;
}

const GRAMMAR = 'METRIC worse|better [by > AMOUNT], for example "p99_startup worse by > 5 %"';
const FORM = /^\s*([\w./()[\]-]+)\s+(worse|better)(?:\s+by\s*(>=|>)\s*(\S.*?))?\s*$/;
const PERCENT = /^([0-9]+(?:\.[0-9]+)?)\s*%$/;

/** @throws BadInputError that says what is accepted */
export function parseFailCondition(text: string, metrics?: readonly Metric[]): FailCondition {
  const found = FORM.exec(text);
  if (found === null) throw new BadInputError(`--fail-if found '${text}'; accepted: ${GRAMMAR}`);
  const [, name, direction, comparison, written] = found as unknown as [string, string, string, string?, string?];
  const metric = metricNamed(name, metrics);
  if (metric === undefined || judgedMetrics([metric]).length === 0) {
    const accepted = acceptedMetrics(judgedMetrics(metrics));
    throw new BadInputError(`--fail-if found metric '${name}'; accepted: ${accepted}`);
  }
  const common = { text, metric, direction: direction as 'worse' | 'better', inclusive: comparison === '>=' };
  if (written === undefined) return { ...common, amount: 0, relative: false };
  const [, percent] = PERCENT.exec(written) ?? [];
  if (percent !== undefined) return { ...common, amount: Number(percent) / 100, relative: true };
  const amount = metricValue(metric, written);
  if (amount === undefined || amount < 0) {
    const accepted = `a percentage such as 5 %, or ${acceptedValue(metric)}`;
    throw new BadInputError(`--fail-if '${text}': found amount '${written}'; accepted: ${accepted}`);
  }
  return { ...common, amount, relative: false };
}

/** One sentence for each place where a condition holds or cannot be judged; empty when the comparison passes. */
export function failures(study: StudySummary, conditions: readonly FailCondition[]): string[] {
  const [baseline] = study.policies;
  if (conditions.length === 0 || baseline === undefined) return [];
  const broken = study.policies.slice(1).flatMap((policy) => {
    const runs = study.results.filter((result) => failed(result) && result.policy === policy).length;
    return runs === 0 ? [] : [`${policy}: ${runs} ${runs === 1 ? 'run' : 'runs'} failed`];
  });
  const held = study.cases.flatMap((each) =>
    conditions.flatMap((condition) => failuresOf(each, study.policies.slice(1), baseline, condition)),
  );
  return [...broken, ...held].map((sentence) => `${study.experiment}: ${sentence}`);
}

function failuresOf(
  each: CaseSummary,
  policies: readonly string[],
  baseline: string,
  condition: FailCondition,
): string[] {
  const factors = Object.entries(each.factors).map(([path, value]) => `, ${path} = ${formatCell(value)}`);
  return policies.flatMap((policy) => {
    const pair = each.pairs.find(
      (one) => one.metric === condition.metric.name && one.policy === policy && one.baseline === baseline,
    );
    const where = `${policy} against ${baseline}${factors.join('')}: '${condition.text}'`;
    if (pair === undefined) return [`${where} cannot be judged: no run of both has ${condition.metric.name}`];
    if (!holds(condition, pair)) return [];
    const untested = pair.comparison.n < 2 ? ' (one run each, so not tested)' : '';
    return [`${where} holds: ${measured(pair)}${untested}`];
  });
}

function measured({ metric, comparison }: PairSummary): string {
  const { n, difference, relative, sentence } = comparison;
  if (n > 1) return `${metric} ${sentence}`;
  return relative === null ? `${metric} differs by ${difference}` : `${metric} differs by ${percentOf(relative)} %`;
}

function percentOf(share: number): string {
  return String(Number((share * 100).toPrecision(3)));
}

/** Whether a condition holds for one pair. */
export function holds({ metric, direction, amount, relative, inclusive }: FailCondition, pair: PairSummary): boolean {
  const { comparison } = pair;
  if (comparison.n > 1 && comparison.verdict !== direction) return false;
  const sign = (direction === 'worse') === (metric.better === 'lower') ? 1 : -1;
  // A baseline of 0 has no percentages; any difference from it is more than every one of them.
  const infinite = Math.sign(comparison.difference ?? 0) * Number.POSITIVE_INFINITY;
  const value = relative
    ? (comparison.relative ?? (comparison.difference === 0 ? 0 : infinite))
    : comparison.difference;
  const size = (value ?? 0) * sign;
  return size > 0 && (inclusive ? size >= amount : size > amount);
}
