/** The charts over a factor: when they are drawn, and what is in them. */
import { expect, test } from 'vitest';
import { compareMetric } from './comparison.ts';
import type { ReportCase, ReportMetric } from './report-data.ts';
import { SAMPLE_REPORT } from './sample-report.ts';
import { sweepCharts } from './sweep-chart.ts';

const POLICIES = ['a', 'b'];

function metric(name: string, values: readonly (readonly number[])[], main = true): ReportMetric {
  const samples = values.map((own) => new Map(own.map((value, run) => [`1/${run}`, value])));
  return { name, title: name, unit: 'Pods', better: 'lower', main, samples };
}

const caseOf = (factors: Record<string, unknown>, ...metrics: readonly ReportMetric[]): ReportCase => ({
  ...(SAMPLE_REPORT.cases[0] as ReportCase),
  title: 'x',
  factors,
  metrics,
});
const charts = (...cases: readonly ReportCase[]): string[] =>
  sweepCharts(
    cases,
    cases.map(({ metrics }) => metrics.map((one) => compareMetric(one, POLICIES))),
    POLICIES,
  );

test('a metric is drawn over the numbers of the only factor, in ascending order, with intervals as numbers', () => {
  const at = (x: number, ...values: number[][]): ReportCase => caseOf({ nodes: x }, metric('waiting', values));
  const [chart, ...rest] = charts(at(400, [1, 3], [5, 5]), at(100, [10, 12], [9, 9]), at(200, [4, 6], [7, 7]));
  expect(rest).toEqual([]);
  expect(chart).toContain('<h4>Waiting</h4>');
  expect(chart).toMatch(/aria-label="Waiting, over nodes\. a: 11\sPods at 100, 5\sPods at 200, 2\sPods at 400\. b: 9/);
  expect(chart?.match(/<circle/g)).toHaveLength(6);
  const rows = [...(chart ?? '').matchAll(/<th scope="row">(\d+)<\/th><td[^>]*>([^<]*)/g)].map(
    ([, x, value]) => `${x} ${value}`,
  );
  expect(rows.map((row) => row.replaceAll(/\s/g, ' '))).toEqual([
    expect.stringMatching(/^100 11 Pods \[/),
    expect.stringMatching(/^200 5 Pods \[/),
    expect.stringMatching(/^400 2 Pods \[/),
  ]);
  expect(chart).not.toMatch(/NaN|Infinity|undefined/);
});

test('what does not change, and what is not among the main metrics, is not drawn', () => {
  const at = (x: number): ReportCase =>
    caseOf({ nodes: x }, metric('same', [[4], [4]]), metric('other', [[x], [x]], false), metric('drawn', [[x], []]));
  const drawn = charts(at(1), at(2));
  expect(drawn.map((chart) => /<h4>(.*?)<\/h4>/.exec(chart)?.[1])).toEqual(['Drawn']);
  expect(drawn[0]).not.toMatch(/NaN|Infinity|undefined/);
});

test('there are none with one case, several factors, or values that are no numbers', () => {
  const one = metric('m', [[1], [2]]);
  const two = metric('m', [[3], [4]]);
  expect(charts(caseOf({}, one))).toEqual([]);
  expect(charts(caseOf({ a: 1 }, one))).toEqual([]);
  expect(charts(caseOf({ a: 1, b: 1 }, one), caseOf({ a: 1, b: 2 }, two))).toEqual([]);
  expect(charts(caseOf({ a: 'x' }, one), caseOf({ a: 'y' }, two))).toEqual([]);
  expect(charts(caseOf({ a: 1 }, one), caseOf({ a: 2 }, two))).toHaveLength(1);
});
