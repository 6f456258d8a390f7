/** GPUs of a whole cluster: allocation, fragmentation and the curve, reckoned by hand and against working out every state anew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { GpuNodeState } from '../policies/gpu-sharing/gpu-node.ts';
import { fragmentationMilli, typicalPods } from '../workloads/openb/fragmentation.ts';
import { GpuRecorder } from './gpu-recorder.ts';
import { gpuRequestOfPod } from './gpu-offers.ts';

const RESOURCE = 'nvidia.com/gpu';

function node(name: string, gpus: number, resource = RESOURCE): Node {
  const allocatable = { cpu: '10', memory: '64Gi', ...(gpus === 0 ? {} : { [resource]: `${gpus}` }) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { allocatable } };
}

function pod(name: string, gpus: number, nodeName?: string, resource = RESOURCE): Pod {
  const requests = { cpu: '1', ...(gpus === 0 ? {} : { [resource]: `${gpus}` }) };
  const containers = [{ name: 'main', resources: { requests } }];
  const spec = nodeName === undefined ? { containers } : { containers, nodeName };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' }, spec };
}

const recorder = (devicesOf: (pod: Pod) => readonly number[] | undefined = () => undefined): GpuRecorder =>
  new GpuRecorder({ sampleEveryMicros: 50, typical: [], devicesOf });

/** Numbers of Pods by name. */
const rows = new Map<string, number>();

/** A Pod changes. */
function see(gpus: GpuRecorder, atMicros: number, type: 'ADDED' | 'MODIFIED' | 'DELETED', one: Pod): void {
  const { name } = one.metadata;
  if (!rows.has(name)) rows.set(name, rows.size);
  gpus.pod(atMicros, type, one, rows.get(name) as number);
}

/** A Pod comes and is bound. */
function bind(gpus: GpuRecorder, atMicros: number, one: Pod): void {
  const { nodeName: _, ...spec } = one.spec;
  see(gpus, atMicros, 'ADDED', { ...one, spec });
  see(gpus, atMicros, 'MODIFIED', one);
}

