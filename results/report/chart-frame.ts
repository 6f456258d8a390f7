/**
 * What all charts share: the size, the axes with their grid, and the figure around them with a heading, a description for those
 * who do not see it, and its numbers as a table. Charts are drawn 460 wide and scaled by the page, so that their
 * letters stay legible on a phone and three stand side by side on a desk.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { coordinate, escapeText } from './markup.ts';
import { formatBare, formatTick, timeUnitOf } from './number-format.ts';
import type { Unit } from './report-data.ts';

export const WIDTH = 460;
export const HEIGHT = 284;
export const MARGIN = { top: 26, right: 14, bottom: 48, left: 62 } as const;

/** A position for a value, and the values to mark. */
export interface Axis {
  readonly title: string;
  readonly unit: Unit;
  readonly ticks: readonly number[];
  readonly isLog?: boolean;
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
  if (unit === 'µs') return timeUnitOf(high)[0];
  return unit === 'fraction' ? 0.01 : 1;
}

/** Whether only whole numbers make sense. */
function isCount(unit: Unit): boolean {
  return unit === 'Pods' || unit === 'Nodes';
}

export function linearAxis({ title, unit, domain, range, ticks = 5 }: AxisOptions): Axis {
  const least = isCount(unit) ? 4 : 0;
  const [low, top] = [domain[0], Math.max(domain[1], domain[0] + least) || 1];
  // A share of nearly 1 that rounding has put above it must not make the axis go to 120 %.
  const high = unit === 'fraction' && top > 0.9 && top < 1.001 ? 1 : top;
  const size = tickSize(unit, high);
  const scale = scaleLinear()
    .domain([low / size, (high > low ? high : low + 1) / size])
    .range([...range])
    .nice(ticks);
  const marks = scale.ticks(ticks).filter((tick) => !isCount(unit) || Number.isInteger(tick));
  return { title, unit, ticks: marks.map((tick) => tick * size), position: (value) => scale(value / size) };
}

/** For positive quantities over several orders of magnitude; what is below `domain` is drawn at its edge. */
export function logAxis({ title, unit, domain, range, ticks = 5 }: AxisOptions): Axis {
  const scale = scaleLog()
    .domain([...domain])
    .range([...range]);
  // Over few decades 2 and 5 are marked too, for one mark alone says nothing of a logarithmic axis.
  const leading = domain[1] / domain[0] > 1000 ? [1] : [1, 2, 5];
  const marks = scale.ticks(ticks).filter((tick) => leading.includes(Number(tick.toExponential().charAt(0))));
  return { title, unit, ticks: marks, isLog: true, position: (value) => scale(Math.max(value, domain[0])) };
}

/** Grid, axes and titles. The title of y stands above it, to be read without turning the head. */
export function axes(x: Axis, y: Axis): string {
  const [left, right] = X_RANGE;
  const [bottom, top] = Y_RANGE;
  const yTicks = y.ticks.map((tick) => {
    const at = coordinate(y.position(tick));
    return `<path class="grid" d="M${left} ${at}H${right}"/><text class="tick" x="${left - 6}" y="${at}" dy=".32em" text-anchor="end">${tickText(y, tick)}</text>`;
  });
  const xTicks = spaced(x).map((tick) => {
    const at = coordinate(x.position(tick));
    return `<path class="grid" d="M${at} ${top}V${bottom}"/><text class="tick" x="${at}" y="${bottom + 20}" text-anchor="middle">${tickText(x, tick)}</text>`;
  });
  return (
    `<g aria-hidden="true">${yTicks.join('')}${xTicks.join('')}<path class="axis" d="M${left} ${bottom}H${right}"/>` +
    `<text class="title" x="4" y="14">${escapeText(axisTitle(y))}</text>` +
    `<text class="title" x="${right}" y="${bottom + 40}" text-anchor="end">${escapeText(axisTitle(x))}</text></g>`
  );
}

/** On a linear axis all marks have the unit of the highest; over decades each has its own. */
function tickText({ unit, ticks, isLog }: Axis, tick: number): string {
  return isLog === true ? formatBare(tick, unit) : formatTick(tick, unit, ticks[ticks.length - 1] ?? tick);
}

function axisTitle({ title, unit }: Axis): string {
  return unit === '' || unit === 'µs' || unit === 'fraction' || title.endsWith(unit) || title.startsWith(unit)
    ? title
    : `${title} (${unit})`;
}

/** Marks of a horizontal axis without those whose labels would touch each other or the edge. */
export function spaced(x: Axis): number[] {
  const kept: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const tick of x.ticks) {
    const at = x.position(tick);
    const half = tickText(x, tick).length * 4;
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
  /** Class of the figure, when it belongs to one policy. */
  readonly class?: string;
}

export function figure({ title, chart, caption, numbers, class: name }: Figure): string {
  const details = numbers === '' ? '' : `<details><summary>Numbers: ${escapeText(title)}</summary>${numbers}</details>`;
  const below = caption === '' ? '' : `<figcaption>${escapeText(caption)}</figcaption>`;
  return `<figure${name === undefined ? '' : ` class="${name}"`}><h4>${escapeText(title)}</h4>${chart}${below}${details}</figure>\n`;
}
