/** Tests of what a run records: rows, gauges and metrics from the changes that are stored. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { Checkpoints } from './checkpoints.ts';
import { ClusterRecorder } from './cluster-recorder.ts';
import { GAUGES, NODE_COLUMNS, POD_COLUMNS } from './cluster-tables.ts';
import { NodeShares } from './node-shares.ts';

const node = (name: string, cpu = '4'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'topology.kubernetes.io/zone': 'z' } },
  status: { allocatable: { cpu, memory: '8Gi' } },
});

function pod(name: string, nodeName?: string, status: Pod['status'] = {}): Pod {
  const containers = [{ name: 'main', resources: { requests: { cpu: '1', memory: '1Gi' } } }];
  const spec = nodeName === undefined ? { containers } : { containers, nodeName };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' }, spec, status };
}

const unfit = { conditions: [{ type: 'PodScheduled', status: 'False', message: 'no room' }] } as const;

/** The rows of a table as objects by column name, without empty cells. */
function objects(
  columns: readonly { name: string }[],
  rows: readonly (readonly unknown[])[],
): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name }, index) => [name, row[index]]).filter(([, cell]) => cell !== null && cell !== ''),
    ),
  );
}

describe('ClusterRecorder', () => {
  test('follows a Pod from creation to deletion', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    recorder.pod(10, 'ADDED', pod('p'));
    recorder.attempt(pod('p'));
    recorder.pod(20, 'MODIFIED', pod('p', undefined, unfit));
    recorder.attempt(pod('p'));
    recorder.pod(30, 'MODIFIED', pod('p', 'a', unfit));
    recorder.pod(60, 'MODIFIED', pod('p', 'a', { phase: 'Running' }));
    recorder.pod(90, 'DELETED', pod('p', 'a', { phase: 'Running' }));
    const metrics = recorder.metrics(100);
    expect(objects(POD_COLUMNS, recorder.tables().pods)).toEqual([
      {
        pod: 'ns/p',
        node: 'a',
        phase: 'Running',
        createdMicros: 10,
        scheduledMicros: 30,
        runningMicros: 60,
        deletedMicros: 90,
        attempts: 2,
        cpuMillis: 1000,
        memoryBytes: 2 ** 30,
      },
    ]);
    expect(metrics).toMatchObject({
      pods: 1,
      podsScheduled: 1,
      podsUnscheduled: 0,
      podsStarted: 1,
      schedulingLatencyP50Micros: 20,
      startupLatencyMaxMicros: 50,
      pendingMean: 0.2,
      nodesInUseMean: 0.6,
      cpuUtilisationMax: 0.25,
      cpuUtilisationMean: 0.15,
    });
  });

  test('counts attempts, and apart the Pods that were preempted and those that were evicted otherwise, each once', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    const target = (reason: string, status: 'True' | 'False' = 'True'): Pod['status'] => ({
      phase: 'Running',
      conditions: [{ type: 'DisruptionTarget', status, reason }],
    });
    for (const name of ['p', 'q', 'r', 's']) recorder.pod(10, 'ADDED', pod(name, 'a'));
    recorder.pod(20, 'MODIFIED', pod('p', 'a', target('PreemptionByScheduler')));
    recorder.pod(30, 'DELETED', pod('p', 'a', target('PreemptionByScheduler')));
    recorder.pod(40, 'MODIFIED', pod('q', 'a', target('DeletionByTaintManager')));
    recorder.pod(50, 'MODIFIED', pod('r', 'a', target('EvictionByEvictionAPI')));
    recorder.pod(60, 'MODIFIED', pod('s', 'a', target('EvictionByEvictionAPI', 'False')));
    recorder.pod(70, 'ADDED', pod('t'));
    recorder.attempt(pod('t'));
    recorder.attempt(pod('t'));
    expect(recorder.metrics(100)).toMatchObject({ podsPreempted: 1, podsEvicted: 2, schedulingAttempts: 2 });
  });

  test('CPU that is free where memory runs out first is stranded, for as long as it is', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    recorder.node(0, 'ADDED', node('b'));
    // Of 4 CPU and 8 GiB: 1 CPU and 6 GiB leave 75 % and 25 % free, so half of the CPU of one Node in two is stranded.
    const containers = [{ name: 'main', resources: { requests: { cpu: '1', memory: '6Gi' } } }];
    const large: Pod = { ...pod('p', 'a'), spec: { containers, nodeName: 'a' } };
    recorder.pod(50, 'ADDED', large);
    recorder.pod(90, 'DELETED', large);
    expect(recorder.metrics(100)).toMatchObject({ cpuStrandedMean: 0.1, memoryStrandedMean: 0 });
  });

  test('measures what a Node can give and a Pod requests beside CPU and memory, and nothing else by name', () => {
    const recorder = new ClusterRecorder(50);
    const gpus = { 'nvidia.com/gpu': '4', 'hugepages-2Mi': '1Gi', 'ephemeral-storage': '0', pods: '110' };
    const withGpus: Node = { ...node('a'), status: { allocatable: { cpu: '4', memory: '8Gi', ...gpus } } };
    recorder.node(0, 'ADDED', withGpus);
    recorder.node(0, 'ADDED', node('b'));
    const requests = {
      cpu: '3',
      memory: '1Gi',
      'nvidia.com/gpu': '1',
      'example.com/none': '1',
      'ephemeral-storage': '1',
    };
    const wanting: Pod = { ...pod('p', 'a'), spec: { containers: [{ name: 'main', resources: { requests } }] } };
    const bound: Pod = { ...wanting, spec: { ...wanting.spec, nodeName: 'a' } };
    recorder.pod(0, 'ADDED', wanting);
    recorder.pod(50, 'MODIFIED', bound);
    recorder.pod(90, 'DELETED', bound);
    // For 40 of 100 µs a quarter of the GPUs is requested, and three quarters are free where a quarter of the CPU is.
    const metrics = recorder.metrics(100);
    expect(Object.keys(metrics).filter((name) => name.includes('['))).toEqual([
      'utilisationMean[nvidia.com/gpu]',
      'utilisationMax[nvidia.com/gpu]',
      'imbalanceMean[nvidia.com/gpu]',
      'strandedMean[nvidia.com/gpu]',
    ]);
    expect(metrics).toMatchObject({
      'utilisationMean[nvidia.com/gpu]': 0.1,
      'utilisationMax[nvidia.com/gpu]': 0.25,
      'imbalanceMean[nvidia.com/gpu]': 0,
      'strandedMean[nvidia.com/gpu]': 0.2,
    });
    const { columns, pods, nodes, timeseries } = recorder.tables();
    const named = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));
    expect(objects(named(columns.pods), pods)[0]).toMatchObject({ 'requested[nvidia.com/gpu]': 1, cpuMillis: 3000 });
    expect(objects(named(columns.nodes), nodes)).toMatchObject([
      { node: 'a', 'requested[nvidia.com/gpu]': 0, 'allocatable[nvidia.com/gpu]': 4 },
      { node: 'b', 'allocatable[nvidia.com/gpu]': 0 },
    ]);
    expect(objects(named(columns.timeseries), timeseries)).toMatchObject([
      { timeMicros: 0, 'utilisation[nvidia.com/gpu]': 0 },
      { timeMicros: 50, 'utilisation[nvidia.com/gpu]': 0.25, 'stranded[nvidia.com/gpu]': 0.5 },
      { timeMicros: 100, 'utilisation[nvidia.com/gpu]': 0 },
    ]);
    for (const [table, rows] of [
      [columns.pods, pods],
      [columns.nodes, nodes],
      [columns.timeseries, timeseries],
    ])
      for (const row of rows as unknown[][]) expect(row).toHaveLength((table as unknown[]).length);
  });

  test('a Node with GPUs that comes after its Pod, or goes, counts from then on, or no more', () => {
    const recorder = new ClusterRecorder(50);
    const gpu = (name: string): Node => {
      const allocatable = { cpu: '4', memory: '8Gi', 'nvidia.com/gpu': '2' };
      return { ...node(name), status: { allocatable } };
    };
    const containers = [{ name: 'main', resources: { requests: { 'nvidia.com/gpu': '1' } } }];
    const early: Pod = { ...pod('p', 'a'), spec: { containers, nodeName: 'a' } };
    recorder.pod(0, 'ADDED', early);
    recorder.node(10, 'ADDED', gpu('a'));
    recorder.node(20, 'ADDED', gpu('b'));
    recorder.node(60, 'DELETED', gpu('b'));
    recorder.pod(80, 'DELETED', early);
    // 1 of 2 for 10 µs, 1 of 4 for 40, 1 of 2 for 20, none for 20.
    expect(recorder.metrics(100)).toMatchObject({
      'utilisationMean[nvidia.com/gpu]': 0.25,
      'utilisationMax[nvidia.com/gpu]': 0.5,
    });
    const { columns, nodes } = recorder.tables();
    expect(nodes.map((row) => row[columns.nodes.indexOf('requested[nvidia.com/gpu]')])).toEqual([0, 0]);
  });

  test('a cluster without other resources has the columns of every cluster alone', () => {
    const recorder = new ClusterRecorder(50);
    const unused = { cpu: '4', memory: '8Gi', 'hugepages-2Mi': '1Gi', 'ephemeral-storage': '100Gi' };
    recorder.node(0, 'ADDED', { ...node('a'), status: { allocatable: unused } });
    const containers = [{ name: 'main', resources: { requests: { cpu: '1', 'example.com/none': '1' } } }];
    recorder.pod(0, 'ADDED', { ...pod('p', 'a'), spec: { containers, nodeName: 'a' } });
    const metrics = recorder.metrics(120);
    const { columns, pods, nodes, timeseries } = recorder.tables();
    expect(Object.keys(metrics).filter((name) => name.includes('['))).toEqual([]);
    expect(columns.nodes).toEqual(NODE_COLUMNS.map(({ name }) => name));
    expect(columns.pods).toEqual(POD_COLUMNS.map(({ name }) => name));
    expect(columns.timeseries).toEqual(['timeMicros', ...GAUGES]);
    for (const [names, rows] of [
      [columns.pods, pods],
      [columns.nodes, nodes],
      [columns.timeseries, timeseries],
    ] as const)
      for (const row of rows) expect(row).toHaveLength(names.length);
  });

  test('shares of GPUs that Pods ask for by annotation are measured in thousandths', () => {
    const recorder = new ClusterRecorder(1_000_000);
    const devices = { 'alibabacloud.com/gpu-count': '2', 'alibabacloud.com/gpu-milli': '2000' };
    recorder.node(0, 'ADDED', { ...node('a'), status: { allocatable: { cpu: '4', memory: '8Gi', ...devices } } });
    const annotations = { 'alibabacloud.com/gpu-count': '1', 'alibabacloud.com/gpu-milli': '500' };
    const plain = pod('p', 'a');
    recorder.pod(0, 'ADDED', { ...plain, metadata: { ...plain.metadata, annotations } });
    const names = Object.entries(recorder.metrics(100)).filter(([name]) => name.startsWith('utilisationMax['));
    expect(names).toEqual([['utilisationMax[alibabacloud.com/gpu-milli]', 0.25]]);
  });

  test("follows the scheduler's queues", () => {
    const recorder = new ClusterRecorder(50);
    const queues = { activeLength: 4, backoffLength: 0, unschedulableLength: 2, gatedLength: 1 };
    recorder.queues(0, queues);
    recorder.queues(25, { ...queues, activeLength: 0, backoffLength: 4 });
    const metrics = recorder.metrics(100);
    expect(metrics).toMatchObject({
      queueActiveMean: 1,
      queueActiveMax: 4,
      queueBackoffMean: 3,
      queueUnschedulableMean: 2,
      queueGatedMax: 1,
    });
    expect(
      objects([{ name: 'timeMicros' }, ...GAUGES.map((name) => ({ name }))], recorder.tables().timeseries),
    ).toMatchObject([
      { timeMicros: 0, queueActive: 4, queueBackoff: 0 },
      { timeMicros: 50, queueActive: 0, queueBackoff: 4, queueUnschedulable: 2, queueGated: 1 },
      { timeMicros: 100 },
    ]);
  });

  test('the time without a Node has the Pods that were never placed, the latency has not', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    recorder.pod(0, 'ADDED', pod('old', 'a'));
    for (const name of ['placed', 'waiting', 'gone']) recorder.pod(10, 'ADDED', pod(name));
    recorder.pod(30, 'MODIFIED', pod('placed', 'a'));
    recorder.pod(50, 'DELETED', pod('gone'));
    recorder.pod(70, 'MODIFIED', pod('placed', 'a', { phase: 'Running' }));
    expect(recorder.metrics(100)).toMatchObject({
      schedulingLatencyMaxMicros: 20,
      waitingTimeMeanMicros: 50,
      waitingTimeP50Micros: 40,
      waitingTimeMaxMicros: 90,
      scheduleToRunMaxMicros: 40,
    });
  });

  test('Pods that came with their Node take room and are in no latency', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    recorder.pod(0, 'ADDED', pod('old', 'a', { phase: 'Running' }));
    const metrics = recorder.metrics(10);
    expect(metrics).toMatchObject({ pods: 1, podsScheduled: 0, schedulingLatencyP50Micros: null, nodesInUseMax: 1 });
    expect(objects(NODE_COLUMNS, recorder.tables().nodes)).toMatchObject([
      { node: 'a', zone: 'z', pods: 1, cpuRequestedMillis: 1000 },
    ]);
  });

  test('a Pod that ends gives its room back and is no longer pending', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.node(0, 'ADDED', node('a'));
    recorder.pod(0, 'ADDED', pod('p', 'a', { phase: 'Running' }));
    recorder.pod(5, 'MODIFIED', pod('p', 'a', { phase: 'Succeeded' }));
    recorder.pod(6, 'DELETED', pod('p', 'a', { phase: 'Succeeded' }));
    recorder.metrics(10);
    const last = Object.fromEntries(
      ['timeMicros', ...GAUGES].map((name, i) => [name, recorder.tables().timeseries.at(-1)?.[i]]),
    );
    expect(last).toMatchObject({ pending: 0, bound: 0, running: 0, nodesInUse: 0, cpuUtilisation: 0 });
  });

  test('counts Pods without Node by the reason, the most frequent first', () => {
    const recorder = new ClusterRecorder(1_000_000);
    recorder.pod(0, 'ADDED', pod('a', undefined, unfit));
    recorder.pod(0, 'ADDED', pod('b', undefined, unfit));
    recorder.pod(0, 'ADDED', pod('c'));
    expect(recorder.unschedulable()).toEqual([
      { reason: 'no room', pods: 2 },
      { reason: 'no attempt has failed yet', pods: 1 },
    ]);
  });
});

