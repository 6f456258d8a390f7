/** Throughput is sampled as upstream samples it. */
import { describe, expect, test } from 'vitest';
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { ATTEMPT_DURATION, Collector, POD_DURATION, unmodelledMetrics } from './collector.ts';
import { dataItemsOf, sampleData } from './data-items.ts';

const S = MICROS_PER_SECOND;
const pod = (namespace: string, labels = {}): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace, labels }, spec: { containers: [] } }) as Pod;

/** Tells a collector of Pods scheduled at these seconds. */
function collectorOf(seconds: readonly number[], options: { scheduled?: number; namespace?: string } = {}): Collector {
  let nowMicros = 0;
  const collector = new Collector({
    nowMicros: 0,
    namespaces: ['a'],
    labels: {},
    scheduled: options.scheduled ?? 0,
    clock: () => nowMicros,
  });
  for (const second of seconds) {
    nowMicros = second * S;
    collector.scheduled(pod(options.namespace ?? 'a'));
  }
  return collector;
}

describe('throughput samples', () => {
  test('leave out the first second that has Pods, and count the Pods of each other', () => {
    expect(collectorOf([0.1, 0.2, 1.1, 1.2, 1.3, 2.5]).throughputSamples(3 * S)).toEqual([3, 1]);
  });

  test('spread Pods over the seconds without any before them', () => {
    expect(collectorOf([0.5, 3.1, 3.2, 3.3]).throughputSamples(4 * S)).toEqual([1, 1, 1]);
  });

  test('do not begin before a Pod of the namespace is scheduled', () => {
    expect(collectorOf([2.5, 3.5]).throughputSamples(5 * S)).toEqual([1]);
  });

  test('leave out the first second alone when Pods were scheduled before', () => {
    expect(collectorOf([0.5, 1.5, 2.5, 2.6], { scheduled: 7 }).throughputSamples(3 * S)).toEqual([1, 2]);
    expect(collectorOf([1.5, 1.6], { scheduled: 7 }).throughputSamples(3 * S)).toEqual([2]);
  });

  test('see nothing of other namespaces', () => {
    expect(collectorOf([0.5, 1.5], { namespace: 'b' }).throughputSamples(3 * S)).toEqual([]);
  });
});

test('an operation too short for samples gives its average and says so', () => {
  const [item] = collectorOf([0.1, 0.2, 0.5]).items('n', S, []);
  expect(item).toMatchObject({
    data: { Average: 6 },
    unit: 'pods/s',
    labels: { Sampling: 'whole operation', Clock: 'virtual' },
  });
});

test('attempts last a cycle, and when they succeed until the binding is done', () => {
  let nowMicros = 5000;
  const options = { nowMicros: 0, namespaces: ['a'], labels: {}, scheduled: 0, clock: () => nowMicros };
  const collector = new Collector(options);
  collector.observer.attempted?.(pod('a'), 'unschedulable', 40, 500);
  collector.observer.attempted?.(pod('a'), 'scheduled', 90, 1000);
  nowMicros = 8000;
  collector.observer.bound?.(pod('a'), 'n', 2, 7000);
  const metric = 'scheduler_scheduling_attempt_duration_seconds';
  const wanted = [
    { metric, labels: [{ label: 'result', values: ['scheduled', 'unschedulable', 'error'] }] },
    { metric: POD_DURATION, labels: [] },
  ];
  const averages = collector
    .items('n', S, wanted)
    .map(({ labels, data }) => [labels.result ?? labels.Metric, data.Average]);
  expect(averages.slice(1)).toEqual([
    ['scheduled', 4],
    ['unschedulable', 0.5],
    [POD_DURATION, 7],
    ['SchedulingDuration', undefined],
  ]);
});

test('a percentile is the sample at its rank', () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(sampleData(samples)).toEqual({ Average: 100.5, Perc50: 100, Perc90: 180, Perc95: 190, Perc99: 198 });
  expect(sampleData([])).toBeUndefined();
});

test('the whole duration is an item of its own, in seconds', () => {
  expect(
    collectorOf([0.5])
      .items('n', 2.5 * S, [])
      .at(-1),
  ).toEqual({
    data: { Duration: 2.5 },
    unit: 's',
    labels: { Name: 'n', Metric: 'SchedulingDuration', Clock: 'virtual' },
  });
});

test('in a file every item has every label, "not applicable" where it has none', () => {
  const item = (labels: Readonly<Record<string, string>>) => ({ data: {}, unit: 's', labels });
  const { version, dataItems } = dataItemsOf([item({ Name: 'n' }), item({ Name: 'n', result: 'scheduled' })]);
  expect(version).toBe('v1');
  expect(dataItems.map(({ labels }) => labels)).toEqual([
    { Name: 'n', result: 'not applicable' },
    { Name: 'n', result: 'scheduled' },
  ]);
});

test('metrics and labels that are not modelled are named, and give no items', () => {
  const byProfile = { metric: ATTEMPT_DURATION, labels: [{ label: 'profile', values: ['default-scheduler'] }] };
  const wanted = [byProfile, { metric: 'scheduler_queue_incoming_pods_total', labels: [] }];
  expect(unmodelledMetrics(wanted)).toEqual([
    `label profile of metric ${ATTEMPT_DURATION}`,
    'metric scheduler_queue_incoming_pods_total',
  ]);
  const items = collectorOf([0.5]).items('n', S, wanted);
  expect(items.map(({ labels }) => labels.Metric)).toEqual(['SchedulingThroughput', 'SchedulingDuration']);
});
