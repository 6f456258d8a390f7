/** Tests of what a study asks: signed ranks, corrections, bootstrap, sample sizes, warm-up and when to stop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootstrapInterval, bootstrapQuantileInterval } from './bootstrap.ts';
import { mean } from './descriptive.ts';
import { holmCorrection } from './holm.ts';
import { comparePaired } from './paired-comparison.ts';
import { runsNeeded } from './sample-size.ts';
import { sequentialStopping } from './sequential-stopping.ts';
import { confidenceInterval } from './summary.ts';
import { mser5 } from './warm-up.ts';
import { wilcoxonSignedRank } from './wilcoxon.ts';

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

function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('Wilcoxon signed ranks', () => {
  test('has the published value of the depression scale data (Hollander and Wolfe, p. 29): V = 40, p = 0.03906', () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const test_ = wilcoxonSignedRank(before.map((value, i) => value - (after[i] as number)));
    expect(test_).toMatchObject({ n: 9, rankSum: 40, exact: true });
    expect(test_.p).toBeCloseTo(0.0390625, 10);
  });

  test("with ties it has the value of R for Student's sleep data: V = 0, p = 0.009091", () => {
    const differences = [-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4];
    const test_ = wilcoxonSignedRank(differences);
    expect(test_).toMatchObject({ n: 9, rankSum: 0, exact: false });
    expect(test_.p).toBeCloseTo(0.009091, 6);
  });

  test('the exact distribution is that of all signs, counted one by one', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
        fc.nat(255),
        (sizes, signs) => {
          const signed = (mask: number): number[] => sizes.map((size, i) => ((mask >> i) & 1 ? size : -size));
          const centre = (sizes.length * (sizes.length + 1)) / 4;
          const observed = wilcoxonSignedRank(signed(signs));
          const far = Math.abs(observed.rankSum - centre);
          let asFar = 0;
          const all = 2 ** sizes.length;
          for (let mask = 0; mask < all; mask++) {
            if (Math.abs(wilcoxonSignedRank(signed(mask)).rankSum - centre) >= far) asFar++;
          }
          expect(observed.p).toBeCloseTo(asFar / all, 12);
        },
      ),
      { numRuns: 50, seed: 42 },
    );
  });

  test('no differences give no p-value', () => {
    expect(wilcoxonSignedRank([0, 0])).toEqual({ n: 0, rankSum: 0, p: Number.NaN, exact: false });
  });
});

describe('Holm correction', () => {
  test('has the textbook values, in the order given', () => {
    expect(holmCorrection([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holmCorrection([0.9, 0.5])).toEqual([1, 1]);
  });

  test('what is undecided stays so and does not count', () => {
    expect(holmCorrection([Number.NaN, 0.02])).toEqual([Number.NaN, 0.02]);
  });

  test('a corrected p-value decides a comparison', () => {
    const a = [1, 2, 1.5, 1.2, 1.8];
    const b = [1.3, 2.2, 1.9, 1.4, 2.3];
    expect(comparePaired(a, b, { better: 'lower' }).verdict).toBe('better');
    expect(comparePaired(a, b, { better: 'lower' }, 0.2)).toMatchObject({ p: 0.2, verdict: 'no difference shown' });
  });
});

describe('coverage', () => {
  const ROUNDS = 1000;

  test('the t interval holds the true mean in about 95 of 100 samples, and 90 when asked for', () => {
    const normal = normals(1);
    let held95 = 0;
    let held90 = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const samples = Array.from({ length: 8 }, () => 10 + 3 * normal());
      const holds = ([low, high]: readonly [number, number]): number => (low <= 10 && 10 <= high ? 1 : 0);
      held95 += holds(confidenceInterval(samples));
      held90 += holds(confidenceInterval(samples, 0.9));
    }
    expect(Math.abs(held95 / ROUNDS - 0.95)).toBeLessThan(0.02);
    expect(Math.abs(held90 / ROUNDS - 0.9)).toBeLessThan(0.028);
  });

  test('the bootstrap interval of a median holds the true one in about 95 of 100 samples', () => {
    const uniform = uniforms(2);
    let held = 0;
    for (let round = 0; round < 300; round++) {
      const samples = Array.from({ length: 60 }, () => -Math.log(1 - uniform()));
      const [low, high] = bootstrapQuantileInterval(samples, 0.5, uniform, { resamples: 400 });
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(Math.abs(held / 300 - 0.95)).toBeLessThan(0.04);
  });

  test('the paired test finds no difference where there is none, in about 95 of 100 studies', () => {
    const normal = normals(3);
    let shown = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const a = Array.from({ length: 10 }, () => 5 + normal());
      const b = Array.from({ length: 10 }, () => 5 + normal());
      if (comparePaired(a, b, { better: 'lower' }).verdict !== 'no difference shown') shown++;
    }
    expect(Math.abs(shown / ROUNDS - 0.05)).toBeLessThan(0.02);
  });

  test('the number of runs that is said to be needed has the power that is promised', () => {
    const normal = normals(4);
    const runs = runsNeeded(1, 1.5);
    let shown = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const a = Array.from({ length: runs }, () => 1 + 1.5 * normal());
      if (
        comparePaired(
          a,
          a.map(() => 0),
          { better: 'higher' },
        ).verdict === 'better'
      )
        shown++;
    }
    expect(Math.abs(shown / ROUNDS - 0.8)).toBeLessThan(0.035);
  });
});

describe('bootstrap', () => {
  test('the same source of randomness gives the same interval', () => {
    const samples = [3, 1, 4, 1, 5, 9, 2, 6];
    const interval = (seed: number) => bootstrapInterval(samples, (s) => mean([...s]), uniforms(seed));
    expect(interval(7)).toEqual(interval(7));
    expect(interval(7)).not.toEqual(interval(8));
  });

  test('one value, and none', () => {
    expect(bootstrapQuantileInterval([5], 0.99, uniforms(1))).toEqual([5, 5]);
    expect(bootstrapQuantileInterval([], 0.99, uniforms(1))).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('runs needed', () => {
  test('has the values of power.t.test(type = "paired") of R', () => {
    // power.t.test(delta = 1, sd = 1, power = 0.8, type = "paired"): n = 9.94; delta = 0.5: n = 33.37
    expect(runsNeeded(1, 1)).toBe(10);
    expect(runsNeeded(0.5, 1)).toBe(34);
  });

  test('no difference takes forever, no spread takes two', () => {
    expect(runsNeeded(0, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(runsNeeded(1, 0)).toBe(2);
  });
});

describe('warm-up', () => {
  test('a transient is cut where it ends', () => {
    const normal = normals(5);
    const observations = Array.from({ length: 1000 }, (_, i) => (i < 200 ? 50 * Math.exp(-i / 40) : 0) + normal());
    const { cut, reliable } = mser5(observations);
    expect(reliable).toBe(true);
    expect(cut).toBeGreaterThan(80);
    expect(cut).toBeLessThan(260);
  });

  test('a constant run and one without a transient lose nothing or little', () => {
    expect(mser5(Array.from({ length: 100 }, () => 3))).toEqual({ cut: 0, reliable: true });
    const normal = normals(6);
    expect(mser5(Array.from({ length: 1000 }, () => normal())).cut).toBeLessThan(500);
  });

  test('a run that only rises is not to be trusted, nor is a very short one', () => {
    expect(mser5(Array.from({ length: 500 }, (_, i) => i)).reliable).toBe(false);
    expect(mser5([1, 2, 3])).toEqual({ cut: 0, reliable: false });
  });

  test('the cut is the one with the smallest marginal standard error, by definition', () => {
    const normal = normals(9);
    const observations = Array.from({ length: 300 }, (_, i) => 20 * Math.exp(-i / 20) + normal());
    const batches = Array.from({ length: 60 }, (_, i) => mean(observations.slice(5 * i, 5 * i + 5)));
    let best = { cut: 0, statistic: Number.POSITIVE_INFINITY };
    for (let cut = 0; cut <= 55; cut++) {
      const tail = batches.slice(cut);
      const centre = mean(tail);
      const statistic = tail.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / tail.length ** 2;
      if (statistic < best.statistic) best = { cut, statistic };
    }
    expect(mser5(observations).cut).toBe(best.cut * 5);
  });
});

describe('sequential stopping', () => {
  const rule = { relativeError: 0.05, mostRuns: 100 };

  test('goes on while the interval is wide, and says how many runs to expect', () => {
    const decision = sequentialStopping([10, 14, 8, 12, 11], rule);
    expect(decision.stop).toBe(false);
    if (!decision.stop) expect(decision.runsExpected).toBeGreaterThan(5);
  });

  test('stops when it is narrow, but not before the least number of runs', () => {
    expect(sequentialStopping([10, 10.01, 9.99, 10, 10], rule)).toMatchObject({ stop: true, reason: 'precise' });
    expect(sequentialStopping([10, 10.01, 9.99], rule)).toMatchObject({ stop: false, runsExpected: 5 });
  });

  test('stops at the most runs in any case', () => {
    const samples = Array.from({ length: 100 }, (_, i) => (i % 2) * 100);
    expect(sequentialStopping(samples, rule)).toMatchObject({ stop: true, reason: 'most runs' });
  });

  test('a mean of 0 without spread is precise', () => {
    expect(sequentialStopping([0, 0, 0, 0, 0], rule)).toEqual({ stop: true, reason: 'precise', relativeHalfWidth: 0 });
  });

  test('a relative error that is not positive is refused', () => {
    expect(() => sequentialStopping([1, 2], { relativeError: 0, mostRuns: 5 })).toThrow('relativeError is 0');
  });
});
