/** The work queue against client-go's rules: one place for each key, back-off, the bucket of all retries. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { RateLimitingQueue, type WorkQueueOptions } from './work-queue.ts';

function queue(options?: WorkQueueOptions) {
  const sim = new Simulation({ seed: 'queue' });
  return { sim, keys: new RateLimitingQueue(sim, options) };
}

describe('a work queue', () => {
  test('holds a key once however often it is added', () => {
    const { keys } = queue();
    keys.add('a');
    keys.add('b');
    keys.add('a');
    expect([keys.get(), keys.get(), keys.get()]).toEqual(['a', 'b', undefined]);
  });

  test('hands a key that is added while it is worked on out again after done, and not before', () => {
    const { keys } = queue();
    keys.add('a');
    keys.get();
    keys.add('a');
    keys.add('a');
    expect(keys.get()).toBeUndefined();
    keys.done('a');
    expect(keys.get()).toBe('a');
    keys.done('a');
    expect(keys.get()).toBeUndefined();
  });

  test('calls onReady for each key that comes to wait', () => {
    const { keys } = queue();
    let calls = 0;
    keys.onReady(() => calls++);
    keys.add('a');
    keys.add('a');
    keys.get();
    keys.add('a');
    expect(calls).toBe(1);
    keys.done('a');
    expect(calls).toBe(2);
  });

  test('of several delays of a key takes the one that ends first', () => {
    const { sim, keys } = queue();
    keys.addAfter('a', 500);
    keys.addAfter('a', 200);
    keys.addAfter('a', 900);
    sim.runUntil({ idle: true });
    expect([sim.nowMicros, keys.length]).toEqual([200, 1]);
  });

  test('makes a failing key wait 5 ms and twice as long each time, until it is forgotten', () => {
    const { sim, keys } = queue();
    const waits: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      const before = sim.nowMicros;
      if (failure === 3) keys.forget('a');
      keys.addRateLimited('a');
      sim.runUntil({ idle: true });
      waits.push(sim.nowMicros - before);
      keys.done(keys.get() as string);
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 5000]);
  });

  test('never makes a key wait longer than the maximum', () => {
    const { sim, keys } = queue({ maxMicros: 60_000_000 });
    for (let failure = 0; failure < 40; failure++) {
      keys.addRateLimited('a');
      sim.runUntil({ idle: true });
      keys.done(keys.get() as string);
    }
    const before = sim.nowMicros;
    keys.addRateLimited('a');
    sim.runUntil({ idle: true });
    expect(sim.nowMicros - before).toBe(60_000_000);
  });

  test('lets retries of all keys through at ten a second after a burst of 100', () => {
    const { sim, keys } = queue();
    for (let key = 0; key < 120; key++) keys.addRateLimited(`key-${key}`);
    sim.runUntil({ timeMicros: 5000 });
    expect(keys.length).toBe(100);
    sim.runUntil({ idle: true });
    expect([keys.length, sim.nowMicros]).toEqual([120, 2_000_000]);
  });

  test('keeps the order of keys through many cuts of its list', () => {
    const { keys } = queue();
    for (let key = 0; key < 5000; key++) keys.add(`${key}`);
    for (let key = 0; key < 5000; key++) {
      expect(keys.get()).toBe(`${key}`);
      if (key < 2000) keys.add(`more-${key}`);
    }
    expect(keys.get()).toBe('more-0');
  });

  test('takes nothing more after shutdown but gives out what waits', () => {
    const { sim, keys } = queue();
    keys.add('a');
    keys.addAfter('b', 10);
    keys.shutdown();
    keys.add('c');
    sim.runUntil({ idle: true });
    expect([keys.get(), keys.get()]).toEqual(['a', undefined]);
  });
});
