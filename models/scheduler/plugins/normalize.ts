/**
 * The normalisation that several plugins share: the greatest raw score becomes 100.
 * Source: pkg/scheduler/framework/plugins/helper/normalize_score.go.
 */
export const MAX_NODE_SCORE = 100;

/** Scales so that the greatest is 100 (or, reversed, 0). When all are 0 they stay 0 (or, reversed, become 100). */
export function normalizeByMaximum(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.trunc((MAX_NODE_SCORE * (scores[i] as number)) / max);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
