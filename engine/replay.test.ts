/** Tests of the run-twice check and of invariants. */
import { describe, expect, test } from 'vitest';
import { InvariantViolation, watchInvariant } from './invariant.ts';
import { runTwice } from './replay.ts';
import { Simulation } from './simulation.ts';

/** Emits a record every 10 µs; `detail` says what is in it. */
function ticking(detail: (index: number, sim: Simulation) => string | number): Simulation {
  const sim = new Simulation({ seed: 'replay' });
  const tick = (index: number): void => {
    sim.trace.emit('tick', `t${index}`, detail(index, sim));
    sim.after(10, tick, index + 1);
  };
  sim.after(10, tick, 1);
  return sim;
}

describe('runTwice', () => {
  test('a simulation that draws from named streams does the same twice', () => {
    const result = runTwice(() => ticking((_, sim) => sim.stream('s').below(1000)), { timeMicros: 995 });
    expect(result).toMatchObject({ same: true, events: 99, timeMicros: 995 });
  });

  test('the first event that differs is named with its time and records', () => {
    let calls = 0;
    const leaking = (index: number): number => (index === 7 ? calls++ : 0);
    const result = runTwice(() => ticking(leaking), { timeMicros: 1000 });
    expect(result).toMatchObject({ same: false, event: 7 });
    if (result.same) return;
    expect(result.runs.map(({ timeMicros, records }) => [timeMicros, records[0]?.detail])).toEqual([
      [70, 0],
      [70, 1],
    ]);
    expect(result.message).toBe(
      'two runs differ at event 7\n  first: at 70 µs after 0 draws\n    0.000070s tick t7 0\n  second: at 70 µs after 0 draws\n    0.000070s tick t7 1',
    );
  });

  test('a different number of events is found', () => {
    let builds = 0;
    const result = runTwice(
      () => {
        const sim = new Simulation({ seed: 'replay' });
        for (let i = 0; i <= builds; i++) sim.after(i, () => {});
        builds++;
        return sim;
      },
      { idle: true },
    );
    expect(result).toMatchObject({ same: false, event: 2 });
  });

  test('a draw too many is found at its event, before it changes anything', () => {
    let calls = 0;
    const result = runTwice(
      () =>
        ticking((index, sim) => {
          if (index === 4 && calls++ === 0) sim.stream('s').uniform();
          return 0;
        }),
      { timeMicros: 1000 },
    );
    expect(result).toMatchObject({ same: false, event: 4 });
  });

  test('what differs from the start is event 0', () => {
    let builds = 0;
    const result = runTwice(
      () => {
        const sim = new Simulation({ seed: 'replay' });
        sim.trace.emit('built', String(builds++));
        return sim;
      },
      { idle: true },
    );
    expect(result).toMatchObject({ same: false, event: 0 });
  });

  test('an event limit and a condition stop both alike', () => {
    expect(runTwice(() => ticking(() => 0), { events: 5 })).toMatchObject({ same: true, events: 5 });
    let events = 0;
    const stop = { condition: () => ++events >= 6 };
    expect(runTwice(() => ticking(() => 0), { ...stop, events: 1000 })).toMatchObject({ same: false });
  });
});

describe('watchInvariant', () => {
  test('ends the run at the record that breaks it, and tells what led there', () => {
    const sim = ticking((index) => index * 2);
    sim.trace.keepLast(3);
    watchInvariant(sim.trace, 'small', (record) => (Number(record.detail) > 8 ? `${record.detail} > 8` : undefined));
    let caught: unknown;
    try {
      sim.runUntil({ timeMicros: 1000 });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvariantViolation);
    expect((caught as InvariantViolation).record.timeMicros).toBe(50);
    expect((caught as Error).message).toBe(
      "invariant 'small' is broken: 10 > 8, at 0.000050s tick t5 10\nbefore:\n  0.000030s tick t3 6\n  0.000040s tick t4 8",
    );
  });

  test('watches only the kinds it asked for, until it is ended', () => {
    const sim = ticking(() => 0);
    const end = watchInvariant(sim.trace, 'never', () => 'seen', ['other']);
    sim.runUntil({ timeMicros: 100 });
    end();
    sim.trace.emit('other', 'x');
  });
});
