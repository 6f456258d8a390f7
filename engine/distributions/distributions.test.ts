/** Tests of sampling against the laws, of the laws against known values, and of what is refused. */
import { describe, expect, test } from 'vitest';
import { GOLDEN_DISTRIBUTIONS } from '../goldens/draws.ts';
import { RandomStream } from '../random-streams.ts';
import type { Distribution } from './distribution.ts';
import { logGamma, lowerGamma } from './gamma.ts';
import { meanOf, probabilityAtMost } from './law.ts';
import { normalProbability, normalQuantile } from './normal.ts';
import { sampler } from './sampler.ts';

const DRAWS = 20_000;

const CASES: Readonly<Record<string, Distribution>> = {
  ...GOLDEN_DISTRIBUTIONS,
  uniformOfOne: { kind: 'uniform', min: 3, max: 3 },
  lognormalWithoutSpread: { kind: 'lognormal', median: 3, sigma: 0 },
  paretoOfShapeOne: { kind: 'pareto', minimum: 1, shape: 1, truncate: { max: 20 } },
  paretoCapped: { kind: 'pareto', minimum: 2, shape: 0.9, truncate: { max: 100, by: 'clamp' } },
  weibullWithin: { kind: 'weibull', scale: 7, shape: 1.5, truncate: { min: 3, max: 10 } },
  lognormalWithin: { kind: 'lognormal', median: 100, sigma: 0.8, truncate: { min: 50, max: 300 } },
  normalAbove: { kind: 'normal', mean: 1, sd: 2, truncate: { min: 0 } },
  normalClampedAbove: { kind: 'normal', mean: 1, sd: 2, truncate: { min: 0, by: 'clamp' } },
  zipfWithin: { kind: 'zipf', count: 50, exponent: 1, truncate: { min: 2, max: 10 } },
  empiricalClamped: { kind: 'empirical', values: [1, 2, 3, 10], truncate: { min: 2, max: 3, by: 'clamp' } },
  mixtureWithin: {
    kind: 'mixture',
    components: [
      { weight: 2, distribution: { kind: 'constant', value: 4 } },
      { weight: 1, distribution: { kind: 'uniform', min: 0, max: 10, truncate: { max: 5 } } },
      { weight: 0, distribution: { kind: 'pareto', minimum: 1, shape: 0.5 } },
    ],
    truncate: { min: 1 },
  },
};

function draws(name: string): number[] {
  const draw = sampler(CASES[name] as Distribution);
  const stream = new RandomStream('test', 0, name);
  return Array.from({ length: DRAWS }, () => draw(stream));
}

describe.each(Object.keys(CASES))('%s', (name) => {
  const distribution = CASES[name] as Distribution;
  const sample = draws(name);

  test('draws have its probabilities (Kolmogorov and Smirnov)', () => {
    const ascending = Float64Array.from(sample).sort();
    let largest = 0;
    for (let i = 0; i < DRAWS; i++) {
      const value = ascending[i] as number;
      // Where a value repeats, only the last of its row says how many lie at or below it.
      if (value === ascending[i + 1]) continue;
      largest = Math.max(largest, Math.abs((i + 1) / DRAWS - probabilityAtMost(distribution, value)));
    }
    // 1.95 / sqrt(n) is exceeded by chance once in a thousand; the streams are fixed, so this never flickers
    expect(largest).toBeLessThan(1.95 / Math.sqrt(DRAWS));
  });

  test('draws have its mean', () => {
    const mean = sample.reduce((sum, value) => sum + value, 0) / DRAWS;
    const variance = sample.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (DRAWS - 1);
    // The mean of a Pareto sample with infinite variance converges too slowly for a normal limit.
    const heavy = name === 'pareto' ? 5 : 1;
    expect(Math.abs(mean - meanOf(distribution))).toBeLessThanOrEqual(
      heavy * 4 * Math.sqrt(variance / DRAWS) + 1e-12 * Math.abs(mean),
    );
  });
});

