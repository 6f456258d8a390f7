/** The scheduler component against an API server in memory and an engine that only counts Pods. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND, Simulation } from '../../engine/index.ts';
import type { Recorder } from '../controllers/controller-context.ts';
import { MemoryApi } from '../controllers/testing/memory-api.ts';
import type { Node } from '../objects/node.ts';
import type { Pod, PodSpec } from '../objects/pod.ts';
import { NODES, PODS } from '../objects/resources.ts';
import { Scheduler } from './scheduler.ts';
import type { Decision } from './scheduling-engine.ts';
import { CountingEngine } from './testing/counting-engine.ts';

const S = MICROS_PER_SECOND;

interface World {
  readonly sim: Simulation;
  readonly api: MemoryApi;
  readonly engine: CountingEngine;
  readonly scheduler: Scheduler;
  readonly notes: string[];
}

function world(schedulerNames?: readonly string[]): World {
  const sim = new Simulation({ seed: 'scheduler' });
  const api = new MemoryApi(sim);
  const engine = new CountingEngine(schedulerNames);
  const notes: string[] = [];
  const recorder: Recorder = {
    event: (object, type, reason, message) => notes.push(`${object.metadata.name} ${type} ${reason} ${message}`),
  };
  const context = {
    nowTimestamp: () => api.nowTimestamp(),
    cache: api.cache.bind(api),
    recorder: () => recorder,
  };
  const scheduler = new Scheduler(sim, api.client('scheduler'), { engine, context });
  scheduler.start();
  return { sim, api, engine, scheduler, notes };
}

function addNode(api: MemoryApi, name: string, pods: number): void {
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { allocatable: { pods } } };
  api.create(NODES, node);
}

function addPod(api: MemoryApi, name: string, spec: Partial<PodSpec> = {}): void {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [], ...spec },
  };
  api.create(PODS, pod);
}

const get = (api: MemoryApi, name: string): Pod => api.get(PODS, 'default', name) as Pod;

test('a Pod is placed, bound through the API and announced', () => {
  const { sim, api, scheduler, notes } = world();
  addNode(api, 'n1', 2);
  addPod(api, 'a');
  sim.runUntil({ idle: true });
  expect(get(api, 'a').spec.nodeName).toBe('n1');
  expect(notes).toEqual(['a Normal Scheduled Successfully assigned default/a to n1']);
  // 200 µs + 4.6 µs for one Node, then there and back to the API in 2 ms each.
  expect(scheduler.metrics.latenciesMicros).toEqual([205 + 4_000]);
  expect(scheduler.metrics.attempts).toEqual({ scheduled: 1, unschedulable: 0, error: 0 });
});

test('a Pod that fits nowhere gets the condition and the event, and is placed when a Node comes', () => {
  const { sim, api, scheduler, notes } = world();
  addNode(api, 'n1', 0);
  addPod(api, 'a');
  sim.runUntil({ timeMicros: 5 * S });
  const message = '0/1 nodes are available: 1 Too many pods.';
  expect(get(api, 'a').status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
  ]);
  expect(notes).toEqual([`a Warning FailedScheduling ${message}`]);
  expect(scheduler.queueLengths.unschedulable).toBe(1);
  addNode(api, 'n2', 1);
  sim.runUntil({ timeMicros: 6 * S });
  expect(get(api, 'a').spec.nodeName).toBe('n2');
  expect(scheduler.metrics.podAttempts).toEqual([2]);
});

test('a victim is marked and deleted, the preemptor is nominated and takes its place', () => {
  const { sim, api, scheduler, notes } = world();
  addNode(api, 'n1', 1);
  addPod(api, 'low', { priority: 1 });
  sim.runUntil({ timeMicros: S });
  addPod(api, 'high', { priority: 10 });
  sim.runUntil({ timeMicros: 2 * S });
  const victim = get(api, 'low');
  expect(victim.metadata.deletionTimestamp).toBeDefined();
  expect(victim.status?.conditions).toMatchObject([{ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }]);
  expect(get(api, 'high').status?.nominatedNodeName).toBe('n1');
  expect(notes.filter((note) => note.includes('Preempted')).length).toBe(1);
  api.delete(PODS, 'default', 'low', { gracePeriodSeconds: 0 });
  sim.runUntil({ timeMicros: 10 * S });
  expect(get(api, 'high').spec.nodeName).toBe('n1');
  expect(scheduler.metrics.victims).toBe(1);
});

test('of several victims the last is evicted after the others, and the preemptor is gated until then', () => {
  const { sim, api, engine, scheduler } = world();
  addNode(api, 'n1', 3);
  for (const name of ['a', 'b', 'c']) addPod(api, name, { priority: 1 });
  sim.runUntil({ timeMicros: S });
  const profile = engine.profiles.get('default-scheduler') as { schedule: (pod: Pod) => Decision };
  const decide = profile.schedule;
  let rounds = 0;
  profile.schedule = (pod) => {
    const decision = decide(pod);
    if (decision.result !== 'unschedulable') return decision;
    rounds++;
    return { ...decision, victims: ['a', 'b', 'c'].map((name) => get(api, name)), nominatedNodeName: 'n1' };
  };
  addPod(api, 'high', { priority: 10 });
  const going = (name: string): boolean => get(api, name).metadata.deletionTimestamp !== undefined;
  sim.runUntil({ condition: () => going('a') && going('b') });
  expect(going('c')).toBe(false);
  scheduler.activate([get(api, 'high')]);
  expect(scheduler.queue.get('default/high')?.gatingPlugin).toBe('DefaultPreemption');
  sim.runUntil({ timeMicros: 2 * S });
  expect([going('c'), rounds, scheduler.metrics.victims, scheduler.metrics.preemptions]).toEqual([true, 1, 3, 1]);
  expect(get(api, 'a').status?.conditions?.[0]?.message).toBe(
    'default-scheduler: preempting to accommodate a higher priority pod',
  );
});

test('a binding that fails gives the room back and the Pod another attempt', () => {
  const { sim, api, engine, scheduler } = world();
  addNode(api, 'n1', 1);
  engine.preBindRefusal = { plugin: 'VolumeBinding', isRejection: false, message: 'no luck' };
  addPod(api, 'a');
  sim.runUntil({ timeMicros: S / 2 });
  expect(engine.podsOn('n1').size).toBe(0);
  expect(scheduler.metrics.attempts).toEqual({ scheduled: 0, unschedulable: 0, error: 1 });
  expect(get(api, 'a').status?.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulerError' }]);
  engine.preBindRefusal = undefined;
  sim.runUntil({ timeMicros: 5 * S });
  expect(get(api, 'a').spec.nodeName).toBe('n1');
  expect(scheduler.metrics.attempts).toEqual({ scheduled: 1, unschedulable: 0, error: 1 });
});

test('a Pod waits in Permit until it is allowed, and is rejected by a time-out', () => {
  const { sim, api, engine, scheduler } = world();
  addNode(api, 'n1', 2);
  engine.permitWaits = [{ plugin: 'Gang', timeoutMicros: 3 * S }];
  addPod(api, 'a');
  addPod(api, 'b');
  sim.runUntil({ timeMicros: S });
  expect([get(api, 'a').spec.nodeName, engine.podsOn('n1').size]).toEqual([undefined, 2]);
  scheduler.bindings.allow(get(api, 'a'), 'Gang');
  sim.runUntil({ timeMicros: 4 * S });
  expect(get(api, 'a').spec.nodeName).toBe('n1');
  expect(get(api, 'b').spec.nodeName).toBeUndefined();
  expect(scheduler.queue.get('default/b')?.unschedulablePlugins).toEqual(new Set(['Gang']));
});

test('a refusal at Reserve counts as one Node that does not fit', () => {
  const { sim, api, engine, notes } = world();
  addNode(api, 'n1', 2);
  engine.reserveRefusal = { plugin: 'NodePorts', isRejection: true, message: 'taken' };
  addPod(api, 'a');
  sim.runUntil({ timeMicros: S });
  expect(notes).toEqual(['a Warning FailedScheduling 0/1 nodes are available: 1 taken.']);
  expect(engine.podsOn('n1').size).toBe(0);
});

test('Pods of another schedulerName are left alone', () => {
  const { sim, api } = world(['mine']);
  addNode(api, 'n1', 5);
  addPod(api, 'a', { schedulerName: 'mine' });
  addPod(api, 'b', { schedulerName: 'other' });
  sim.runUntil({ idle: true });
  expect([get(api, 'a').spec.nodeName, get(api, 'b').spec.nodeName]).toEqual(['n1', undefined]);
});

test('a gated Pod is scheduled once its gates are gone', () => {
  const { sim, api, scheduler } = world();
  addNode(api, 'n1', 5);
  addPod(api, 'a', { schedulingGates: [{ name: 'wait' }] });
  sim.runUntil({ timeMicros: S });
  expect(scheduler.queueLengths.gated).toBe(1);
  const gated = get(api, 'a');
  const { schedulingGates: _gone, ...spec } = gated.spec;
  api.update(PODS, { ...gated, spec }, 'main');
  sim.runUntil({ timeMicros: 2 * S });
  expect(get(api, 'a').spec.nodeName).toBe('n1');
});

test('a Pod deleted during its attempt does not come back', () => {
  const { sim, api, scheduler } = world();
  addNode(api, 'n1', 0);
  addPod(api, 'a');
  sim.runUntil({ events: 1 });
  api.delete(PODS, 'default', 'a');
  sim.runUntil({ timeMicros: S });
  expect(scheduler.queueLengths).toEqual({ active: 0, backoff: 0, unschedulable: 0, gated: 0, inFlight: 0 });
});

test('an observer hears of attempts and bindings, and the queues are sampled', () => {
  const sim = new Simulation({ seed: 'observed' });
  const api = new MemoryApi(sim);
  const heard: string[] = [];
  const scheduler = new Scheduler(sim, api.client('scheduler'), {
    engine: new CountingEngine(),
    context: {
      nowTimestamp: () => api.nowTimestamp(),
      cache: api.cache.bind(api),
      recorder: () => ({ event: () => {} }),
    },
    queueSamplePeriodMicros: S,
    observer: {
      attempted: (pod, result, evaluated) => heard.push(`${pod.metadata.name} ${result} ${evaluated}`),
      bound: (pod, nodeName, attempts) => heard.push(`${pod.metadata.name} on ${nodeName} after ${attempts}`),
    },
  });
  addNode(api, 'n1', 1);
  addPod(api, 'a');
  addPod(api, 'b');
  scheduler.start();
  sim.runUntil({ timeMicros: 2 * S });
  expect(heard).toEqual(['a scheduled 1', 'b unschedulable 1', 'a on n1 after 1']);
  expect(scheduler.metrics.queueSamples.map(({ timeMicros, active }) => [timeMicros, active])).toEqual([
    [0, 2],
    [S, 0],
    [2 * S, 0],
  ]);
});

test('the same run gives the same digest', () => {
  const digest = (): string => {
    const { sim, api } = world();
    for (let i = 0; i < 5; i++) addNode(api, `n${i}`, 3);
    for (let i = 0; i < 20; i++) addPod(api, `p${i}`, { priority: i % 3 });
    sim.runUntil({ timeMicros: 60 * S });
    return sim.trace.digest.toString();
  };
  expect(digest()).toBe(digest());
});
