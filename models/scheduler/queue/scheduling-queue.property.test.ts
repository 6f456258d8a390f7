/** Whatever is done to the scheduling queue: no Pod is lost or doubled, and the active queue keeps its order. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../objects/pod.ts';
import { DEFAULT_EVENTS } from '../hints/default-events.ts';
import { ASSIGNED_POD_DELETE } from './cluster-event.ts';
import { priorityOf, type QueuedPod } from './queued-pod.ts';
import { QueueingHintMap } from './queueing-hints.ts';
import { QUEUE_DEFAULTS, SchedulingQueue } from './scheduling-queue.ts';

const MILLI = 1_000;

interface Step {
  readonly kind: 'add' | 'pop' | 'reject' | 'error' | 'delete' | 'event' | 'activate' | 'flush' | 'done';
  readonly which: number;
  readonly priority: number;
  readonly waitMillis: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('add', 'add', 'pop', 'reject', 'error', 'delete', 'event', 'activate', 'flush', 'done'),
  which: fc.nat(11),
  priority: fc.integer({ min: -2, max: 2 }),
  waitMillis: fc.nat(2500),
});

function newPod(name: string, priority: number): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name }, spec: { containers: [], priority } };
}

test('every Pod is in one place, nothing is lost, and the active queue leaves in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const profile = { hints: new QueueingHintMap(DEFAULT_EVENTS), gates: [] };
      const queue = new SchedulingQueue({ ...QUEUE_DEFAULTS, profiles: new Map([['default-scheduler', profile]]) });
      const waiting = new Map<string, Pod>();
      const inFlight = new Map<string, QueuedPod>();
      let nowMicros = 0;
      steps.forEach((one, i) => {
        nowMicros += (one.waitMillis + 1) * MILLI;
        apply(queue, waiting, inFlight, one, newPod(`p${i}`, one.priority), nowMicros);
        const all = [...queue.values('active'), ...queue.values('backoff'), ...queue.values('unschedulable')];
        expect(all.map((queued) => queued.pod.metadata.name).sort()).toEqual([...waiting.keys()].sort());
        expect(queue.inFlightLength).toBe(inFlight.size);
      });
      let last: QueuedPod | undefined;
      while (queue.activeLength > 0) {
        const next = queue.pop() as QueuedPod;
        if (last !== undefined) {
          expect(priorityOf(next.pod)).toBeLessThanOrEqual(priorityOf(last.pod));
          if (priorityOf(next.pod) === priorityOf(last.pod)) {
            expect(next.timestampMicros).toBeGreaterThanOrEqual(last.timestampMicros);
          }
        }
        last = next;
      }
    }),
    { numRuns: 200 },
  );
});

function apply(
  queue: SchedulingQueue,
  waiting: Map<string, Pod>,
  inFlight: Map<string, QueuedPod>,
  { kind, which }: Step,
  fresh: Pod,
  nowMicros: number,
): void {
  const chosen = [...waiting.values()][which];
  const attempted = [...inFlight.values()][which % Math.max(1, inFlight.size)];
  if (kind === 'add') {
    waiting.set(fresh.metadata.name, fresh);
    queue.add(fresh, nowMicros);
  } else if (kind === 'pop') {
    const queued = queue.pop();
    if (queued === undefined) return;
    waiting.delete(queued.pod.metadata.name);
    inFlight.set(queued.key, queued);
  } else if (kind === 'delete' && chosen !== undefined) {
    waiting.delete(chosen.metadata.name);
    queue.delete(chosen);
  } else if (kind === 'activate' && chosen !== undefined) queue.activate([chosen], nowMicros);
  else if (kind === 'flush') {
    queue.flushBackoff(nowMicros);
    queue.flushLeftover(nowMicros);
  } else if (kind === 'event') {
    const gone = { ...fresh, spec: { ...fresh.spec, nodeName: 'n' } };
    queue.moveAll(ASSIGNED_POD_DELETE, gone, undefined, nowMicros);
  } else if (attempted !== undefined && (kind === 'reject' || kind === 'error' || kind === 'done')) {
    inFlight.delete(attempted.key);
    if (kind === 'done') queue.done(attempted.pod);
    else {
      if (kind === 'reject')
        attempted.unschedulablePlugins = new Set([which % 2 === 0 ? 'NodeResourcesFit' : 'NodeName']);
      waiting.set(attempted.pod.metadata.name, attempted.pod);
      queue.addUnschedulable(attempted, nowMicros);
    }
  }
}
