/**
 * The engine against queueing theory: mean waiting times of M/M/1, M/M/c and M/G/1 queues, simulated in independent
 * replications, must have the formula's value within their confidence interval. Seeds are fixed, so the tests never flicker.
 */
import { describe, expect, test } from 'vitest';
import { arrivals } from './arrivals.ts';
import type { Distribution } from './distributions/distribution.ts';
import { sampler } from './distributions/sampler.ts';
import { Server } from './resources/server.ts';
import { Simulation } from './simulation.ts';

const RUNS = 12;
const WARM_UP = 2_000;
const COUNTED = 20_000;
/** t quantile for 99.9 % and 11 degrees of freedom. */
const T = 4.437;

interface Queue {
  readonly ratePerSecond: number;
  readonly serviceSeconds: Distribution;
  readonly servers: number;
}

/** Mean time in seconds that a request waits before it is served, in one replication. */
function meanWaitSeconds(queue: Queue, run: number): number {
  const sim = new Simulation({ seed: 'theory', run });
  const server = new Server(sim, { capacity: queue.servers });
  const service = sampler(queue.serviceSeconds);
  const gaps = arrivals({ kind: 'poisson', ratePerSecond: queue.ratePerSecond }, sim.stream('arrivals'));
  let arrived = 0;
  let counted = 0;
  let waitedMicros = 0;
  const served = (arrivedMicros: number, serviceMicros: number): void => {
    counted++;
    if (counted > WARM_UP) waitedMicros += sim.nowMicros - serviceMicros - arrivedMicros;
  };
  const arrive = (): void => {
    const serviceMicros = Math.round(service(sim.stream('service')) * 1e6);
    server.serve(serviceMicros, served, sim.nowMicros, serviceMicros);
    if (++arrived < WARM_UP + COUNTED) sim.after(gaps.next() as number, arrive);
  };
  sim.after(gaps.next() as number, arrive);
  sim.runUntil({ idle: true });
  return waitedMicros / COUNTED / 1e6;
}

/** Probability that a request of M/M/c has to wait (A. K. Erlang's C formula), for an offered load of a < c. */
function erlangC(servers: number, load: number): number {
  let term = 1;
  let sum = 0;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= load / (k + 1);
  }
  const waiting = (term * servers) / (servers - load);
  return waiting / (sum + waiting);
}

/** M/M/c: C(c, a) / (c μ - λ). */
function markovWait(ratePerSecond: number, serviceSeconds: number, servers: number): number {
  return erlangC(servers, ratePerSecond * serviceSeconds) / (servers / serviceSeconds - ratePerSecond);
}

/** M/G/1 (Pollaczek and Khinchine): λ E[S²] / (2 (1 - ρ)). */
function generalWait(ratePerSecond: number, mean: number, meanSquare: number): number {
  return (ratePerSecond * meanSquare) / (2 * (1 - ratePerSecond * mean));
}

const lognormalMean = Math.exp(0.32);

describe('mean waiting time', () => {
  test.each<[string, Queue, number]>([
    [
      'M/M/1 at 50 %',
      { ratePerSecond: 0.5, serviceSeconds: { kind: 'exponential', mean: 1 }, servers: 1 },
      markovWait(0.5, 1, 1),
    ],
    [
      'M/M/1 at 80 %',
      { ratePerSecond: 0.8, serviceSeconds: { kind: 'exponential', mean: 1 }, servers: 1 },
      markovWait(0.8, 1, 1),
    ],
    [
      'M/M/3 at 80 %',
      { ratePerSecond: 2.4, serviceSeconds: { kind: 'exponential', mean: 1 }, servers: 3 },
      markovWait(2.4, 1, 3),
    ],
    [
      'M/M/10 at 70 %',
      { ratePerSecond: 7, serviceSeconds: { kind: 'exponential', mean: 1 }, servers: 10 },
      markovWait(7, 1, 10),
    ],
    [
      'M/D/1 at 70 %',
      { ratePerSecond: 0.7, serviceSeconds: { kind: 'constant', value: 1 }, servers: 1 },
      generalWait(0.7, 1, 1),
    ],
    [
      'M/G/1 with uniform service',
      { ratePerSecond: 0.7, serviceSeconds: { kind: 'uniform', min: 0, max: 2 }, servers: 1 },
      generalWait(0.7, 1, 4 / 3),
    ],
    [
      'M/G/1 with lognormal service',
      { ratePerSecond: 0.5, serviceSeconds: { kind: 'lognormal', median: 1, sigma: 0.8 }, servers: 1 },
      generalWait(0.5, lognormalMean, Math.exp(2 * 0.64)),
    ],
  ])('%s', (_, queue, expected) => {
    const waits = Array.from({ length: RUNS }, (_run, run) => meanWaitSeconds(queue, run));
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / RUNS;
    const sd = Math.sqrt(waits.reduce((sum, wait) => sum + (wait - mean) * (wait - mean), 0) / (RUNS - 1));
    const half = (T * sd) / Math.sqrt(RUNS);
    expect(Math.abs(mean - expected)).toBeLessThan(half);
    // and the interval is narrow enough to mean something
    expect(half / expected).toBeLessThan(0.15);
  });
});
