/**
 * What all charts share: the size, the axes with their grid, and the figure around them with a heading, a description for those
 * who do not see it, and its numbers as a table. Charts are drawn 460 wide and scaled by the page, so that their
 * letters stay legible on a phone and three stand side by side on a desk.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { coordinate, escapeText } from './markup.ts';
import { formatBare } from './number-format.ts';
import type { Unit } from './report-data.ts';

export const WIDTH = 460;
export const HEIGHT = 280;
export const MARGIN = { top: 26, right: 14, bottom: 44, left: 62 } as const;

/** A position for a value, and the values to mark. */
export interface Axis {
  readonly title: string;
  readonly unit: Unit;
  readonly ticks: readonly number[];
  position(value: number): number;
}

export interface AxisOptions {
  readonly title: string;
  readonly unit: Unit;
  readonly domain: readonly [low: number, high: number];
  readonly range: readonly [from: number, to: number];
  readonly ticks?: number;
}

export const X_RANGE = [MARGIN.left, WIDTH - MARGIN.right] as const;
export const Y_RANGE = [HEIGHT - MARGIN.bottom, MARGIN.top] as const;

/** Steps that suit people for each unit: times are ticked in the unit they are written in. */
function tickSize(unit: Unit, high: number): number {
  if (unit !== 'µs') return unit === 'fraction' ? 0.01 : 1;
  if (high >= 36e9) return 3600e6;
  if (high >= 600e6) return 60e6;
  if (high >= 1e6) return 1e6;
  return high >= 1e3 ? 1e3 : 1;
}

export function linearAxis({ title, unit, domain, range, ticks = 5 }: AxisOptions): Axis {
  const [low, high] = domain[1] > domain[0] ? domain : [domain[0], domain[0] + 1];
  const size = tickSize(unit, high);
  const scale = scaleLinear()
    .domain([low / size, high / size])
    .range([...range])
    .nice(ticks);
  return {
    title,
    unit,
    ticks: scale.ticks(ticks).map((tick) => tick * size),
    position: (value) => scale(value / size),
  };
}

/** For positive quantities over several orders of magnitude; what is below `domain` is drawn at its edge. */
export function logAxis({ title, unit, domain, range, ticks = 5 }: AxisOptions): Axis {
  const scale = scaleLog()
    .domain([...domain])
    .range([...range]);
  const powers = scale.ticks(ticks).filter((tick) => /^1(?:e|0*$)|^0\.0*1$/.test(String(tick)));
  const marks = powers.length >= 2 ? powers : scale.ticks(3);
  return { title, unit, ticks: marks, position: (value) => scale(Math.max(value, domain[0])) };
}

/** Grid, axes and titles. The title of y stands above it, to be read without turning the head. */
export function axes(x: Axis, y: Axis): string {
  const [left, right] = X_RANGE;
  const [bottom, top] = Y_RANGE;
  const yTicks = y.ticks.map((tick) => {
    const at = coordinate(y.position(tick));
    return `<path class="grid" d="M${left} ${at}H${right}"/><text class="tick" x="${left - 6}" y="${at}" dy=".32em" text-anchor="end">${formatBare(tick, y.unit)}</text>`;
  });
  const xTicks = spaced(x).map((tick) => {
    const at = coordinate(x.position(tick));
    return `<path class="grid" d="M${at} ${top}V${bottom}"/><text class="tick" x="${at}" y="${bottom + 16}" text-anchor="middle">${formatBare(tick, x.unit)}</text>`;
  });
  return (
    `<g aria-hidden="true">${yTicks.join('')}${xTicks.join('')}<path class="axis" d="M${left} ${bottom}H${right}"/>` +
    `<text class="title" x="4" y="14">${escapeText(axisTitle(y))}</text>` +
    `<text class="title" x="${right}" y="${bottom + 36}" text-anchor="end">${escapeText(axisTitle(x))}</text></g>`
  );
}

function axisTitle({ title, unit }: Axis): string {
  return unit === '' || unit === 'µs' || unit === 'fraction' || title === unit ? title : `${title} (${unit})`;
}

/** Leaves out marks whose labels would touch. */
function spaced(x: Axis): number[] {
  const kept: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const tick of x.ticks) {
    const at = x.position(tick);
    const half = formatBare(tick, x.unit).length * 3.6;
    if (at - half < last + 6 || at + half > WIDTH) continue;
    kept.push(tick);
    last = at + half;
  }
  return kept;
}

/** An SVG that says in words what it shows. */
export function svg(description: string, content: string, height: number = HEIGHT): string {
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeText(description)}">${content}</svg>`;
}

export interface Figure {
  readonly title: string;
  /** Markup of the chart. */
  readonly chart: string;
  /** Plain text below it: what is drawn, and how to read it. */
  readonly caption: string;
  /** Markup of a table with the chart's numbers; empty when the page has them elsewhere. */
  readonly numbers: string;
}

export function figure({ title, chart, caption, numbers }: Figure): string {
  const details = numbers === '' ? '' : `<details><summary>Numbers: ${escapeText(title)}</summary>${numbers}</details>`;
  return `<figure><h4>${escapeText(title)}</h4>${chart}<figcaption>${escapeText(caption)}</figcaption>${details}</figure>\n`;
}
