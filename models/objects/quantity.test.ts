/** Quantities: the facts that a reader relies on; the full behaviour is held by the recorded vectors. */
import { expect, test } from 'vitest';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  HugeExponentError,
  parseQuantity,
  QuantityError,
  subtractQuantities,
} from './quantity.ts';
import { milliValue, value } from './quantity-values.ts';

const canonical = (text: string): string => formatQuantity(parseQuantity(text));
const sum = (a: string, b: string): string => formatQuantity(addQuantities(parseQuantity(a), parseQuantity(b)));

test.each([
  ['1500m', '1500m'],
  ['1.5', '1500m'],
  ['1.5Gi', '1536Mi'],
  ['1024', '1024'],
  ['0.5Ki', '512'],
  ['2000m', '2'],
  ['1000k', '1M'],
  ['1e3', '1e3'],
  ['8Ei', '9223372036854775807'],
])('%s is printed as %s', (text, printed) => {
  expect(canonical(text)).toBe(printed);
});

test('a sum has the format of its left side, unless that is zero', () => {
  expect(sum('1Gi', '1G')).toBe('2073741824');
  expect(sum('1G', '24M')).toBe('1024M');
  expect(sum('0', '1Gi')).toBe('1Gi');
});

test('a difference may be negative', () => {
  expect(formatQuantity(subtractQuantities(parseQuantity('100m'), parseQuantity('1')))).toBe('-900m');
});

test('spellings of the same number are equal', () => {
  expect(compareQuantities(parseQuantity('1Ki'), parseQuantity('1.024k'))).toBe(0);
  expect(compareQuantities(parseQuantity('1Ki'), parseQuantity('1k'))).toBe(1);
});

test('values are rounded up', () => {
  expect(milliValue('1.0001')).toBe(1001);
  expect(value('100m')).toBe(1);
  expect(value('1Gi')).toBe(1073741824);
  expect(value(3)).toBe(3);
  expect(milliValue(0.25)).toBe(250);
});

test.each(['', 'abc', '1 Gi', '1.2.3', '5GB', '1Zi'])('"%s" is refused', (text) => {
  expect(() => parseQuantity(text)).toThrow(QuantityError);
});

test('an exponent that cannot be computed with is refused by name', () => {
  expect(() => parseQuantity('1e2000000')).toThrow(HugeExponentError);
});
