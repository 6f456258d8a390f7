/**
 * Every policy of one run sees the same arrivals, sizes and lifetimes. That is worth its trouble only if it makes the difference
 * of policies less variable than independent draws would, which these tests hold.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { variance } from '../../results/index.ts';
import { parseDocuments } from '../workloads/documents.ts';
import { checkedExperiment, completeStudy } from './load.ts';
import { simulate, type SimulatedRun } from './simulate.ts';

const RUNS = 24;

const EXPERIMENT = `name: paired
seed: 3
cluster:
  nodes: [{ name: worker, count: 8, capacity: { cpu: 4, memory: 8Gi, pods: 110 } }]
workload:
  - arrivals:
      name: job
      process: { kind: poisson, ratePerSecond: 2, count: 40 }
      lifetimeSeconds: { kind: exponential, mean: 15 }
      templates:
        - spec: { containers: [{ name: main, image: nginx, resources: { requests: { cpu: 500m, memory: 512Mi } } }] }
        - spec: { containers: [{ name: main, image: nginx, resources: { requests: { cpu: "2", memory: 1Gi } } }] }
policies: [{ name: spread }, { name: pack }]
stop: { after: 1m, settled: false }
`;

function runs(policy: string): SimulatedRun[] {
  const [document] = parseDocuments('e.yaml', EXPERIMENT);
  const study = completeStudy(checkedExperiment(document as NonNullable<typeof document>), '.');
  return Array.from({ length: RUNS }, (_, run) => simulate(study, { case: { index: 0, factors: {} }, policy, run }));
}

const samples = (of: readonly SimulatedRun[], metric: string): number[] =>
  of.map(({ result }) => result.metrics[metric] as number);

describe('common random numbers', () => {
  let spread: SimulatedRun[] = [];
  let pack: SimulatedRun[] = [];

  beforeAll(() => {
    spread = runs('spread');
    pack = runs('pack');
  }, 60_000);

  test('give both policies of a run the same Pods, and another run others', () => {
    const rows = (run: SimulatedRun | undefined) => run?.tables.pods ?? [];
    const arrivals = (run: SimulatedRun | undefined): unknown[] =>
      rows(run).map(([pod, , , , , , , , cpuMillis]) => [pod, cpuMillis]);
    const created = (run: SimulatedRun | undefined): number[] => rows(run).map((row) => row[3] as number);
    expect(arrivals(spread[0]).length).toBeGreaterThan(30);
    expect(arrivals(spread[0])).toEqual(arrivals(pack[0]));
    // They are sent at the same instants; when the API server has stored them differs by the load of that moment.
    const other = created(pack[0]);
    expect(Math.max(...created(spread[0]).map((time, i) => Math.abs(time - (other[i] as number))))).toBeLessThan(1e5);
    expect(arrivals(spread[0])).not.toEqual(arrivals(spread[1]));
  });

  test.each(['nodesInUseMean', 'cpuUtilisationMean', 'startupLatencyMeanMicros'])(
    'make the difference of %s less variable than independent draws',
    (metric) => {
      const [a, b] = [samples(spread, metric), samples(pack, metric)];
      const paired = variance(a.map((value, i) => value - (b[i] as number)));
      // Run i of one policy against run i + 1 of the other: the same draws, but independent ones.
      const independent = variance(a.map((value, i) => value - (b[(i + 1) % RUNS] as number)));
      expect(paired).toBeLessThan(independent);
      expect(paired).toBeLessThan(variance(a) + variance(b));
    },
  );
});
