/** Tests that what a recorder remembers is what was used last, and that the lighter memory decides as the plain one does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';
import { EventCorrelator } from './event-correlator.ts';
import type { CorrelatedEvent, RecordedEvent } from './event-memory.ts';
import { ManyEvents, Recent } from './many-events.ts';

test('beyond the limit, what was not used for longest is forgotten', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  expect(recent.get('a')).toBe(1);
  recent.set('c', 3);
  expect(recent.get('b')).toBeUndefined();
  recent.set('a', 4);
  recent.set('d', 5);
  expect([recent.get('a'), recent.get('c'), recent.get('d')]).toEqual([4, undefined, 5]);
});

const OBJECTS: readonly KubeObject[] = [0, 1, 2, 3].map((i) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${i % 3}`, namespace: 'default', ...(i === 3 ? {} : { uid: `uid-${i}` }) },
}));

const step = fc.record({
  // Mostly the same ones, so that there are many of them.
  object: fc.integer({ min: 0, max: 9 }).map((n) => OBJECTS[Math.max(0, n - 6)] as KubeObject),
  type: fc.constantFrom('Normal' as const, 'Normal' as const, 'Normal' as const, 'Warning' as const),
  reason: fc.constantFrom('Pulled', 'Pulled', 'BackOff'),
  message: fc.nat({ max: 14 }).map((n) => `message ${n}`),
  fieldPath: fc.constantFrom(undefined, '', 'spec.containers{a}'),
  // Rests that are longer than similar Events are remembered for, and such that fill buckets again.
  restMicros: fc.constantFrom(0, 1, 1000, 1_000_000, 300_000_000, 600_000_000, 600_000_001, 7_000_000_000),
  rename: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

test('the same is sent as by the plain memory, before and after something is forgotten', () => {
  const sentCounts = { sent: 0, dropped: 0, combined: 0 };
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 40, maxLength: 120 }),
      fc.constantFrom(2, 10, 30, 50, 1000),
      (steps, limit) => {
        const sim = new Simulation({ seed: 'events' });
        const [correlator, plain] = [new EventCorrelator(sim, limit), new ManyEvents(sim, limit)];
        steps.forEach(({ restMicros, rename, ...rest }, i) => {
          // Most come in bursts.
          if (i % 30 === 0) sim.runUntil({ timeMicros: sim.nowMicros + restMicros });
          const event: RecordedEvent = { ...rest, timestamp: `${sim.nowMicros}`, name: `event-${i}` };
          const sent = correlator.correlate(event);
          expect(sent).toEqual(plain.correlate(event));
          sentCounts[sent === undefined ? 'dropped' : sent.isCombined ? 'combined' : 'sent']++;
          if (!rename || sent === undefined) return;
          correlator.renamed(sent, `again-${i}`);
          plain.renamed(sent as CorrelatedEvent, `again-${i}`);
        });
      },
    ),
    { numRuns: 200 },
  );
  expect(Math.min(sentCounts.sent, sentCounts.dropped, sentCounts.combined)).toBeGreaterThan(20);
});