describe('means that are known', () => {
  test.each<[Distribution, number]>([
    [{ kind: 'uniform', min: 2, max: 6 }, 4],
    [{ kind: 'exponential', mean: 5 }, 5],
    [{ kind: 'lognormal', median: 1, sigma: 1 }, Math.exp(0.5)],
    [{ kind: 'pareto', minimum: 2, shape: 3 }, 3],
    [{ kind: 'pareto', minimum: 2, shape: 1 }, Number.POSITIVE_INFINITY],
    [{ kind: 'weibull', scale: 2, shape: 1 }, 2],
    [{ kind: 'weibull', scale: 2, shape: 0.5 }, 4],
    [{ kind: 'weibull', scale: 2, shape: 2 }, Math.sqrt(Math.PI)],
    [{ kind: 'zipf', count: 3, exponent: 1 }, 3 / (1 + 1 / 2 + 1 / 3)],
    [{ kind: 'empirical', values: [1, 4], weights: [3, 1] }, 1.75],
    // memoryless: beyond 7 it begins again
    [{ kind: 'exponential', mean: 5, truncate: { min: 7 } }, 12],
    [{ kind: 'uniform', min: 0, max: 10, truncate: { max: 5 } }, 2.5],
    [{ kind: 'uniform', min: 0, max: 10, truncate: { max: 5, by: 'clamp' } }, 3.75],
    [{ kind: 'normal', mean: 0, sd: 1, truncate: { min: 0 } }, Math.sqrt(2 / Math.PI)],
  ])('%j has mean %d', (distribution, mean) => {
    if (mean === Number.POSITIVE_INFINITY) expect(meanOf(distribution)).toBe(mean);
    else expect(meanOf(distribution) / mean).toBeCloseTo(1, 12);
  });
});

describe('special functions', () => {
  test('the normal quantile agrees with tables and with its probability', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655446004, 14);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 12);
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798409, 12);
    for (const p of [1e-9, 0.001, 0.07, 0.3, 0.5, 0.8, 0.999]) {
      expect(normalProbability(normalQuantile(p)) / p).toBeCloseTo(1, 12);
    }
  });

  test('the gamma functions agree with known values', () => {
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 13);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    for (const x of [0.1, 1, 3, 20]) expect(lowerGamma(1, x)).toBeCloseTo(1 - Math.exp(-x), 13);
    expect(lowerGamma(2, 3)).toBeCloseTo(1 - 4 * Math.exp(-3), 13);
  });
});

describe('what is refused, by field', () => {
  test.each<[unknown, string]>([
    [{ kind: 'exponential', mean: 0 }, 'delay.mean is 0; accepted are positive numbers'],
    [{ kind: 'exponential' }, 'delay.mean is undefined'],
    [{ kind: 'uniform', min: 2, max: 1 }, 'delay.max is 1; it must not be below min, 2'],
    [{ kind: 'normal', mean: 0, sd: -1 }, 'delay.sd is -1'],
    [{ kind: 'zipf', count: 0, exponent: 1 }, 'delay.count is 0'],
    [{ kind: 'empirical', values: [] }, 'delay.values is empty'],
    [{ kind: 'empirical', values: [1, 2], weights: [1] }, 'delay.weights has 1 entries; values has 2'],
    [{ kind: 'empirical', values: [1], weights: [0] }, 'delay.weights sum to 0'],
    [
      { kind: 'mixture', components: [{ weight: 1, distribution: { kind: 'pareto', minimum: 1, shape: -2 } }] },
      'delay.components[0].distribution.shape is -2',
    ],
    [{ kind: 'gamma' }, "delay.kind is 'gamma'; accepted are constant, uniform"],
    [{ kind: 'constant', value: 1, truncate: { min: 3, max: 2 } }, 'delay.truncate.max is 2'],
    [{ kind: 'constant', value: 1, truncate: { by: 'cut' } }, "delay.truncate.by is 'cut'; accepted are redraw, clamp"],
  ])('%j', (distribution, message) => {
    expect(() => sampler(distribution as Distribution, 'delay')).toThrow(message);
  });

  test('a truncation that leaves nothing is an error of the mean and, after the limit, of a draw', () => {
    const nothing: Distribution = { kind: 'uniform', min: 0, max: 1, truncate: { min: 2, max: 3 } };
    expect(() => meanOf(nothing)).toThrow('no value of the distribution lies there');
    expect(() => sampler(nothing)(new RandomStream('s', 0, 'n'))).toThrow('10000 draws found no value there');
  });
});

test('every kind takes one draw for a value, so that policies on one stream stay in step', () => {
  for (const [name, distribution] of Object.entries(GOLDEN_DISTRIBUTIONS)) {
    const stream = new RandomStream('test', 0, name);
    sampler(distribution)(stream);
    const expected = { constant: 0, mixture: 2, redrawn: stream.draws }[name] ?? 1;
    expect(stream.draws, name).toBe(expected);
  }
});
