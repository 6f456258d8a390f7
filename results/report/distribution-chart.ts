/** How a latency is spread over Pods: the share of Pods that had to wait no longer than x, for each policy. */
import { axes, type AxisOptions, figure, linearAxis, logAxis, svg, X_RANGE, Y_RANGE } from './chart-frame.ts';
import { area, line } from 'd3-shape';
import { capital, legend, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { Distribution, Spread } from './report-data.ts';

/** Quantiles further apart than this are drawn on a logarithmic axis. */
const LOG_FROM_RATIO = 20;
const TABLE_LEVELS = [0.5, 0.9, 0.95, 0.99, 1] as const;

export function distributionChart(distribution: Distribution, policies: readonly string[]): string {
  const { title, unit, levels, note } = distribution;
  const spreads = distribution.policies.filter((spread): spread is Spread => spread !== undefined);
  const low = Math.min(...spreads.map((spread) => spread.low[0] as number));
  const high = Math.max(...spreads.map((spread) => spread.high[levels.length - 1] as number));
  const smallest = Math.max(low, 1);
  const isLog = high / smallest > LOG_FROM_RATIO;
  const options: AxisOptions = { title, unit, domain: isLog ? [smallest, high] : [low, high], range: X_RANGE };
  const x = isLog ? logAxis(options) : linearAxis(options);
  const y = linearAxis({
    title: 'share of Pods that took no longer',
    unit: 'fraction',
    domain: [0, 1],
    range: Y_RANGE,
  });
  const paths = distribution.policies.map((spread, index) => {
    if (spread === undefined) return '';
    const at = (values: readonly number[], i: number): number => x.position(values[i] as number);
    const middle = line<number>(
      (_, i) => at(spread.median, i),
      (level) => y.position(level),
    ).digits(1)(levels);
    const band = area<number>()
      .x0((_, i) => at(spread.low, i))
      .x1((_, i) => at(spread.high, i))
      .y((level) => y.position(level))
      .digits(1)(levels);
    const around = spread.runs < 2 ? '' : `<path class="band p${index}" d="${band ?? ''}"/>`;
    return `${around}<path class="line p${index}" d="${middle ?? ''}"/>`;
  });
  const described = policies.map((policy, index) => {
    const spread = distribution.policies[index];
    if (spread === undefined) return `${policy}: no samples`;
    return `${policy}: half of the Pods within ${quantileText(distribution, spread, 0.5)}, 99 % within ${quantileText(distribution, spread, 0.99)}`;
  });
  return figure({
    title: capital(title),
    chart: legend(policies) + svg(`${title}, cumulative. ${described.join('. ')}.`, axes(x, y) + paths.join('')),
    caption: [note ?? '', isLog ? 'Logarithmic axis.' : ''].filter((words) => words !== '').join(' '),
    numbers: table(
      `${capital(title)}: quantiles of the median run [lowest, highest run]`,
      [{ title: 'quantile' }, ...policies.map((policy, i) => ({ title: policy, numeric: true, class: `p${i}` }))],
      [
        ...TABLE_LEVELS.map((level) => ({
          cells: [
            level === 1 ? 'slowest' : `p${level * 100}`,
            ...policies.map((_, index) => rangeText(distribution, distribution.policies[index], level)),
          ],
        })),
        { cells: ['Pods', ...policies.map((_, i) => formatValue(distribution.policies[i]?.samples, ''))] },
      ],
    ),
  });
}

function indexOfLevel({ levels }: Distribution, level: number): number {
  const index = levels.findIndex((candidate) => candidate >= level - 1e-9);
  return index < 0 ? levels.length - 1 : index;
}

function quantileText(distribution: Distribution, spread: Spread, level: number): string {
  return formatValue(spread.median[indexOfLevel(distribution, level)], distribution.unit);
}

function rangeText(distribution: Distribution, spread: Spread | undefined, level: number): string {
  if (spread === undefined) return '–';
  const index = indexOfLevel(distribution, level);
  const text = formatValue(spread.median[index], distribution.unit);
  if (spread.runs < 2) return text;
  return `${text} [${formatValue(spread.low[index], distribution.unit)}, ${formatValue(spread.high[index], distribution.unit)}]`;
}
