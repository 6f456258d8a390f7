/** Preemption over random Nodes full of Pods of several priorities, with and without PodDisruptionBudgets. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../objects/pod.ts';
import { bound, SmallCluster, testNode, testPod } from '../testing/small-cluster.ts';
import type { FoundNothing } from '../decision/decision.ts';
import { earliestStartSeconds } from './pod-importance.ts';
import type { PreemptionCandidate } from '../framework/plugin.ts';

const sketch = fc.record({
  node: fc.nat(3),
  priority: fc.nat(4),
  cpu: fc.integer({ min: 1, max: 3 }),
  started: fc.nat(9),
  app: fc.constantFrom('a', 'b'),
});
const world = fc.record({
  pods: fc.array(sketch, { minLength: 4, maxLength: 20 }),
  cpu: fc.integer({ min: 1, max: 4 }),
  priority: fc.integer({ min: 1, max: 5 }),
  budget: fc.option(fc.nat(2)),
});

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function existing({ priority, cpu, started, app, node }: World['pods'][number], i: number): Pod {
  const pod = bound(testPod(`p${i}`, { cpu: String(cpu) }, { priority }, { app }), `n${node}`);
  return { ...pod, status: { startTime: `2025-01-01T00:00:0${started}Z` } };
}

/** The cluster, and the outcome when the Pod fits nowhere. */
function preempt({
  pods,
  cpu,
  priority,
  budget,
}: World): { cluster: SmallCluster; pod: Pod; decision: FoundNothing } | undefined {
  const cluster = new SmallCluster();
  for (let i = 0; i < 4; i++) cluster.cache.addNode(testNode(`n${i}`));
  pods.forEach((one, i) => cluster.cache.addPod(existing(one, i)));
  if (budget !== null) {
    cluster.listers.podDisruptionBudgets.set({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'budget', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'a' } } },
      status: { disruptionsAllowed: budget },
    });
  }
  const pod = testPod('incoming', { cpu: String(cpu) }, { priority });
  const decision = cluster.decide(pod);
  return decision.result === 'unschedulable' ? { cluster, pod, decision } : undefined;
}

const fits = (cluster: SmallCluster, pod: Pod, node: string): boolean => {
  const decision = cluster.decide({ ...pod, status: { nominatedNodeName: node } });
  return decision.result === 'scheduled' && decision.node.name === node;
};

test('victims are less important than the Pod, which fits as soon as all of them have gone, and not before', () => {
  fc.assert(
    fc.property(world, (sketches) => {
      const found = preempt(sketches);
      const { nominatedNodeName = '', victims = [] } = found?.decision.postFilter ?? { status: undefined };
      fc.pre(found !== undefined && nominatedNodeName !== '');
      const { cluster, pod } = found;
      expect(victims.length).toBeGreaterThan(0);
      for (const victim of victims) {
        expect(victim.class.priority).toBeLessThan(pod.spec.priority ?? 0);
        expect(victim.pod.spec.nodeName).toBe(nominatedNodeName);
        expect(fits(cluster, pod, nominatedNodeName)).toBe(false);
        cluster.cache.removePod(victim.pod);
      }
      expect(fits(cluster, pod, nominatedNodeName)).toBe(true);
      for (const victim of victims) {
        cluster.cache.addPod(victim.pod);
        expect(fits(cluster, pod, nominatedNodeName)).toBe(false);
        cluster.cache.removePod(victim.pod);
      }
    }),
    { numRuns: 150 },
  );
});

test('a Node where Pods of lower priority could make room is found whenever there is one', () => {
  fc.assert(
    fc.property(world, (sketches) => {
      const found = preempt(sketches);
      fc.pre(found !== undefined);
      const { pods, priority, cpu } = sketches;
      const helps = [0, 1, 2, 3].some((node) => {
        const kept = pods.filter((pod) => pod.node === node && pod.priority >= priority);
        const leaves = pods.some((pod) => pod.node === node && pod.priority < priority);
        return leaves && kept.reduce((sum, pod) => sum + pod.cpu, 0) + cpu <= 4;
      });
      expect(found.decision.postFilter?.status === undefined).toBe(helps);
    }),
    { numRuns: 150 },
  );
});

/** The five criteria as one comparison. */
function key({ pdbViolations, victims }: PreemptionCandidate): number[] {
  const sum = victims.reduce((total, { class: { priority } }) => total + priority + 2 ** 31, 0);
  return [pdbViolations, victims[0]?.class.priority ?? 0, sum, victims.length, -earliestStartSeconds(victims)];
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}

test('no candidate is better than the best ones by the five criteria, and the others are worse', () => {
  fc.assert(
    fc.property(world, (sketches) => {
      const { candidates = [], best = [] } = preempt(sketches)?.decision.postFilter ?? { status: undefined };
      fc.pre(candidates.length > 1);
      for (const candidate of candidates) {
        const order = compareKeys(key(candidate), key(best[0] as PreemptionCandidate));
        expect(order === 0).toBe(best.includes(candidate));
        expect(order).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 150 },
  );
});
