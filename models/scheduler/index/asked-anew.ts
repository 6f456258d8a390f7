/**
 * The plugins of a profile that the index cannot stand in for: they declare nothing, or depend on what the index does not follow, or
 * normalise scores of their own. They are asked anew for each Pod, about Nodes that all others would take; as the plain path
 * asks them, in its order.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { MAX_NODE_SCORE } from '../plugins/normalize.ts';
import type { NodeScorer } from './ask-plugin.ts';

export interface AskedAnewPlugins {
  readonly names: ReadonlySet<string>;
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  /** With their weights in the profile. */
  readonly score: readonly NodeScorer[];
}

/** For one Pod: the plain path has to decide, because a plugin rejects the Pod, names Nodes, fails or gives no score. */
export const PLAIN = Symbol('plain');

export class AskedAnew {
  readonly #plugins: AskedAnewPlugins;
  readonly #skipFilter = new Set<string>();
  readonly #skipScore = new Set<string>();

  constructor(plugins: AskedAnewPlugins) {
    this.#plugins = plugins;
  }

  /** Before Nodes are looked at. */
  begin(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): typeof PLAIN | undefined {
    this.#skipFilter.clear();
    for (const plugin of this.#plugins.preFilter) {
      const verdict = plugin.preFilter(state, pod, nodes);
      if (verdict === undefined) continue;
      if ('nodeNames' in verdict || verdict.code !== 'Skip') return PLAIN;
      this.#skipFilter.add(plugin.name);
    }
    return undefined;
  }

  /** Whether they let the Pod onto the Node. */
  admit(state: CycleState, pod: PodInfo, node: NodeInfo): boolean | typeof PLAIN {
    for (const plugin of this.#plugins.filter) {
      if (this.#skipFilter.has(plugin.name)) continue;
      const verdict = plugin.filter(state, pod, node);
      if (verdict === undefined) continue;
      return verdict.code === 'Error' ? PLAIN : false;
    }
    return true;
  }

  /** Adds their weighted scores of the feasible Nodes to the totals. */
  addScores(
    state: CycleState,
    pod: PodInfo,
    feasible: readonly NodeInfo[],
    totals: number[],
  ): typeof PLAIN | undefined {
    this.#skipScore.clear();
    for (const plugin of this.#plugins.preScore) {
      const verdict = plugin.preScore(state, pod, feasible);
      if (verdict === undefined) continue;
      if (verdict.code !== 'Skip') return PLAIN;
      this.#skipScore.add(plugin.name);
    }
    for (const { plugin, weight } of this.#plugins.score) {
      if (this.#skipScore.has(plugin.name)) continue;
      const scores = feasible.map((node) => plugin.score(state, pod, node));
      plugin.normalizeScore?.(state, pod, feasible, scores);
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i] as number;
        if (!(score >= 0 && score <= MAX_NODE_SCORE)) return PLAIN;
        totals[i] = (totals[i] as number) + weight * score;
      }
    }
    return undefined;
  }
}
