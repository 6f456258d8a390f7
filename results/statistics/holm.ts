/**
 * Holm's correction of p-values for several comparisons at once (S. Holm, Scandinavian Journal of Statistics 6, 1979): the
 * chance that any of them is shown by accident stays below the level, whatever their dependence.
 */

/** Corrected p-values in the order given; NaN stays NaN and does not count as a comparison. */
export function holmCorrection(pValues: readonly number[]): number[] {
  const order = pValues
    .map((p, index) => ({ p, index }))
    .filter(({ p }) => !Number.isNaN(p))
    .sort((x, y) => x.p - y.p || x.index - y.index);
  const corrected = pValues.map(() => Number.NaN);
  let highest = 0;
  order.forEach(({ p, index }, rank) => {
    highest = Math.max(highest, Math.min(1, p * (order.length - rank)));
    corrected[index] = highest;
  });
  return corrected;
}
