/**
 * Where the warm-up of a steady-state run ends: MSER-5 (K. P. White, Simulation 69, 1997; White, Cobb and Spratt, WSC 2000).
 * The observations are averaged in batches of five; the cut is where the standard error of what remains is smallest.
 */

/** Observations in a batch. */
const BATCH = 5;

export interface WarmUp {
  /** Observations to leave out from the start. */
  readonly cut: number;
  /**
   * False when the best cut lies in the second half, or there are too few batches to look: the run is too short to say where
   * its warm-up ends, and what was cut must not be trusted.
   */
  readonly reliable: boolean;
}

/** Finds the cut for observations in the order of time. */
export function mser5(observations: readonly number[]): WarmUp {
  const batches = Math.floor(observations.length / BATCH);
  if (batches < 2) return { cut: 0, reliable: false };
  const means = Array.from({ length: batches }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < BATCH; j++) sum += observations[i * BATCH + j] as number;
    return sum / BATCH;
  });
  // From the end backwards, Welford's update gives the squared deviations of every tail in one pass.
  let mean = 0;
  let squares = 0;
  let best = Number.POSITIVE_INFINITY;
  let cut = 0;
  for (let start = batches - 1; start >= 0; start--) {
    const value = means[start] as number;
    const count = batches - start;
    const deviation = value - mean;
    mean += deviation / count;
    squares += deviation * (value - mean);
    // A tail of fewer than five batches is small by chance; of equal cuts the one that keeps more is taken.
    const statistic = squares / (count * count);
    if (count >= Math.min(5, batches) && statistic <= best) {
      best = statistic;
      cut = start;
    }
  }
  return { cut: cut * BATCH, reliable: cut * 2 <= batches };
}
