/**
 * Scores of Nodes to Pods of one class that need no normalising: resources by the rows of the NodeTable where that is possible, other
 * plugins that look at the Node's Pods by their plain rules, and what the Node object alone adds.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { FilterPlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type NodeScorer, refuses, scoreOf } from './ask-plugin.ts';
import type { LocalScores } from './evaluation.ts';
import type { NodeTable } from './node-table.ts';
import { NOT_FILED } from './partition.ts';
import type { RowScores } from './resource-score.ts';
import { REFUSED, type StaticGroups } from './static-groups.ts';
import type { StaticScores } from './static-scores.ts';

export interface ClassLocalScoresInput {
  readonly pod: PodInfo;
  readonly state: CycleState;
  readonly nodes: readonly NodeInfo[];
  readonly table: NodeTable;
  /** One more than the greatest score, static scores included. */
  readonly range: number;
  readonly filters: readonly FilterPlugin[];
  readonly scorers: readonly NodeScorer[];
  /** Scoring on rows, and the names of the plugins for which it stands. */
  readonly byRows: { readonly scores: RowScores; readonly plugins: ReadonlySet<string> } | undefined;
}

export class ClassLocalScores implements LocalScores {
  readonly range: number;
  readonly #input: ClassLocalScoresInput;
  readonly #statics: StaticScores;
  readonly #rowScores: RowScores | undefined;
  /** Nothing but the rows decides about a regular Node. */
  readonly #onlyRows: boolean;
  readonly #table: NodeTable;
  readonly #groupOf: Int32Array;
  /** Plugins besides those for which the rows stand. */
  readonly #otherFilters: readonly FilterPlugin[];
  readonly #otherScorers: readonly NodeScorer[];

  constructor(input: ClassLocalScoresInput, groups: StaticGroups, statics: StaticScores) {
    const { byRows, filters, scorers, range, table } = input;
    this.#input = input;
    this.#statics = statics;
    this.range = range;
    this.#rowScores = byRows?.scores;
    this.#otherFilters = filters.filter(({ name }) => byRows?.plugins.has(name) !== true);
    this.#otherScorers = scorers.filter(({ plugin }) => byRows?.plugins.has(plugin.name) !== true);
    this.#onlyRows = this.#otherFilters.length === 0 && this.#otherScorers.length === 0;
    this.#table = table;
    this.#groupOf = groups.groupOf;
  }

  ofEach(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void {
    const rows = this.#rowScores;
    rows?.ofEach(nodes, first, end, mask, into);
    if (rows !== undefined && this.#onlyRows && this.#statics.ofNode === null && !this.#table.hasIrregular) return;
    for (let i = first; i < end; i++) {
      const node = nodes[i & mask] as number;
      if (this.#groupOf[node] === REFUSED) into[i - first] = NOT_FILED;
      else if (rows?.isRegular(node) === true) into[i - first] = this.#withRowScore(node, into[i - first] as number);
      else into[i - first] = this.#plainScore(node);
    }
  }

  /** The whole score of a Node of which the part by rows is known. */
  #withRowScore(node: number, score: number): number {
    if (score === NOT_FILED) return NOT_FILED;
    const scores = this.#statics.ofNode;
    const total = scores === null ? score : score + (scores[node] as number);
    if (this.#onlyRows) return total;
    const others = this.#judge(node, this.#otherFilters, this.#otherScorers);
    return others === NOT_FILED ? NOT_FILED : total + others;
  }

  #plainScore(node: number): number {
    const score = this.#judge(node, this.#input.filters, this.#input.scorers);
    const scores = this.#statics.ofNode;
    return score === NOT_FILED || scores === null ? score : score + (scores[node] as number);
  }

  #judge(position: number, filters: readonly FilterPlugin[], scorers: readonly NodeScorer[]): number {
    const { pod, state, nodes } = this.#input;
    const node = nodes[position] as NodeInfo;
    for (const plugin of filters) if (refuses(plugin, state, pod, node)) return NOT_FILED;
    let score = 0;
    for (const { plugin, weight } of scorers) score += weight * scoreOf(plugin, state, pod, node);
    return score;
  }
}
