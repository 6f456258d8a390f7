/**
 * Descriptive statistics of a sample: centre, spread and quantiles. Every function takes the numbers in any order, leaves
 * them as they are, and gives NaN for a sample too small to say anything.
 */

/** Arithmetic mean, with one correcting pass so that a large common offset costs no digits. */
export function mean(samples: readonly number[]): number {
  if (samples.length === 0) return Number.NaN;
  let sum = 0;
  for (const sample of samples) sum += sample;
  const first = sum / samples.length;
  let rest = 0;
  for (const sample of samples) rest += sample - first;
  return first + rest / samples.length;
}

/** Sample variance with n - 1 (two passes with Chan's correction). */
export function variance(samples: readonly number[]): number {
  if (samples.length < 2) return Number.NaN;
  const centre = mean(samples);
  let squares = 0;
  let rest = 0;
  for (const sample of samples) {
    const deviation = sample - centre;
    squares += deviation * deviation;
    rest += deviation;
  }
  return (squares - (rest * rest) / samples.length) / (samples.length - 1);
}

/** Sample standard deviation. */
export function standardDeviation(samples: readonly number[]): number {
  return Math.sqrt(variance(samples));
}

/** The samples in ascending order, as a copy. */
export function sorted(samples: readonly number[]): Float64Array {
  return Float64Array.from(samples).sort();
}

/**
 * Quantile of samples that are already in ascending order, type 7 of Hyndman and Fan (1996): linear between order
 * statistics at (n - 1) p. The default of R, NumPy and d3.
 */
export function quantileOfSorted(ascending: ArrayLike<number>, probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`probability is ${probability}; accepted are numbers from 0 to 1`);
  }
  if (ascending.length === 0) return Number.NaN;
  const position = (ascending.length - 1) * probability;
  const below = Math.floor(position);
  const low = ascending[below] as number;
  const share = position - below;
  return share === 0 ? low : low + share * ((ascending[below + 1] as number) - low);
}

/** Quantile of samples in any order; type 7, see `quantileOfSorted`. */
export function quantile(samples: readonly number[], probability: number): number {
  return quantileOfSorted(sorted(samples), probability);
}

/** The middle value, or the mean of the two in the middle; NaN for no sample. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
