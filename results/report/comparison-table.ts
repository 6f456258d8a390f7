/** Policies side by side: mean and interval of each metric, the verdict on each pair, and its p-value. */
import type { ComparedMetric, ComparedPair } from './comparison.ts';
import { capital, escapeText, table, type TableCell } from './markup.ts';
import { formatBare, formatP, formatValue } from './number-format.ts';
import type { Unit } from './report-data.ts';

/** With more policies than this there is no column of verdicts. */
const MOST_WITH_SENTENCES = 3;

export function comparisonTable(
  caption: string,
  compared: readonly ComparedMetric[],
  policies: readonly string[],
): string {
  // Of many policies each value is marked; the sentences would take more room than the page has.
  const marked = policies.length > MOST_WITH_SENTENCES;
  const judged = policies.length > 1 && !marked;
  const named = policies.length > 2;
  const columns = [
    { title: 'metric' },
    ...policies.map((title, index) => ({ title, numeric: true, class: `p${index}` })),
    ...(judged
      ? [{ title: `verdict (against ${policies[0]}${named ? ', with corrected p' : ''})`, class: 'words' }]
      : []),
    ...(judged && !named ? [{ title: 'p, corrected', numeric: true }] : []),
  ];
  const rows = compared
    .filter(({ summaries }) => summaries.some((summary) => summary !== undefined))
    .map((one) => ({
      cells: [
        { html: nameOf(one) },
        ...one.summaries.map(
          (summary, index): TableCell => ({
            html: `${marked ? markOf(one.pairs, index) : ''}${valueOf(summary, one.metric.unit)}`,
            sort: summary?.mean,
          }),
        ),
        ...(judged ? [{ html: each(one.pairs, (pair) => verdict(pair, named)) }] : []),
        ...(judged && !named
          ? [{ html: each(one.pairs, (pair) => formatP(pair.comparison.p)), sort: one.pairs[0]?.comparison.p }]
          : []),
      ],
    }));
  const key = marked ? `; ▲ better, ▼ worse than ${policies[0]} (corrected p ≤ 0.05)` : '';
  return table(`${caption}${key}`, columns, rows, { stacked: true, compact: marked });
}

function nameOf({ metric }: ComparedMetric): string {
  const { title, better, unit } = metric;
  const words = [
    unit === '' || unit === 'µs' || unit === 'fraction' || title.startsWith(unit) ? '' : unit,
    better === 'lower' || better === 'higher' ? `${better} is better` : '',
  ].filter((word) => word !== '');
  return `${escapeText(capital(title))}${words.length === 0 ? '' : ` <span class="soft">${escapeText(words.join(', '))}</span>`}`;
}

function valueOf(summary: ComparedMetric['summaries'][number], unit: Unit): string {
  if (summary === undefined) return '–';
  const bare = (value: number): string =>
    unit === 'µs' || unit === 'fraction' ? formatValue(value, unit) : formatValue(value, '');
  const [low, high] = summary.ci95;
  if (!Number.isFinite(low)) return bare(summary.mean);
  return `${bare(summary.mean)} <span class="soft">[${bare(low)}, ${bare(high)}]</span>`;
}

/** Of the difference of a policy from the first, where it was shown. */
function markOf(pairs: readonly ComparedPair[], index: number): string {
  const pair = pairs.find(({ policyIndex, baselineIndex }) => policyIndex === index && baselineIndex === 0);
  const verdict = pair?.comparison.verdict;
  if (verdict !== 'better' && verdict !== 'worse') return '';
  return `<span class="mark ${verdict}" title="${verdict} than the first policy">${verdict === 'better' ? '▲' : '▼'}</span> `;
}

function each(pairs: readonly ComparedPair[], text: (pair: ComparedPair) => string): string {
  const shown = pairs.filter(({ baselineIndex }) => baselineIndex === 0);
  return shown.length === 0
    ? '–'
    : shown.map((pair) => `<span class="pair p${pair.policyIndex}">${text(pair)}</span>`).join('');
}

/** Against the first policy, which needs no name; with the p-value where it has no column of its own. */
function verdict({ policy, comparison }: ComparedPair, named: boolean): string {
  const { sentence, verdict: word } = comparison;
  const mark = word === 'better' ? '▲ ' : word === 'worse' ? '▼ ' : '';
  const who = named ? `${policy}: ` : '';
  const p = named && Number.isFinite(comparison.p) ? ` <span class="soft">p ${formatP(comparison.p)}</span>` : '';
  const marked = mark === '' ? '' : `<span class="mark ${word}" aria-hidden="true">${mark}</span>`;
  return `${escapeText(who)}${marked}${escapeText(sentence)}${p}`;
}

/** Every pair of policies, with all that was computed. */
export function pairsTable(compared: readonly ComparedMetric[]): string {
  const columns = [
    { title: 'metric' },
    { title: 'policy' },
    { title: 'against' },
    ...['difference', '95 % interval', 'p', 'p, corrected', 'signed-rank p, corrected'].map((title) => ({
      title,
      numeric: true,
    })),
    { title: 'verdict' },
  ];
  const rows = compared.flatMap(({ metric, pairs }) =>
    pairs.map(({ policy, baseline, policyIndex, comparison, uncorrectedP, wilcoxonP }) => ({
      class: `p${policyIndex}`,
      cells: [
        capital(metric.title),
        policy,
        baseline,
        { html: formatValue(comparison.difference, metric.unit), sort: comparison.difference },
        `[${formatBare(comparison.ci95[0], metric.unit)}, ${formatBare(comparison.ci95[1], metric.unit)}]`,
        { html: formatP(uncorrectedP), sort: uncorrectedP },
        { html: formatP(comparison.p), sort: comparison.p },
        { html: formatP(wilcoxonP), sort: wilcoxonP },
        comparison.verdict,
      ] satisfies TableCell[],
    })),
  );
  return rows.length === 0 ? '' : table('Every pair of policies', columns, rows);
}
