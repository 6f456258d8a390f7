/**
 * Several policies over the same runs, every pair of them: paired differences with p-values corrected for the number of pairs
 * (Holm), and the signed-rank test beside each as a check that does not lean on normal differences.
 */
import { holmCorrection } from './holm.ts';
import { type ComparisonOptions, comparePaired, type PairedComparison } from './paired-comparison.ts';
import { wilcoxonSignedRank } from './wilcoxon.ts';

export interface PolicySamples {
  readonly policy: string;
  /** One number of each run; run i of every policy saw the same workload. */
  readonly samples: readonly number[];
}

export interface PolicyPair {
  readonly policy: string;
  readonly baseline: string;
  /** Its `p`, verdict and sentence use the corrected p-value; its interval is that of this pair alone. */
  readonly comparison: PairedComparison;
  /** Of the paired t test, before the correction. */
  readonly uncorrectedP: number;
  /** Of the signed-rank test, corrected in the same way; NaN where all differences are 0. */
  readonly wilcoxonP: number;
}

/**
 * Compares every policy with every one before it in the list.
 * @throws RangeError unless all have the same number of samples
 */
export function comparePolicies(policies: readonly PolicySamples[], options: ComparisonOptions): PolicyPair[] {
  const pairs = policies.flatMap((one, i) => policies.slice(0, i).map((base) => ({ one, base })));
  const alone = pairs.map(({ one, base }) => comparePaired(one.samples, base.samples, options));
  const ranks = pairs.map(({ one, base }) =>
    wilcoxonSignedRank(one.samples.map((value, i) => value - (base.samples[i] as number))),
  );
  const corrected = holmCorrection(alone.map(({ p }) => p));
  const correctedRanks = holmCorrection(ranks.map(({ p }) => p));
  return pairs.map(({ one, base }, i) => ({
    policy: one.policy,
    baseline: base.policy,
    comparison: comparePaired(one.samples, base.samples, options, corrected[i]),
    uncorrectedP: (alone[i] as PairedComparison).p,
    wilcoxonP: correctedRanks[i] as number,
  }));
}
