/** The capacity frontier of a plan: what was tried, how near to the limit it was, and where the objectives begin to hold. */
import { type Axis, axes, figure, linearAxis, svg, X_RANGE, Y_RANGE } from './chart-frame.ts';
import { coordinate, table } from './markup.ts';
import { formatBare, formatValue } from './number-format.ts';
import type { Frontier, FrontierPoint } from './plan-report.ts';

/** @param answer in words, for those who do not see the chart */
export function frontierChart(frontier: Frontier, answer: string): string {
  const { sizeTitle, sizeUnit, scoreTitle, scoreUnit, objective } = frontier;
  // What does not do is drawn over what does, and the answer last: points may lie on each other.
  const points = frontier.points.toSorted((a, b) => drawnLater(a) - drawnLater(b) || a.size - b.size);
  const sizes = points.map(({ size }) => size);
  const scores = points.flatMap(({ score, low, high }) => [score, low, high]);
  const x = linearAxis({
    title: sizeTitle,
    unit: sizeUnit,
    domain: [Math.min(...sizes), Math.max(...sizes)],
    range: X_RANGE,
  });
  const y = linearAxis({
    title: scoreTitle,
    unit: scoreUnit,
    domain: scoreDomain(objective === undefined ? scores : [...scores, objective.limit]),
    range: Y_RANGE,
  });
  const limit = objective === undefined ? '' : limitLine(y, frontier);
  return figure({
    title: 'Capacity frontier',
    chart: svg(
      `${scoreTitle} over ${sizeTitle} of ${points.length} candidates. ${answer}`,
      `${axes(x, y)}<g class="p0">${limit}${points.map((point) => mark(point, x, y)).join('')}</g>`,
    ),
    caption: `Filled: meets all objectives; hollow: does not; ringed: the answer.${points.some(({ low, high }) => low < high) ? ' Lines go from the lowest run to the highest.' : ''}`,
    numbers: pointTable(frontier),
  });
}

function drawnLater({ meets, chosen }: FrontierPoint): number {
  return chosen ? 2 : meets ? 0 : 1;
}

/** From 0, unless all scores lie so high that their differences would not be seen. */
function scoreDomain(scores: readonly number[]): [number, number] {
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const margin = (highest - lowest) * 0.15 || highest * 0.05;
  return [lowest > highest / 2 ? lowest - margin : 0, highest + margin];
}

function mark({ size, score, low, high, meets, chosen }: FrontierPoint, x: Axis, y: Axis): string {
  const [px, py] = [coordinate(x.position(size)), coordinate(y.position(score))];
  const span =
    low < high
      ? `<path class="whisker" d="M${px} ${coordinate(y.position(low))}V${coordinate(y.position(high))}"/>`
      : '';
  const ring = chosen ? `<circle class="chosen" cx="${px}" cy="${py}" r="9"/>` : '';
  return `${span}<circle class="${meets ? 'dot' : 'ring'}" cx="${px}" cy="${py}" r="4.5"/>${ring}`;
}

function limitLine(y: Axis, { objective, scoreUnit }: Frontier): string {
  const { limit = 0, better } = objective ?? {};
  const at = y.position(limit);
  const words = `objective: ${better === 'lower' ? 'at most' : 'at least'} ${formatValue(limit, scoreUnit)}`;
  return (
    `<path class="limit" d="M${X_RANGE[0]} ${coordinate(at)}H${X_RANGE[1]}"/>` +
    // Below the line at the left, where the few that were tried first lie above it.
    `<text class="tick over" x="${X_RANGE[0] + 6}" y="${coordinate(at + 16)}">${words}</text>`
  );
}

function pointTable({ points, sizeTitle, sizeUnit, scoreTitle, scoreUnit }: Frontier): string {
  const columns = [
    { title: 'candidate' },
    { title: sizeTitle, numeric: true },
    { title: scoreTitle, numeric: true },
    { title: 'objectives' },
  ];
  const rows = points
    .toSorted((a, b) => a.size - b.size)
    .map(({ label, size, score, meets, chosen }) => ({
      cells: [
        chosen ? `${label} (the answer)` : label,
        { html: formatBare(size, sizeUnit), sort: size },
        { html: formatValue(score, scoreUnit), sort: score },
        meets ? 'met' : 'missed',
      ],
    }));
  return table('Candidates of the chart', columns, rows);
}
