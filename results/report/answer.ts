/** The top of the page: what was asked, and the answer in a few sentences. */
import type { ComparedMetric, ComparedPair } from './comparison.ts';
import { capital, escapeText } from './markup.ts';
import { leaderOf } from './leaders.ts';
import { formatValue } from './number-format.ts';
import type { ReportData, ReportMetric } from './report-data.ts';

/** Sentences for each pair of policies; the tables have the rest. */
const MOST_SENTENCES = 6;
/** With more policies than this each is told against the first alone; the tables have every pair. */
const MOST_FOR_ALL_PAIRS = 3;
/** Metrics of which the best policy is told on top. */
const MOST_LEADERS = 6;
/** Relative differences below this are left to the table. */
const TINY = 0.01;

export function question(data: ReportData): string {
  const { policies } = data;
  if (policies.length < 2) return `How does ${policies[0] ?? 'the cluster'} do on this workload?`;
  const names = `${policies.slice(0, -1).join(', ')} or ${policies[policies.length - 1]}`;
  return `Which does better on this workload: ${names}?`;
}

/** Markup of the answer for one case. */
export function answer(data: ReportData, compared: readonly ComparedMetric[]): string {
  const shown = compared.filter(({ metric }) => metric.main);
  if (data.policies.length < 2) return list(alone(shown));
  const main = shown.filter(({ metric }) => metric.better !== 'neither');
  const many = data.policies.length > MOST_FOR_ALL_PAIRS;
  const blocks = data.policies
    .flatMap((policy, index) => data.policies.slice(0, index).map((baseline) => ({ policy, baseline })))
    .filter(({ baseline }) => !many || baseline === data.policies[0])
    .map(({ policy, baseline }) => pairBlock(policy, baseline, data.policies, main));
  if (data.policies.length === 2) return blocks.join('');
  const which = many ? `Each policy against ${escapeText(data.policies[0] as string)}` : 'Each pair of policies';
  const each = `<details><summary>${which}</summary>${blocks.join('')}</details>`;
  return leadersBlock(data.policies, main) + each;
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
  if (found.length === 0)
    return `<p class="verdict">${names}: no metric by which to judge them has a value in the same runs of both.</p>`;
  if (count('undecided') === found.length) {
    return `<p class="verdict">${names}: <strong>undecided</strong>. One run each says nothing about chance; two runs or more are needed.</p>`;
  }
  const better = count('better');
  const worse = count('worse');
  const tiny = found.filter(({ pair }) => isShown(pair) && Math.abs(pair.comparison.relative) < TINY).length;
  const counts = headline(
    policyName(policy, policies),
    policyName(baseline, policies),
    better,
    worse,
    found.length,
    tiny,
  );
  const shown = found.filter(({ pair }) => isShown(pair)).sort((a, b) => strength(b.pair) - strength(a.pair));
  const chosen = [...new Set([...best(shown, 'better'), ...best(shown, 'worse')])];
  const sentences = chosen.map(
    ({ metric, pair }) =>
      `<span class="mark ${pair.comparison.verdict}" aria-hidden="true">${pair.comparison.verdict === 'better' ? '▲' : '▼'}</span> ${escapeText(capital(metric.title))}: <strong>${escapeText(pair.comparison.sentence)}</strong>`,
  );
  return `<p class="verdict">${counts}</p>${sentences.length === 0 ? '' : `<p class="lead">Largest differences, ${escapeText(policy)} against ${escapeText(baseline)}:</p>${list(sentences)}`}`;
}

/** Of many policies: which is best in each metric, and whether that was shown against all others. */
function leadersBlock(policies: readonly string[], main: readonly ComparedMetric[]): string {
  const found = main.flatMap((one) => {
    const leader = leaderOf(one);
    return leader === undefined ? [] : [{ ...one, leader }];
  });
  if (found.length === 0) return '';
  const clear = found.filter(({ leader }) => leader.rivals.length === 0);
  const wins = policies.map((_, index) => clear.filter(({ leader }) => leader.index === index).length);
  const most = Math.max(...wins);
  const winner = policies.flatMap((policy, index) =>
    most > 0 && wins[index] === most ? [policyName(policy, policies)] : [],
  );
  const head =
    winner.length === 0
      ? '<strong>No policy is shown to be better than all others</strong> in any metric.'
      : `${winner.join(' and ')} ${winner.length === 1 ? 'is' : 'are each'} <strong>better than every other policy</strong> in ${most} of the ${found.length} metrics.`;
  const items = clear.slice(0, MOST_LEADERS).map(({ metric, summaries, leader }) => {
    const name = policyName(policies[leader.index] as string, policies);
    return `${escapeText(capital(metric.title))}: ${name} is best with <strong>${formatValue(summaries[leader.index]?.mean, metric.unit)}</strong>.`;
  });
  const more = clear.length - items.length;
  if (more > 0) items.push(`${more} more, see the table.`);
  return `<p class="verdict">${head}</p>${list(items)}${openText(found.filter(({ leader }) => leader.rivals.length > 0))}`;
}

/** The metrics in which nobody was shown to be best. */
function openText(open: readonly ComparedMetric[]): string {
  if (open.length === 0) return '';
  const titles = open.map(({ metric }) => escapeText(metric.title)).join('; ');
  return `<p class="soft">Nobody is shown to be better than all others in: ${titles}.</p>`;
}

function isShown({ comparison: { verdict } }: ComparedPair): boolean {
  return verdict === 'better' || verdict === 'worse';
}

/** The answer in one line: who is better, in how much of what was looked at. */
function headline(policy: string, baseline: string, better: number, worse: number, of: number, tiny: number): string {
  const all = of === 1 ? 'the one metric' : `the ${of} metrics`;
  const part = (count: number): string => (of === 1 ? all : `${count} of ${all}`);
  const rest = of - better - worse;
  const small = tiny === 0 ? '' : ` (${tiny} of them by less than 1 %)`;
  if (better + worse === 0) return `<strong>No difference shown</strong> between ${policy} and ${baseline} in ${all}.`;
  const others = rest === 0 ? '' : `; no difference shown in ${rest}`;
  if (better > 0 && worse > 0) {
    return `<strong>It depends on what counts:</strong> ${policy} is better than ${baseline} in ${better} and worse in ${part(worse)}${small}${others}.`;
  }
  const [word, other] = worse === 0 ? ['better', 'worse'] : ['worse', 'better'];
  return `${policy} is <strong>${word}</strong> than ${baseline} in ${part(better + worse)}${small}, ${other} in none${others}.`;
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
