/**
 * Arrival processes: when things come. Plain data, so that an experiment file can hold them; each gives the gaps between
 * one arrival and the next in whole microseconds.
 *
 * Times add up as fractions and are rounded only when given out, so that rounding never shifts the rate.
 */
import type { Distribution } from './distributions/distribution.ts';
import { requireNotNegative, requirePositive } from './distributions/field-checks.ts';
import { meanOf } from './distributions/law.ts';
import { type Sampler, sampler } from './distributions/sampler.ts';
import type { RandomStream } from './random-streams.ts';
import { MICROS_PER_SECOND, type Micros } from './time.ts';

interface Bounded {
  /** At most so many arrivals. */
  readonly count?: number;
  /** No arrival later than this after the start. */
  readonly endSeconds?: number;
}

/** Arrivals independent of each other, at a constant rate. */
export interface PoissonArrivals extends Bounded {
  readonly kind: 'poisson';
  readonly ratePerSecond: number;
}

/** Gaps drawn one by one from any distribution; a negative draw counts as 0. */
export interface RenewalArrivals extends Bounded {
  readonly kind: 'renewal';
  readonly gapSeconds: Distribution;
}

/**
 * Bursts: phases that follow each other in a circle, each a Poisson process of its own rate for a random time. Two phases,
 * one of rate 0, with exponential stays are the interrupted Poisson process; other rates make it a Markov-modulated one.
 */
export interface BurstyArrivals extends Bounded {
  readonly kind: 'bursty';
  readonly phases: readonly { readonly ratePerSecond: number; readonly staySeconds: Distribution }[];
}

/**
 * A rate that follows the time of day, drawn by thinning (Lewis and Shedler 1979): a sinusoid
 * `meanRatePerSecond * (1 + swing * cos(2π (t - peakSeconds) / periodSeconds))`, or a table of rates for equal parts of
 * the period.
 */
export interface DiurnalArrivals extends Bounded {
  readonly kind: 'diurnal';
  /** 86400, a day, unless given. */
  readonly periodSeconds?: number;
  readonly rates:
    | { readonly meanRatePerSecond: number; readonly swing: number; readonly peakSeconds?: number }
    | readonly number[];
}

/** Arrivals at recorded times after the start, in ascending order. `scale` 2 makes them half as frequent. */
export interface RecordedArrivals extends Bounded {
  readonly kind: 'recorded';
  readonly timesSeconds: readonly number[];
  readonly scale?: number;
}

export type ArrivalProcess = PoissonArrivals | RenewalArrivals | BurstyArrivals | DiurnalArrivals | RecordedArrivals;

/** Gives the gap to the next arrival in µs (the first from the start), or undefined when no more come. */
export interface Arrivals {
  next(): Micros | undefined;
}

const SECONDS_PER_DAY = 86_400;

/** Time of the next arrival in seconds since the start; Infinity when none comes. */
type NextSeconds = () => number;

/** Starts an arrival process on a stream of its own. @param field its name in messages. @throws RangeError */
export function arrivals(source: ArrivalProcess, stream: RandomStream, field = 'arrivals'): Arrivals {
  const { count = Number.POSITIVE_INFINITY, endSeconds = Number.POSITIVE_INFINITY } = source;
  if (!(count >= 0)) throw new RangeError(`${field}.count is ${count}; accepted are numbers of 0 or more`);
  if (!(endSeconds >= 0))
    throw new RangeError(`${field}.endSeconds is ${endSeconds}; accepted are numbers of 0 or more`);
  const nextSeconds = start(source, stream, field);
  let given = 0;
  let lastMicros = 0;
  return {
    next() {
      if (given >= count) return undefined;
      const seconds = nextSeconds();
      if (!(seconds <= endSeconds) || seconds === Number.POSITIVE_INFINITY) {
        given = count;
        return undefined;
      }
      given++;
      const micros = Math.round(seconds * MICROS_PER_SECOND);
      const gapMicros = micros - lastMicros;
      lastMicros = micros;
      return gapMicros;
    },
  };
}

/** Arrivals a second in the long run; NaN for recorded ones. */
export function meanRatePerSecond(source: ArrivalProcess): number {
  switch (source.kind) {
    case 'poisson':
      return source.ratePerSecond;
    case 'renewal':
      return 1 / meanOf(source.gapSeconds);
    case 'bursty': {
      const stays = source.phases.map(({ staySeconds }) => meanOf(staySeconds));
      const period = stays.reduce((sum, stay) => sum + stay, 0);
      return (
        source.phases.reduce((sum, { ratePerSecond }, i) => sum + ratePerSecond * (stays[i] as number), 0) / period
      );
    }
    case 'diurnal': {
      const { rates } = source;
      if (!isTable(rates)) return rates.meanRatePerSecond;
      return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    }
    case 'recorded':
      return Number.NaN;
  }
}

