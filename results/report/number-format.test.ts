/** Numbers as the report writes them; narrow spaces and the minus sign are made plain here. */
import { expect, test } from 'vitest';
import { formatP, formatPercentChange, formatTick, formatValue } from './number-format.ts';

const plain = (text: string): string => text.replace(/\u202f/g, ' ').replace(/\u2212/g, '-');

test.each([
  [0, '0'],
  [7, '7 µs'],
  [1234, '1.23 ms'],
  [999_999, '1000 ms'],
  [1_500_000, '1.5 s'],
  [599e6, '599 s'],
  [1800e6, '30 min'],
  [48 * 3600e6, '48 h'],
  [-2500, '-2.5 ms'],
])('%d µs is written %s', (micros, text) => {
  expect(plain(formatValue(micros, 'µs'))).toBe(text);
});

test.each([
  [0.1234, 'fraction', '12.3 %'],
  [1, 'fraction', '100 %'],
  [50_000, 'Pods', '50 000 Pods'],
  [1234.5678, 'Pods/s', '1235 Pods/s'],
  [0.000012345, '', '0.00001234'],
  [null, 'Pods', '–'],
  [Number.NaN, 'µs', '–'],
])('%s of unit %s is written %s', (value, unit, text) => {
  expect(plain(formatValue(value, unit))).toBe(text);
});

test('marks of one axis are in one unit', () => {
  expect(plain(formatTick(300e6, 'µs', 1800e6))).toBe('5 min');
  expect(plain(formatTick(500e3, 'µs', 2e6))).toBe('0.5 s');
});

test('a small p-value is never written as 0', () => {
  expect(plain(formatP(0))).toBe('< 0.001');
  expect(formatP(0.0456)).toBe('0.046');
});

test('changes have a sign, and none when they round to nothing', () => {
  expect(plain(formatPercentChange(0.083))).toBe('+8.3 %');
  expect(plain(formatPercentChange(-0.5))).toBe('-50 %');
  expect(plain(formatPercentChange(0.00001))).toBe('0 %');
});
