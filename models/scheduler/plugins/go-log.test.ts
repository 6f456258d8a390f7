/** The logarithm has Go's bits where Math.log has others, and elsewhere stays within one unit in the last place. */
import { expect, test } from 'vitest';
import { goLog } from './go-log.ts';

const view = new DataView(new ArrayBuffer(8));

function bits(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16);
}

/** Source: Go's math package tests (all_test.go), which accept a difference of one unit in the last place. */
const GO_VECTORS: readonly (readonly [number, number])[] = [
  [4.9790119248836735, 1.605231462693062999102599],
  [7.7388724745781045, 2.0462560018708770653153909],
  [0.27688005719200159, -1.2841708730962657801275038],
  [5.0106036182710749, 1.6115563905281545116286206],
  [9.6362937071984173, 2.2655365644872016192686461],
  [2.9263772392439646, 1.0737652208918379856272735],
  [5.2290834314593066, 1.6542360106073546632707956],
  [2.7279399104360102, 1.0035467127723465801264487],
];

test.each(GO_VECTORS)("ln(%d) is what Go's own test accepts", (x, expected) => {
  expect(Math.abs(goLog(x) - expected)).toBeLessThanOrEqual(4.5e-16);
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