function start(source: ArrivalProcess, stream: RandomStream, field: string): NextSeconds {
  switch (source.kind) {
    case 'poisson':
      return poisson(source, stream, field);
    case 'renewal':
      return renewal(source, stream, field);
    case 'bursty':
      return bursty(source, stream, field);
    case 'diurnal':
      return diurnal(source, stream, field);
    case 'recorded':
      return recorded(source, field);
    default: {
      const kind = String((source as { kind: unknown }).kind);
      throw new RangeError(`${field}.kind is '${kind}'; accepted are poisson, renewal, bursty, diurnal, recorded`);
    }
  }
}

function exponential(stream: RandomStream, ratePerSecond: number): number {
  return -Math.log(1 - stream.uniform()) / ratePerSecond;
}

function poisson({ ratePerSecond }: PoissonArrivals, stream: RandomStream, field: string): NextSeconds {
  requirePositive(ratePerSecond, `${field}.ratePerSecond`);
  let seconds = 0;
  return () => {
    seconds += exponential(stream, ratePerSecond);
    return seconds;
  };
}

function renewal({ gapSeconds }: RenewalArrivals, stream: RandomStream, field: string): NextSeconds {
  const gap = sampler(gapSeconds, `${field}.gapSeconds`);
  let seconds = 0;
  return () => {
    seconds += Math.max(0, gap(stream));
    return seconds;
  };
}

function bursty({ phases }: BurstyArrivals, stream: RandomStream, field: string): NextSeconds {
  if (phases.length === 0) throw new RangeError(`${field}.phases is empty; at least one is needed`);
  const stays = phases.map(({ ratePerSecond, staySeconds }, i) => {
    requireNotNegative(ratePerSecond, `${field}.phases[${i}].ratePerSecond`);
    return sampler(staySeconds, `${field}.phases[${i}].staySeconds`);
  });
  const perCycle = phases.reduce((sum, { ratePerSecond, staySeconds }) => sum + ratePerSecond * meanOf(staySeconds), 0);
  if (!(perCycle > 0)) return () => Number.POSITIVE_INFINITY;
  let phase = 0;
  let seconds = 0;
  let endSeconds = Math.max(0, (stays[0] as Sampler)(stream));
  return () => {
    for (;;) {
      const { ratePerSecond } = phases[phase] as (typeof phases)[number];
      // What is left of a gap when its phase ends is thrown away: exponential gaps have no memory.
      const next = ratePerSecond === 0 ? Number.POSITIVE_INFINITY : seconds + exponential(stream, ratePerSecond);
      if (next <= endSeconds) {
        seconds = next;
        return seconds;
      }
      seconds = endSeconds;
      phase = (phase + 1) % phases.length;
      endSeconds += Math.max(0, (stays[phase] as Sampler)(stream));
    }
  };
}

function isTable(rates: DiurnalArrivals['rates']): rates is readonly number[] {
  return Array.isArray(rates);
}

function diurnal(source: DiurnalArrivals, stream: RandomStream, field: string): NextSeconds {
  const { periodSeconds = SECONDS_PER_DAY } = source;
  requirePositive(periodSeconds, `${field}.periodSeconds`);
  const { rateAt, highest } = rateOfTime(source.rates, periodSeconds, field);
  if (highest === 0) return () => Number.POSITIVE_INFINITY;
  let seconds = 0;
  return () => {
    for (;;) {
      seconds += exponential(stream, highest);
      if (stream.uniform() * highest < rateAt(seconds)) return seconds;
    }
  };
}

function rateOfTime(
  rates: DiurnalArrivals['rates'],
  periodSeconds: number,
  field: string,
): { rateAt: (seconds: number) => number; highest: number } {
  if (isTable(rates)) {
    if (rates.length === 0) throw new RangeError(`${field}.rates is empty; at least one is needed`);
    rates.forEach((rate, i) => requireNotNegative(rate, `${field}.rates[${i}]`));
    const part = (seconds: number): number => Math.floor(((seconds % periodSeconds) / periodSeconds) * rates.length);
    return { rateAt: (seconds) => rates[part(seconds)] ?? 0, highest: Math.max(...rates) };
  }
  const { meanRatePerSecond: mean, swing, peakSeconds = 0 } = rates;
  requireNotNegative(mean, `${field}.rates.meanRatePerSecond`);
  if (!(swing >= 0 && swing <= 1))
    throw new RangeError(`${field}.rates.swing is ${swing}; accepted are numbers from 0 to 1`);
  const angle = (seconds: number): number => (2 * Math.PI * (seconds - peakSeconds)) / periodSeconds;
  return { rateAt: (seconds) => mean * (1 + swing * Math.cos(angle(seconds))), highest: mean * (1 + swing) };
}

function recorded({ timesSeconds, scale = 1 }: RecordedArrivals, field: string): NextSeconds {
  requirePositive(scale, `${field}.scale`);
  timesSeconds.forEach((seconds, i) => {
    requireNotNegative(seconds, `${field}.timesSeconds[${i}]`);
    if (i > 0 && seconds < (timesSeconds[i - 1] as number)) {
      throw new RangeError(
        `${field}.timesSeconds[${i}] is ${seconds}, before the one ahead of it; accepted are ascending times`,
      );
    }
  });
  let index = 0;
  return () => (index < timesSeconds.length ? (timesSeconds[index++] as number) * scale : Number.POSITIVE_INFINITY);
}
