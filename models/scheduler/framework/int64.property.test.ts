/** 64-bit arithmetic against BigInt, the whole range, above all around 2^53 and at the ends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addInt64, divideInt64, type Int64, int64, multiplyInt64, subtractInt64 } from './int64.ts';

const edges = [0n, 1n, -1n, 100n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n];
const any = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(...edges),
  fc.maxSafeInteger().map(BigInt),
);

const operations: readonly (readonly [string, (a: Int64, b: Int64) => Int64, (a: bigint, b: bigint) => bigint])[] = [
  ['addition', addInt64, (a, b) => a + b],
  ['subtraction', subtractInt64, (a, b) => a - b],
  ['multiplication', multiplyInt64, (a, b) => a * b],
  ['division', divideInt64, (a, b) => a / b],
];

test.each(operations)('%s wraps at 64 bits', (name, operation, exact) => {
  fc.assert(
    fc.property(any, any, (a, b) => {
      fc.pre(name !== 'division' || b !== 0n);
      const result = operation(int64(a), int64(b));
      expect(BigInt(result)).toBe(BigInt.asIntN(64, exact(a, b)));
      expect(typeof result === 'number').toBe(Number.isSafeInteger(Number(result)));
      expect(Object.is(result, -0)).toBe(false);
    }),
  );
});

test('dividing by zero is an error, as in Go', () => {
  expect(() => divideInt64(1, 0)).toThrow(RangeError);
});

test('numbers of both kinds compare exactly', () => {
  fc.assert(
    fc.property(any, any, (a, b) => {
      expect(int64(a) < int64(b)).toBe(a < b);
      expect(int64(a) === int64(b)).toBe(a === b);
    }),
  );
});
