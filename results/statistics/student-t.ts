/**
 * Student's t distribution: its cumulative probability through the incomplete beta function (DLMF 8.17; Abramowitz and
 * Stegun 26.7.1) and its quantile by bisection of that, so that both agree to the last digits.
 */
import { incompleteBeta } from './special-functions.ts';

/** P(T > |t|) doubled: the two-sided p-value of a t statistic. Keeps its relative accuracy far out in the tail. */
export function twoSidedPValue(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** P(-|t| <= T <= |t|): the complement of the above, with relative accuracy near 0. */
function centralProbability(t: number, degreesOfFreedom: number): number {
  return incompleteBeta((t * t) / (degreesOfFreedom + t * t), 0.5, degreesOfFreedom / 2);
}

/** P(T <= t). */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  if (Math.abs(t) < 1) return 0.5 + (Math.sign(t) * centralProbability(t, degreesOfFreedom)) / 2;
  const tail = twoSidedPValue(t, degreesOfFreedom) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = probability, for a probability strictly between 0 and 1. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`probability is ${probability}; accepted are numbers between 0 and 1`);
  }
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`degrees of freedom are ${degreesOfFreedom}; they must be positive`);
  if (probability < 0.5) return -positiveQuantile(1 - 2 * probability, 2 * probability, degreesOfFreedom);
  return positiveQuantile(2 * probability - 1, 2 * (1 - probability), degreesOfFreedom);
}

/** The t > 0 that has `central` of the probability between -t and t and `outside` beyond; judged by the smaller of the two. */
function positiveQuantile(central: number, outside: number, degreesOfFreedom: number): number {
  if (central === 0) return 0;
  const tooSmall = (t: number): boolean =>
    central < 0.5 ? centralProbability(t, degreesOfFreedom) < central : twoSidedPValue(t, degreesOfFreedom) > outside;
  let low = 0;
  let high = 1;
  while (tooSmall(high)) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (tooSmall(middle)) low = middle;
    else high = middle;
  }
}
