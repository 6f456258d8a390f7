/**
 * The Nodes with the greatest total, and which of them is taken.
 * Source: pkg/scheduler/schedule_one.go selectHost, which keeps a reservoir over a heap: uniform too, by other draws.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { NodeInfo } from '../cache/node-info.ts';

/** `random`: each of the best with the same probability. `first`: the one whose name sorts first. */
export type TieBreak = 'random' | 'first';

/** Indices of the greatest totals, in order. */
export function indicesOfBest(totals: readonly number[]): number[] {
  let max = Number.NEGATIVE_INFINITY;
  for (const total of totals) if (total > max) max = total;
  const best: number[] = [];
  for (let i = 0; i < totals.length; i++) if (totals[i] === max) best.push(i);
  return best;
}

/** Index of the Node taken. One draw, which picks among the best in the order in which they were looked at; none when there is one. */
export function chooseHost(
  feasible: readonly NodeInfo[],
  best: readonly number[],
  tieBreak: TieBreak,
  stream: RandomStream,
): number {
  if (best.length === 1) return best[0] as number;
  if (tieBreak === 'random') return best[stream.below(best.length)] as number;
  return best.reduce((a, b) => ((feasible[b] as NodeInfo).name < (feasible[a] as NodeInfo).name ? b : a));
}
