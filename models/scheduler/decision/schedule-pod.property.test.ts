/** What must hold for every decision, over random clusters and Pods, with all plugins of the default profile at work. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node } from '../../objects/node.ts';
import type { Pod, PodSpec } from '../../objects/pod.ts';
import { amountOf } from '../framework/amounts.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { podInfo } from '../framework/pod-info.ts';
import { bound, SmallCluster, testNode, testPod } from '../testing/small-cluster.ts';
import type { AttemptRecord } from './decision.ts';
import { explainPod } from './explain.ts';

const selector = { matchLabels: { app: 'a' } };
const term = { topologyKey: 'topology.kubernetes.io/zone', labelSelector: selector };

const specs: readonly Partial<PodSpec>[] = [
  {},
  { priority: 10 },
  { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
  { nodeSelector: { disk: 'ssd' } },
  {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, topologyKey: 'kubernetes.io/hostname' }],
      },
    },
  },
  {
    affinity: {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term }] },
    },
  },
  {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: selector,
      },
    ],
  },
  {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: selector,
      },
    ],
  },
];

interface NodeSketch {
  readonly zone: number;
  readonly cpu: number;
  readonly ssd: boolean;
  readonly tainted: boolean;
}

interface PodSketch {
  readonly spec: number;
  readonly cpu: number;
  readonly app: boolean;
}

const nodeSketch: fc.Arbitrary<NodeSketch> = fc.record({
  zone: fc.nat(2),
  cpu: fc.integer({ min: 1, max: 6 }),
  ssd: fc.boolean(),
  tainted: fc.boolean(),
});
const podSketch: fc.Arbitrary<PodSketch> = fc.record({
  spec: fc.nat(specs.length - 1),
  cpu: fc.integer({ min: 0, max: 12 }),
  app: fc.boolean(),
});
const world = fc.record({
  nodes: fc.array(nodeSketch, { minLength: 1, maxLength: 6 }),
  pods: fc.array(podSketch, { minLength: 1, maxLength: 25 }),
});

function nodeOf({ zone, cpu, ssd, tainted }: NodeSketch, i: number): Node {
  const node = testNode(`n${i}`, { cpu: String(cpu), pods: '8' }, { zone: `z${zone}` });
  const labels = { ...node.metadata.labels, ...(ssd ? { disk: 'ssd' } : {}) };
  const taints = tainted ? [{ key: 'gpu', effect: 'NoSchedule' as const }] : [];
  return { ...node, metadata: { ...node.metadata, labels }, spec: { taints } };
}

function podOf({ spec, cpu, app }: PodSketch, i: number): Pod {
  const requests: Record<string, string> = cpu === 0 ? {} : { cpu: `${cpu * 100}m`, memory: `${cpu}Mi` };
  return testPod(`p${i}`, requests, specs[spec], app ? { app: 'a' } : {});
}

test('what is requested of a Node is the sum over its Pods, and never more than it has', () => {
  fc.assert(
    fc.property(world, ({ nodes, pods }) => {
      const cluster = new SmallCluster();
      nodes.forEach((node, i) => cluster.cache.addNode(nodeOf(node, i)));
      const placed = pods.map((pod, i) => podOf(pod, i)).filter((pod) => cluster.place(pod) !== undefined);
      const all = cluster.cache.snapshot().nodes;
      expect(all.reduce((sum, node) => sum + node.pods.length, 0)).toBe(placed.length);
      for (const node of all) {
        for (const resource of ['cpu', 'memory']) {
          const sum = node.pods.reduce((total, { class: own }) => total + Number(amountOf(own.requests, resource)), 0);
          expect(amountOf(node.requested, resource)).toBe(sum);
          expect(sum).toBeLessThanOrEqual(Number(amountOf(node.allocatable, resource)));
        }
        expect(node.pods.length).toBeLessThanOrEqual(node.allocatable.pods);
      }
    }),
    { numRuns: 60 },
  );
});

test('when all Pods have gone, nothing is requested of any Node', () => {
  fc.assert(
    fc.property(world, ({ nodes, pods }) => {
      const cluster = new SmallCluster();
      nodes.forEach((node, i) => cluster.cache.addNode(nodeOf(node, i)));
      for (const pod of pods.map((sketch, i) => podOf(sketch, i))) cluster.place(pod);
      for (const { pods: onNode } of cluster.cache.snapshot().nodes) {
        for (const { pod } of onNode.slice()) cluster.cache.removePod(pod);
      }
      const { nodes: all, nodesWithAffinityPods } = cluster.cache.snapshot();
      expect(nodesWithAffinityPods.size).toBe(0);
      for (const { requested, nonZeroMilliCpu, nonZeroMemory } of all) {
        expect([requested.milliCpu, requested.memory, nonZeroMilliCpu, nonZeroMemory]).toEqual([0, 0, 0, 0]);
      }
    }),
    { numRuns: 30 },
  );
});

test('no Pod goes to a Node that one of its Filters refuses, and the explanation agrees with the decision', () => {
  fc.assert(
    fc.property(world, ({ nodes, pods }) => {
      const cluster = new SmallCluster();
      nodes.forEach((node, i) => cluster.cache.addNode(nodeOf(node, i)));
      for (const pod of pods.map((sketch, i) => podOf(sketch, i))) {
        const info = podInfo(pod, cluster.cache.classes);
        const explanation = explainPod(cluster.profile, info, cluster.cache.snapshot());
        const record: AttemptRecord = {};
        const decision = cluster.decide(pod, record);
        const feasible = explanation.nodes.filter((node) => node.feasible).map(({ node }) => node);
        expect(feasible.sort()).toEqual((record.feasible ?? []).map(({ name }) => name).sort());
        if (decision.result === 'unschedulable') expect(explanation.message).toBe(decision.fitError.message());
        if (decision.result !== 'scheduled') continue;
        expect(explanation.best).toContain(decision.node.name);
        const state = new CycleState();
        cluster.profile.runPreFilter(state, info, cluster.cache.snapshot().nodes);
        for (const plugin of cluster.profile.plugins.filter) {
          if (!state.skipFilter.has(plugin.name)) expect(plugin.filter(state, info, decision.node)).toBeUndefined();
        }
        cluster.cache.addPod(bound(pod, decision.node.name));
      }
    }),
    { numRuns: 40 },
  );
});

/** The same Pod with members in another order and with what no plugin reads. */
function disguised(pod: Pod): Pod {
  const { containers, ...spec } = pod.spec;
  const reordered = Object.fromEntries(Object.entries(spec).reverse());
  const labels = Object.fromEntries(Object.entries({ ...pod.metadata.labels, unread: 'x' }).reverse());
  return {
    ...pod,
    metadata: { ...pod.metadata, labels, annotations: { note: 'unread' } },
    spec: { ...reordered, containers: containers.map((one) => ({ ...one, command: ['sleep'] })), dnsPolicy: 'Default' },
  };
}

