/**
 * The summary of one metric over the runs of one policy: what a results table shows. The interval is Student's t interval
 * for the mean, which takes the runs as independent: give one number for each run, never the Pods of one run.
 */
import { mean, quantileOfSorted, sorted, standardDeviation } from './descriptive.ts';
import { studentTQuantile } from './student-t.ts';

/** Lower and upper end. Both are NaN when the sample is too small for an interval. */
export type Interval = readonly [low: number, high: number];

export interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly median: number;
  /** Sample standard deviation (n - 1); NaN for fewer than two samples. */
  readonly sd: number;
  /** 95 % confidence interval of the mean. */
  readonly ci95: Interval;
  readonly min: number;
  readonly max: number;
}

/** Half the width of the t interval for a mean; NaN for fewer than two samples. */
export function halfWidth(n: number, sd: number, confidence = 0.95): number {
  if (n < 2) return Number.NaN;
  return (studentTQuantile(0.5 + confidence / 2, n - 1) * sd) / Math.sqrt(n);
}

/** Confidence interval of the mean by Student's t. */
export function confidenceInterval(samples: readonly number[], confidence = 0.95): Interval {
  const half = halfWidth(samples.length, standardDeviation(samples), confidence);
  const centre = mean(samples);
  return [centre - half, centre + half];
}

/** @throws RangeError when a sample is not a number: what was not measured must be left out by the caller. */
export function summarize(samples: readonly number[]): Summary {
  const wrong = samples.findIndex((sample) => !Number.isFinite(sample));
  if (wrong >= 0) throw new RangeError(`sample ${wrong} is ${samples[wrong]}; accepted are finite numbers`);
  const ascending = sorted(samples);
  return {
    n: samples.length,
    mean: mean(samples),
    median: quantileOfSorted(ascending, 0.5),
    sd: standardDeviation(samples),
    ci95: confidenceInterval(samples),
    min: quantileOfSorted(ascending, 0),
    max: quantileOfSorted(ascending, 1),
  };
}
