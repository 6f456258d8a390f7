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
import { bootstrapInterval, bootstrapQuantileInterval } from './bootstrap.ts';
import { holmCorrection } from './holm.ts';
import { comparePaired } from './paired-comparison.ts';
import { runsNeeded } from './sample-size.ts';
import { incompleteBeta, logGamma, upperGammaHalf } from './special-functions.ts';
import { confidenceInterval } from './summary.ts';
import { studentTCdf, studentTQuantile, twoSidedPValue } from './student-t.ts';
import { mser5 } from './warm-up.ts';

const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
const settings = { numRuns: 300, seed: 42 };

/** A reproducible source of uniform numbers (results may not import the engine's streams). */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

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

test('the t interval of a mean agrees with jstat, at several confidences', () => {
  fc.assert(
    fc.property(samples, fc.constantFrom(0.8, 0.9, 0.95, 0.99), (values, confidence) => {
      const own = confidenceInterval(values, confidence);
      const other = jStat.tci(oracleMean(values), 1 - confidence, values);
      const width = own[1] - own[0];
      expectClose(own[0], other[0], 1e-12, 1e-6 * width + 1e-8);
      expectClose(own[1], other[1], 1e-12, 1e-6 * width + 1e-8);
    }),
    settings,
  );
});

describe("Holm's correction", () => {
  test('has the values of p.adjust(method = "holm") of R', () => {
    // p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"): 0.05 0.08 0.09 0.09 0.09
    const corrected = holmCorrection([0.01, 0.02, 0.03, 0.04, 0.05]);
    [0.05, 0.08, 0.09, 0.09, 0.09].forEach((expected, i) => expectClose(corrected[i] as number, expected, 1e-12));
  });

  test('is the closed test of Bonferroni over every set of hypotheses', () => {
    // Marcus, Peritz and Gabriel 1976: a hypothesis falls when every set that holds it does; a set falls at size times its least p.
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }), (ps) => {
        const corrected = holmCorrection(ps);
        ps.forEach((_, i) => {
          let highest = 0;
          for (let set = 1; set < 2 ** ps.length; set++) {
            if (((set >> i) & 1) === 0) continue;
            const members = ps.filter((_p, j) => ((set >> j) & 1) === 1);
            highest = Math.max(highest, Math.min(1, members.length * Math.min(...members)));
          }
          expectClose(corrected[i] as number, highest, 1e-12);
        });
      }),
      settings,
    );
  });
});

describe('the bootstrap', () => {
  /** P(the median of a resample of n different values is not above the k-th) is known: jstat's binomial distribution has it. */
  function exactQuantile(ascending: readonly number[], probability: number): number {
    const n = ascending.length;
    const middle = (n + 1) / 2;
    const at = ascending.findIndex((_, i) => 1 - jStat.binomial.cdf(middle - 1, n, (i + 1) / n) >= probability);
    return ascending[at] as number;
  }

  test('of a median ends where its exact distribution does', () => {
    const uniform = uniforms(11);
    for (const n of [5, 9, 15, 31]) {
      const values = Array.from({ length: n }, (_, i) => i * i + uniform());
      for (const confidence of [0.8, 0.95]) {
        const [low, high] = bootstrapQuantileInterval(values, 0.5, uniform, { confidence, resamples: 20_000 });
        // 20,000 resamples know a probability to three standard errors of a thousandth each.
        for (const [end, probability] of [
          [low, (1 - confidence) / 2],
          [high, (1 + confidence) / 2],
        ] as const) {
          expect(end).toBeGreaterThanOrEqual(exactQuantile(values, probability - 0.004));
          expect(end).toBeLessThanOrEqual(exactQuantile(values, probability + 0.004));
        }
      }
    }
  });

  test('of a mean spreads as the standard error without Bessel’s correction says, on the speed of light that Michelson measured in 1879', () => {
    // The first run of R's data set morley: mean 909, sd 104.926.
    const speeds = [
      850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960,
    ];
    expectClose(mean(speeds), 909, 1e-12);
    expectClose(standardDeviation(speeds), 104.926, 1e-5);
    const error = (standardDeviation(speeds) * Math.sqrt(19 / 20)) / Math.sqrt(20);
    const [low, high] = bootstrapInterval(speeds, (ascending) => mean([...ascending]), uniforms(3), {
      resamples: 20_000,
    });
    expectClose((high - low) / 2, 1.96 * error, 0.03);
    expect(low).toBeLessThan(909);
    expect(high).toBeGreaterThan(909);
  });
});

test('the cut of MSER-5 is that of the definition, worked out for every tail', () => {
  const observation = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(observation, { minLength: 30, maxLength: 120 }), (observations) => {
      const batches = Array.from({ length: Math.floor(observations.length / 5) }, (_, i) =>
        oracleMean(observations.slice(5 * i, 5 * i + 5)),
      );
      const statistic = (cut: number): number => {
        const tail = batches.slice(cut);
        // The squared standard error of the mean of the tail, as White, Cobb and Spratt write it.
        return tail.length < 2 ? 0 : (sampleStandardDeviation(tail) ** 2 * (tail.length - 1)) / tail.length ** 2;
      };
      const allowed = Array.from({ length: batches.length - 4 }, (_, cut) => statistic(cut));
      const { cut } = mser5(observations);
      expectClose(statistic(cut / 5), Math.min(...allowed), 1e-9, 1e-9);
    }),
    settings,
  );
});

describe('runs needed', () => {
  test('are those of the exact power by the noncentral t distribution of jstat, or one more', () => {
    for (const effect of [0.3, 0.5, 0.8, 1, 1.5]) {
      for (const power of [0.8, 0.9]) {
        const exact = (n: number): number =>
          1 - jStat.noncentralt.cdf(jStat.studentt.inv(0.975, n - 1), n - 1, effect * Math.sqrt(n));
        let least = 2;
        while (exact(least) < power) least++;
        const runs = runsNeeded(effect, 1, 0.05, power);
        expect([effect, power, runs - least <= 1 && runs >= least]).toEqual([effect, power, true]);
      }
    }
  });

  test('have the power asked for by the normal distribution where they are many, as jstat has it', () => {
    for (const effect of [0.05, 0.1, 0.15]) {
      const n = runsNeeded(effect, 1);
      // 1 - Φ(z - effect √n), with the critical value of the normal distribution
      const power = 1 - jStat.normal.cdf(1.959963985 - effect * Math.sqrt(n), 0, 1);
      expect(Math.abs(power - 0.8)).toBeLessThan(0.005);
    }
  });
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
