/** Defects and oddities of kube-scheduler v1.34.1 that are kept on purpose, one fact each. */
import { expect, test } from 'vitest';
import type { Pod } from '../../objects/pod.ts';
import type { AttemptRecord } from '../decision/decision.ts';
import { bound, SmallCluster, testNode, testPod } from '../testing/small-cluster.ts';

function clusterOf(...allocatable: Record<string, string>[]): SmallCluster {
  const cluster = new SmallCluster();
  allocatable.forEach((own, i) => cluster.cache.addNode(testNode(`n${i}`, own, { zone: `z${i}` })));
  return cluster;
}

function scores(cluster: SmallCluster, pod: Pod, plugin: string): readonly number[] | undefined {
  const record: AttemptRecord = {};
  cluster.decide(pod, record);
  return record.scores?.find((one) => one.plugin === plugin)?.scores;
}

test('a namespace selector that no label meets selects the Pods of every namespace', () => {
  const cluster = clusterOf({}, {});
  const labels = { team: 'a' };
  cluster.listers.namespaces.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels } });
  const other = bound(testPod('other', {}, {}, { app: 'a' }), 'n0');
  cluster.cache.addPod({ ...other, metadata: { ...other.metadata, namespace: 'other' } });
  const termWith = (operator: 'NotIn' | 'In'): Pod =>
    testPod(
      'p',
      {},
      {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: { app: 'a' } },
                namespaceSelector: {
                  matchExpressions: [{ key: 'team', operator, values: [operator === 'In' ? 'b' : 'a'] }],
                },
              },
            ],
          },
        },
      },
    );
  // Neither selects namespace "other", whose team is a.
  expect(cluster.decide(termWith('In'))).toMatchObject({ result: 'scheduled', feasible: 2 });
  expect(cluster.decide(termWith('NotIn'))).toMatchObject({ result: 'scheduled', feasible: 1, node: { name: 'n1' } });
});

test('a Pod that NodeAffinity rejects as a whole is never tried with preemption', () => {
  const cluster = clusterOf({});
  cluster.cache.addPod(bound(testPod('low', {}, { priority: 0 }), 'n0'));
  const names = ['n0', 'n1'].map((name) => ({ key: 'metadata.name', operator: 'In' as const, values: [name] }));
  const required = { nodeSelectorTerms: [{ matchFields: names }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
  const decision = cluster.decide(testPod('p', {}, { priority: 9, affinity }));
  if (decision.result !== 'unschedulable') throw new Error(decision.result);
  expect(decision.fitError.message()).toBe('0/1 nodes are available: pod affinity terms conflict.');
  expect(decision.postFilter?.status).toMatchObject({ code: 'Error', reasons: ['not found'] });
});

test('resources of the Pod as a whole are filtered by, but not scored by', () => {
  const cluster = clusterOf({ cpu: '4' }, { cpu: '2' });
  const resources = { requests: { cpu: '2', memory: '2Gi' } };
  const fit = 'NodeResourcesFit';
  expect(scores(cluster, testPod('p', {}, { resources }), fit)).toEqual(scores(cluster, testPod('q'), fit));
  expect(scores(cluster, testPod('q', resources.requests), fit)).not.toEqual(scores(cluster, testPod('q'), fit));
  const tooMuch = testPod('r', {}, { resources: { requests: { cpu: '3' } } });
  expect(cluster.decide(tooMuch)).toMatchObject({ result: 'scheduled', feasible: 1 });
});

test('requests of 0 count as requests: no default is added in scoring', () => {
  const cluster = clusterOf({ cpu: '1' }, { cpu: '1' });
  const of = (requests: Record<string, string>): readonly number[] | undefined =>
    scores(cluster, testPod('p', requests), 'NodeResourcesFit');
  expect(of({ cpu: '0', memory: '0' })).toEqual([100, 100]);
  // 100m of 1000m, and 200 MiB of 8 GiB.
  expect(of({})).toEqual([93, 93]);
});

test('products wrap at 64 bits: a Node of 100 PiB scores below 0 by its memory alone, and the attempt fails', () => {
  const allocatable = { cpu: '1', memory: '100Pi' };
  const cluster = clusterOf(allocatable, allocatable);
  // cpu is full and scores 0; memory scores (100 PiB * 100 - 2^64) / 100 PiB = -63.
  const decision = cluster.decide(testPod('p', { cpu: '1', memory: '0' }));
  expect(decision).toMatchObject({ result: 'error' });
  expect(decision.result === 'error' && decision.status.reasons[0]).toContain(
    'plugin "NodeResourcesFit" returns an invalid score -31',
  );
  expect(scores(cluster, testPod('q', { cpu: '0', memory: '0' }), 'NodeResourcesFit')).toEqual([18, 18]);
});

test('an empty selector of a spread constraint counts no Pod, though the Pod matches it', () => {
  const cluster = clusterOf({}, {});
  for (let i = 0; i < 5; i++) cluster.cache.addPod(bound(testPod(`p${i}`), 'n0'));
  const constraint = {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule' as const,
  };
  const spread = (labelSelector: object): Pod =>
    testPod('p', {}, { topologySpreadConstraints: [{ ...constraint, labelSelector }] });
  expect(cluster.decide(spread({}))).toMatchObject({ feasible: 2 });
  const matchExpressions = [{ key: 'nobody', operator: 'DoesNotExist' }];
  expect(cluster.decide(spread({ matchExpressions }))).toMatchObject({ feasible: 1, node: { name: 'n1' } });
});

test('a preferred term with a value that is no label value fails the attempt, unless only one Node is feasible', () => {
  const preference = { matchExpressions: [{ key: 'gen', operator: 'Gt' as const, values: ['-5'] }] };
  const preferred = [{ weight: 1, preference }];
  const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
  const pod = testPod('p', {}, { affinity });
  expect(clusterOf({}, {}).decide(pod).result).toBe('error');
  expect(clusterOf({}).decide(pod).result).toBe('scheduled');
});
