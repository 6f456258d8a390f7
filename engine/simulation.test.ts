/** Tests of the simulation loop: the clock, stop rules, order within an instant, streams and the digest. */
import { describe, expect, test } from 'vitest';
import { PRIORITY_FIRST, PRIORITY_LAST, Simulation } from './simulation.ts';

function simulation(run = 0): Simulation {
  return new Simulation({ seed: 'simulation', run });
}

describe('order', () => {
  test('earlier first, then the lower priority number, then what was planned first', () => {
    const sim = simulation();
    const order: string[] = [];
    const note = (name: string): number => order.push(name);
    sim.at(5, note, 'last', undefined, PRIORITY_LAST);
    sim.at(5, note, 'normal 1');
    sim.at(5, note, 'first', undefined, PRIORITY_FIRST);
    sim.at(5, note, 'normal 2');
    sim.at(4, note, 'before');
    sim.runUntil({ idle: true });
    expect(order).toEqual(['before', 'first', 'normal 1', 'normal 2', 'last']);
  });

  test('an event may plan more at its own instant, which follow what was planned before', () => {
    const sim = simulation();
    const order: string[] = [];
    sim.after(1, () => {
      order.push('a');
      sim.after(0, () => order.push('c'));
    });
    sim.after(1, () => order.push('b'));
    sim.runUntil({ idle: true });
    expect(order).toEqual(['a', 'b', 'c']);
    expect(sim.nowMicros).toBe(1);
  });

  test('a handler gets both of its arguments', () => {
    const sim = simulation();
    const got: unknown[] = [];
    sim.after(1, (a: string, b: number) => got.push(a, b), 'x', 2);
    sim.runUntil({ idle: true });
    expect(got).toEqual(['x', 2]);
  });
});

describe('stop rules', () => {
  test('time: events up to it run, the clock shows it, and the run can go on', () => {
    const sim = simulation();
    const times: number[] = [];
    for (const at of [5, 10, 11]) sim.at(at, () => times.push(sim.nowMicros));
    expect(sim.runUntil({ timeMicros: 10 })).toBe('time');
    expect([sim.nowMicros, sim.pending]).toEqual([10, 1]);
    sim.after(0, () => times.push(-1));
    expect(sim.runUntil({ timeMicros: 20 })).toBe('time');
    expect(times).toEqual([5, 10, -1, 11]);
    expect(sim.nowMicros).toBe(20);
  });

  test('idle: background events do not keep a run going', () => {
    const sim = simulation();
    let beats = 0;
    const beat = (): void => {
      beats++;
      sim.afterInBackground(10, beat);
    };
    beat();
    sim.after(35, () => {});
    expect(sim.runUntil({ idle: true })).toBe('idle');
    expect([sim.nowMicros, beats]).toEqual([35, 4]);
  });

  test('condition and number of events', () => {
    const sim = simulation();
    for (let i = 1; i <= 10; i++) sim.at(i, () => {});
    expect(sim.runUntil({ events: 3 })).toBe('events');
    expect(sim.runUntil({ condition: () => sim.nowMicros >= 7 })).toBe('condition');
    expect([sim.nowMicros, sim.executed]).toEqual([7, 7]);
  });

  test('no rule at all is refused', () => {
    expect(() => simulation().runUntil({})).toThrow('a stop rule needs');
  });
});

describe('planning', () => {
  test('a cancelled event does not run, and only once can it be cancelled', () => {
    const sim = simulation();
    const event = sim.after(5, () => expect.fail('it ran'));
    expect([sim.cancel(event), sim.cancel(event)]).toEqual([true, false]);
    expect(sim.runUntil({ idle: true })).toBe('idle');
    expect(sim.executed).toBe(0);
  });

  test('an event that is running can no longer be cancelled', () => {
    const sim = simulation();
    const event = sim.after(5, () => expect(sim.cancel(event)).toBe(false));
    sim.runUntil({ idle: true });
    expect(sim.pending).toBe(0);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('a delay of %s is refused', (delay) => {
    expect(() => simulation().after(delay, () => {})).toThrow(`delay is ${delay}; accepted are whole microseconds`);
  });

  test('the past is refused', () => {
    const sim = simulation();
    sim.runUntil({ timeMicros: 100 });
    expect(() => sim.at(99, () => {})).toThrow('time is 99 µs; the clock already shows 100 µs');
  });
});

describe('streams', () => {
  test('seed, run and name each change the draws; one more draw in one stream moves no other', () => {
    const first = simulation();
    const second = simulation();
    first.stream('a').uniform();
    expect(first.stream('b').uniform()).toBe(second.stream('b').uniform());
    expect(first.stream('b').draws).toBe(1);
    const draws = new Set([
      new Simulation({ seed: 's', run: 0 }).stream('x').uniform(),
      new Simulation({ seed: 's', run: 1 }).stream('x').uniform(),
      new Simulation({ seed: 't', run: 0 }).stream('x').uniform(),
      new Simulation({ seed: 's', run: 0 }).stream('y').uniform(),
    ]);
    expect(draws.size).toBe(4);
  });

  test('an empty seed or name is refused', () => {
    expect(() => new Simulation({ seed: '' }).stream('x')).toThrow('not empty');
    expect(() => simulation().stream('')).toThrow('not empty');
  });
});

test('the digest tells runs apart that differ in one event by one µs', () => {
  const digestOf = (delay: number): string => {
    const sim = simulation();
    sim.after(10, () => {});
    sim.after(delay, () => {});
    sim.runUntil({ idle: true });
    return sim.trace.digest.toString();
  };
  expect(digestOf(20)).toBe(digestOf(20));
  expect(digestOf(20)).not.toBe(digestOf(21));
});
