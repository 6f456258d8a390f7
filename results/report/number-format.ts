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

function formatMicros(micros: number): string {
  const size = Math.abs(micros);
  if (size === 0) return '0';
  const [divisor, name] =
    size >= 3600e6 * 10
      ? [3600e6, 'h']
      : size >= 60e6 * 10
        ? [60e6, 'min']
        : size >= 1e6
          ? [1e6, 's']
          : size >= 1e3
            ? [1e3, 'ms']
            : [1, 'µs'];
  return `${significant(micros / (divisor as number), 3)}${NARROW_SPACE}${name}`;
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

/** A share of a difference, with its sign. */
export function formatPercentChange(fraction: number): string {
  if (!Number.isFinite(fraction)) return '–';
  const text = significant(fraction * 100, 3);
  return `${fraction > 0 && text !== '0' ? '+' : ''}${text}${NARROW_SPACE}%`;
}
