/** Relative differences with their intervals, metric by metric: how much, how sure, and which way is good, in one look. */
import { scaleLinear } from 'd3-scale';
import type { ComparedMetric, ComparedPair } from './comparison.ts';
import { figure, svg, WIDTH } from './chart-frame.ts';
import { capital, coordinate, escapeText, legend } from './markup.ts';
import { formatPercentChange } from './number-format.ts';

const TOP = 30;
const TITLE = 20;
const ROW = 18;
const LEFT = 12;
const RIGHT = WIDTH - 74;
/** The numbers stand in a column of their own, where no line can run through them. */
const NUMBERS = WIDTH - 6;

interface Drawn {
  readonly title: string;
  readonly better: 'lower' | 'higher';
  readonly pair: ComparedPair;
}

/** Each policy against the first; empty text where no pair has an interval. */
export function differenceChart(compared: readonly ComparedMetric[], policies: readonly string[]): string {
  const judged = compared.filter(({ metric: { better } }) => better === 'lower' || better === 'higher');
  const drawn = judged.flatMap(({ metric, pairs }): Drawn[] =>
    pairs
      .filter(({ baselineIndex, comparison }) => baselineIndex === 0 && Number.isFinite(comparison.relativeCi95[0]))
      .filter(({ comparison }) => comparison.verdict !== 'equal')
      .map((pair) => ({ title: metric.title, better: metric.better as Drawn['better'], pair })),
  );
  if (drawn.length === 0) return '';
  const most = drawn.reduce((top, { pair }) => {
    const [low, high] = pair.comparison.relativeCi95;
    return Math.max(top, Math.abs(low), Math.abs(high), Math.abs(pair.comparison.relative));
  }, 0.01);
  // One metric that is many times larger must not flatten the others: it is cut at the edge, and its number says so.
  const edge = Math.min(most, 1);
  const cut = most > edge;
  const x = scaleLinear().domain([-edge, edge]).range([LEFT, RIGHT]).nice(4);
  const titles = [...new Set(drawn.map(({ title }) => title))];
  let y = TOP;
  const rows = titles.map((title) => {
    const ofTitle = drawn.filter((one) => one.title === title);
    const better = (ofTitle[0] as Drawn).better;
    const arrow = better === 'lower' ? '← better' : 'better →';
    const lines = ofTitle.map((one, index) => whisker(one, x, y + TITLE + index * ROW + 7));
    const head = `<text class="title over" x="${LEFT - 8}" y="${y + 15}">${escapeText(capital(title))} <tspan class="tick">${arrow}</tspan></text>`;
    y += TITLE + ofTitle.length * ROW + 8;
    return head + lines.join('');
  });
  const grid = x.ticks(4).map((tick) => {
    const at = coordinate(x(tick));
    return `<path class="${tick === 0 ? 'axis' : 'grid'}" d="M${at} ${TOP}V${y}"/><text class="tick" x="${at}" y="${TOP - 10}" text-anchor="${anchorOf(x(tick))}">${formatPercentChange(tick)}</text>`;
  });
  const words = drawn.map(({ title, pair }) => `${title}, ${pair.policy}: ${pair.comparison.sentence}`);
  return figure({
    title: `Difference from ${policies[0]}`,
    chart:
      policyLegend(policies) +
      svg(
        `Differences from ${policies[0]} with 95 % intervals. ${words.join('. ')}.`,
        grid.join('') + rows.join(''),
        y + 6,
      ),
    caption: `Mean difference from ${policies[0]} over paired runs, with its 95 % interval. A filled dot is a difference that was shown (corrected p ≤ 0.05), a hollow one was not.${cut ? ' What goes beyond the edge is cut.' : ''}`,
    numbers: '',
    class: 'high',
  });
}

/** Needed where there is more than one policy to tell apart. */
function policyLegend(policies: readonly string[]): string {
  return policies.length > 2 ? legend(policies, 1) : '';
}

/** Keeps a label inside the picture. */
function anchorOf(at: number): string {
  if (at < LEFT + 20) return 'start';
  return at > RIGHT - 20 ? 'end' : 'middle';
}

function whisker({ pair }: Drawn, x: (value: number) => number, y: number): string {
  const { relative, relativeCi95, verdict } = pair.comparison;
  const at = (value: number): number => Math.min(RIGHT, Math.max(LEFT, x(value)));
  const [low, high] = relativeCi95;
  const shown = verdict === 'better' || verdict === 'worse';
  const middle = at(relative);
  return (
    `<g class="p${pair.policyIndex}"><path class="whisker" d="M${coordinate(at(low))} ${y}H${coordinate(at(high))}"/>` +
    `<circle class="${shown ? 'dot' : 'ring'}" cx="${coordinate(middle)}" cy="${y}" r="4.5"/>` +
    `<text class="tick" x="${NUMBERS}" y="${y + 5}" text-anchor="end">${formatPercentChange(relative)}</text></g>`
  );
}
