/** Who is best of several policies, and against whom it was shown. */
import { expect, test } from 'vitest';
import { compareMetric } from './comparison.ts';
import { leaderOf } from './leaders.ts';
import type { ReportMetric } from './report-data.ts';

const POLICIES = ['a', 'b', 'c'];

function metric(better: 'lower' | 'higher', ...values: readonly (readonly number[])[]): ReportMetric {
  const samples = values.map((own) => new Map(own.map((value, run) => [`1/${run}`, value])));
  return { name: 'm', title: 'm', unit: '', better, main: true, samples };
}

const leader = (one: ReportMetric): unknown => leaderOf(compareMetric(one, POLICIES));

test('the best has no rivals where it was shown to be better than each of the others, wherever it stands', () => {
  const low = [1, 1.1, 1.05, 0.95];
  const middle = [2, 2.1, 2.05, 1.9];
  const high = [3, 3.1, 3.05, 2.9];
  expect(leader(metric('lower', middle, low, high))).toEqual({ index: 1, rivals: [] });
  expect(leader(metric('higher', middle, low, high))).toEqual({ index: 2, rivals: [] });
  expect(leader(metric('higher', high, low, middle))).toEqual({ index: 0, rivals: [] });
});

test('those from which no difference was shown are its rivals, equal ones too', () => {
  const noisy = [
    [5, 9, 2, 7],
    [6, 5, 6, 5.9],
    [50, 52, 51, 50.5],
  ];
  expect(leader(metric('lower', ...noisy))).toEqual({ index: 1, rivals: [0] });
  expect(leader(metric('lower', [1, 2], [1, 2], [3, 4.1]))).toMatchObject({
    index: 0,
    rivals: expect.arrayContaining([1]),
  });
});

test('there is none where nothing was tested, or all are equal', () => {
  expect(leader(metric('lower', [1], [2], [3]))).toBeUndefined();
  expect(leader(metric('lower', [1, 2], [1, 2], [1, 2]))).toBeUndefined();
});
