/**
 * Which of the Nodes that preemption could free is taken.
 * Source: pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption.
 */
import type { PreemptionCandidate } from '../framework/plugin.ts';
import { earliestStartSeconds } from './pod-importance.ts';

/** Made positive, so that a Node with one victim more never looks better by it. Source: MaxInt32 + 1 in the same place. */
const PRIORITY_OFFSET = 2 ** 31;

/** In order; of each the least is best. */
const CRITERIA: readonly ((candidate: PreemptionCandidate) => number)[] = [
  ({ pdbViolations }) => pdbViolations,
  ({ victims }) => victims[0]?.class.priority ?? Number.NEGATIVE_INFINITY,
  ({ victims }) => victims.reduce((sum, { class: { priority } }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartSeconds(victims),
];

/** The candidates that no criterion tells apart, in their order; the real scheduler takes any of them. */
export function bestCandidates(candidates: readonly PreemptionCandidate[]): readonly PreemptionCandidate[] {
  let best = candidates;
  for (const criterion of CRITERIA) {
    if (best.length <= 1) break;
    const values = best.map(criterion);
    const least = values.reduce((a, b) => (b < a ? b : a));
    best = best.filter((_, i) => values[i] === least);
  }
  return best;
}
