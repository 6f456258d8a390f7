/** Tests of processes: waiting, joining, failing and being interrupted. */
import { describe, expect, test } from 'vitest';
import { acquire, Server, serve } from '../resources/server.ts';
import { Simulation } from '../simulation.ts';
import { Interrupted } from './process.ts';
import { Signal } from './signal.ts';
import { delay, firstOf } from './wait.ts';

function simulation(): Simulation {
  return new Simulation({ seed: 'process' });
}

describe('waiting', () => {
  test('a process goes on after each delay and returns a value', () => {
    const sim = simulation();
    const times: number[] = [];
    const worker = sim.process(function* () {
      times.push(sim.nowMicros);
      yield* delay(5);
      times.push(sim.nowMicros);
      yield* delay(7);
      return sim.nowMicros;
    });
    expect(worker.running).toBe(true);
    sim.runUntil({ idle: true });
    expect(times).toEqual([0, 5]);
    expect(worker.value).toBe(12);
  });

  test('another process gives its value to all who wait, also when it has ended', () => {
    const sim = simulation();
    const worker = sim.process(function* () {
      yield* delay(10);
      return 'done';
    });
    const early = sim.process(function* () {
      return [yield* worker, sim.nowMicros];
    });
    const late = sim.process(function* () {
      yield* delay(50);
      return [yield* worker, sim.nowMicros];
    });
    sim.runUntil({ idle: true });
    expect(early.value).toEqual(['done', 10]);
    expect(late.value).toEqual(['done', 50]);
  });

  test('a signal wakes those who wait, in order, and carries a value', () => {
    const sim = simulation();
    const signal = new Signal<string>();
    const heard: string[] = [];
    for (const name of ['a', 'b']) {
      sim.process(function* () {
        for (;;) heard.push(`${name} ${yield* signal.wait()}`);
      });
    }
    sim.after(3, () => expect(signal.fire('one')).toBe(2));
    sim.after(4, () => signal.fire('two'));
    sim.runUntil({ idle: true });
    expect(heard).toEqual(['a one', 'b one', 'a two', 'b two']);
    expect(signal.waiting).toBe(2);
  });

  test('a server is held until it is released, in the order of asking', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    const log: string[] = [];
    for (const name of ['a', 'b']) {
      sim.process(function* () {
        yield* acquire(server);
        log.push(`${name} at ${sim.nowMicros}`);
        yield* delay(10);
        server.release();
        yield* serve(server, 1);
        log.push(`${name} served at ${sim.nowMicros}`);
      });
    }
    sim.runUntil({ idle: true });
    expect(log).toEqual(['a at 0', 'b at 10', 'a served at 21', 'b served at 22']);
  });

  test('the first of several waits ends it, and the others are given up', () => {
    const sim = simulation();
    const signal = new Signal();
    const server = new Server(sim, { capacity: 1 });
    server.request(() => {});
    const worker = sim.process(function* () {
      return yield* firstOf<unknown>(signal.wait(), acquire(server), delay(20));
    });
    sim.runUntil({ idle: true });
    expect(worker.value).toEqual({ index: 2, value: undefined });
    expect([signal.waiting, server.queueLength, server.inUse]).toEqual([0, 0, 1]);
  });
});

describe('failing', () => {
  test('an error is thrown in the process that waits for it', () => {
    const sim = simulation();
    const failing = sim.process(function* () {
      yield* delay(1);
      throw new Error('broken');
    });
    const watcher = sim.process(function* () {
      try {
        yield* failing;
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    });
    sim.runUntil({ idle: true });
    expect(watcher.value).toBe('broken');
    expect(() => failing.value).toThrow('broken');
  });

  test('an error that nobody waits for ends the run', () => {
    const sim = simulation();
    sim.process(function* () {
      yield* delay(1);
      throw new Error('broken');
    });
    expect(() => sim.runUntil({ idle: true })).toThrow('broken');
  });

  test('yielding what is no wait is an error', () => {
    const sim = simulation();
    sim.process(function* () {
      yield 5 as never;
    });
    expect(() => sim.runUntil({ idle: true })).toThrow('a process yielded 5; it must yield a wait');
  });
});

describe('interrupting', () => {
  test('is caught where the process waits, and the wait is given up', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    server.serve(100, () => {});
    const worker = sim.process(function* () {
      try {
        yield* acquire(server);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        yield* delay(5);
        return `${error.reason} at ${sim.nowMicros}`;
      }
      return 'got it';
    });
    sim.after(10, () => worker.interrupt('too slow'));
    sim.runUntil({ idle: true });
    expect(worker.value).toBe('too slow at 15');
    expect([server.queueLength, server.inUse]).toEqual([0, 0]);
  });

  test('gives back a server that was granted at the same instant', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    const worker = sim.process(function* () {
      try {
        yield* acquire(server);
      } catch {
        return 'interrupted';
      }
      return 'got it';
    });
    // its first step asks for the server, whose grant is planned behind this interrupt
    worker.interrupt('stop');
    sim.runUntil({ idle: true });
    expect(worker.value).toBe('interrupted');
    expect(server.inUse).toBe(0);
  });

  test('does nothing to a process that has ended', () => {
    const sim = simulation();
    const worker = sim.process(function* () {
      yield* delay(1);
      return 1;
    });
    sim.after(5, () => worker.interrupt('late'));
    sim.runUntil({ idle: true });
    expect(worker.value).toBe(1);
  });
});
