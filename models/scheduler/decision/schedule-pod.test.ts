/** The steps of an attempt around the plugins: sampling, nominated Nodes, ties, messages, explanations. */
import { expect, test } from 'vitest';
import { podInfo } from '../framework/pod-info.ts';
import { bound, SmallCluster, testNode, testPod } from '../testing/small-cluster.ts';
import type { AttemptRecord } from './decision.ts';
import { explainPod } from './explain.ts';
import { feasibleNodesWanted } from './sampling.ts';

function clusterOf(nodes: number, options: ConstructorParameters<typeof SmallCluster>[0] = {}): SmallCluster {
  const cluster = new SmallCluster(options);
  for (let i = 0; i < nodes; i++) cluster.cache.addNode(testNode(`n${String(i).padStart(3, '0')}`));
  return cluster;
}

test.each([
  [0, 99, 99],
  [0, 100, 100],
  [0, 1000, 420],
  [0, 5000, 500],
  [0, 6000, 300],
  [30, 1000, 300],
  [5, 1000, 100],
  [100, 50_000, 50_000],
])('at %d percent of %d Nodes, %d feasible ones are enough', (percentage, nodes, wanted) => {
  expect(feasibleNodesWanted(percentage, nodes)).toBe(wanted);
});

test('the search goes on where the last one ended', () => {
  const cluster = clusterOf(250);
  const starts = Array.from({ length: 4 }, (_, i) => {
    cluster.decide(testPod(`p${i}`));
    return cluster.scheduler.nextStart;
  });
  // 48 percent of 250.
  expect(starts).toEqual([120, 240, 110, 230]);
});

test('Nodes refused between the last wanted feasible Node and the next one count as looked at', () => {
  const cluster = new SmallCluster();
  for (let i = 0; i < 200; i++) {
    const cordoned = i >= 100 && i < 150;
    cluster.cache.addNode(testNode(`n${i}`, {}, cordoned ? { spec: { unschedulable: true } } : {}));
  }
  const decision = cluster.decide(testPod('p'));
  expect(decision).toMatchObject({ result: 'scheduled', feasible: 100, evaluated: 150 });
});

test('ties are broken uniformly by the seed, or by name', () => {
  const chosen = (options: ConstructorParameters<typeof SmallCluster>[0]): Map<string, number> => {
    const counts = new Map<string, number>();
    const cluster = clusterOf(4, options);
    for (let i = 0; i < 400; i++) {
      const decision = cluster.decide(testPod(`p${i}`));
      const name = decision.result === 'scheduled' ? decision.node.name : '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  };
  expect([...chosen({ tieBreak: 'first' })]).toEqual([['n000', 400]]);
  const random = chosen({ tieBreak: 'random', seed: 's' });
  expect(random.size).toBe(4);
  for (const count of random.values()) expect(count).toBeGreaterThan(70);
  expect(chosen({ tieBreak: 'random', seed: 's' })).toEqual(random);
  expect(chosen({ tieBreak: 'random', seed: 't' })).not.toEqual(random);
});

test('without Nodes the attempt is an error', () => {
  const decision = new SmallCluster().decide(testPod('p'));
  expect(decision).toMatchObject({ result: 'error', status: { reasons: ['no nodes available to schedule pods'] } });
});

test('the nominated Node is taken without a look at others', () => {
  const cluster = clusterOf(5);
  const record: AttemptRecord = {};
  const decision = cluster.decide({ ...testPod('p'), status: { nominatedNodeName: 'n003' } }, record);
  expect(decision).toMatchObject({ result: 'scheduled', node: { name: 'n003' }, evaluated: 1 });
  expect(record.viaNominatedNode).toBe(true);
});

test('a Node is kept for the Pod that is nominated to it, but not from a more important one', () => {
  const cluster = clusterOf(1);
  const nominated = testPod('nominated', { cpu: '3' }, { priority: 5 });
  cluster.nominator.add(podInfo(nominated, cluster.cache.classes), 'n000');
  expect(cluster.decide(testPod('equal', { cpu: '2' }, { priority: 5 })).result).toBe('unschedulable');
  expect(cluster.decide(testPod('higher', { cpu: '2' }, { priority: 6 })).result).toBe('scheduled');
  expect(cluster.decide(nominated).result).toBe('scheduled');
});

test('preemption names victims and Node and leaves the cluster as it is', () => {
  const cluster = clusterOf(1);
  cluster.cache.addPod(bound(testPod('low', { cpu: '3' }, { priority: 1 }), 'n000'));
  cluster.cache.addPod(bound(testPod('high', { cpu: '1' }, { priority: 9 }), 'n000'));
  const decision = cluster.decide(testPod('p', { cpu: '2' }, { priority: 5 }));
  if (decision.result !== 'unschedulable') throw new Error(decision.result);
  expect(decision.postFilter?.nominatedNodeName).toBe('n000');
  expect(decision.postFilter?.victims?.map(({ pod }) => pod.metadata.name)).toEqual(['low']);
  expect(cluster.cache.snapshot().get('n000')?.pods).toHaveLength(2);
});

test('a Pod with resource claims is an error that says what is not modelled', () => {
  const pod = testPod('p', {}, { resourceClaims: [{ name: 'gpu', resourceClaimName: 'g' }] });
  const decision = clusterOf(1).decide(pod);
  expect(decision).toMatchObject({ result: 'error' });
  expect(decision.result === 'error' && decision.status.reasons.join()).toContain(
    'pod default/p has resource claims; dynamic resource allocation is not modelled',
  );
});

test('an explanation shows every Filter of every Node, also after the first refusal', () => {
  const cluster = new SmallCluster();
  cluster.cache.addNode(testNode('cordoned', { cpu: '1' }, { spec: { unschedulable: true } }));
  cluster.cache.addNode(testNode('small', { cpu: '1' }));
  const info = podInfo(testPod('p', { cpu: '2' }), cluster.cache.classes);
  const explanation = explainPod(cluster.profile, info, cluster.cache.snapshot());
  const refusals = explanation.nodes.map(({ filters }) =>
    filters.filter(({ verdict }) => verdict.startsWith('Unsched')).map(({ plugin }) => plugin),
  );
  expect(refusals).toEqual([['NodeUnschedulable', 'NodeResourcesFit'], ['NodeResourcesFit']]);
  expect(explanation.message).toBe('0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.');
});

test('an explanation of a Pod that is bound leaves the Pod out of its own Node', () => {
  const cluster = clusterOf(1);
  const pod = bound(testPod('p', { cpu: '3' }), 'n000');
  cluster.cache.addPod(pod);
  const explanation = explainPod(cluster.profile, podInfo(pod, cluster.cache.classes), cluster.cache.snapshot());
  expect(explanation.best).toEqual(['n000']);
  const fit = explanation.nodes[0]?.scores?.find(({ plugin }) => plugin === 'NodeResourcesFit');
  // 25 % of cpu and 97 % of memory stay free (200 MiB by default), in whole numbers.
  expect(fit).toEqual({ plugin: 'NodeResourcesFit', raw: 61, normalized: 61, weight: 1, weighted: 61 });
});

test('an explanation takes no draw and moves no start', () => {
  const cluster = clusterOf(250, { tieBreak: 'random', seed: 'x' });
  const untouched = clusterOf(250, { tieBreak: 'random', seed: 'x' });
  const info = podInfo(testPod('p'), cluster.cache.classes);
  explainPod(cluster.profile, info, cluster.cache.snapshot());
  expect(cluster.scheduler.nextStart).toBe(0);
  expect(cluster.place(testPod('p'))).toBe(untouched.place(testPod('p')));
});
