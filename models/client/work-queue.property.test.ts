/** The work queue does what client-go's does, which keeps sets of keys: one that waits, one of those that workers have, failures, delays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Micros, type ScheduledEvent, Simulation } from '../../engine/index.ts';
import { RateLimitingQueue } from './work-queue.ts';

const BASE_MICROS = 5000;
const MAX_MICROS = 1_000_000;

/** Written as client-go is (queue.go, delaying_queue.go, default_rate_limiters.go). */
class PlainQueue {
  readonly dirty = new Set<string>();
  readonly processing = new Set<string>();
  readonly failures = new Map<string, number>();
  readonly delayed = new Map<string, ScheduledEvent>();
  readonly ready: string[] = [];
  isShutDown = false;
  onReady = (): void => {};
  readonly #sim: Simulation;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  add(key: string): void {
    if (this.isShutDown || this.dirty.has(key)) return;
    this.dirty.add(key);
    if (!this.processing.has(key)) this.#push(key);
  }

  addAfter(key: string, delayMicros: Micros): void {
    if (this.isShutDown) return;
    if (delayMicros <= 0) {
      this.add(key);
      return;
    }
    const planned = this.delayed.get(key);
    if (planned !== undefined) {
      if (planned.timeMicros <= this.#sim.nowMicros + delayMicros) return;
      this.#sim.cancel(planned);
    }
    const due = (): void => {
      this.delayed.delete(key);
      this.add(key);
    };
    this.delayed.set(key, this.#sim.after(delayMicros, due));
  }

  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(BASE_MICROS * 2 ** failures, MAX_MICROS));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  get(): string | undefined {
    const key = this.ready.shift();
    if (key === undefined) return undefined;
    this.dirty.delete(key);
    this.processing.add(key);
    return key;
  }

  done(key: string): void {
    this.processing.delete(key);
    if (this.dirty.has(key)) this.#push(key);
  }

  shutdown(): void {
    this.isShutDown = true;
    for (const event of this.delayed.values()) this.#sim.cancel(event);
    this.delayed.clear();
  }

  #push(key: string): void {
    this.ready.push(key);
    this.onReady();
  }
}

const step = fc.record({
  what: fc.constantFrom('add', 'add', 'add', 'get', 'get', 'done', 'done', 'after', 'limited', 'forget', 'run', 'ask'),
  key: fc.nat({ max: 12 }).map((n) => `ns/key-${n}`),
  micros: fc.constantFrom(0, 1, 3000, 5000, 20_000),
});

test('hands out the same keys at the same times as one that keeps sets of keys, however few it remembers', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 150 }),
      fc.constantFrom(1, 3, 4096),
      fc.nat({ max: 400 }),
      (steps, kept, end) => {
        const [sim, plainSim] = [new Simulation({ seed: 'queue' }), new Simulation({ seed: 'queue' })];
        const options = { baseMicros: BASE_MICROS, maxMicros: MAX_MICROS, bucket: null };
        const [keys, plain] = [new RateLimitingQueue(sim, options, kept), new PlainQueue(plainSim)];
        const calls = { keys: 0, plain: 0 };
        keys.onReady(() => calls.keys++);
        plain.onReady = () => calls.plain++;
        const held: string[] = [];
        steps.forEach(({ what, key, micros }, i) => {
          if (i === end) for (const queue of [keys, plain]) queue.shutdown();
          if (what === 'get') {
            const got = keys.get();
            expect(got).toBe(plain.get());
            if (got !== undefined) held.push(got);
          } else if (what === 'done') {
            const done = held.shift();
            if (done !== undefined) for (const queue of [keys, plain]) queue.done(done);
          } else if (what === 'run') {
            for (const clock of [sim, plainSim]) clock.runUntil({ timeMicros: clock.nowMicros + micros });
          } else if (what === 'ask') {
            expect(keys.numRequeues(key)).toBe(plain.numRequeues(key));
          } else {
            for (const queue of [keys, plain]) {
              if (what === 'add') queue.add(key);
              else if (what === 'after') queue.addAfter(key, micros);
              else if (what === 'limited') queue.addRateLimited(key);
              else queue.forget(key);
            }
          }
          expect([keys.length, calls.keys]).toEqual([plain.ready.length, calls.plain]);
        });
      },
    ),
    { numRuns: 300 },
  );
});
