/**
 * How many runs it takes to show a difference: the paired t test solved for n, by fixed point of
 * n = ((t_{1-α/2, n-1} + t_{power, n-1}) sd / difference)², the usual t correction of the normal formula
 * (Snedecor and Cochran, section 6.14).
 */
import { studentTQuantile } from './student-t.ts';

/** Significance level and power that are used when none is given. */
const SIGNIFICANCE = 0.05;
const POWER = 0.8;

/**
 * Pairs of runs needed so that a true difference of this size is shown with the given power.
 * @param sd standard deviation of the paired differences
 * @returns at least 2; Infinity when the difference is 0
 */
export function runsNeeded(difference: number, sd: number, significance = SIGNIFICANCE, power = POWER): number {
  if (difference === 0) return Number.POSITIVE_INFINITY;
  const ratio = sd / Math.abs(difference);
  // The right side falls as n grows, so the least n that is large enough is found by doubling and bisection.
  const enough = (n: number): boolean => {
    const t = studentTQuantile(1 - significance / 2, n - 1) + studentTQuantile(power, n - 1);
    return n >= t * t * ratio * ratio;
  };
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > 1e12) return Number.POSITIVE_INFINITY;
  }
  let low = Math.max(1, high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
