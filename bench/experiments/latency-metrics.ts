/** The statistics of one run that are kept of a time which each Pod takes. */
import { quantileOfSorted } from '../../results/index.ts';

/** Mean, quantiles (type 7) and maximum under `name`; null for an empty sample. */
export function latencyMetrics(name: string, ascending: Float64Array): Record<string, number | null> {
  const empty = ascending.length === 0;
  const sum = ascending.reduce((total, value) => total + value, 0);
  const at = (share: number): number | null => (empty ? null : quantileOfSorted(ascending, share));
  return {
    [`${name}MeanMicros`]: empty ? null : sum / ascending.length,
    [`${name}P50Micros`]: at(0.5),
    [`${name}P90Micros`]: at(0.9),
    [`${name}P99Micros`]: at(0.99),
    [`${name}MaxMicros`]: at(1),
  };
}
