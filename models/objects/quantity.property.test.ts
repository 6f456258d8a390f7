/** Laws of quantities that hold for all of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliQuantity,
  parseQuantity,
  roundUpQuantity,
  scaledValue,
  subtractQuantities,
  wholeQuantity,
} from './quantity.ts';

const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'e-2');
const text = fc
  .tuple(fc.boolean(), fc.nat(999_999), fc.option(fc.nat(999), { nil: undefined }), suffix)
  .map(([isNegative, whole, fraction, unit]) => {
    const digits = fraction === undefined ? `${whole}` : `${whole}.${fraction}`;
    return `${isNegative ? '-' : ''}${digits}${unit}`;
  });

test('the canonical text means the same number, and is canonical', () => {
  fc.assert(
    fc.property(text, (given) => {
      const quantity = parseQuantity(given);
      const canonical = formatQuantity({ ...quantity, spelling: undefined });
      expect(compareQuantities(parseQuantity(canonical), quantity)).toBe(0);
      expect(formatQuantity({ ...parseQuantity(canonical), spelling: undefined })).toBe(canonical);
    }),
  );
});

test('sums do not depend on the order, and differences take back what sums add', () => {
  fc.assert(
    fc.property(text, text, (x, y) => {
      const [a, b] = [parseQuantity(x), parseQuantity(y)];
      expect(compareQuantities(addQuantities(a, b), addQuantities(b, a))).toBe(0);
      expect(compareQuantities(subtractQuantities(addQuantities(a, b), b), a)).toBe(0);
    }),
  );
});

test('comparing is a total order that agrees with the signs of differences', () => {
  fc.assert(
    fc.property(text, text, (x, y) => {
      const [a, b] = [parseQuantity(x), parseQuantity(y)];
      const difference = subtractQuantities(a, b).unscaled;
      expect(compareQuantities(a, b)).toBe(difference === 0n ? 0 : difference > 0n ? 1 : -1);
      expect(compareQuantities(b, a)).toBe(0 - compareQuantities(a, b) || 0);
    }),
  );
});

test('rounding up moves away from zero by less than one unit', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(-6, -3, 0, 3), (given, scale) => {
      const quantity = parseQuantity(given);
      const { quantity: rounded, exact } = roundUpQuantity(quantity, scale);
      const order = compareQuantities(rounded, quantity);
      if (exact) expect(order).toBe(0);
      else expect(order).toBe(quantity.unscaled > 0n ? 1 : -1);
    }),
  );
});

test('whole numbers and thousandths keep their value', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(scaledValue(wholeQuantity(value, 'BinarySI'), 0)).toBe(BigInt(value));
      expect(scaledValue(milliQuantity(value, 'DecimalSI'), -3)).toBe(BigInt(value));
    }),
  );
});
