/** Facts about the scheduling queue that recordings do not show, or show only in passing. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { DEFAULT_EVENTS } from '../hints/default-events.ts';
import { ASSIGNED_POD_ADD, ASSIGNED_POD_DELETE } from './cluster-event.ts';
import type { QueuedPod } from './queued-pod.ts';
import { QueueingHintMap } from './queueing-hints.ts';
import { type PreEnqueueGate, QUEUE_DEFAULTS, SchedulingQueue } from './scheduling-queue.ts';

const S = MICROS_PER_SECOND;

function newQueue(gates: readonly PreEnqueueGate[] = [], events = DEFAULT_EVENTS): SchedulingQueue {
  return new SchedulingQueue({
    ...QUEUE_DEFAULTS,
    profiles: new Map([['default-scheduler', { hints: new QueueingHintMap(events), gates }]]),
  });
}

function pod(name: string, priority = 0, nodeName?: string): Pod {
  const spec = { containers: [], priority, ...(nodeName === undefined ? {} : { nodeName }) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name }, spec };
}

function failNext(queue: SchedulingQueue, nowMicros: number, ...plugins: string[]): QueuedPod {
  const queued = queue.pop() as QueuedPod;
  queued.unschedulablePlugins = new Set(plugins);
  queue.addUnschedulable(queued, nowMicros);
  return queued;
}

test('greater priority goes first, then the earlier timestamp', () => {
  const queue = newQueue();
  queue.add(pod('late', 5), 3);
  queue.add(pod('low', 1), 1);
  queue.add(pod('early', 5), 2);
  expect([queue.pop()?.key, queue.pop()?.key, queue.pop()?.key, queue.pop()]).toEqual([
    'default/early',
    'default/late',
    'default/low',
    undefined,
  ]);
});

test('Pods added in one instant leave in the order of addition', () => {
  const queue = newQueue();
  for (let i = 0; i < 100; i++) queue.add(pod(`p${i}`), 7);
  for (let i = 0; i < 100; i++) expect(queue.pop()?.pod.metadata.name).toBe(`p${i}`);
});

test('a rejected Pod waits for an event that its plugin registered for', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  failNext(queue, 0, 'NodeResourcesFit');
  queue.moveAll(ASSIGNED_POD_ADD, undefined, pod('other', 0, 'n1'), 10 * S);
  expect(queue.unschedulableLength).toBe(1);
  queue.moveAll(ASSIGNED_POD_DELETE, pod('other', 0, 'n1'), undefined, 10 * S);
  expect([queue.unschedulableLength, queue.activeLength]).toEqual([0, 1]);
});

test('a Pod whose back-off is not over goes to the back-off queue and is popped early when nothing else is there', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  failNext(queue, 0, 'NodeResourcesFit');
  queue.moveAll(ASSIGNED_POD_DELETE, pod('other', 0, 'n1'), undefined, S / 2);
  expect([queue.backoffLength, queue.activeLength]).toEqual([1, 0]);
  expect(queue.pop()?.key).toBe('default/a');
});

test('a Pod that failed with an error is not popped early, and leaves at the second after its expiry', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  failNext(queue, 0);
  expect(queue.pop()).toBeUndefined();
  expect(queue.nextBackoffFlushMicros()).toBe(2 * S);
  queue.flushBackoff(S);
  expect(queue.pop()).toBeUndefined();
  queue.flushBackoff(2 * S);
  expect(queue.pop()?.consecutiveErrors).toBe(1);
});

test('an event that came while the Pod was in flight is replayed when it fails', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  const queued = queue.pop() as QueuedPod;
  queue.moveAll(ASSIGNED_POD_DELETE, pod('other', 0, 'n1'), undefined, 1);
  queued.unschedulablePlugins = new Set(['NodeResourcesFit']);
  queue.addUnschedulable(queued, 2);
  expect([queue.backoffLength, queue.unschedulableLength]).toEqual([1, 0]);
  expect([...queue.describeInFlight()]).toEqual([]);
});

test('an event nobody waits for asks no hint at all', () => {
  let asked = 0;
  const hint = (): boolean => {
    asked++;
    return true;
  };
  const queue = newQueue(
    [],
    [
      { name: 'Waits', events: [{ resource: 'Pod', actions: 2, hint }] },
      { name: 'Adds', events: [{ resource: 'Pod', actions: 1, hint }] },
    ],
  );
  for (let i = 0; i < 1000; i++) queue.add(pod(`p${i}`), i);
  for (let i = 0; i < 1000; i++) failNext(queue, 1000 + i, 'Waits');
  queue.moveAll(ASSIGNED_POD_ADD, undefined, pod('other', 0, 'n1'), 5000);
  expect(asked).toBe(0);
  queue.moveAll(ASSIGNED_POD_DELETE, pod('other', 0, 'n1'), undefined, 5000);
  expect([asked, queue.unschedulableLength]).toEqual([1000, 0]);
});

test('a gate holds a Pod back until it lets it pass', () => {
  let open = false;
  const queue = newQueue([{ name: 'Gate', preEnqueue: () => open }]);
  queue.add(pod('a'), 0);
  expect([queue.gatedLength, queue.hasWork]).toEqual([1, false]);
  queue.activate([pod('a')], 1);
  expect(queue.gatedLength).toBe(1);
  open = true;
  queue.activate([pod('a')], 2);
  expect([queue.gatedLength, queue.activeLength]).toEqual([0, 1]);
});

test('a Pod that waited for more than five minutes is tried again', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  failNext(queue, 0, 'NodeName');
  expect(queue.nextLeftoverFlushMicros(0)).toBe(330 * S);
  queue.flushLeftover(300 * S);
  expect(queue.activeLength).toBe(0);
  queue.flushLeftover(330 * S);
  expect(queue.activeLength).toBe(1);
});

test('a Pod deleted while it waits never comes back', () => {
  const queue = newQueue();
  queue.add(pod('a'), 0);
  queue.add(pod('b'), 1);
  queue.delete(pod('a'));
  expect([queue.pop()?.key, queue.pop()]).toEqual(['default/b', undefined]);
});
