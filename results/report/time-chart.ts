/** Quantities over time or over anything else that grows: pending Pods, utilisation, fragmentation. */
import { bandLines, highestOf } from './band-chart.ts';
import { axes, figure, linearAxis, svg, X_RANGE, Y_RANGE } from './chart-frame.ts';
import { legend, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { Band, Curves, GaugeOverTime, Unit } from './report-data.ts';

/** Rows of the table of numbers. */
const INSTANTS = 10;

export function timeChart(gauge: GaugeOverTime, policies: readonly string[]): string {
  const { title, unit, note, policies: bands } = gauge;
  const curves = { title, xTitle: 'virtual time', xUnit: 'µs', yTitle: yTitleOf(unit), yUnit: unit, policies: bands };
  return curvesChart(note === undefined ? curves : { ...curves, note }, policies);
}

/** The figure has the name of the quantity; its axis says what is counted. */
function yTitleOf(unit: Unit): string {
  return unit === 'fraction' ? 'share' : unit;
}

export function curvesChart(curves: Curves, policies: readonly string[]): string {
  const { title, xTitle, xUnit, yTitle, yUnit } = curves;
  const bands = curves.policies.filter((band): band is Band => band !== undefined);
  const first = Math.min(...bands.map((band) => band.x[0] ?? 0));
  const last = Math.max(...bands.map((band) => band.x[band.x.length - 1] ?? 0));
  const x = linearAxis({ title: xTitle, unit: xUnit, domain: [Math.min(first, 0), last], range: X_RANGE });
  const y = linearAxis({ title: yTitle, unit: yUnit, domain: [0, highestOf(bands)], range: Y_RANGE });
  const described = policies.map((policy, index) => {
    const band = curves.policies[index];
    if (band === undefined || band.median.length === 0) return `${policy}: no samples`;
    const top = formatValue(Math.max(...band.median), yUnit);
    return `${policy}: at most ${top}, ${formatValue(band.median[band.median.length - 1], yUnit)} at the end`;
  });
  return figure({
    title,
    chart:
      legend(policies) +
      svg(`${title}, over ${xTitle}. ${described.join('. ')}.`, axes(x, y) + bandLines(curves.policies, x, y)),
    caption: curves.note ?? '',
    numbers: numbersTable(curves, policies, first, last),
  });
}

function numbersTable(curves: Curves, policies: readonly string[], first: number, last: number): string {
  const instants = Array.from({ length: INSTANTS + 1 }, (_, i) => first + ((last - first) * i) / INSTANTS);
  return table(
    `${curves.title}, median run`,
    [{ title: curves.xTitle }, ...policies.map((title, index) => ({ title, numeric: true, class: `p${index}` }))],
    instants.map((at) => ({
      cells: [
        formatValue(at, curves.xUnit),
        ...policies.map((_, index) => formatValue(valueAt(curves.policies[index], at), curves.yUnit)),
      ],
    })),
  );
}

/** The value that holds at x: that of the last point not after it. */
function valueAt(band: Band | undefined, at: number): number | undefined {
  if (band === undefined) return undefined;
  let found: number | undefined;
  for (let i = 0; i < band.x.length && (band.x[i] as number) <= at; i++) found = band.median[i];
  return found;
}
