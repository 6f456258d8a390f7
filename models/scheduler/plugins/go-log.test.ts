/** The logarithm has Go's bits where Math.log has others, and elsewhere stays within one unit in the last place. */
import { expect, test } from 'vitest';
import { goLog } from './go-log.ts';

const view = new DataView(new ArrayBuffer(8));

function bits(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16);
}

/** Source: Go's math package tests (all_test.go), which round to 14 places here. */
const GO_VECTORS: readonly (readonly [number, number])[] = [
  [4.97901192488367, 1.605231462693062],
  [7.7388724745781, 2.046256001870877],
  [0.276880057192, -1.284170873096265],
  [5.01060361827107, 1.611556390528154],
  [9.63629370719841, 2.265536564487201],
  [2.92637723924396, 1.073765220891837],
  [5.2290834314593, 1.654236010607354],
  [2.72793991043601, 1.003546712772346],
];

test.each(GO_VECTORS)('ln(%d) is that of Go, to 13 places', (x, expected) => {
  expect(Math.abs(goLog(x) - expected)).toBeLessThan(2e-14);
});

/** The first whole numbers for which Go on amd64 and Math.log differ begin with 14. */
test('ln(14) is one unit in the last place away from Math.log', () => {
  expect(bits(goLog(14))).not.toBe(bits(Math.log(14)));
  expect(Math.abs(goLog(14) - Math.log(14))).toBeLessThan(5e-16);
});

test('727 whole numbers up to a million have another logarithm than Math.log gives', () => {
  let differing = 0;
  for (let x = 2; x <= 1_000_000; x++) if (goLog(x) !== Math.log(x)) differing++;
  expect(differing).toBe(727);
});

test('special values are those of Go', () => {
  expect(goLog(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(goLog(-1)).toBeNaN();
  expect(goLog(Number.NaN)).toBeNaN();
  expect(goLog(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(goLog(1)).toBe(0);
  expect(goLog(5e-324)).toBeCloseTo(-744.4400719213812, 10);
});
