/** Tests of servers: order of service, withdrawal and what they count. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../simulation.ts';
import { Server } from './server.ts';

function simulation(): Simulation {
  return new Simulation({ seed: 'server' });
}

describe('Server', () => {
  test('serves in order of arrival, as many at once as its capacity', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 2 });
    const ended: [string, number][] = [];
    for (const name of ['a', 'b', 'c', 'd']) server.serve(10, () => ended.push([name, sim.nowMicros]));
    expect([server.inUse, server.queueLength]).toEqual([2, 2]);
    sim.runUntil({ idle: true });
    expect(ended).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 20],
      ['d', 20],
    ]);
  });

  test('a lower priority number goes first, and equals keep their order', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    const order: string[] = [];
    for (const [name, priority] of [
      ['busy', 0],
      ['late', 5],
      ['x', 1],
      ['y', 1],
      ['first', 0],
    ] as const) {
      server.serve(1, () => order.push(name), undefined, undefined, priority);
    }
    sim.runUntil({ idle: true });
    expect(order).toEqual(['busy', 'first', 'x', 'y', 'late']);
  });

  test('who holds a server by request keeps it until release', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    const got: number[] = [];
    server.request(() => {
      got.push(sim.nowMicros);
      sim.after(7, () => server.release());
    });
    server.request(() => got.push(sim.nowMicros));
    sim.runUntil({ idle: true });
    expect(got).toEqual([0, 7]);
    expect(server.inUse).toBe(1);
  });

  test('a withdrawn request is not served, whether it waits or is being served', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    const ended: string[] = [];
    const first = server.serve(100, () => ended.push('first'));
    const second = server.serve(10, () => ended.push('second'));
    server.serve(10, () => ended.push('third'));
    sim.after(50, () => {
      expect(server.withdraw(second)).toBe(true);
      expect(server.withdraw(first)).toBe(true);
      expect(server.withdraw(first)).toBe(false);
    });
    sim.runUntil({ idle: true });
    expect(ended).toEqual(['third']);
    expect(sim.nowMicros).toBe(60);
    expect([server.inUse, server.queueLength]).toEqual([0, 0]);
  });

  test('busy and waiting time are integrated exactly', () => {
    const sim = simulation();
    const server = new Server(sim, { capacity: 1 });
    for (let i = 0; i < 3; i++) server.serve(10, () => {});
    sim.runUntil({ timeMicros: 100 });
    // served one after the other: 30 µs; two wait for 10 µs, then one for 10 µs
    expect([server.busyMicros, server.waitedMicros]).toEqual([30, 30]);
  });

  test('release without a grant, and a capacity that is no whole number, are refused', () => {
    const server = new Server(simulation(), { capacity: 1 });
    expect(() => server.release()).toThrow('release without a request');
    expect(() => new Server(simulation(), { capacity: 0 })).toThrow('capacity is 0');
  });
});
