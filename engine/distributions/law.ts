/**
 * The probabilities behind a distribution: its mean, and for any x how much of the probability and of the mean lies below
 * it. From these two follow the same for truncated distributions and mixtures, exactly and without sampling.
 */
import type { Distribution, Truncation } from './distribution.ts';
import { checkDistribution } from './field-checks.ts';
import { logGamma, lowerGamma } from './gamma.ts';
import { normalDensity, normalProbability } from './normal.ts';
import { zipfWeights } from './sampler.ts';

/** `inclusive` says whether x itself counts, which matters where single values have a probability. */
interface Law {
  readonly mean: number;
  /** P(X < x), or P(X <= x). */
  mass(x: number, inclusive: boolean): number;
  /** E[X; X < x], or E[X; X <= x]: what those values add to the mean. */
  part(x: number, inclusive: boolean): number;
}

/** The mean; Infinity where it has none. @throws RangeError for wrong fields or a truncation that leaves nothing. */
export function meanOf(distribution: Distribution): number {
  checkDistribution(distribution);
  return lawOf(distribution).mean;
}

/** P(X <= x). @throws RangeError as `meanOf`. */
export function probabilityAtMost(distribution: Distribution, x: number): number {
  checkDistribution(distribution);
  return lawOf(distribution).mass(x, true);
}

function lawOf(distribution: Distribution): Law {
  const law = plainLaw(distribution);
  const { truncate } = distribution;
  if (truncate === undefined) return law;
  return truncate.by === 'clamp' ? clamped(law, truncate) : redrawn(law, truncate);
}

function plainLaw(distribution: Distribution): Law {
  switch (distribution.kind) {
    case 'constant':
      return discrete([distribution.value], [1]);
    case 'empirical':
      return discrete(distribution.values, distribution.weights ?? distribution.values.map(() => 1));
    case 'zipf': {
      const weights = zipfWeights(distribution.count, distribution.exponent);
      return discrete(
        weights.map((_, i) => i + 1),
        weights,
      );
    }
    case 'uniform':
      return uniformLaw(distribution.min, distribution.max);
    case 'exponential': {
      const { mean } = distribution;
      const part = (x: number): number => mean - Math.exp(-x / mean) * (x + mean);
      return from(0, mean, (x) => -Math.expm1(-x / mean), part);
    }
    case 'normal': {
      const { mean, sd } = distribution;
      if (sd === 0) return discrete([mean], [1]);
      const part = (x: number): number =>
        mean * normalProbability((x - mean) / sd) - sd * normalDensity((x - mean) / sd);
      return from(Number.NEGATIVE_INFINITY, mean, (x) => normalProbability((x - mean) / sd), part);
    }
    case 'lognormal':
      return lognormalLaw(distribution.median, distribution.sigma);
    case 'pareto':
      return paretoLaw(distribution.minimum, distribution.shape);
    case 'weibull': {
      const { scale, shape } = distribution;
      const power = (x: number): number => Math.exp(shape * Math.log(x / scale));
      const mean = scale * Math.exp(logGamma(1 + 1 / shape));
      return from(
        0,
        mean,
        (x) => -Math.expm1(-power(x)),
        (x) => scale * lowerGamma(1 + 1 / shape, power(x)),
      );
    }
    case 'mixture':
      return mixed(distribution.components.map(({ weight, distribution: each }) => ({ weight, law: lawOf(each) })));
  }
}

/** A law without single values of positive probability, which begins at `low`. */
function from(low: number, mean: number, mass: (x: number) => number, part: (x: number) => number): Law {
  const at = (x: number, whole: number, of: (x: number) => number): number => {
    if (x <= low) return 0;
    return x === Number.POSITIVE_INFINITY ? whole : of(x);
  };
  return { mean, mass: (x) => at(x, 1, mass), part: (x) => at(x, mean, part) };
}

function uniformLaw(min: number, max: number): Law {
  if (min === max) return discrete([min], [1]);
  const inside = (x: number): number => Math.min(x, max);
  return from(
    min,
    (min + max) / 2,
    (x) => (inside(x) - min) / (max - min),
    (x) => (((inside(x) - min) / (max - min)) * (inside(x) + min)) / 2,
  );
}

