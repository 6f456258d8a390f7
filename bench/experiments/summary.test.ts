/** Tests of the step from runs to statements: what is paired with what, and what is left out. */
import { describe, expect, test } from 'vitest';
import type { SummarizedRun } from './run-result.ts';
import { summarizeCase, summaryRows } from './summary.ts';

function run(policy: string, number: number, podsScheduled: number | null, seed = '1'): SummarizedRun {
  return {
    policy,
    seed,
    run: number,
    factors: {},
    digest: '0',
    stopped: 'settled',
    virtualMicros: 1,
    events: 1,
    metrics: { podsScheduled },
    unschedulable: [],
  };
}

const of = (results: SummarizedRun[], policy: string) =>
  summarizeCase({}, ['a', 'b'], results).metrics.find((one) => one.metric === 'podsScheduled' && one.policy === policy);

describe('summarizeCase', () => {
  test('compares with the first policy over the runs that both have', () => {
    const results = [run('a', 0, 10), run('a', 1, 20), run('a', 2, 30), run('b', 0, 11), run('b', 1, 22)];
    expect(of(results, 'a')).toMatchObject({ summary: { n: 3, mean: 20 } });
    expect(of(results, 'a')?.comparison).toBeUndefined();
    expect(of(results, 'b')).toMatchObject({ summary: { n: 2, mean: 16.5 }, comparison: { n: 2, difference: 1.5 } });
  });

  test('does not pair runs of different seeds, which saw different workloads', () => {
    expect(of([run('a', 0, 10), run('b', 0, 11, '2')], 'b')?.comparison).toBeUndefined();
  });

  test('compares every pair with p-values corrected for their number', () => {
    const values: Record<string, number[]> = { a: [10, 21, 30], b: [11, 22.1, 31.2], c: [14, 20, 40] };
    const results = Object.entries(values).flatMap(([policy, own]) => own.map((value, i) => run(policy, i, value)));
    const { pairs, metrics } = summarizeCase({}, ['a', 'b', 'c'], results);
    expect(pairs.map(({ policy, baseline }) => `${policy}-${baseline}`)).toEqual(['b-a', 'c-a', 'c-b']);
    const [first] = pairs;
    expect(first?.comparison.p).toBeCloseTo(3 * (first?.uncorrectedP as number), 12);
    expect(first?.wilcoxonP).toBe(0.75);
    expect(metrics.find(({ metric, policy }) => metric === 'podsScheduled' && policy === 'b')?.comparison).toEqual(
      first?.comparison,
    );
  });

  test('has the metrics of the resources that any run had, after those of memory', () => {
    const withGpus = (policy: string, number: number, value: number): SummarizedRun => {
      return { ...run(policy, number, 1), metrics: { 'strandedMean[nvidia.com/gpu]': value } } as SummarizedRun;
    };
    const results = [withGpus('a', 0, 0.5), withGpus('a', 1, 0.4), withGpus('b', 0, 0.2), withGpus('b', 1, 0.1)];
    const { metrics, pairs } = summarizeCase({}, ['a', 'b'], results);
    const names = [...new Set(metrics.map(({ metric }) => metric))];
    expect(names[names.indexOf('memoryStrandedMean') + 1]).toBe('utilisationMean[nvidia.com/gpu]');
    const pair = pairs.find(({ metric }) => metric === 'strandedMean[nvidia.com/gpu]');
    expect(pair?.comparison).toMatchObject({ verdict: 'better', n: 2 });
  });

  test('gives the median an interval by bootstrap, the same each time, and one of its own for each policy', () => {
    const values = [10, 12, 11, 19, 10.5, 13, 11.5];
    const results = ['a', 'b'].flatMap((policy) => values.map((value, i) => run(policy, i, value)));
    const summary = (policy: string) => of(results, policy)?.summary;
    expect(summary('a')).toMatchObject({ median: 11.5, medianCi95: [expect.any(Number), expect.any(Number)] });
    const [low, high] = (summary('a')?.medianCi95 ?? [0, 0]) as [number, number];
    expect([low >= 10, low <= 11.5, high >= 11.5, high <= 19, low < high]).toEqual([true, true, true, true, true]);
    expect(summary('a')).toEqual(summary('a'));
    const one = (count: number, same: boolean) =>
      of(
        values.slice(0, count).map((value, i) => run('a', i, same ? 4 : value)),
        'a',
      )?.summary?.medianCi95;
    expect(one(1, false)).toEqual([null, null]);
    expect(one(5, true)).toEqual([4, 4]);
  });

  test('leaves failed runs and missing values out', () => {
    const failedRun = { policy: 'b', seed: '1', run: 0, factors: {}, error: 'no' };
    const results = [run('a', 0, 10), failedRun, run('b', 1, null)];
    expect(of(results, 'b')).toEqual({ metric: 'podsScheduled', policy: 'b' });
  });

  test('one run has a mean and no interval, written as empty cells', () => {
    const summary = of([run('a', 0, 10)], 'a')?.summary;
    expect(summary).toMatchObject({ n: 1, mean: 10, sd: null, ci95: [null, null] });
    const study = {
      experiment: 'x',
      studyDigest: '',
      seed: '1',
      runs: 1,
      policies: ['a'],
      notes: [],
      cases: [summarizeCase({}, ['a'], [run('a', 0, 10)])],
      results: [],
    };
    const row = summaryRows(study).find(([policy, metric]) => policy === 'a' && metric === 'podsScheduled');
    expect(row?.slice(2, 12)).toEqual(['Pods', 1, 10, 10, null, null, null, null, null, 10]);
  });
});
