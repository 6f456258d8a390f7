/** Tests of how many runs a study takes when it decides that itself. */
import { describe, expect, test } from 'vitest';
import { firstRuns, nextRuns } from './auto-runs.ts';
import type { RunResult } from './run-result.ts';
import { type Experiment, experimentSchema } from './schema.ts';

function experiment(more: object): Experiment {
  return experimentSchema.parse({
    name: 'x',
    cluster: { nodes: [{ name: 'n', count: 1, capacity: { cpu: 1 } }] },
    workload: [],
    policies: [{ name: 'spread' }, { name: 'pack' }],
    ...more,
  });
}

function results(runs: number, value: (policy: string, run: number) => number | null): RunResult[] {
  return Array.from({ length: runs }, (_, run) =>
    ['spread', 'pack'].map((policy) => ({
      policy,
      seed: '1',
      run,
      factors: {},
      digest: '0',
      stopped: 'settled',
      virtualMicros: 1,
      events: 1,
      metrics: { schedulingThroughput: value(policy, run) },
      unschedulable: [],
      checkpoints: [],
    })),
  ).flat();
}

const auto = experiment({ runs: 'auto', precision: 0.1, maxRuns: 12 });

describe('runs: auto', () => {
  test('begins with a batch, or with the most runs when those are fewer', () => {
    expect(firstRuns(auto)).toBe(5);
    expect(firstRuns(experiment({ runs: 'auto', maxRuns: 3 }))).toBe(3);
    expect(firstRuns(experiment({ runs: 7 }))).toBe(7);
  });

  test('stops when every main metric of every policy is precise', () => {
    const close = results(5, (_, run) => 100 + (run % 2));
    expect(nextRuns(auto, 5, close)).toMatchObject({ stop: true, summary: { reason: 'precise' } });
    const oneWide = results(5, (policy, run) => (policy === 'pack' ? 100 * (1 + (run % 2)) : 100));
    expect(nextRuns(auto, 5, oneWide)).toEqual({ stop: false, runs: 10 });
  });

  test('stops at the most runs and names the widest interval', () => {
    const wide = results(12, (policy, run) => (policy === 'pack' ? 100 * (1 + (run % 2)) : 100));
    expect(nextRuns(auto, 10, wide.slice(0, 20))).toEqual({ stop: false, runs: 12 });
    expect(nextRuns(auto, 12, wide)).toMatchObject({
      stop: true,
      summary: { reason: 'most runs', maxRuns: 12, widest: { metric: 'schedulingThroughput', policy: 'pack' } },
    });
  });

  test('does not call precise what has no samples', () => {
    const none = results(5, () => null);
    expect(nextRuns(auto, 5, none)).toEqual({ stop: false, runs: 10 });
    const named = experiment({ runs: 'auto', maxRuns: 12, mainMetrics: ['p99_startup'] });
    expect(
      nextRuns(
        named,
        5,
        results(5, () => 1),
      ),
    ).toEqual({ stop: false, runs: 10 });
  });

  test('a given number of runs is that number', () => {
    expect(nextRuns(experiment({ runs: 2 }), 2, [])).toEqual({ stop: true });
  });
});
