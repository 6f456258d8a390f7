/** The summary of a study for the terminal: policies side by side, differences in words, why Pods were not placed, digests. */
import { formatCell } from '../experiments/cell-text.ts';
import { formatMetric, type Metric } from '../experiments/metrics.ts';
import { metricsOfRuns } from '../experiments/metrics-of-runs.ts';
import { objectiveWords } from '../experiments/objective-words.ts';
import { failed, type RunResult } from '../experiments/run-result.ts';
import type { CaseSummary, JsonComparison, MetricSummary, StudySummary } from '../experiments/summary.ts';
import { textTable } from './text-table.ts';

/** More runs than this, and their digests are left to runs.csv. */
const MOST_DIGESTS = 60;
const MOST_REASONS = 5;
const MOST_REASON_LENGTH = 160;

/** Of a metric that is not shown where there is nothing to say, shares up to this are nothing. */
const LEAST_SHARE = 0.0005;

/** Verdicts that show a difference. */
const DIFFERENT: readonly string[] = ['better', 'worse', 'higher', 'lower'];

/** The table that `clockwork run` prints: policies side by side, verdicts, objectives, reasons and digests. */
export function summaryText(study: StudySummary): string {
  const { experiment, policies, runs, seed } = study;
  const head = `${experiment}: ${policies.join(', ')}; ${count(runs, 'run', 'runs')} each; seed ${seed}`;
  const lines = [head, ...warmUpLines(study), ...stoppingLines(study), ''];
  const metrics = metricsOfRuns(study.results).filter(({ shown }) => shown !== false);
  for (const each of study.cases) lines.push(...caseLines(each, policies, metrics), '');
  lines.push(...objectiveLines(study));
  lines.push(...reasonLines(study), ...digestLines(study), ...failureLines(study));
  return `${lines.join('\n')}\n`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Says where the start of steady-state runs could not be told from the rest. */
function warmUpLines(study: StudySummary): string[] {
  const found = finishedOf(study).flatMap(({ metrics: { warmUpFound } }) => warmUpFound ?? []);
  const lost = found.filter((one) => one === 0).length;
  return lost === 0 ? [] : [`WARM-UP NOT FOUND in ${lost} of ${count(found.length, 'run', 'runs')}: make them longer`];
}

/** Why a study that decided the number of runs itself ended. */
function stoppingLines({ stopping }: StudySummary): string[] {
  if (stopping === undefined) return [];
  const { reason, precision, widest, maxRuns } = stopping;
  const width =
    widest.relativeHalfWidth === null ? 'no size' : `± ${formatMetric(widest.relativeHalfWidth, 'fraction')}`;
  const where = [
    widest.policy,
    ...Object.entries(widest.factors).map(([path, value]) => `${path}=${formatCell(value)}`),
  ];
  const widestText = `the widest interval is ${width}: ${widest.metric} of ${where.join(' ')}`;
  return reason === 'precise'
    ? [`Enough runs for a relative error of ${formatMetric(precision, 'fraction')}; ${widestText}`]
    : [`NOT PRECISE: stopped at the most runs (${maxRuns}); ${widestText}`];
}

/** Objectives met or missed. */
function objectiveLines({ objectives = [] }: StudySummary): string[] {
  if (objectives.length === 0) return [];
  const rows = objectives.map((objective) => {
    const { policy, factors, met } = objective;
    const where = Object.entries(factors).map(([path, value]) => ` ${path}=${formatCell(value)}`);
    const { asked, kept } = objectiveWords(objective);
    return [met ? 'met' : 'MISSED', `${policy}${where.join('')}`, asked, kept];
  });
  return ['Objectives', ...textTable(rows, [false, false, false, false]), ''];
}

function caseLines(each: CaseSummary, policies: readonly string[], metrics: readonly Metric[]): string[] {
  const factors = Object.entries(each.factors).map(([path, value]) => `${path} = ${formatCell(value)}`);
  const tested = each.metrics.some(({ comparison }) => comparison !== undefined && comparison.n > 1);
  const many = policies.length > 1 && tested;
  const head = ['', ...policies, ...(many ? [`against ${policies[0]}`] : [])];
  const rows = metrics.flatMap((metric) => metricRow(metric, each, policies));
  const table = textTable(
    [head, ...rows],
    head.map((_, column) => column > 0 && column <= policies.length),
  );
  const untested = policies.length > 1 && !tested ? ['One run each says nothing about chance: --runs 5 compares.'] : [];
  return [
    ...(factors.length > 0 ? [factors.join(', ')] : []),
    ...table,
    ...untested,
    ...otherPairLines(each, policies, metrics),
  ];
}

/** Differences shown between policies of which neither is the first, which the table has no room for. */
function otherPairLines({ pairs }: CaseSummary, policies: readonly string[], shown: readonly Metric[]): string[] {
  const others = pairs.filter(
    ({ metric, baseline, comparison }) =>
      baseline !== policies[0] && comparison.n > 1 && shown.some(({ name }) => name === metric),
  );
  if (others.length === 0) return [];
  const rows = shown.flatMap(({ name, title }) =>
    others
      .filter(({ metric, comparison: { verdict } }) => metric === name && DIFFERENT.includes(verdict))
      .map(({ policy, baseline, comparison }) => [
        `  ${title}`,
        `${policy} against ${baseline}: ${comparison.sentence}${pText(comparison)}`,
      ]),
  );
  const rest = others.length - rows.length;
  return [
    '',
    'The other pairs',
    ...textTable(rows, [false, false]),
    ...(rest > 0 ? [`  no difference shown in ${count(rest, 'comparison', 'comparisons')}, see summary.json`] : []),
  ];
}

/** The corrected p-value behind a verdict that has one. */
function pText({ p, verdict }: JsonComparison): string {
  if (p === null || !DIFFERENT.includes(verdict)) return '';
  return p < 0.001 ? ' (p < 0.001)' : ` (p = ${p.toFixed(3)})`;
}

function metricRow(metric: Metric, each: CaseSummary, policies: readonly string[]): string[][] {
  const found = policies.map((policy) =>
    each.metrics.find((one) => one.metric === metric.name && one.policy === policy),
  );
  if (found.every((one) => one?.summary === undefined)) return [];
  if (metric.shown === 'unlessZero' && found.every((one) => isZero(one, metric.unit))) return [];
  const cells = found.map((one) => valueText(one, metric));
  const sentences = found.flatMap((one) => {
    if (one?.comparison === undefined || one.comparison.n < 2) return [];
    const sentence = one.comparison.sentence + pText(one.comparison);
    return [found.length > 2 ? `${one.policy}: ${sentence}` : sentence];
  });
  return [[metric.title, ...cells, sentences.join('; ')]];
}

/** Whether every run of the policy has 0, or a share that would be written as 0.0 %. */
function isZero(one: MetricSummary | undefined, unit: Metric['unit']): boolean {
  const { min = 0, max = 0 } = one?.summary ?? {};
  const least = unit === 'fraction' ? LEAST_SHARE : 0;
  return Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) <= least;
}

