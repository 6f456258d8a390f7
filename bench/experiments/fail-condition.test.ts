/** Tests of the conditions that gate a CI job: what is accepted, and when one holds. */
import { describe, expect, test } from 'vitest';
import type { SummarizedRun } from './run-result.ts';
import { failures, parseFailCondition } from './fail-condition.ts';
import { type StudySummary, summarizeCase } from './summary.ts';

function run(policy: string, number: number, latency: number | null, podsUnscheduled = 0): SummarizedRun {
  return {
    policy,
    seed: '1',
    run: number,
    factors: {},
    digest: '0',
    stopped: 'settled',
    virtualMicros: 1,
    events: 1,
    metrics: { startupLatencyP99Micros: latency, podsUnscheduled },
    unschedulable: [],
  };
}

function study(results: readonly SummarizedRun[]): StudySummary {
  const policies = ['old', 'new'];
  const cases = [summarizeCase({}, policies, results)];
  return { experiment: 'x', studyDigest: '', seed: '1', runs: 2, policies, notes: [], cases, results };
}

const of = (old: number[], fresh: number[]): StudySummary =>
  study([...old.map((value, i) => run('old', i, value)), ...fresh.map((value, i) => run('new', i, value))]);

const failed = (summary: StudySummary, ...conditions: string[]): string[] =>
  failures(
    summary,
    conditions.map((text) => parseFailCondition(text)),
  );

test('a metric of a resource is named with the resource in brackets; one of which no direction is good is refused', () => {
  const { metric } = parseFailCondition('mean_stranded[nvidia.com/gpu] worse by > 5 %');
  expect(metric).toMatchObject({ name: 'strandedMean[nvidia.com/gpu]', better: 'lower', unit: 'fraction' });
  for (const name of ['cpuUtilisationMean', 'utilisationMean[nvidia.com/gpu]', 'wastedMean[nvidia.com/gpu]']) {
    const refused = (): unknown => parseFailCondition(`${name} worse`);
    expect(refused).toThrow(`--fail-if found metric '${name}'; accepted: podsScheduled, `);
    expect(refused).not.toThrow(/accepted: .*cpuUtilisation/);
  }
});

describe('a condition', () => {
  const slower = of([100, 200, 300], [118, 220, 322]);

  test('holds when the difference is shown and larger than the amount', () => {
    expect(failed(slower, 'p99_startup worse by > 5 %')).toEqual([
      expect.stringMatching(
        /^x: new against old: 'p99_startup worse by > 5 %' holds: startupLatencyP99Micros worse by 10/,
      ),
    ]);
    expect(failed(slower, 'p99_startup worse by > 50 %')).toEqual([]);
    expect(failed(slower, 'p99_startup better')).toEqual([]);
  });

  test('takes absolute amounts, durations for times', () => {
    expect(failed(slower, 'startupLatencyP99Micros worse by > 10us')).toHaveLength(1);
    expect(failed(slower, 'startupLatencyP99Micros worse by > 1ms')).toEqual([]);
  });

  test('tells > from >= at the amount itself', () => {
    const one = of([100], [105]);
    expect(failed(one, 'p99_startup worse by > 5 %')).toEqual([]);
    expect(failed(one, 'p99_startup worse by >= 5 %')).toHaveLength(1);
  });

  test('does not hold on a difference that chance explains', () => {
    expect(failed(of([100, 200, 300], [400, 50, 310]), 'p99_startup worse by > 5 %')).toEqual([]);
  });

  test('is judged by the estimate alone where there is one run, and says so', () => {
    expect(failed(of([100], [120]), 'p99_startup worse by > 5 %')).toEqual([
      expect.stringContaining('differs by 20 % (one run each, so not tested)'),
    ]);
    expect(failed(of([100], [100]), 'p99_startup worse')).toEqual([]);
  });

  test('any step up from a baseline of 0 is more than every percentage', () => {
    const summary = study([run('old', 0, 1, 0), run('new', 0, 1, 2)]);
    expect(failed(summary, 'podsUnscheduled worse by > 500 %')).toHaveLength(1);
  });

  test('that cannot be judged, or failed runs, fail the gate', () => {
    const error = { policy: 'new', seed: '1', run: 0, factors: {}, error: 'no' };
    expect(failed(study([run('old', 0, 1), error]), 'p99_startup worse')).toEqual([
      'x: new: 1 run failed',
      expect.stringContaining('cannot be judged: no run of both has startupLatencyP99Micros'),
    ]);
  });
});

test.each([
  ['p99_startup', 'accepted: METRIC worse|better [by > AMOUNT]'],
  ['p99_startup slower by > 5 %', 'accepted: METRIC worse|better [by > AMOUNT]'],
  ['p99_startup worse by < 5 %', 'accepted: METRIC worse|better [by > AMOUNT]'],
  ['p98_startup worse', "found metric 'p98_startup'; accepted: podsScheduled, "],
  ['pods worse', "found metric 'pods'; accepted: podsScheduled, "],
  [
    'p99_startup worse by > 5',
    "found amount '5'; accepted: a percentage such as 5 %, or a duration such as 500ms or 5s",
  ],
  ['podsUnscheduled worse by > many', "found amount 'many'; accepted: a percentage such as 5 %, or a number"],
])('refuses %s and says what is accepted', (text, message) => {
  expect(() => parseFailCondition(text)).toThrow(message);
});
