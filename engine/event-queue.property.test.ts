/** The event queue against a model: a plain array sorted by (time, priority, sequence). */
import fc from 'fast-check';
import { Heap } from 'heap-js';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { compareEvents, type ScheduledEvent } from './scheduled-event.ts';

interface Planned {
  readonly event: ScheduledEvent;
  readonly name: number;
}

/** A queue and its model side by side; every answer of the queue is compared with the model's. */
class Pair {
  readonly queue = new EventQueue();
  readonly model: Planned[] = [];
  readonly past: Planned[] = [];
  nowMicros = 0;
  #names = 0;

  add(delayMicros: number, priority: number, background: boolean): void {
    const name = this.#names++;
    const event = this.queue.add(this.nowMicros + delayMicros, priority, background, () => {}, name, undefined);
    const before = (x: ScheduledEvent): boolean =>
      x.timeMicros < event.timeMicros || (x.timeMicros === event.timeMicros && x.priority <= priority);
    const at = this.model.findIndex((other) => !before(other.event));
    this.model.splice(at < 0 ? this.model.length : at, 0, { event, name });
  }

  cancel(choice: number): void {
    if (this.model.length === 0) return;
    const at = choice % this.model.length;
    const [planned] = this.model.splice(at, 1) as [Planned];
    expect(this.queue.cancel(planned.event)).toBe(true);
    this.past.push(planned);
  }

  cancelPast(choice: number): void {
    const planned = this.past[choice % Math.max(1, this.past.length)];
    if (planned !== undefined) expect(this.queue.cancel(planned.event)).toBe(false);
  }

  /** Nothing comes before the next event. */
  popTooEarly(): void {
    const next = this.model[0]?.event.timeMicros ?? Number.MAX_SAFE_INTEGER;
    expect(this.queue.pop(next - 1)).toBeUndefined();
  }

  pop(): boolean {
    const expected = this.model.shift();
    const event = this.queue.pop();
    expect(event?.a).toBe(expected?.name);
    if (event === undefined || expected === undefined) return false;
    this.nowMicros = event.timeMicros;
    this.queue.consume(event);
    this.past.push(expected);
    return true;
  }

  check(): void {
    expect(this.queue.length).toBe(this.model.length);
    expect(this.queue.foregroundLength).toBe(this.model.filter(({ event }) => !event.background).length);
  }
}

/** Delays as simulations have them: none, a few, a grid, a wide range, far beyond any ring of buckets. */
const delay = fc.oneof(
  fc.constant(0),
  fc.nat(3),
  fc.nat(3000),
  fc.constantFrom(1000, 5000, 1_000_000, 10_000_000),
  fc.nat(100_000_000),
  fc.nat(2 ** 45),
);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('add' as const), delay, fc.nat(2), fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('cancel' as const), fc.nat(), fc.nat(2), fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('cancelPast' as const), fc.nat(), fc.nat(2), fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('popTooEarly' as const), fc.nat(), fc.nat(2), fc.boolean()) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('pop' as const), fc.nat(), fc.nat(2), fc.boolean()) },
);

test('any mix of adding, cancelling and popping, too early or not, happens in the order of the model', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const pair = new Pair();
      for (const [what, number, priority, background] of steps) {
        if (what === 'add') pair.add(number, priority, background);
        else if (what === 'cancel') pair.cancel(number);
        else if (what === 'cancelPast') pair.cancelPast(number);
        else if (what === 'popTooEarly') pair.popTooEarly();
        else pair.pop();
        pair.check();
      }
      while (pair.pop());
    }),
    { numRuns: 300, seed: 42 },
  );
});

/** A cheap reproducible generator, so that long tests need no arbitrary of a million steps. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

test.each([
  ['crowded buckets, which are narrowed', 20],
  ['delays beyond the ring, which widen the buckets', 500_000_000],
  ['a range of delays', 3_000_000],
])('the order holds while the queue adapts to %s', (_, rangeMicros) => {
  const random = numbers(7);
  const queue = new EventQueue();
  const reference = new Heap<ScheduledEvent>(compareEvents);
  const add = (timeMicros: number): void => {
    const event = queue.add(timeMicros, random(3), false, () => {}, 0, 0);
    reference.add({ ...event });
  };
  for (let i = 0; i < 2000; i++) add(random(rangeMicros));
  for (let i = 0; i < 60_000; i++) {
    const event = queue.pop() as ScheduledEvent;
    if (event.sequence !== reference.pop()?.sequence) expect.fail(`event ${i} is not the next one`);
    queue.consume(event);
    add(event.timeMicros + random(rangeMicros));
  }
  expect(queue.length).toBe(2000);
});

test('sweeping the tombstones of many cancelled events leaves the rest in order', () => {
  const queue = new EventQueue();
  const random = numbers(3);
  const events = Array.from({ length: 20_000 }, (_, i) =>
    queue.add(random(2) === 0 ? random(50) * 1_000_000 : random(60_000_000), 1, false, () => {}, i, 0),
  );
  const kept = events.filter((event, i) => i % 10 === 0 || !queue.cancel(event));
  expect(queue.length).toBe(2000);
  const expected = kept.sort((x, y) => x.timeMicros - y.timeMicros || x.sequence - y.sequence).map(({ a }) => a);
  const popped: unknown[] = [];
  for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
    popped.push(event.a);
    queue.consume(event);
  }
  expect(popped).toEqual(expected);
});

test('an unknown priority is refused', () => {
  expect(() => new EventQueue().add(0, 3, false, () => {}, 0, 0)).toThrow('priority is 3; accepted are 0 to 2');
});
