/**
 * Distributions as plain data, so that an experiment file can hold them: `{ kind: exponential, mean: 5 }`. A distribution
 * has no unit of its own; the field that holds it names one (`delayMicros`, `sizeBytes`).
 *
 * To add one: its fields here, what is accepted in field-checks.ts, how to draw it in sampler.ts, its probabilities in
 * law.ts, and a row in each table of distributions.test.ts and golden-draws.ts.
 */

/** Keeps draws within [min, max]. */
export interface Truncation {
  readonly min?: number;
  readonly max?: number;
  /**
   * `redraw` (the default) draws again until a value lies within, which is the distribution given that it does; it gives
   * up with an error after REDRAW_LIMIT draws. `clamp` moves a value outside to the nearer end, and takes one draw.
   */
  readonly by?: 'redraw' | 'clamp';
}

interface Truncatable {
  readonly truncate?: Truncation;
}

/** Always the same value; takes no draw. */
export interface ConstantDistribution extends Truncatable {
  readonly kind: 'constant';
  readonly value: number;
}

/** Every value in [min, max) alike. */
export interface UniformDistribution extends Truncatable {
  readonly kind: 'uniform';
  readonly min: number;
  readonly max: number;
}

/** Times between events that come independently of each other. */
export interface ExponentialDistribution extends Truncatable {
  readonly kind: 'exponential';
  readonly mean: number;
}

export interface NormalDistribution extends Truncatable {
  readonly kind: 'normal';
  readonly mean: number;
  readonly sd: number;
}

/** The logarithm is normal with standard deviation `sigma`; half of the values lie below `median`. */
export interface LognormalDistribution extends Truncatable {
  readonly kind: 'lognormal';
  readonly median: number;
  readonly sigma: number;
}

/** P(X > x) = (minimum / x)^shape for x >= minimum. The mean is infinite for a shape of 1 or less. */
export interface ParetoDistribution extends Truncatable {
  readonly kind: 'pareto';
  readonly minimum: number;
  readonly shape: number;
}

/** P(X > x) = exp(-(x / scale)^shape). */
export interface WeibullDistribution extends Truncatable {
  readonly kind: 'weibull';
  readonly scale: number;
  readonly shape: number;
}

/** Ranks 1 to count; rank k has a weight of k^-exponent. */
export interface ZipfDistribution extends Truncatable {
  readonly kind: 'zipf';
  readonly count: number;
  readonly exponent: number;
}

/** One of the given values; all alike, or by weight. */
export interface EmpiricalDistribution extends Truncatable {
  readonly kind: 'empirical';
  readonly values: readonly number[];
  readonly weights?: readonly number[];
}

/** One of several distributions, chosen by weight for each value. */
export interface MixtureDistribution extends Truncatable {
  readonly kind: 'mixture';
  readonly components: readonly { readonly weight: number; readonly distribution: Distribution }[];
}

export type Distribution =
  | ConstantDistribution
  | UniformDistribution
  | ExponentialDistribution
  | NormalDistribution
  | LognormalDistribution
  | ParetoDistribution
  | WeibullDistribution
  | ZipfDistribution
  | EmpiricalDistribution
  | MixtureDistribution;

/** Draws for one value of a distribution truncated by redrawing before it is an error. */
export const REDRAW_LIMIT = 10_000;

/** Largest number of ranks of a Zipf distribution, which keeps a table of them. */
export const ZIPF_LIMIT = 10_000_000;
