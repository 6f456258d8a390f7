/** Which of several policies is best by one metric, and which of the others are not shown to be worse than it. */
import type { ComparedMetric } from './comparison.ts';

export interface Leader {
  /** Positions in the list of policies. */
  readonly index: number;
  readonly rivals: readonly number[];
}

/** Undefined where nothing was tested, or all policies are equal in every run. */
export function leaderOf({ metric, summaries, pairs }: ComparedMetric): Leader | undefined {
  const judged = pairs.filter(({ comparison: { verdict } }) => verdict !== 'undecided');
  if (judged.every(({ comparison: { verdict } }) => verdict === 'equal')) return undefined;
  const sign = metric.better === 'higher' ? -1 : 1;
  const ranked = summaries
    .flatMap((summary, index) => (summary === undefined ? [] : [{ index, value: sign * summary.mean }]))
    .sort((a, b) => a.value - b.value || a.index - b.index);
  const [best, ...others] = ranked;
  if (best === undefined) return undefined;
  const rivals = others
    .map(({ index }) => index)
    .filter((index) => {
      const pair = judged.find(
        (one) =>
          (one.policyIndex === best.index && one.baselineIndex === index) ||
          (one.policyIndex === index && one.baselineIndex === best.index),
      );
      const wanted = pair?.policyIndex === best.index ? 'better' : 'worse';
      return pair?.comparison.verdict !== wanted;
    });
  return { index: best.index, rivals: rivals.toSorted((a, b) => a - b) };
}
