/**
 * Drawing from a distribution. Every kind takes one draw of its stream for each value (constant none, a mixture one more,
 * redrawing as many as it needs), by inversion, so that two policies that share a stream stay in step.
 *
 * Only arithmetic whose bits agree on all supported versions of Node: no Math.pow and no fractional power, but exp and log.
 */
import type { RandomStream } from '../random-streams.ts';
import { type Distribution, REDRAW_LIMIT, type Truncation } from './distribution.ts';
import { checkDistribution } from './field-checks.ts';
import { normalQuantile } from './normal.ts';

/** Draws one value. */
export type Sampler = (stream: RandomStream) => number;

/** Half of the distance between neighbouring draws of a stream: keeps a quantile away from 0. */
const HALF_STEP = 1 / 8_589_934_592;

/** Makes the sampler of a distribution. @param field name of the distribution in messages. @throws RangeError */
export function sampler(distribution: Distribution, field = 'distribution'): Sampler {
  checkDistribution(distribution, field);
  const draw = drawOf(distribution);
  return distribution.truncate === undefined ? draw : truncated(draw, distribution.truncate, field);
}

function drawOf(distribution: Distribution): Sampler {
  switch (distribution.kind) {
    case 'constant': {
      const { value } = distribution;
      return () => value;
    }
    case 'uniform': {
      const { min, max } = distribution;
      return (stream) => min + (max - min) * stream.uniform();
    }
    case 'exponential': {
      const { mean } = distribution;
      return (stream) => -mean * Math.log(1 - stream.uniform());
    }
    case 'normal': {
      const { mean, sd } = distribution;
      return (stream) => mean + sd * normalQuantile(stream.uniform() + HALF_STEP);
    }
    case 'lognormal': {
      const { median, sigma } = distribution;
      return (stream) => median * Math.exp(sigma * normalQuantile(stream.uniform() + HALF_STEP));
    }
    case 'pareto': {
      const { minimum, shape } = distribution;
      return (stream) => minimum * Math.exp(-Math.log(1 - stream.uniform()) / shape);
    }
    case 'weibull': {
      const { scale, shape } = distribution;
      return (stream) => scale * Math.exp(Math.log(-Math.log(1 - stream.uniform())) / shape);
    }
    case 'zipf': {
      const { count, exponent } = distribution;
      const choose = chooser(zipfWeights(count, exponent));
      return (stream) => 1 + choose(stream.uniform());
    }
    case 'empirical': {
      const { values } = distribution;
      const choose = chooser(distribution.weights ?? values.map(() => 1));
      return (stream) => values[choose(stream.uniform())] as number;
    }
    case 'mixture': {
      const choose = chooser(distribution.components.map(({ weight }) => weight));
      const samplers = distribution.components.map((component) => sampler(component.distribution));
      return (stream) => (samplers[choose(stream.uniform())] as Sampler)(stream);
    }
  }
}

/** k^-exponent for the ranks 1 to count. */
export function zipfWeights(count: number, exponent: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.exp(-exponent * Math.log(i + 1)));
}

/** An index by weight, from a uniform number in [0, 1): the first whose share of the running sum lies above it. */
function chooser(weights: ArrayLike<number>): (uniform: number) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight > 0) last = i;
    total += weight;
    sums[i] = total;
  }
  return (uniform) => {
    const target = uniform * total;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function truncated(draw: Sampler, truncation: Truncation, field: string): Sampler {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = truncation;
  if (truncation.by === 'clamp') return (stream) => Math.min(max, Math.max(min, draw(stream)));
  return (stream) => {
    for (let i = 0; i < REDRAW_LIMIT; i++) {
      const value = draw(stream);
      if (value >= min && value <= max) return value;
    }
    throw new RangeError(
      `${field}.truncate is ${min} to ${max}; ${REDRAW_LIMIT} draws found no value there: widen it or clamp`,
    );
  };
}
