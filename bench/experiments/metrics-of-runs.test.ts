/** Every number that a run of a whole cluster records is a metric of the tables, with a name, a unit and a title of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadStudy } from './load.ts';
import { METRICS } from './metrics.ts';
import { metricsOfRuns } from './metrics-of-runs.ts';
import type { RunResult } from './run-result.ts';
import { simulate } from './simulate.ts';

const EXPERIMENT = `name: small
cluster:
  nodes:
    - { name: worker, count: 2, price: 0.5, capacity: { cpu: 4, memory: 8Gi, pods: 110, nvidia.com/gpu: 2 } }
workload:
  - arrivals:
      name: job
      process: { kind: poisson, ratePerSecond: 1, count: 12 }
      lifetimeSeconds: { kind: exponential, mean: 30 }
      templates:
        - spec:
            containers:
              - name: main
                image: x
                resources: { requests: { cpu: 500m, nvidia.com/gpu: 1 }, limits: { nvidia.com/gpu: 1 } }
policies: [{ name: spread }]
horizon: { steadyState: { warmUp: 5s } }
stop: { after: 2m, settled: false }
sampleEvery: 5s
`;

function run(): RunResult {
  const file = join(mkdtempSync(join(tmpdir(), 'clockwork-metrics-')), 'e.yaml');
  writeFileSync(file, EXPERIMENT);
  return simulate(loadStudy(file), { case: { index: 0, factors: {} }, policy: 'spread', run: 0 }).result;
}

test('no number of a run is left out of the tables, and none that a cluster can have is missing', () => {
  const result = run();
  const known = metricsOfRuns([result]).map(({ name }) => name);
  expect(Object.keys(result.metrics).filter((name) => !known.includes(name))).toEqual([]);
  const placementOnly = ['gpuAllocation', 'gpuFragmentation', 'gpuFragmentationOfIdle', 'gpuAllocatedMilli'];
  expect(known.filter((name) => !(name in result.metrics))).toEqual(placementOnly);
  const values = Object.entries(result.metrics).filter(([, value]) => value === null || !Number.isFinite(value));
  expect(values).toEqual([]);
});

test('attempts add up, and the queues hold what is pending but the Pod that is being tried', () => {
  const { metrics } = run();
  const of = (name: string): number => metrics[name] as number;
  expect(of('attemptsScheduled') + of('attemptsUnschedulable') + of('attemptsError')).toBe(of('schedulingAttempts'));
  const queues = ['Active', 'Backoff', 'Unschedulable', 'Gated'].map((queue) => of(`queue${queue}Mean`));
  const waiting = queues.reduce((sum, mean) => sum + mean, 0);
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThanOrEqual(of('pendingMean'));
  expect(of('pendingMean') - waiting).toBeLessThan(0.05);
});

test('names and titles are told apart', () => {
  for (const field of ['name', 'title'] as const) {
    const all = METRICS.map((metric) => metric[field]);
    expect(all.filter((text, i) => all.indexOf(text) !== i)).toEqual([]);
  }
});
