/** Tests of arrival processes: their rates, their shape and what is refused. */
import { describe, expect, test } from 'vitest';
import { type ArrivalProcess, arrivals, meanRatePerSecond } from './arrivals.ts';
import { GOLDEN_ARRIVALS } from './goldens/draws.ts';
import { RandomStream } from './random-streams.ts';

/** Times of the arrivals in µs. */
function times(source: ArrivalProcess, stream = 'arrivals'): number[] {
  const gaps = arrivals(source, new RandomStream('test', 0, stream));
  const found: number[] = [];
  let now = 0;
  for (let gap = gaps.next(); gap !== undefined; gap = gaps.next()) found.push((now += gap));
  return found;
}

describe.each(Object.keys(GOLDEN_ARRIVALS).filter((name) => name !== 'recorded'))('%s', (name) => {
  test('has its mean rate in the long run', () => {
    const source = GOLDEN_ARRIVALS[name] as ArrivalProcess;
    const rate = meanRatePerSecond(source);
    // bursty arrivals come in clumps, so their count varies more
    const endSeconds = (name === 'bursty' ? 400_000 : 20_000) / rate;
    const whole = name === 'diurnalSinusoid' ? Math.ceil(endSeconds / 86_400) * 86_400 : endSeconds;
    const count = times({ ...source, endSeconds: whole }).length;
    expect(count / whole / rate).toBeGreaterThan(0.97);
    expect(count / whole / rate).toBeLessThan(1.03);
  });
});

test('Poisson gaps have a coefficient of variation of 1, bursty ones a larger one', () => {
  const variation = (source: ArrivalProcess): number => {
    const at = times({ ...source, count: 20_000 });
    const gaps = at.map((time, i) => time - (at[i - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0) / gaps.length) / mean;
  };
  expect(variation(GOLDEN_ARRIVALS.poisson as ArrivalProcess)).toBeCloseTo(1, 1);
  expect(variation(GOLDEN_ARRIVALS.bursty as ArrivalProcess)).toBeGreaterThan(3);
});

test('a table of rates is followed part by part', () => {
  const counts = [0, 0, 0, 0];
  const end = { endSeconds: 60 * 200 };
  for (const time of times({ ...(GOLDEN_ARRIVALS.diurnalTable as ArrivalProcess), ...end })) {
    (counts[Math.floor((time % 60e6) / 15e6)] as number)++;
  }
  const expected = [0.5, 0, 8, 2].map((rate) => rate * 15 * 200);
  counts.forEach((count, i) => expect(Math.abs(count - (expected[i] as number))).toBeLessThan(150));
  expect(counts[1]).toBe(0);
});

test('a sinusoid has its peak where it is said to be', () => {
  const counts = [0, 0];
  const end = { endSeconds: 86_400 * 50 };
  for (const time of times({ ...(GOLDEN_ARRIVALS.diurnalSinusoid as ArrivalProcess), ...end })) {
    const fromPeak = Math.abs(((time / 1e6) % 86_400) - 50_400);
    (counts[fromPeak < 21_600 ? 0 : 1] as number)++;
  }
  // over the half period around the peak the rate is 1 + 0.7 * 2 / π of the mean
  expect((counts[0] as number) / (counts[1] as number)).toBeCloseTo((1 + 1.4 / Math.PI) / (1 - 1.4 / Math.PI), 0);
});

test('recorded times are given as they are, scaled', () => {
  expect(times({ kind: 'recorded', timesSeconds: [0, 0.1, 0.1, 7.25] })).toEqual([0, 100_000, 100_000, 7_250_000]);
  expect(times(GOLDEN_ARRIVALS.recorded as ArrivalProcess)).toEqual([0, 300_000, 300_000, 21_750_000]);
});

test('rounding to whole µs never shifts the rate', () => {
  const source: ArrivalProcess = {
    kind: 'renewal',
    gapSeconds: { kind: 'constant', value: 1e-6 / 3 },
    count: 3_000_000,
  };
  expect(times(source).at(-1)).toBe(1_000_000);
});

test('count and end bound any process', () => {
  const source: ArrivalProcess = { kind: 'recorded', timesSeconds: [1, 2, 3] };
  expect(times({ ...source, count: 2 })).toEqual([1e6, 2e6]);
  expect(times({ ...source, endSeconds: 2 })).toEqual([1e6, 2e6]);
  expect(times({ kind: 'poisson', ratePerSecond: 5, count: 0 })).toEqual([]);
});

test('phases in which nothing ever comes give no arrivals instead of an endless search', () => {
  const off = { ratePerSecond: 0, staySeconds: { kind: 'constant', value: 1 } } as const;
  const noTime = { ratePerSecond: 5, staySeconds: { kind: 'constant', value: 0 } } as const;
  expect(times({ kind: 'bursty', phases: [off, noTime] })).toEqual([]);
});

test.each<[unknown, string]>([
  [{ kind: 'poisson', ratePerSecond: 0 }, 'load.ratePerSecond is 0'],
  [{ kind: 'renewal', gapSeconds: { kind: 'exponential', mean: -1 } }, 'load.gapSeconds.mean is -1'],
  [{ kind: 'bursty', phases: [] }, 'load.phases is empty'],
  [{ kind: 'diurnal', rates: { meanRatePerSecond: 1, swing: 2 } }, 'load.rates.swing is 2'],
  [{ kind: 'diurnal', rates: [1, -1] }, 'load.rates[1] is -1'],
  [{ kind: 'recorded', timesSeconds: [2, 1] }, 'load.timesSeconds[1] is 1'],
  [{ kind: 'poisson', ratePerSecond: 1, count: -1 }, 'load.count is -1'],
  [{ kind: 'hawkes' }, "load.kind is 'hawkes'; accepted are poisson, renewal"],
])('%j is refused', (source, message) => {
  expect(() => arrivals(source as ArrivalProcess, new RandomStream('s', 0, 'n'), 'load')).toThrow(message);
});
