/**
 * What the future event list costs: the hold model (take the next event out, plan one more), for several numbers of pending
 * events and several laws of delay, beside plain heap-js with one object for each event. Also the digest's fold and a
 * whole simulation step.
 *
 * Run it from the build: `npm run bench:engine`. Times are wall-clock and belong to the machine that printed them.
 */
import { Heap } from 'heap-js';
import { Bench } from 'tinybench';
import { compareEvents, Digest, EventQueue, type ScheduledEvent, Simulation } from '../../engine/index.ts';

const HOLDS = 20_000;

type Delay = (uniform: number, index: number) => number;

/** Delays in µs: all times different; a mixture of short ones and long timers; a grid of whole 100 ms. */
const DELAYS: Readonly<Record<string, Delay>> = {
  distinct: (uniform) => Math.round(-Math.log(1 - uniform) * 1e6),
  mixed: (uniform, index) => Math.round((index % 10 === 0 ? 1e7 : 2000) * (0.5 + uniform)),
  grid: (uniform) => 100_000 * (1 + Math.floor(uniform * 100)),
};

const noop = (): void => {};

/** Reproducible uniform numbers without the cost of a named stream. */
function uniforms(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** On a grid an event goes to the next multiple of the step, as periodic timers do. */
function timeAfter(law: string, nowMicros: number, delayMicros: number): number {
  return law === 'grid' ? Math.floor(nowMicros / 100_000) * 100_000 + delayMicros : nowMicros + delayMicros;
}

function holdQueue(law: string, pending: number): () => void {
  const delay = DELAYS[law] as Delay;
  const uniform = uniforms();
  const queue = new EventQueue();
  for (let i = 0; i < pending; i++) queue.add(delay(uniform(), i), 1, false, noop, i, i);
  return () => {
    for (let i = 0; i < HOLDS; i++) {
      const event = queue.pop() as ScheduledEvent;
      queue.consume(event);
      queue.add(timeAfter(law, event.timeMicros, delay(uniform(), i)), 1, false, noop, i, i);
    }
  };
}

function holdHeap(law: string, pending: number): () => void {
  const delay = DELAYS[law] as Delay;
  const uniform = uniforms();
  const heap = new Heap<ScheduledEvent>(compareEvents);
  let sequence = 0;
  const add = (timeMicros: number): void => {
    heap.add({
      timeMicros,
      priority: 1,
      sequence: sequence++,
      background: false,
      handler: noop,
      a: 0,
      b: 0,
      next: null,
      nextRun: null,
    });
  };
  for (let i = 0; i < pending; i++) add(delay(uniform(), i));
  return () => {
    for (let i = 0; i < HOLDS; i++) {
      const event = heap.pop() as ScheduledEvent;
      add(timeAfter(law, event.timeMicros, delay(uniform(), i)));
    }
  };
}

function steps(pending: number): () => void {
  const simulation = new Simulation({ seed: 'bench' });
  const uniform = uniforms();
  const again = (index: number): void => {
    simulation.after(Math.round(uniform() * 1e6), again, index);
  };
  for (let i = 0; i < pending; i++) again(i);
  return () => {
    simulation.runUntil({ events: HOLDS });
  };
}

function folds(): () => void {
  const digest = new Digest();
  return () => {
    for (let i = 0; i < HOLDS; i++) digest.foldInteger(i * 1_000_003);
  };
}

const bench = new Bench({ name: 'event list', time: 300, warmupTime: 100, throws: true });

/** Adds a case whose pending events exist only while it runs, so that no case pays for another's memory. */
function add(name: string, make: () => () => void): void {
  let run: (() => void) | undefined;
  bench.add(name, () => run?.(), {
    beforeAll: () => {
      run ??= make();
    },
    afterAll: (mode) => {
      if (mode === 'run') run = undefined;
    },
  });
}

for (const law of Object.keys(DELAYS)) {
  for (const pending of [1e3, 1e4, 1e5]) {
    add(`queue ${law} ${pending}`, () => holdQueue(law, pending));
    add(`heap-js ${law} ${pending}`, () => holdHeap(law, pending));
  }
}
add('simulation step 10000', () => steps(10_000));
add('digest fold of an integer', folds);
await bench.run();

const ns = (millis: number): string => ((millis * 1e6) / HOLDS).toFixed(1);
console.log(`ns for each hold, step or fold; Node ${process.version}`);
for (const task of bench.tasks) {
  const { result } = task;
  if (result.state !== 'completed') throw new Error(`${task.name}: ${result.state}`);
  const { p50, mad, p99, samplesCount } = result.latency;
  console.log(`${task.name.padEnd(28)} median ${ns(p50)} ± ${ns(mad)}, p99 ${ns(p99)}, ${samplesCount} samples`);
}
