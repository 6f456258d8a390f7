/** Asks a plugin on behalf of an index, which has no way to say that one failed: the plain path meets the same and does. */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { FilterPlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { MAX_NODE_SCORE } from '../plugins/normalize.ts';

export interface NodeScorer {
  readonly plugin: ScorePlugin;
  readonly weight: number;
}

/** A plugin threw, or gave what is no score: the plain path has to say so. */
export class PlanFailure extends Error {
  override readonly name = 'PlanFailure';
}

/** @throws PlanFailure */
export function refuses(plugin: FilterPlugin, state: CycleState, pod: PodInfo, node: NodeInfo): boolean {
  try {
    const verdict = plugin.filter(state, pod, node);
    if (verdict?.code === 'Error') throw new PlanFailure(plugin.name);
    return verdict !== undefined;
  } catch {
    throw new PlanFailure(plugin.name);
  }
}

/** @throws PlanFailure */
export function scoreOf(plugin: ScorePlugin, state: CycleState, pod: PodInfo, node: NodeInfo): number {
  let score: number;
  try {
    score = plugin.score(state, pod, node);
  } catch {
    throw new PlanFailure(plugin.name);
  }
  if (!Number.isInteger(score) || score < 0 || score > MAX_NODE_SCORE) throw new PlanFailure(plugin.name);
  return score;
}
