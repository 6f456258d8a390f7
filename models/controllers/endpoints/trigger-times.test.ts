/** Which time a write of endpoints says that it reacts to. Source: endpointslice/util/trigger_time_tracker.go. */
import { expect, test } from 'vitest';
import type { Pod } from '../../objects/pod.ts';
import type { Service } from '../../objects/service.ts';
import { TriggerTimes } from './trigger-times.ts';

const at = (second: number): string => `2030-01-01T00:00:${String(second).padStart(2, '0')}Z`;

const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', creationTimestamp: at(30) },
  spec: { selector: { app: 'web' } },
};

function pod(name: string, readySecond: number): Pod {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: at(readySecond) } as const];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [] },
    status: { conditions },
  };
}

function afterFirst(...pods: Pod[]): TriggerTimes {
  const times = new TriggerTimes();
  times.next(SERVICE, pods);
  return times;
}

test('the first write for a Service is for its creation, though Pods were ready before', () => {
  expect(new TriggerTimes().next(SERVICE, [pod('a', 10)])).toBe(at(30));
});

test('a later write is for the earliest of the changes since the last one', () => {
  expect(afterFirst(pod('a', 10)).next(SERVICE, [pod('a', 42), pod('b', 41)])).toBe(at(41));
});

test('a Pod that goes makes no other Pod new', () => {
  expect(afterFirst(pod('a', 10), pod('b', 11)).next(SERVICE, [pod('b', 11)])).toBeUndefined();
});

test('a Pod that has gone and comes again is new', () => {
  const times = afterFirst(pod('a', 10), pod('b', 11));
  times.next(SERVICE, [pod('b', 11)]);
  expect(times.next(SERVICE, [pod('a', 10), pod('b', 11)])).toBe(at(10));
});

test('what is known of a Pod is its last time, even when that is earlier than one before', () => {
  const times = afterFirst(pod('a', 40));
  times.next(SERVICE, [pod('a', 35)]);
  expect(times.next(SERVICE, [pod('a', 38)])).toBe(at(38));
});
