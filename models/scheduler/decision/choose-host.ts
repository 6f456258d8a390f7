/**
 * The Nodes with the greatest total, and which of them is taken.
 * Source: pkg/scheduler/schedule_one.go selectHost, which keeps a reservoir over a heap: uniform too, by other draws.
 */
import type { RandomStream } from '../../../engine/index.ts';
import { chooseTie } from './choose-tie.ts';
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

/** The Nodes among which there is a choice, as a search found them. */
export interface Candidates {
  readonly feasible: readonly NodeInfo[];
  /** When each was looked at, counted from the first Node; rising. */
  readonly offsets: readonly number[];
  readonly lookedAt: number;
}

/** Index of the Node taken. Draws by the rule of choose-tie.ts, so that an index takes the same one. */
export function chooseHost(
  { feasible, offsets, lookedAt }: Candidates,
  best: readonly number[],
  tieBreak: TieBreak,
  stream: RandomStream,
): number {
  if (best.length === 1) return best[0] as number;
  if (tieBreak === 'first') {
    return best.reduce((a, b) => ((feasible[b] as NodeInfo).name < (feasible[a] as NodeInfo).name ? b : a));
  }
  const indexOf = new Map(best.map((index) => [offsets[index] as number, index]));
  const taken = chooseTie(
    {
      count: best.length,
      evaluated: lookedAt,
      includes: (offset) => indexOf.has(offset),
      nth: (k) => offsets[best[k] as number] as number,
    },
    stream,
  );
  return indexOf.get(taken) as number;
}
