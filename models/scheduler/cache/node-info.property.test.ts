/** What a Node adds up over its Pods, however seldom somebody asks for it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PodSpec } from '../../objects/pod.ts';
import type { NodeInfo } from './node-info.ts';
import { bound, testNode, testPod } from '../testing/small-cluster.ts';
import { SchedulerCache } from './scheduler-cache.ts';

const SPECS: readonly Partial<PodSpec>[] = [
  {},
  {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: {} } }],
      },
    },
  },
  {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: {} } }],
      },
    },
  },
];

const step = fc.record({
  pod: fc.integer({ min: 0, max: 9 }),
  asks: fc.boolean(),
  clones: fc.boolean(),
});

/** Amounts that 64 bits hold and doubles do not are among them. */
const REQUESTS: readonly Record<string, string>[] = [
  {},
  { cpu: '100m' },
  { cpu: '1', memory: '4Gi' },
  { memory: '9007199254740993' },
  { memory: '3' },
];

function summed(node: NodeInfo): unknown[] {
  const { requested, nonZeroMilliCpu, nonZeroMemory } = node;
  return [requested.milliCpu, requested.memory, requested.ephemeralStorage, nonZeroMilliCpu, nonZeroMemory];
}

/** A Node to which the same Pods came just now. */
function fresh(node: NodeInfo): NodeInfo {
  const cache = new SchedulerCache();
  cache.addNode(testNode('n'));
  for (const { pod } of node.pods) cache.addPod(pod);
  return cache.snapshot().get('n') as NodeInfo;
}

test('the Pods of a Node, and sums over them, are those that are there, asked for often or seldom', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const cache = new SchedulerCache();
      cache.addNode(testNode('n'));
      const pods = Array.from({ length: 10 }, (_, i) =>
        bound(testPod(`p${i}`, REQUESTS[i % REQUESTS.length] ?? {}, SPECS[i % SPECS.length]), 'n'),
      );
      const present: number[] = [];
      const node = cache.snapshot().get('n') as NodeInfo;
      for (const { pod, asks, clones } of steps) {
        const at = present.indexOf(pod);
        if (at < 0) {
          present.push(pod);
          cache.addPod(pods[pod] as (typeof pods)[number]);
        } else {
          // The last takes its place.
          const last = present.pop() as number;
          if (last !== pod) present[at] = last;
          cache.removePod(pods[pod] as (typeof pods)[number]);
        }
        if (asks) expect(node.pods.map((info) => info.pod)).toEqual(present.map((i) => pods[i]));
        if (asks) expect(summed(node)).toEqual(summed(fresh(node)));
        if (clones) expect(summed(node.clone())).toEqual(summed(fresh(node)));
      }
      expect(node.pods.map((info) => info.pod)).toEqual(present.map((i) => pods[i]));
      const expected = fresh(node);
      expect(summed(node)).toEqual(summed(expected));
      expect(node.podsWithAffinity.map(({ pod }) => pod)).toEqual(expected.podsWithAffinity.map(({ pod }) => pod));
      const { nodesWithAffinityPods, nodesWithRequiredAntiAffinityPods } = cache.snapshot();
      expect(nodesWithAffinityPods.has(node)).toBe(expected.podsWithAffinity.length > 0);
      expect(nodesWithRequiredAntiAffinityPods.has(node)).toBe(expected.podsWithRequiredAntiAffinity.length > 0);
    }),
    { numRuns: 200 },
  );
});
