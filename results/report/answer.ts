/** The top of the page: what was asked, and the answer in a few sentences. */
import type { ComparedMetric, ComparedPair } from './comparison.ts';
import { capital, escapeText } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { ReportData, ReportMetric } from './report-data.ts';

/** Sentences for each pair of policies; the tables have the rest. */
const MOST_SENTENCES = 6;
/** With more policies than this, each is told against the first only; the tables have every pair. */
const MOST_FOR_ALL_PAIRS = 3;
/** Relative differences below this are left to the table. */
const TINY = 0.01;

export function question(data: ReportData): string {
  const { policies, plan } = data;
  if (plan !== undefined) return plan.question;
  if (policies.length < 2) return `How does ${policies[0] ?? 'the cluster'} do on this workload?`;
  const names = `${policies.slice(0, -1).join(', ')} or ${policies[policies.length - 1]}`;
  return `Which does better on this workload: ${names}?`;
}

/** Markup of the answer for one case. */
export function answer(data: ReportData, compared: readonly ComparedMetric[]): string {
  const shown = compared.filter(({ metric }) => metric.main);
  if (data.policies.length < 2) return list(alone(shown));
  const main = shown.filter(({ metric }) => metric.better !== 'neither');
  const blocks = data.policies
    .flatMap((policy, index) => data.policies.slice(0, index).map((baseline) => ({ policy, baseline })))
    .filter(({ baseline }) => data.policies.length <= MOST_FOR_ALL_PAIRS || baseline === data.policies[0])
    .map(({ policy, baseline }) => pairBlock(policy, baseline, data.policies, main));
  return blocks.join('');
}

function list(items: readonly string[]): string {
  return `<ul class="sentences">${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

/** Values of the only policy. */
function alone(main: readonly ComparedMetric[]): string[] {
  return main.flatMap(({ metric, summaries }) => {
    const [summary] = summaries;
    if (summary === undefined) return [];
    return [`${escapeText(capital(metric.title))}: <strong>${formatValue(summary.mean, metric.unit)}</strong>`];
  });
}

function pairBlock(
  policy: string,
  baseline: string,
  policies: readonly string[],
  main: readonly ComparedMetric[],
): string {
  const found = main.flatMap(({ metric, pairs }) => {
    const pair = pairs.find((one) => one.policy === policy && one.baseline === baseline);
    return pair === undefined ? [] : [{ metric, pair }];
  });
  const count = (verdict: string): number => found.filter(({ pair }) => pair.comparison.verdict === verdict).length;
  const names = `${policyName(policy, policies)} against ${policyName(baseline, policies)}`;
  if (found.length === 0) return `<p class="verdict">${names}: no runs in common.</p>`;
  if (count('undecided') === found.length) {
    return `<p class="verdict">${names}: <strong>undecided</strong>. One run each says nothing about chance; two runs or more are needed.</p>`;
  }
  const same = found.length - count('better') - count('worse');
  const counts = `better in <strong>${count('better')}</strong>, worse in <strong>${count('worse')}</strong>, no difference shown in <strong>${same}</strong> of ${found.length} metrics.`;
  const shown = found
    .filter(({ pair }) => pair.comparison.verdict === 'better' || pair.comparison.verdict === 'worse')
    .sort((a, b) => strength(b.pair) - strength(a.pair));
  const chosen = [...new Set([...best(shown, 'better'), ...best(shown, 'worse')])];
  const sentences = chosen.map(
    ({ metric, pair }) =>
      `<span class="mark ${pair.comparison.verdict}" aria-hidden="true">${pair.comparison.verdict === 'better' ? '▲' : '▼'}</span> ${escapeText(capital(metric.title))}: <strong>${escapeText(pair.comparison.sentence)}</strong>`,
  );
  return `<p class="verdict">${names}: ${counts}</p>${sentences.length === 0 ? '' : `<p class="lead">Largest differences:</p>${list(sentences)}`}`;
}

function policyName(policy: string, policies: readonly string[]): string {
  return `<span class="policy p${policies.indexOf(policy)}">${escapeText(policy)}</span>`;
}

/** The largest differences, one of each family ("start-up latency, p50" and "… p99" are one). */
function best<T extends { readonly metric: ReportMetric; readonly pair: ComparedPair }>(
  found: readonly T[],
  verdict: string,
): T[] {
  const families = new Set<string>();
  const chosen = found.filter(({ metric, pair }) => {
    const [family = ''] = metric.title.split(',');
    const tiny = Math.abs(pair.comparison.relative) < TINY;
    if (pair.comparison.verdict !== verdict || tiny || families.has(family)) return false;
    families.add(family);
    return true;
  });
  return chosen.slice(0, MOST_SENTENCES / 2);
}

function strength({ comparison }: ComparedPair): number {
  return Number.isFinite(comparison.relative) ? Math.abs(comparison.relative) : 0;
}
