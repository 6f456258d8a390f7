/** The structure of the page: what stands where, that nothing is loaded, and that it is the same each time. */
import { describe, expect, test } from 'vitest';
import { reportPage } from './page.ts';
import type { ReportCase } from './report-data.ts';
import { SAMPLE_REPORT } from './sample-report.ts';

const page = reportPage(SAMPLE_REPORT);
const withoutScript = (html: string): string => html.replace(/<(style|script)>[^]*?<\/\1>/g, '');
const text = (html: string): string =>
  withoutScript(html)
    .replace(/<[^>]*>/g, '')
    .replace(/\u202f/g, ' ');

describe('the report', () => {
  test('is the same bytes each time', () => {
    expect(reportPage(SAMPLE_REPORT)).toBe(page);
  });

  test('asks for nothing from anywhere', () => {
    expect(page).not.toMatch(/\b(?:src|action|srcset)=/);
    expect(page).not.toMatch(/https?:|@import|url\(|fetch\(|import\(/);
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target as string);
    expect(targets.filter((target) => !target.startsWith('#') && target !== 'data:,')).toEqual([]);
    for (const target of targets.filter((one) => one.startsWith('#'))) {
      expect(page).toContain(`id="${target.slice(1)}"`);
    }
  });

  test('gives the question and the answer before all evidence', () => {
    const question = page.indexOf('Which does better on this workload: pack or spread?');
    const answer = page.indexOf('It depends on what counts:');
    expect(question).toBeGreaterThan(0);
    expect(answer).toBeGreaterThan(question);
    expect(page.indexOf('class="chart"')).toBeGreaterThan(answer);
  });

  test('says verdicts with the sentences of the comparison and corrected p-values', () => {
    const words = text(page);
    expect(words).toContain('better by 50.0 %');
    expect(words).toMatch(/worse by 100\.5 % \[[0-9., ]+\]/);
    expect(words).toContain('no difference shown');
    expect(words).toContain(
      'It depends on what counts: spread is better than pack in 1 and worse in 1 of the 3 metrics; no difference shown in 1.',
    );
    expect(words).toContain('p, corrected');
  });

  test('escapes every name', () => {
    expect(page).not.toContain('<study>');
    expect(page).not.toContain('web-<1>');
    expect(page).toContain('sample &lt;study&gt;');
  });

  test('every chart has a text, and every figure its numbers in a table or the main table', () => {
    const charts = [...page.matchAll(/<svg class="chart"[^>]*>/g)].map(([tag]) => tag);
    expect(charts).toHaveLength(8);
    for (const tag of charts) expect(tag).toMatch(/role="img" aria-label="[^"]{20,}"/);
    const figures = page.split('<figure').slice(1);
    const without = figures.filter((one) => !one.includes('<details>')).map((one) => /<h4>(.*?)<\/h4>/.exec(one)?.[1]);
    expect(without).toEqual(['Difference from pack']);
  });

  test('headings go down one step at a time', () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, i) => expect(level).toBeLessThanOrEqual((levels[i] as number) + 2));
  });

  test('ids are unique', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('lists each run with seed, digest and command, and says why runs failed', () => {
    for (const run of SAMPLE_REPORT.runs) expect(page).toContain(run.command);
    expect(page).toContain('<code>000000000000002b</code>');
    expect(text(page)).toContain('2 of 8 runs failed');
    expect(page).toContain('failed: out of memory');
  });

  test('has no coordinate that is not a number', () => {
    expect(withoutScript(page)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('says which objectives are missed and by whom, before the comparison', () => {
    const words = text(page);
    expect(words).toMatch(
      /Of 2 objectives 1 is missed\..*✗ missed by spread: start-up latency, p99 ≤ 5 s, in 1 of 4 runs/,
    );
    expect(words).toMatch(/✓ met by pack: start-up latency, p99 ≤ 5 s, in 4 of 4 runs/);
    expect(words.indexOf('is missed')).toBeLessThan(words.indexOf('It depends on what counts'));
    expect(page).not.toContain('worst <6>');
    const [met] = SAMPLE_REPORT.objectives ?? [];
    const others = (objectives: typeof SAMPLE_REPORT.objectives): string =>
      text(reportPage({ ...SAMPLE_REPORT, objectives: objectives ?? [] }));
    expect(others(met === undefined ? [] : [met])).toContain('The objective is met.');
    expect(others([])).not.toContain('objective');
  });

  test('groups what is drawn over time, says what it is, and names what stayed 0 without drawing it', () => {
    const words = text(page);
    expect(words.indexOf('Pods over time')).toBeLessThan(words.indexOf('Resources over time'));
    expect(words).toContain('Requested by Pods, of what all Nodes can give.');
    expect(words).toContain('0 at every instant, and so not drawn: Gated Pods, CPU stranded.');
  });

  test('a metric of which no direction is good is in the tables, and in no verdict of the answer', () => {
    const [first] = SAMPLE_REPORT.cases as readonly [ReportCase];
    const metrics = first.metrics.slice(0, 1).map((metric) => ({ ...metric, better: 'neither' as const }));
    const words = text(reportPage({ ...SAMPLE_REPORT, cases: [{ ...first, metrics }] }));
    expect(words).toMatch(/higher by [0-9.]+ %|lower by [0-9.]+ %/);
    expect(words).toContain('no metric by which to judge them');
    expect(words).not.toContain('lower is better');
  });

  test('of four policies the best of each metric is told, then each against the first, and a table has all six pairs', () => {
    const [first] = SAMPLE_REPORT.cases;
    const metrics = first?.metrics.slice(0, 1).map((metric) => {
      const [a, b] = metric.samples;
      return { ...metric, samples: [a, b, a, b].map((samples) => samples ?? new Map<string, number>()) };
    });
    const four = reportPage({
      ...SAMPLE_REPORT,
      policies: ['w', 'x', 'y', 'z'],
      cases: [
        { ...SAMPLE_REPORT.cases[0], metrics, distributions: [], gauges: [], curves: [], heatMaps: [] } as ReportCase,
      ],
    });
    const words = text(four);
    expect(words).toContain('Nobody is shown to be better than all others in: start-up latency, p99.');
    expect(words).toContain('No policy is shown to be better than all others in any metric.');
    for (const policy of ['x', 'z'])
      expect(words).toContain(`${policy} is better than w in the one metric, worse in none.`);
    expect(words).toContain('No difference shown between y and w in the one metric.');
    expect(words).not.toContain('better than y');
    expect(words).toContain('▲ better, ▼ worse than w (corrected p ≤ 0.05)');
    expect(four.match(/<span class="mark better" title/g)).toHaveLength(2);
    const pairs = four.split('<caption>Every pair of policies</caption>')[1]?.split('</table>')[0] ?? '';
    expect(pairs.match(/<th scope="row"/g)).toHaveLength(6);
    for (const row of four.match(/<tr[^]*?<\/tr>/g) ?? []) expect(row).not.toContain('undefined');
  });

  test('of very many cases leaves out pictures, says so, and stays under 5 MB', () => {
    const [first] = SAMPLE_REPORT.cases as readonly [ReportCase];
    const cases = Array.from({ length: 120 }, (_, i) => ({ ...first, title: `nodes = ${i}` }));
    const large = reportPage({ ...SAMPLE_REPORT, cases });
    expect(Buffer.byteLength(large)).toBeLessThan(5e6);
    expect(text(large)).toContain('are left out of this page: 120 cases would make it too large');
    expect(text(large)).toContain('nodes = 119');
  });

  test('one policy and one run make a page without comparison', () => {
    const [first] = SAMPLE_REPORT.cases;
    if (first === undefined) throw new Error('no case');
    const alone = reportPage({
      ...SAMPLE_REPORT,
      policies: ['pack'],
      runsPerPolicy: 1,
      runs: SAMPLE_REPORT.runs.slice(0, 1),
      cases: [
        {
          ...first,
          metrics: first.metrics.map((metric) => ({ ...metric, samples: [new Map([['1/0', 5]])] })),
          distributions: first.distributions.map((one) => ({ ...one, policies: one.policies.slice(0, 1) })),
          gauges: [],
          curves: [],
          heatMaps: [],
          lives: undefined,
        },
      ],
    });
    expect(text(alone)).toContain('How does pack do on this workload?');
    expect(alone).not.toContain('Policies shown');
    expect(text(alone)).not.toMatch(/side by side|Differences|95 % interval/);
    expect(text(alone)).toContain('Of the only run');
    expect(text(alone)).not.toContain('verdict (against');
    expect(withoutScript(alone)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