test('what no plugin reads, and the order of what is a set, changes no decision', () => {
  fc.assert(
    fc.property(world, ({ nodes, pods }) => {
      const [plain, other] = [new SmallCluster(), new SmallCluster()];
      nodes.forEach((sketch, i) => {
        const node = nodeOf(sketch, i);
        plain.cache.addNode(node);
        const labels = Object.fromEntries(Object.entries({ unread: 'y', ...node.metadata.labels }).reverse());
        other.cache.addNode({ ...node, metadata: { ...node.metadata, labels, annotations: { note: 'unread' } } });
      });
      pods.forEach((sketch, i) => {
        const pod = podOf(sketch, i);
        expect(other.place(disguised(pod))).toBe(plain.place(pod));
      });
    }),
    { numRuns: 30 },
  );
});

test('the order in which bound Pods are learned of changes no score', () => {
  fc.assert(
    fc.property(world, fc.nat(), ({ nodes, pods }, turn) => {
      const [one, two] = [new SmallCluster(), new SmallCluster()];
      nodes.forEach((node, i) => {
        for (const { cache } of [one, two]) cache.addNode(nodeOf(node, i));
      });
      const all = pods.map((sketch, i) => bound(podOf(sketch, i), `n${i % nodes.length}`));
      for (const pod of all) one.cache.addPod(pod);
      all.forEach((_, i) => two.cache.addPod(all[(i + turn) % all.length] as Pod));
      for (const sketch of pods) {
        const [first, second]: [AttemptRecord, AttemptRecord] = [{}, {}];
        one.decide(podOf(sketch, 99), first);
        two.decide(podOf(sketch, 99), second);
        expect(second.totals).toEqual(first.totals);
        expect(second.scores).toEqual(first.scores);
      }
    }),
    { numRuns: 30 },
  );
});
