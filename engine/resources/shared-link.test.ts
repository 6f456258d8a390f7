/** Tests of bandwidth shared by flows, against hand-made schedules and against a plain simulation in small steps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../simulation.ts';
import { SharedLink } from './shared-link.ts';

interface Plan {
  readonly startMicros: number;
  readonly bytes: number;
  readonly cap: number;
}

/** Times at which the transfers of a plan end on a link of 1 byte a µs. */
function endTimes(plans: readonly Plan[]): number[] {
  const sim = new Simulation({ seed: 'link' });
  const link = new SharedLink(sim, { bytesPerSecond: 1e6 });
  const ends: number[] = plans.map(() => Number.NaN);
  plans.forEach(({ startMicros, bytes, cap }, i) => {
    sim.at(startMicros, () => {
      link.transfer(bytes, () => (ends[i] = sim.nowMicros), undefined, undefined, cap * 1e6);
    });
  });
  sim.runUntil({ idle: true });
  expect(link.active).toBe(0);
  return ends;
}

/** The same by max-min shares worked out anew for each transfer, from event to event. */
function endTimesByDefinition(plans: readonly Plan[]): number[] {
  const left = plans.map(({ bytes }) => bytes);
  const ends = plans.map(() => Number.NaN);
  let now = 0;
  for (let guard = 0; guard < 1000; guard++) {
    const active = plans.map((_, i) => i).filter((i) => (plans[i] as Plan).startMicros <= now && Number.isNaN(ends[i]));
    const byCap = active.toSorted((x, y) => (plans[x] as Plan).cap - (plans[y] as Plan).cap);
    const rates = new Map<number, number>();
    let bandwidth = 1;
    byCap.forEach((i, taken) => {
      const rate = Math.min((plans[i] as Plan).cap, bandwidth / (byCap.length - taken));
      rates.set(i, rate);
      bandwidth -= rate;
    });
    const starts = plans.map(({ startMicros }) => startMicros).filter((start) => start > now);
    const next = Math.min(...starts, ...active.map((i) => now + (left[i] as number) / (rates.get(i) as number)));
    if (next === Number.POSITIVE_INFINITY) return ends;
    for (const i of active) {
      left[i] = (left[i] as number) - (next - now) * (rates.get(i) as number);
      if ((left[i] as number) < 1e-6) ends[i] = next;
    }
    now = next;
  }
  throw new Error('the plan did not end');
}

const without = Number.POSITIVE_INFINITY;

describe('SharedLink', () => {
  test('one transfer has the whole link, two have half of it each', () => {
    expect(endTimes([{ startMicros: 0, bytes: 100, cap: without }])).toEqual([100]);
    expect(
      endTimes([
        { startMicros: 0, bytes: 100, cap: without },
        { startMicros: 50, bytes: 100, cap: without },
      ]),
    ).toEqual([150, 200]);
  });

  test('what a capped transfer leaves goes to the others', () => {
    expect(
      endTimes([
        { startMicros: 0, bytes: 100, cap: 0.1 },
        { startMicros: 0, bytes: 90, cap: without },
      ]),
    ).toEqual([1000, 100]);
  });

  test('no bytes take no time', () => {
    expect(endTimes([{ startMicros: 5, bytes: 0, cap: without }])).toEqual([5]);
  });

  test('any plan ends as max-min fairness says, to a µs for each end', () => {
    const plan = fc.record({
      startMicros: fc.nat(500),
      bytes: fc.integer({ min: 1, max: 2000 }),
      cap: fc.constantFrom(0.05, 0.2, 0.5, 2, without),
    });
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 8 }), (plans) => {
        const expected = endTimesByDefinition(plans);
        endTimes(plans).forEach((end, i) => {
          // an end that is rounded up gives the others less for up to a µs, so each may pass it on
          expect(Math.abs(end - (expected[i] as number))).toBeLessThanOrEqual(1 + plans.length);
        });
      }),
      { numRuns: 300, seed: 42 },
    );
  });

  test('a cancelled transfer says what was missing and frees its share', () => {
    const sim = new Simulation({ seed: 'link' });
    const link = new SharedLink(sim, { bytesPerSecond: 1e6 });
    const ends: number[] = [];
    const doomed = link.transfer(1000, () => ends.push(-1));
    link.transfer(100, () => ends.push(sim.nowMicros));
    sim.after(100, () => {
      expect(link.cancel(doomed)).toBe(950);
      expect(link.cancel(doomed)).toBe(0);
    });
    sim.runUntil({ idle: true });
    expect(ends).toEqual([150]);
  });

  test('wrong bandwidths, caps and sizes are refused by name', () => {
    const sim = new Simulation({ seed: 'link' });
    expect(() => new SharedLink(sim, { bytesPerSecond: 0 })).toThrow('bytesPerSecond is 0');
    const link = new SharedLink(sim, { bytesPerSecond: 1 });
    expect(() => link.transfer(-1, () => {})).toThrow('bytes are -1');
    expect(() => link.transfer(1, () => {}, 0, 0, 0)).toThrow('capBytesPerSecond is 0');
  });
});
