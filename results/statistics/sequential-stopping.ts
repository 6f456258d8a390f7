/**
 * When a study has enough runs: it goes on until the interval of the mean is narrow relative to the mean (the relative
 * precision rule of A. M. Law, Simulation Modeling and Analysis, section 9.4.1, with its adjustment: a true relative error of
 * γ asks for a half-width of γ / (1 + γ) of the estimated mean).
 */
import { mean, standardDeviation } from './descriptive.ts';
import { halfWidth } from './summary.ts';

export interface StoppingRule {
  /** Wanted relative error, for example 0.02 for 2 %. */
  readonly relativeError: number;
  readonly confidence?: number;
  /** Runs before the rule is asked at all; 5 unless given. Fewer stop too early too often. */
  readonly leastRuns?: number;
  /** Runs after which it stops in any case. */
  readonly mostRuns: number;
}

export type StoppingDecision =
  | { readonly stop: true; readonly reason: 'precise' | 'most runs'; readonly relativeHalfWidth: number }
  | { readonly stop: false; readonly relativeHalfWidth: number; readonly runsExpected: number };

const LEAST_RUNS = 5;

/** Whether the samples, one of each run so far, are enough. @throws RangeError for a relative error that is not positive */
export function sequentialStopping(samples: readonly number[], rule: StoppingRule): StoppingDecision {
  const { relativeError, confidence = 0.95, leastRuns = LEAST_RUNS, mostRuns } = rule;
  if (!(relativeError > 0)) throw new RangeError(`relativeError is ${relativeError}; accepted are positive numbers`);
  const n = samples.length;
  const half = halfWidth(n, standardDeviation(samples), confidence);
  const centre = Math.abs(mean(samples));
  const relativeHalfWidth = half === 0 ? 0 : half / centre;
  const wanted = relativeError / (1 + relativeError);
  if (n >= Math.max(2, leastRuns) && relativeHalfWidth <= wanted)
    return { stop: true, reason: 'precise', relativeHalfWidth };
  if (n >= mostRuns) return { stop: true, reason: 'most runs', relativeHalfWidth };
  // The half-width falls with the square root of the number of runs.
  const ratio = relativeHalfWidth / wanted;
  const guess = Number.isFinite(ratio) ? Math.ceil(n * ratio * ratio) : leastRuns;
  return { stop: false, relativeHalfWidth, runsExpected: Math.min(mostRuns, Math.max(guess, leastRuns, n + 1)) };
}
