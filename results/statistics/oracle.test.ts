/** The statistics against two independent libraries (jstat, simple-statistics), closed forms and R's published values. */
import fc from 'fast-check';
import { jStat } from 'jstat';
import {
  median as oracleMedian,
  quantile as oracleQuantile,
  sampleStandardDeviation,
  mean as oracleMean,
} from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { mean, median, quantile, standardDeviation } from './descriptive.ts';
import { comparePaired } from './paired-comparison.ts';
import { incompleteBeta, logGamma, upperGammaHalf } from './special-functions.ts';
import { studentTCdf, studentTQuantile, twoSidedPValue } from './student-t.ts';

const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
const settings = { numRuns: 300, seed: 42 };

/** Whether two numbers agree to a share of their size. */
function expectClose(actual: number, expected: number, relative: number, absolute = 1e-300): void {
  const off = Math.abs(actual - expected);
  if (!(off <= relative * Math.abs(expected) + absolute)) expect.fail(`${actual} is not near ${expected}`);
}

describe('descriptive statistics agree with simple-statistics', () => {
  test('mean and standard deviation', () => {
    fc.assert(
      fc.property(samples, (values) => {
        expectClose(mean(values), oracleMean(values), 1e-12, 1e-8);
        expectClose(standardDeviation(values), sampleStandardDeviation(values), 1e-9, 1e-8);
      }),
      settings,
    );
  });

  test('median and quantiles (type 7)', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (values, probability) => {
        expectClose(median(values), oracleMedian(values), 1e-12, 1e-9);
        expectClose(quantile(values, probability), oracleQuantile(values, probability), 1e-9, 1e-6);
      }),
      settings,
    );
  });
});

/** P(|T| <= t) by the finite trigonometric series (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function seriesCentral(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const square = Math.cos(angle) * Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= (k / (k + 1)) * square;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

describe("Student's t", () => {
  test('the quantile agrees with the closed forms for 1, 2 and 4 degrees of freedom', () => {
    for (const p of [0.55, 0.75, 0.9, 0.95, 0.975, 0.995, 0.9999]) {
      expectClose(studentTQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-11);
      expectClose(studentTQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-12);
      const root = Math.sqrt(4 * p * (1 - p));
      const four = 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1);
      expectClose(studentTQuantile(p, 4), four, 1e-9);
    }
  });

  test('the quantile has the tabulated values, to the digits in which the tables of R and SciPy agree', () => {
    for (const [p, degrees, expected] of [
      [0.975, 3, 3.182446305],
      [0.975, 9, 2.262157163],
      [0.975, 29, 2.045229642],
      [0.975, 120, 1.979930405],
      [0.995, 10, 3.169272673],
      [0.95, 7, 1.894578605],
    ] as const) {
      expectClose(studentTQuantile(p, degrees), expected, 1e-8);
    }
  });

  test('the quantile is the inverse of the finite series for whole degrees of freedom', () => {
    for (let degrees = 2; degrees <= 200; degrees += 3) {
      for (const p of [0.6, 0.9, 0.975, 0.999]) {
        expectClose(seriesCentral(studentTQuantile(p, degrees), degrees), 2 * p - 1, 1e-12);
      }
    }
  });

  test('the probability agrees with jstat, and is the inverse of the quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), fc.integer({ min: 1, max: 300 }), (t, degrees) => {
        expectClose(studentTCdf(t, degrees), jStat.studentt.cdf(t, degrees), 1e-7, 1e-9);
        const p = studentTCdf(t, degrees);
        if (p > 1e-6 && p < 1 - 1e-6 && p !== 0.5)
          expectClose(studentTCdf(studentTQuantile(p, degrees), degrees), p, 1e-9);
      }),
      settings,
    );
  });

  test('a p-value far out keeps its digits', () => {
    // 1 degree of freedom: 2 atan(1 / t) / π
    expectClose(twoSidedPValue(1e8, 1), (2 * Math.atan(1e-8)) / Math.PI, 1e-11);
    expect(twoSidedPValue(Number.POSITIVE_INFINITY, 5)).toBe(0);
  });
});

describe('special functions', () => {
  test('agree with jstat', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 80, noNaN: true }),
        fc.double({ min: 0.5, max: 80, noNaN: true }),
        (x, a, b) => {
          expectClose(incompleteBeta(x, a, b), jStat.beta.cdf(x, a, b), 1e-7, 1e-9);
          expectClose(logGamma(a), jStat.gammaln(a), 1e-9, 1e-9);
          expectClose(upperGammaHalf((x * x * 16) / 2) / 2, jStat.normal.cdf(-4 * x, 0, 1), 1e-7, 1e-9);
        },
      ),
      settings,
    );
  });

  test('have the values that are known exactly', () => {
    expectClose(logGamma(11), Math.log(3_628_800), 1e-14);
    expectClose(incompleteBeta(0.3, 2, 3), 6 * 0.09 - 8 * 0.027 + 3 * 0.0081, 1e-13);
    expectClose(upperGammaHalf(0.5), 0.31731050786291415, 1e-13);
    expectClose(upperGammaHalf(8), 6.334248366623984e-5, 1e-12);
  });
});

test('the paired t test agrees with jstat', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
        minLength: 3,
        maxLength: 30,
      }),
      (pairs) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        const differences = a.map((x, i) => x - (b[i] as number));
        if (new Set(differences).size < 2) return;
        expectClose(comparePaired(a, b, { better: 'lower' }).p, jStat.ttest(0, differences, 2), 1e-6, 1e-9);
      },
    ),
    settings,
  );
});

describe('NIST statistical reference data', () => {
  // Certified values: https://www.itl.nist.gov/div898/strd/univ/homepage.html
  const repeated = (first: number, low: number, high: number, pairs: number): number[] => [
    first,
    ...Array.from({ length: 2 * pairs }, (_, i) => (i % 2 === 0 ? low : high)),
  ];

  test.each<[string, number[], number, number]>([
    ['NumAcc1', [10000001, 10000003, 10000002], 10000002, 1],
    ['NumAcc2', repeated(1.2, 1.1, 1.3, 500), 1.2, 0.1],
    ['NumAcc3', repeated(1000000.2, 1000000.1, 1000000.3, 500), 1000000.2, 0.1],
    ['NumAcc4', repeated(10000000.2, 10000000.1, 10000000.3, 500), 10000000.2, 0.1],
  ])('%s', (_, values, expectedMean, expectedSd) => {
    expectClose(mean(values), expectedMean, 1e-14);
    // The data of NumAcc4 are themselves rounded to about 1e-9 of their deviation.
    expectClose(standardDeviation(values), expectedSd, 5e-8);
  });
});