function lognormalLaw(median: number, sigma: number): Law {
  if (sigma === 0) return discrete([median], [1]);
  const mean = median * Math.exp((sigma * sigma) / 2);
  const z = (x: number): number => Math.log(x / median) / sigma;
  return from(
    0,
    mean,
    (x) => normalProbability(z(x)),
    (x) => mean * normalProbability(z(x) - sigma),
  );
}

function paretoLaw(minimum: number, shape: number): Law {
  const survival = (x: number): number => Math.exp(-shape * Math.log(x / minimum));
  const mean = shape > 1 ? (shape * minimum) / (shape - 1) : Number.POSITIVE_INFINITY;
  const part = (x: number): number =>
    shape === 1 ? minimum * Math.log(x / minimum) : (shape / (shape - 1)) * (minimum - x * survival(x));
  return from(minimum, mean, (x) => 1 - survival(x), part);
}

function discrete(values: ArrayLike<number>, weights: ArrayLike<number>): Law {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  const sum = (x: number, inclusive: boolean, of: (value: number) => number): number => {
    let found = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value < x || (inclusive && value === x)) found += (weights[i] as number) * of(value);
    }
    return found / total;
  };
  const part = (x: number, inclusive: boolean): number => sum(x, inclusive, (value) => value);
  return { mean: part(Number.POSITIVE_INFINITY, true), mass: (x, inclusive) => sum(x, inclusive, () => 1), part };
}

function mixed(components: readonly { weight: number; law: Law }[]): Law {
  const used = components.filter(({ weight }) => weight > 0);
  const total = used.reduce((sum, { weight }) => sum + weight, 0);
  const blend = (of: (law: Law) => number): number =>
    used.reduce((sum, { weight, law }) => sum + (weight / total) * of(law), 0);
  return {
    mean: blend((law) => law.mean),
    mass: (x, inclusive) => blend((law) => law.mass(x, inclusive)),
    part: (x, inclusive) => blend((law) => law.part(x, inclusive)),
  };
}

/** The law given that the value lies within. */
function redrawn(law: Law, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Truncation): Law {
  const share = law.mass(max, true) - law.mass(min, false);
  if (!(share > 0)) throw new RangeError(`truncate is ${min} to ${max}; no value of the distribution lies there`);
  const within = (x: number, inclusive: boolean, of: Law['mass']): number => {
    if (x < min) return 0;
    const upper = x >= max ? of(max, true) : of(x, inclusive);
    return (upper - of(min, false)) / share;
  };
  const part = (x: number, inclusive: boolean): number => within(x, inclusive, (at, with_) => law.part(at, with_));
  return {
    mean: part(Number.POSITIVE_INFINITY, true),
    mass: (x, inclusive) => within(x, inclusive, (at, with_) => law.mass(at, with_)),
    part,
  };
}

/** The law with what lies outside moved to the nearer end. */
function clamped(law: Law, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Truncation): Law {
  const beyond = (x: number, end: number, inclusive: boolean): boolean => x > end || (inclusive && x === end);
  const mass = (x: number, inclusive: boolean): number => {
    if (beyond(x, max, inclusive)) return 1;
    return beyond(x, min, inclusive) ? law.mass(x, inclusive) : 0;
  };
  const part = (x: number, inclusive: boolean): number => {
    if (!beyond(x, min, inclusive)) return 0;
    const below = min === Number.NEGATIVE_INFINITY ? 0 : min * law.mass(min, false);
    const start = min === Number.NEGATIVE_INFINITY ? 0 : law.part(min, false);
    if (!beyond(x, max, inclusive)) return below + law.part(x, inclusive) - start;
    const above = max === Number.POSITIVE_INFINITY ? 0 : max * (1 - law.mass(max, true));
    return below + law.part(max, true) - start + above;
  };
  return { mean: part(Number.POSITIVE_INFINITY, true), mass, part };
}
