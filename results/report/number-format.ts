/**
 * Numbers as people read them, with their unit: three or four significant digits, thousands apart, durations in the unit that
 * suits their size. No locale is asked, so the same value is the same text everywhere.
 */
import type { Unit } from './report-data.ts';

/** Stands between groups of three digits and before units: it does not break over lines. */
const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';

/** A value with its unit; a dash for what is not there. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (unit === 'µs') return formatMicros(value);
  if (unit === 'fraction') return `${significant(value * 100, 3)}${NARROW_SPACE}%`;
  const text = significant(value, 4);
  return unit === '' ? text : `${text}${NARROW_SPACE}${unit}`;
}

/** Without the unit, where the heading of a column or axis names it. µs and fractions keep theirs: it depends on the size. */
export function formatBare(value: number | null | undefined, unit: Unit): string {
  return unit === 'µs' || unit === 'fraction' ? formatValue(value, unit) : formatValue(value, '');
}

/** A mark of an axis that reaches to `highest`: all marks of one axis are in one unit of time. */
export function formatTick(value: number, unit: Unit, highest: number): string {
  if (unit !== 'µs' || value === 0) return formatBare(value, unit);
  const [divisor, name] = timeUnitOf(highest);
  return `${significant(value / divisor, 3)}${NARROW_SPACE}${name}`;
}

function formatMicros(micros: number): string {
  if (micros === 0) return '0';
  const [divisor, name] = timeUnitOf(micros);
  return `${significant(micros / divisor, 3)}${NARROW_SPACE}${name}`;
}

/** Smallest duration that is written in a unit, the unit in µs, its name; longest first. */
const TIME_UNITS = [
  [10 * 3600e6, 3600e6, 'h'],
  [10 * 60e6, 60e6, 'min'],
  [1e6, 1e6, 's'],
  [1e3, 1e3, 'ms'],
] as const;

/** The unit in which a duration is written, in µs, and its name. */
export function timeUnitOf(micros: number): readonly [divisor: number, name: string] {
  const found = TIME_UNITS.find(([from]) => Math.abs(micros) >= from);
  return found === undefined ? [1, 'µs'] : [found[1], found[2]];
}

/** At least so many significant digits; whole numbers are not cut. */
function significant(value: number, digits: number): string {
  const whole = Math.abs(value) >= 10 ** (digits - 1) || Number.isInteger(value);
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(digits));
  if (rounded === 0) return '0';
  const size = Math.abs(rounded);
  const text = size < 1e-6 ? size.toExponential() : String(size);
  return `${rounded < 0 ? MINUS : ''}${grouped(text)}`;
}

function grouped(text: string): string {
  const [whole = '', ...rest] = text.split('.');
  if (whole.includes('e')) return text;
  const spaced = whole.length < 5 ? whole : whole.replace(/\B(?=(?:[0-9]{3})+$)/g, NARROW_SPACE);
  return [spaced, ...rest].join('.');
}

/** A probability as reports give it: never a bare 0. */
export function formatP(p: number): string {
  if (!Number.isFinite(p)) return '–';
  if (p < 0.001) return '<\u202f0.001';
  return p.toFixed(3);
}

/** A share of a difference, with its sign; hundredths of a percent are the finest that is worth reading. */
export function formatPercentChange(fraction: number): string {
  if (!Number.isFinite(fraction)) return '–';
  const text = significant(Math.round(fraction * 1e4) / 100, 3);
  return `${fraction > 0 && text !== '0' ? '+' : ''}${text}${NARROW_SPACE}%`;
}
