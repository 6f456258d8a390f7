/** Tests of the warm-up of steady-state runs: which part of a run counts, and when a study is refused. */
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../models/objects/pod.ts';
import { TimeSeries } from '../../results/index.ts';
import { parseDocuments } from '../workloads/documents.ts';
import { ClusterRecorder } from './cluster-recorder.ts';
import { checkedExperiment } from './load.ts';
import { warmUpCut } from './warm-up-cut.ts';

const SECOND = 1_000_000;

/** A queue that fills for so many seconds and then goes up and down, sampled each second. */
function filling(seconds: number, fillSeconds = 40): TimeSeries {
  const series = new TimeSeries(['bound'], SECOND);
  for (let second = 0; second < seconds; second++) {
    series.set(second * SECOND, 0, Math.min(second, fillSeconds) * 10 + ((second * 7) % 5));
  }
  series.advance(seconds * SECOND);
  return series;
}

describe('MSER-5', () => {
  test('cuts where the queue has filled', () => {
    const { untilMicros, reliable } = warmUpCut('mser5', filling(400), [0], 400 * SECOND);
    expect(untilMicros / SECOND).toBeGreaterThanOrEqual(40);
    expect(untilMicros / SECOND).toBeLessThanOrEqual(50);
    expect(reliable).toBe(true);
  });

  test('says that a run is too short when it has not filled', () => {
    expect(warmUpCut('mser5', filling(100, 100), [0], 100 * SECOND).reliable).toBe(false);
  });
});

test('a given time is rounded up to the grid, and has to be shorter than the run', () => {
  const series = filling(20);
  expect(warmUpCut('2500ms', series, [0], 20 * SECOND)).toEqual({ untilMicros: 3 * SECOND, reliable: true });
  expect(() => warmUpCut('20s', series, [0], 20 * SECOND)).toThrow('warm-up of 20s is not shorter than the run of 20s');
});

test('Pods that came during the warm-up are not counted, bindings after it are', () => {
  const recorder = new ClusterRecorder(SECOND);
  const pod = (name: string, nodeName?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) },
  });
  recorder.pod(0, 'ADDED', pod('early'));
  recorder.pod(4 * SECOND, 'ADDED', pod('late'));
  recorder.pod(6 * SECOND, 'MODIFIED', pod('early', 'node'));
  recorder.pod(7 * SECOND, 'MODIFIED', pod('late', 'node'));
  expect(recorder.metrics(8 * SECOND, '4s')).toMatchObject({
    pods: 1,
    podsScheduled: 1,
    schedulingLatencyMaxMicros: 3 * SECOND,
    schedulingThroughput: 0.5,
    pendingMean: 1.25,
    nodesInUseMean: 0.5,
    warmUpMicros: 4 * SECOND,
    warmUpFound: 1,
  });
});

describe('a steady-state study', () => {
  const check = (more: string): unknown => {
    const text = `name: x
cluster: { nodes: [{ name: n, count: 1, capacity: { cpu: 1 } }] }
workload: []
horizon: { steadyState: { warmUp: 5m } }
${more}`;
    const [document] = parseDocuments('e.yaml', text);
    return checkedExperiment(document as NonNullable<typeof document>);
  };

  test('does not end when the cluster is empty', () => {
    expect(() => check('stop: { after: 1h }')).toThrow('stop.settled: found true with horizon steadyState');
    expect(() => check('stop: { after: 1h, settled: false }')).not.toThrow();
  });

  test('is not a placement study, which has no time', () => {
    expect(() => check('study: placement\nstop: { settled: false }')).toThrow('found steadyState in a placement study');
  });
});
