/** Tests of objectives: which runs keep a bound, and when the share of them is enough. */
import { describe, expect, test } from 'vitest';
import { judgeObjectives, type Objective } from './objectives.ts';
import type { SummarizedRun } from './run-result.ts';

function runs(policy: string, values: readonly (number | null)[]): SummarizedRun[] {
  return values.map((value, run) => ({
    policy,
    seed: '1',
    run,
    factors: {},
    digest: '0',
    stopped: 'settled',
    virtualMicros: 1,
    events: 1,
    metrics: { startupLatencyP99Micros: value, schedulingThroughput: value },
    unschedulable: [],
  }));
}

const judged = (objective: Omit<Objective, 'shareOfRuns'> & { shareOfRuns?: number }, results: SummarizedRun[]) =>
  judgeObjectives([{ shareOfRuns: 1, ...objective }], ['a', 'b'], [{ factors: {} }], results);

describe('an objective', () => {
  const results = [...runs('a', [1e6, 2e6, 3e6]), ...runs('b', [1e6, 1e6, 2e6])];

  test('is met by a policy when the bound is kept in that share of its runs', () => {
    const found = judged({ metric: 'p99_startup', atMost: '2s' }, results);
    expect(found.map(({ policy, runsMet, runs: all, worst, met }) => [policy, runsMet, all, worst, met])).toEqual([
      ['a', 2, 3, 3e6, false],
      ['b', 3, 3, 2e6, true],
    ]);
    expect(judged({ metric: 'p99_startup', atMost: '2s', shareOfRuns: 0.66 }, results)[0]?.met).toBe(true);
    expect(judged({ metric: 'p99_startup', atMost: '2s', shareOfRuns: 0.7 }, results)[0]?.met).toBe(false);
  });

  test('counts 19 of 20 runs as a share of 0.95', () => {
    const values = Array.from({ length: 20 }, (_, i) => (i === 7 ? 3e6 : 1e6));
    expect(judged({ metric: 'p99_startup', atMost: '2s', shareOfRuns: 0.95 }, runs('a', values))[0]?.met).toBe(true);
  });

  test('takes a lower bound, and then the lowest value is the worst', () => {
    expect(judged({ metric: 'schedulingThroughput', atLeast: 2e6 }, results)[0]).toMatchObject({
      runsMet: 2,
      worst: 1e6,
      met: false,
    });
  });

  test('is not kept by runs that failed or have no value, nor by no run at all', () => {
    const failedRun = { policy: 'a', seed: '1', run: 2, factors: {}, error: 'no' };
    const some = [...runs('a', [1e6, null]), failedRun];
    expect(judged({ metric: 'p99_startup', atMost: '2s', policies: ['a'] }, some)).toMatchObject([
      { runs: 3, runsMet: 1, met: false },
    ]);
    expect(judged({ metric: 'p99_startup', atMost: '2s', policies: ['b'] }, some)).toMatchObject([
      { runs: 0, worst: null, met: false },
    ]);
  });
});