/** Mean, and half the width of its interval where there are several runs. */
function valueText(one: MetricSummary | undefined, metric: Metric): string {
  const mean = one?.summary?.mean;
  if (mean === undefined || mean === null) return '–';
  const high = one?.summary?.ci95[1];
  const text = formatMetric(mean, metric.unit);
  if (high === null || high === undefined || high === mean) return text;
  return `${text} ± ${formatMetric(high - mean, metric.unit)}`;
}

function finishedOf(study: StudySummary): Omit<RunResult, 'checkpoints'>[] {
  return study.results.flatMap((result) => (failed(result) ? [] : [result]));
}

function titleOf(result: { policy: string; run: number; factors: Readonly<Record<string, unknown>> }): string {
  const factors = Object.entries(result.factors).map(([path, value]) => ` ${path}=${formatCell(value)}`);
  return `${result.policy} run ${result.run}${factors.join('')}`;
}

/** Reasons of the first run of each policy in which Pods were not placed. */
function reasonLines(study: StudySummary): string[] {
  const lines = study.policies.flatMap((policy) => {
    const result = finishedOf(study).find((one) => one.policy === policy && one.unschedulable.length > 0);
    if (result === undefined) return [];
    const shown = result.unschedulable.slice(0, MOST_REASONS).map(({ reason, pods }) => {
      const short = reason.length > MOST_REASON_LENGTH ? `${reason.slice(0, MOST_REASON_LENGTH)}…` : reason;
      return `  ${count(pods, 'Pod', 'Pods')}: ${short}`;
    });
    const rest = result.unschedulable.slice(MOST_REASONS);
    const more = rest.reduce((sum, { pods }) => sum + pods, 0);
    if (more > 0)
      shown.push(
        `  ${count(more, 'Pod', 'Pods')}: ${count(rest.length, 'other reason', 'other reasons')}, see pods.csv`,
      );
    return [`Not placed, ${titleOf(result)}:`, ...shown];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function digestLines(study: StudySummary): string[] {
  const results = finishedOf(study);
  const shown = results.slice(0, MOST_DIGESTS);
  const lines = shown.map((result) => `${result.digest}  ${titleOf(result)}`);
  const more = results.length - shown.length;
  return ['Digests', ...lines, ...(more > 0 ? [`${more} more in runs.csv`] : [])];
}

function failureLines(study: StudySummary): string[] {
  const failures = study.results.filter((result) => failed(result));
  if (failures.length === 0) return [];
  return ['', ...failures.map((result) => `FAILED ${titleOf(result)}: ${result.error}`)];
}