test('Nodes that are equally full have no imbalance, whatever came and went', () => {
  const shares = new NodeShares();
  for (let row = 0; row < 6; row++) shares.setAllocatable(row, 17);
  for (let round = 0; round < 1000; round++)
    for (let row = 0; row < 6; row++) shares.addRequested(row, round % 3 === 2 ? -2 : 1);
  expect(shares.requested(0)).toBe(1);
  expect(shares.imbalance).toBe(0);
});

test('NodeShares agrees with the standard deviation worked out from scratch', () => {
  const change = fc.tuple(fc.nat(5), fc.constantFrom('allocatable', 'requested'), fc.nat(1000));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const shares = new NodeShares();
      const nodes = new Map<number, { requested: number; allocatable: number }>();
      for (const [row, what, amount] of changes) {
        const before = nodes.get(row) ?? { requested: 0, allocatable: 0 };
        if (what === 'allocatable') shares.setAllocatable(row, amount);
        else shares.addRequested(row, amount);
        nodes.set(
          row,
          what === 'allocatable'
            ? { ...before, allocatable: amount }
            : { ...before, requested: before.requested + amount },
        );
      }
      const values = [...nodes.values()]
        .filter((one) => one.allocatable > 0)
        .map((one) => one.requested / one.allocatable);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      // Both subtract squares of shares up to 40,000: an absolute error of their rounding remains.
      expect(shares.imbalance).toBeCloseTo(values.length === 0 ? 0 : Math.sqrt(variance), 1);
    }),
    { seed: 1 },
  );
});

test('a run keeps between 128 and 256 checkpoints however long it is, at the same events each time', () => {
  const take = (events: number): number[] => {
    const sim = new Simulation({ seed: '1' });
    const tick = (left: number): void => void (left > 0 && sim.after(1, tick, left - 1));
    sim.after(1, tick, events - 1);
    const checkpoints = new Checkpoints(sim);
    sim.runUntil({ idle: true, condition: () => (checkpoints.observe(), false) });
    return checkpoints.finish().map((checkpoint) => checkpoint.events);
  };
  for (const events of [20_000, 123_457]) {
    const taken = take(events);
    expect(taken.length).toBeGreaterThanOrEqual(128);
    expect(taken.length).toBeLessThanOrEqual(257);
    expect(taken.at(-1)).toBe(events);
    expect(take(events)).toEqual(taken);
  }
});
