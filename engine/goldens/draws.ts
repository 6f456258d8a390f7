/**
 * The exact bits of the first draws of every distribution and arrival process, and the digest of a small simulation that
 * uses them. They are the same on every supported version of Node, which `check.ts` proves from the build and
 * `draws.test.ts` under the test runner.
 */
import { type ArrivalProcess, arrivals } from '../arrivals.ts';
import { Digest } from '../digest.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { sampler } from '../distributions/sampler.ts';
import { RandomStream } from '../random-streams.ts';
import { Server } from '../resources/server.ts';
import { Simulation } from '../simulation.ts';

/** Draws of each case that are shown; many more go into the digest. */
const SHOWN = 4;
const FOLDED = 2000;

export const GOLDEN_DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  constant: { kind: 'constant', value: 2.5 },
  uniform: { kind: 'uniform', min: -1, max: 4 },
  exponential: { kind: 'exponential', mean: 5 },
  normal: { kind: 'normal', mean: 10, sd: 3 },
  lognormal: { kind: 'lognormal', median: 100, sigma: 0.8 },
  pareto: { kind: 'pareto', minimum: 2, shape: 1.7 },
  weibull: { kind: 'weibull', scale: 7, shape: 0.6 },
  zipf: { kind: 'zipf', count: 1000, exponent: 1.1 },
  empirical: { kind: 'empirical', values: [1, 5, 2, 8], weights: [1, 0, 2, 3] },
  mixture: {
    kind: 'mixture',
    components: [
      { weight: 0.9, distribution: { kind: 'exponential', mean: 1 } },
      { weight: 0.1, distribution: { kind: 'lognormal', median: 50, sigma: 1 } },
    ],
  },
  redrawn: { kind: 'normal', mean: 0, sd: 1, truncate: { min: 0.5, max: 2 } },
  clamped: { kind: 'exponential', mean: 5, truncate: { min: 1, max: 8, by: 'clamp' } },
};

export const GOLDEN_ARRIVALS: Readonly<Record<string, ArrivalProcess>> = {
  poisson: { kind: 'poisson', ratePerSecond: 30 },
  renewal: { kind: 'renewal', gapSeconds: { kind: 'weibull', scale: 0.1, shape: 2 } },
  bursty: {
    kind: 'bursty',
    phases: [
      { ratePerSecond: 200, staySeconds: { kind: 'exponential', mean: 0.5 } },
      { ratePerSecond: 0, staySeconds: { kind: 'exponential', mean: 2 } },
    ],
  },
  diurnalSinusoid: {
    kind: 'diurnal',
    rates: { meanRatePerSecond: 0.02, swing: 0.7, peakSeconds: 50_400 },
  },
  diurnalTable: { kind: 'diurnal', periodSeconds: 60, rates: [0.5, 0, 8, 2] },
  recorded: { kind: 'recorded', timesSeconds: [0, 0.1, 0.1, 7.25], scale: 3 },
};

/** The digest of everything, fixed: a change of it is a change of every result ever published. */
export const GOLDEN_DIGEST = '56c6b1aa7d3c07d7';

export interface GoldenDraws {
  /** First draws of each distribution as the hexadecimal bits of doubles, and first gaps of each process in µs. */
  readonly shown: Readonly<Record<string, readonly (string | number)[]>>;
  readonly digest: string;
}

/** Draws everything anew. */
export function drawGoldens(): GoldenDraws {
  const digest = new Digest();
  const shown: Record<string, (string | number)[]> = {};
  for (const [name, distribution] of Object.entries(GOLDEN_DISTRIBUTIONS)) {
    const stream = new RandomStream('golden', 0, name);
    const draw = sampler(distribution);
    const values = Array.from({ length: FOLDED }, () => draw(stream));
    for (const value of values) digest.foldNumber(value);
    shown[name] = values.slice(0, SHOWN).map(bitsOf);
  }
  for (const [name, source] of Object.entries(GOLDEN_ARRIVALS)) {
    const gaps = arrivals({ ...source, count: FOLDED }, new RandomStream('golden', 0, name));
    const values: number[] = [];
    for (let gap = gaps.next(); gap !== undefined; gap = gaps.next()) values.push(gap);
    for (const value of values) digest.foldInteger(value);
    shown[name] = values.slice(0, SHOWN);
  }
  digest.foldString(queueDigest());
  return { shown, digest: digest.toString() };
}

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

/** A queue with random arrivals and services, for the order of events. */
function queueDigest(): string {
  const sim = new Simulation({ seed: 'golden' });
  const server = new Server(sim, { capacity: 2 });
  const service = sampler({ kind: 'lognormal', median: 40_000, sigma: 1 });
  const gaps = arrivals({ kind: 'poisson', ratePerSecond: 30, count: FOLDED }, sim.stream('arrivals'));
  const arrive = (index: number): void => {
    server.serve(Math.round(service(sim.stream('service'))), () => sim.trace.emit('served', `request-${index}`));
    const gapMicros = gaps.next();
    if (gapMicros !== undefined) sim.after(gapMicros, arrive, index + 1);
  };
  sim.after(gaps.next() as number, arrive, 0);
  sim.runUntil({ idle: true });
  return sim.trace.digest.toString();
}
