/**
 * The Wilcoxon signed-rank test: a check on the paired t test that does not ask for normal differences. Exact for up to
 * EXACT_LIMIT differences without ties, as R's wilcox.test does; otherwise the normal approximation with the correction for
 * ties and for continuity (M. Hollander and D. Wolfe, Nonparametric Statistical Methods, section 3.1).
 */
import { upperGammaHalf } from './special-functions.ts';

export interface SignedRankTest {
  /** Differences that are not 0; zeros are left out, as Wilcoxon did. */
  readonly n: number;
  /** Sum of the ranks of the positive differences. */
  readonly rankSum: number;
  /** Two-sided; NaN when no difference is left. */
  readonly p: number;
  readonly exact: boolean;
}

/** Most differences for which the exact distribution is worked out. */
const EXACT_LIMIT = 49;

/** Tests whether the differences lie around 0. */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRankTest {
  const sizes = differences.filter((value) => value !== 0);
  const n = sizes.length;
  if (n === 0) return { n, rankSum: 0, p: Number.NaN, exact: false };
  const ascending = sizes.toSorted((x, y) => Math.abs(x) - Math.abs(y));
  let rankSum = 0;
  let tieSum = 0;
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && Math.abs(ascending[end] as number) === Math.abs(ascending[start] as number)) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if ((ascending[i] as number) > 0) rankSum += rank;
    const tied = end - start;
    tieSum += tied * (tied * tied - 1);
    start = end;
  }
  const exact = n <= EXACT_LIMIT && tieSum === 0 && n === differences.length;
  return { n, rankSum, p: exact ? exactPValue(n, rankSum) : approximatePValue(n, rankSum, tieSum), exact };
}

/** Counts, for each sum, the subsets of the ranks 1 to n that have it; all 2^n are equally likely. */
function exactPValue(n: number, rankSum: number): number {
  const highest = (n * (n + 1)) / 2;
  const share = new Float64Array(highest + 1);
  share[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = highest; sum >= 0; sum--) {
      share[sum] = ((share[sum] as number) + (sum >= rank ? (share[sum - rank] as number) : 0)) / 2;
    }
  }
  const nearer = Math.min(rankSum, highest - rankSum);
  let tail = 0;
  for (let sum = 0; sum <= nearer; sum++) tail += share[sum] as number;
  return Math.min(1, 2 * tail);
}

function approximatePValue(n: number, rankSum: number, tieSum: number): number {
  const distance = Math.abs(rankSum - (n * (n + 1)) / 4);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48;
  if (variance === 0) return 1;
  const z = Math.max(0, distance - 0.5) / Math.sqrt(variance);
  // P(|Z| > z) = erfc(z / √2)
  return upperGammaHalf((z * z) / 2);
}
