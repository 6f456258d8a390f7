/** A scheduler of the default configuration, from its file to bound Pods on the real API server. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND, Simulation } from '../../engine/index.ts';
import { ApiServer } from '../apiserver/api-server.ts';
import { Informer, InformerFactory } from '../client/informer.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod, PodSpec } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { buildScheduler } from './build-scheduler.ts';
import { readSchedulerConfiguration } from './config/scheduler-configuration.ts';
import { informerContext } from './scheduler-context.ts';

const S = MICROS_PER_SECOND;

function node(name: string, zone: string): KubeObject {
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone };
  const status = { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status } as KubeObject;
}

function world(configuration?: unknown) {
  const sim = new Simulation({ seed: 'built' });
  const clock = new ClusterClock(sim);
  const server = new ApiServer(sim, clock);
  server.seed([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } },
    ...['a', 'b', 'c'].map((zone) => node(`n-${zone}`, zone)),
  ]);
  const client = server.client({ userAgent: 'kube-scheduler' });
  const informers = new InformerFactory(sim, client);
  const notes: string[] = [];
  const { scheduler } = buildScheduler(sim, client, {
    context: informerContext(informers, clock, () => ({
      event: (object, _type, reason, message) => notes.push(`${object.metadata.name} ${reason} ${message}`),
    })),
    configuration: readSchedulerConfiguration(configuration),
    tieBreak: 'first',
  });
  informers.start();
  informers.onSynced(() => scheduler.start());
  const user = server.client({ userAgent: 'kubectl' });
  const pods = new Informer(sim, user, PODS);
  pods.start();
  const create = (name: string, spec: Partial<PodSpec> = {}): void => {
    const metadata = { name, namespace: 'default', labels: { app: 'web' } };
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }];
    user.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec } });
  };
  const nodeOf = (name: string): string | undefined => (pods.get('default', name) as Pod | undefined)?.spec.nodeName;
  return { sim, scheduler, create, nodeOf, notes };
}

test('the default profile spreads Pods over the Nodes', () => {
  const { sim, create, nodeOf } = world();
  for (let i = 0; i < 3; i++) create(`p${i}`);
  sim.runUntil({ timeMicros: S });
  expect([nodeOf('p0'), nodeOf('p1'), nodeOf('p2')].sort()).toEqual(['n-a', 'n-b', 'n-c']);
});

test('a Pod that violates a hard spread constraint waits until a Pod goes', () => {
  const { sim, create, scheduler, notes } = world();
  const topologySpreadConstraints = [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ] as const;
  const nodeSelector = { 'topology.kubernetes.io/zone': 'a' };
  create('p0', { topologySpreadConstraints, nodeSelector });
  create('p1', {
    topologySpreadConstraints: [{ ...topologySpreadConstraints[0], nodeAffinityPolicy: 'Ignore' }],
    nodeSelector,
  });
  sim.runUntil({ timeMicros: S });
  expect(notes.find((note) => note.startsWith('p1'))).toContain("node(s) didn't match pod topology spread constraints");
  expect(scheduler.queue.get('default/p1')?.unschedulablePlugins).toEqual(
    new Set(['NodeAffinity', 'PodTopologySpread']),
  );
});

test('two profiles serve Pods by their schedulerName', () => {
  const { sim, create, nodeOf } = world({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [
      { schedulerName: 'default-scheduler' },
      {
        schedulerName: 'pack',
        pluginConfig: [
          {
            name: 'NodeResourcesFit',
            args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } },
          },
        ],
        plugins: {
          multiPoint: {
            disabled: [{ name: 'PodTopologySpread' }, { name: 'NodeResourcesBalancedAllocation' }],
          },
        },
      },
    ],
  });
  create('p0', { nodeSelector: { 'kubernetes.io/hostname': 'n-b' } });
  sim.runUntil({ timeMicros: S });
  create('p1', { schedulerName: 'pack' });
  create('p2', { schedulerName: 'pack' });
  create('p3', { schedulerName: 'nobody' });
  sim.runUntil({ timeMicros: 2 * S });
  expect(['p0', 'p1', 'p2', 'p3'].map(nodeOf)).toEqual(['n-b', 'n-b', 'n-b', undefined]);
});
