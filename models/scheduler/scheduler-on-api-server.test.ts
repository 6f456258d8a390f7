/** The scheduler component on the real API server, informers and recorder of Events, with an engine that only counts Pods. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND, Simulation } from '../../engine/index.ts';
import { ApiServer } from '../apiserver/api-server.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { Informer, InformerFactory } from '../client/informer.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { EVENTS, PODS } from '../objects/resources.ts';
import { informerContext } from './scheduler-context.ts';
import { Scheduler } from './scheduler.ts';
import { CountingEngine } from './testing/counting-engine.ts';

const S = MICROS_PER_SECOND;

function node(name: string, pods: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { allocatable: { pods } } } as KubeObject;
}

function pod(name: string, priority?: number): Pod {
  const metadata = { name, namespace: 'default' };
  const spec = { containers: [{ name: 'c', image: 'i' }], ...(priority === undefined ? {} : { priority }) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

function world() {
  const sim = new Simulation({ seed: 'on-api-server' });
  const clock = new ClusterClock(sim);
  const server = new ApiServer(sim, clock);
  server.seed([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } },
    node('n1', '1'),
  ]);
  const client = server.client({ userAgent: 'kube-scheduler', qps: 50, burst: 100 });
  const informers = new InformerFactory(sim, client);
  const recorder = (component: string) => new EventRecorder({ sim, client, clock, component });
  const scheduler = new Scheduler(sim, client, {
    engine: new CountingEngine(),
    context: informerContext(informers, clock, recorder),
  });
  informers.start();
  informers.onSynced(() => scheduler.start());
  const user = server.client({ userAgent: 'kubectl' });
  const pods = new Informer(sim, user, PODS);
  const events = new Informer(sim, user, EVENTS);
  pods.start();
  events.start();
  return { sim, user, pods, events, scheduler };
}

test('a Pod is bound through the API server and the Event is stored', () => {
  const { sim, user, pods, events } = world();
  user.create(PODS, pod('a'));
  sim.runUntil({ timeMicros: S });
  const bound = pods.get('default', 'a') as Pod;
  expect(bound.spec.nodeName).toBe('n1');
  expect(bound.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  expect([...events.list()].map(({ reason, message }) => `${reason}: ${message}`)).toEqual([
    'Scheduled: Successfully assigned default/a to n1',
  ]);
});

test('a Pod that fits nowhere keeps its condition until its attempt succeeds', () => {
  const { sim, user, pods, scheduler } = world();
  user.create(PODS, pod('a'));
  user.create(PODS, pod('b'));
  sim.runUntil({ timeMicros: S });
  expect((pods.get('default', 'b') as Pod).status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
  ]);
  user.delete(PODS, 'default', 'a', { gracePeriodSeconds: 0 });
  sim.runUntil({ timeMicros: 10 * S });
  expect((pods.get('default', 'b') as Pod).spec.nodeName).toBe('n1');
  expect(scheduler.metrics.podAttempts).toEqual([1, 2]);
});