describe('GpuRecorder', () => {
  test('an idle GPU is fragmented as far as the typical Pods cannot use it', () => {
    const gpus = recorder();
    gpus.node(0, 'ADDED', node('a', 2));
    gpus.node(0, 'ADDED', node('cpu', 0));
    see(gpus, 0, 'ADDED', pod('large', 2));
    bind(gpus, 50, pod('small', 1, 'a'));
    see(gpus, 75, 'DELETED', pod('small', 1, 'a'));
    // One shape in two asks for both GPUs, and while one is taken cannot use the other: a quarter of all, half of the idle.
    const outcome = gpus.outcome(100, 0);
    expect(outcome?.metrics).toEqual({
      gpuAllocationMean: 0.125,
      gpuFragmentationMean: 0.0625,
      gpuFragmentationOfIdleMean: 0.125,
    });
    expect(outcome?.columns).toEqual(['gpuAllocated', 'gpuFragmented', 'gpuFragmentedOfIdle']);
    expect(outcome?.series).toEqual([
      [0, 0, 0],
      [0.5, 0.25, 0.5],
      [0, 0, 0],
    ]);
    expect(outcome?.curve).toEqual({
      file: 'gpu-curve.csv',
      columns: ['allocatedPercent', 'fragmentedPercentOfTotal', 'fragmentedPercentOfIdle', 'micros'],
      rows: [
        [0, 0, 0, 75],
        [50, 25, 50, 25],
      ],
    });
    expect(gpus.outcome(100, 50)?.metrics).toMatchObject({ gpuAllocationMean: 0.25 });
  });

  test('a cluster without GPUs, or without a Pod that asks for one, has none of it', () => {
    const without = recorder();
    without.node(0, 'ADDED', node('cpu', 0));
    bind(without, 10, pod('p', 0, 'cpu'));
    expect(without.outcome(100, 0)).toBeUndefined();
    const unused = recorder();
    unused.node(0, 'ADDED', node('a', 2));
    bind(unused, 10, pod('p', 0, 'a'));
    expect(unused.outcome(100, 0)).toBeUndefined();
  });

  test('a GPU of another kind is of no use to a Pod', () => {
    const gpus = recorder();
    gpus.node(0, 'ADDED', node('n', 1));
    gpus.node(0, 'ADDED', node('a', 1, 'amd.com/gpu'));
    see(gpus, 0, 'ADDED', pod('p', 1));
    expect(gpus.outcome(100, 0)?.metrics).toMatchObject({ gpuFragmentationMean: 0.5 });
  });

  test('shares lie on the devices that the plugin chose; where a scheduler chooses none, what is idle is not told', () => {
    const annotations = { 'alibabacloud.com/gpu-count': '1', 'alibabacloud.com/gpu-milli': '500' };
    const share = (name: string): Pod => {
      const plain = pod(name, 0, 'a');
      return { ...plain, metadata: { ...plain.metadata, annotations } };
    };
    const devices = { 'alibabacloud.com/gpu-count': '2', 'alibabacloud.com/gpu-milli': '2000' };
    const shared: Node = { ...node('a', 0), status: { allocatable: { cpu: '10', memory: '1Gi', ...devices } } };
    const whole = pod('whole', 0);
    const wholes: Pod = {
      ...whole,
      metadata: { ...whole.metadata, annotations: { 'alibabacloud.com/gpu-count': '1' } },
    };
    const fragmented = (devicesOf: (one: Pod) => readonly number[] | undefined): unknown => {
      const gpus = recorder(devicesOf);
      gpus.node(0, 'ADDED', shared);
      see(gpus, 0, 'ADDED', wholes);
      bind(gpus, 0, share('p'));
      bind(gpus, 0, share('q'));
      return gpus.outcome(100, 0)?.metrics.gpuFragmentationMean;
    };
    // One device full, the other free: all fits. Half of each: a third of the Pods, which ask for a whole one, can use neither.
    expect(fragmented(() => [0])).toBe(0);
    expect(fragmented(({ metadata }) => [metadata.name === 'p' ? 0 : 1])).toBeCloseTo(1 / 6, 12);
    expect(fragmented(() => undefined)).toBeUndefined();
  });

  test('a Pod that came with its Node has devices too', () => {
    const gpus = recorder();
    gpus.node(0, 'ADDED', node('a', 2));
    see(gpus, 0, 'ADDED', pod('there', 1, 'a'));
    expect(gpus.outcome(100, 0)?.metrics).toMatchObject({ gpuAllocationMean: 0.5 });
  });

  test('agrees at the end with every Node worked out anew, whatever came and went', () => {
    const step = fc.record({ node: fc.nat(2), pod: fc.nat(7), gpus: fc.constantFrom(0, 1, 2, 4) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const gpus = recorder();
        const names = ['a', 'b', 'c'];
        for (const name of names) gpus.node(0, 'ADDED', node(name, 4));
        const present = new Map<string, Pod>();
        const seen: Pod[] = [];
        steps.forEach((one, i) => {
          const name = names[one.node] as string;
          const used = [...present.values()].filter(({ spec }) => spec.nodeName === name);
          const taken = used.reduce((sum, each) => sum + gpuRequestOfPod(each).gpus, 0);
          const there = [...present.keys()].find((key) => key.startsWith(`${one.pod}-`));
          if (there !== undefined) {
            see(gpus, i, 'DELETED', present.get(there) as Pod);
            present.delete(there);
          } else if (taken + one.gpus <= 4) {
            const fresh = pod(`${one.pod}-${i}`, one.gpus, name);
            bind(gpus, i, fresh);
            seen.push(fresh);
            present.set(fresh.metadata.name, fresh);
          }
        });
        const outcome = gpus.outcome(steps.length, 0);
        if (!seen.some((each) => gpuRequestOfPod(each).gpus > 0)) {
          expect(outcome).toBeUndefined();
          return;
        }
        const typical = typicalPods(seen.map((each) => ({ name: '', memoryMib: 0, ...gpuRequestOfPod(each) })));
        let [allocated, fragmented] = [0, 0];
        for (const name of names) {
          const state = new GpuNodeState(10_000, 4, RESOURCE);
          for (const each of present.values()) {
            if (each.spec.nodeName !== name) continue;
            const request = gpuRequestOfPod(each);
            const free = state.gpuLeftMilli.flatMap((left, device) => (left === 1000 ? [device] : []));
            state.take(request, free.slice(0, request.gpus));
            allocated += request.gpus;
          }
          fragmented += fragmentationMilli(state, typical) / 1000;
        }
        const last = outcome?.series.at(-1) as number[];
        expect(last[0]).toBeCloseTo(allocated / 12, 12);
        expect(last[1]).toBeCloseTo(fragmented / 12, 9);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
