/**
 * Bootstrap percentile intervals (B. Efron 1979): for statistics without a formula, such as the 99th percentile of a latency.
 * Randomness comes from the caller, so that the same seed gives the same interval.
 */
import { quantileOfSorted, sorted } from './descriptive.ts';
import type { Interval } from './summary.ts';

export interface BootstrapOptions {
  readonly confidence?: number;
  readonly resamples?: number;
}

/**
 * The interval in which the middle part of the statistic's resampled values lies.
 * @param statistic works on samples in ascending order, for example `(s) => quantileOfSorted(s, 0.99)`
 * @param uniform draws in [0, 1), for example `() => stream.uniform()`
 * @returns both ends NaN for an empty sample
 */
export function bootstrapInterval(
  samples: readonly number[],
  statistic: (ascending: Float64Array) => number,
  uniform: () => number,
  { confidence = 0.95, resamples = 2000 }: BootstrapOptions = {},
): Interval {
  const n = samples.length;
  if (n === 0) return [Number.NaN, Number.NaN];
  const ascending = sorted(samples);
  const counts = new Uint32Array(n);
  const resample = new Float64Array(n);
  const values = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    // Counting how often each was drawn gives the resample in order without sorting it.
    counts.fill(0);
    for (let i = 0; i < n; i++) (counts[Math.floor(uniform() * n)] as number)++;
    let filled = 0;
    for (let i = 0; i < n; i++) {
      const count = counts[i] as number;
      resample.fill(ascending[i] as number, filled, filled + count);
      filled += count;
    }
    values[round] = statistic(resample);
  }
  values.sort();
  return [quantileOfSorted(values, (1 - confidence) / 2), quantileOfSorted(values, (1 + confidence) / 2)];
}

/** Bootstrap interval of a quantile (type 7). */
export function bootstrapQuantileInterval(
  samples: readonly number[],
  probability: number,
  uniform: () => number,
  options?: BootstrapOptions,
): Interval {
  return bootstrapInterval(samples, (ascending) => quantileOfSorted(ascending, probability), uniform, options);
}
