/**
 * A metric over the values of one factor, a line for each policy: what more Nodes, or a higher rate, would change. Drawn where the
 * cases of a study differ in one factor whose values are numbers; its mean with the interval of each, and not beyond them.
 */
import { line } from 'd3-shape';
import { axes, type Axis, figure, linearAxis, svg, X_RANGE, Y_RANGE } from './chart-frame.ts';
import type { ComparedMetric } from './comparison.ts';
import { capital, coordinate, legend, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { ReportCase, Unit } from './report-data.ts';

/** Metrics that are drawn: more would hide what matters. */
const MOST = 9;

interface Point {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The charts of the main metrics that change at all; none where the cases are not such. `compared` is parallel to `cases`. */
export function sweepCharts(
  cases: readonly ReportCase[],
  compared: readonly (readonly ComparedMetric[])[],
  policies: readonly string[],
): string[] {
  const factor = onlyFactor(cases);
  if (factor === undefined) return [];
  const [first = []] = compared;
  const charts = first
    .filter(({ metric }) => metric.main)
    .map(({ metric: { name, title, unit } }) => {
      const lines = policies.map((_, policy) => pointsOf(name, policy, factor.values, compared));
      return { title: capital(title), unit, lines };
    })
    .filter(({ lines }) => changes(lines));
  return charts.slice(0, MOST).map((chart) => sweepChart(chart, factor.name, policies));
}

interface Factor {
  readonly name: string;
  readonly values: readonly number[];
}

/** Undefined unless there are two cases or more that differ in one factor, each with a number of its own. */
function onlyFactor(cases: readonly ReportCase[]): Factor | undefined {
  const [name, second] = Object.keys(cases[0]?.factors ?? {});
  if (name === undefined || second !== undefined || cases.length < 2) return undefined;
  const values = cases.map(({ factors }) => factors?.[name]);
  const numbers = values.filter((value): value is number => typeof value === 'number');
  return numbers.length === cases.length && new Set(numbers).size === cases.length
    ? { name, values: numbers }
    : undefined;
}

function pointsOf(
  metric: string,
  policy: number,
  values: readonly number[],
  compared: readonly (readonly ComparedMetric[])[],
): Point[] {
  const points = values.flatMap((x, index): Point[] => {
    const summary = compared[index]?.find((one) => one.metric.name === metric)?.summaries[policy];
    if (summary === undefined) return [];
    const [low, high] = summary.ci95;
    return [{ x, mean: summary.mean, low: finite(low, summary.mean), high: finite(high, summary.mean) }];
  });
  return points.sort((a, b) => a.x - b.x);
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

/** Whether there is more to see than one number. */
function changes(lines: readonly (readonly Point[])[]): boolean {
  return new Set(lines.flatMap((points) => points.map(({ mean }) => mean))).size > 1;
}

interface Sweep {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly (readonly Point[])[];
}

function sweepChart({ title, unit, lines }: Sweep, factor: string, policies: readonly string[]): string {
  const all = lines.flat();
  const xs = all.map(({ x }) => x);
  const means = Math.max(...all.map(({ mean }) => mean));
  const reach = Math.max(...all.map(({ mean, high }) => Math.max(mean, Math.min(high, 2 * Math.abs(mean)))));
  // Intervals of shares may go beyond 100 %, the chart does not.
  const top = unit === 'fraction' ? Math.min(reach, Math.max(1, means)) : reach;
  const x = linearAxis({ title: factor, unit: '', domain: [Math.min(...xs), Math.max(...xs)], range: X_RANGE });
  const yTitle = unit === 'fraction' ? 'share' : unit === 'µs' ? 'time' : unit;
  const y = linearAxis({ title: yTitle, unit, domain: [0, top], range: Y_RANGE });
  const described = policies.map((policy, index) => {
    const points = lines[index] ?? [];
    return `${policy}: ${points.map((point) => `${formatValue(point.mean, unit)} at ${point.x}`).join(', ')}`;
  });
  const drawn = lines.map((points, index) => policyLine(points, index, x, y)).join('');
  return figure({
    title,
    chart: legend(policies) + svg(`${title}, over ${factor}. ${described.join('. ')}.`, axes(x, y) + drawn),
    caption: '',
    numbers: numbersTable(title, unit, factor, lines, policies),
  });
}

function policyLine(points: readonly Point[], index: number, x: Axis, y: Axis): string {
  const [bottom, top] = Y_RANGE;
  const inside = (value: number): number => Math.min(bottom, Math.max(top, y.position(value)));
  const path = line<Point>(
    (point) => x.position(point.x),
    (point) => y.position(point.mean),
  ).digits(1)(points);
  const marks = points.map((point) => {
    const at = coordinate(x.position(point.x));
    const whisker = `<path class="whisker" d="M${at} ${coordinate(inside(point.low))}V${coordinate(inside(point.high))}"/>`;
    return `${whisker}<circle class="dot" cx="${at}" cy="${coordinate(y.position(point.mean))}" r="3.5"/>`;
  });
  return `<g class="p${index}"><path class="line p${index}" d="${path ?? ''}"/>${marks.join('')}</g>`;
}

function numbersTable(
  title: string,
  unit: Unit,
  factor: string,
  lines: readonly (readonly Point[])[],
  policies: readonly string[],
): string {
  const values = [...new Set(lines.flat().map(({ x }) => x))].sort((a, b) => a - b);
  return table(
    `${title}, mean of runs [95 % interval]`,
    [{ title: factor }, ...policies.map((policy, index) => ({ title: policy, numeric: true, class: `p${index}` }))],
    values.map((value) => ({
      cells: [
        String(value),
        ...lines.map((points) => {
          const point = points.find(({ x }) => x === value);
          if (point === undefined) return '–';
          const interval = `[${formatValue(point.low, unit)}, ${formatValue(point.high, unit)}]`;
          return point.low === point.high
            ? formatValue(point.mean, unit)
            : `${formatValue(point.mean, unit)} ${interval}`;
        }),
      ],
    })),
  );
}
