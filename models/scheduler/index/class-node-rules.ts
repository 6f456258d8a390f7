/**
 * What the plugins say of one Node to Pods of one class. The plain rules are asked, once for what depends on the Node
 * object and again for what depends on its Pods; cpu and memory are scored on columns where that is possible.
 */
import type { Labels } from '../../objects/meta.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { FilterPlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { NodeRules } from './evaluation.ts';
import type { FeatureSpec } from './feature.ts';
import type { NodeTable } from './node-table.ts';
import type { PodKinds } from './pod-kinds.ts';
import { NOT_FILED } from './score-table.ts';

export interface NodeScorer {
  readonly plugin: ScorePlugin;
  readonly weight: number;
}

export interface ClassNodeRulesInput {
  readonly pod: PodInfo;
  readonly state: CycleState;
  readonly nodes: readonly NodeInfo[];
  readonly table: NodeTable;
  readonly kinds: PodKinds;
  /** One more than the greatest local score. */
  readonly scores: number;
  readonly features: readonly FeatureSpec[];
  /** Plugins that look at the Node object only, and those that look at its Pods too. */
  readonly staticFilters: readonly FilterPlugin[];
  readonly localFilters: readonly FilterPlugin[];
  readonly staticScores: readonly NodeScorer[];
  readonly localScores: readonly NodeScorer[];
  /** Scoring on columns, and the names of the plugins for which it stands. */
  readonly byColumns: { readonly score: (node: number) => number; readonly plugins: ReadonlySet<string> } | undefined;
  /** The plugins whose raw scores are normalised over groups. */
  readonly taints: ScorePlugin | undefined;
  readonly nodeAffinity: ScorePlugin | undefined;
  hasNeededKeys(labels: Labels): boolean;
  isIgnoredBySpread(labels: Labels): boolean;
}

/** A plugin threw, or gave what is no score: the plain path has to say so. */
export class PlanFailure extends Error {
  override readonly name = 'PlanFailure';
}

const MAX_NODE_SCORE = 100;

export class ClassNodeRules implements NodeRules {
  readonly size: number;
  readonly scores: number;
  readonly features: readonly FeatureSpec[];
  /** By static group, in order of first appearance. */
  readonly groups = { taintRaw: [] as number[], affinityRaw: [] as number[], ignoredBySpread: [] as number[] };
  readonly #input: ClassNodeRulesInput;
  readonly #groupIds = new Map<string, number>();
  /** Weighted scores that depend on the Node object only; null while all are 0. */
  #staticScores: Int16Array | null = null;
  readonly #columnScore: ((node: number) => number) | undefined;
  /** Nothing but the columns decides about a regular Node. */
  readonly #onlyColumns: boolean;
  readonly #isIrregular: Uint8Array;
  /** Local plugins besides those for which the columns stand. */
  readonly #otherFilters: readonly FilterPlugin[];
  readonly #otherScores: readonly NodeScorer[];

  constructor(input: ClassNodeRulesInput) {
    this.#input = input;
    this.size = input.nodes.length;
    this.scores = input.scores;
    this.features = input.features;
    const covered = input.byColumns?.plugins;
    this.#columnScore = input.byColumns?.score;
    this.#otherFilters = input.localFilters.filter(({ name }) => covered?.has(name) !== true);
    this.#otherScores = input.localScores.filter(({ plugin }) => covered?.has(plugin.name) !== true);
    this.#onlyColumns = this.#otherFilters.length === 0 && this.#otherScores.length === 0;
    this.#isIrregular = input.table.isIrregular;
  }

  groupOf(position: number): number {
    const { pod, state, nodes, staticFilters, taints, nodeAffinity } = this.#input;
    const node = nodes[position] as NodeInfo;
    for (const plugin of staticFilters) if (refuses(plugin, state, pod, node)) return NOT_FILED;
    const labels = node.node.metadata.labels ?? NO_LABELS;
    if (!this.#input.hasNeededKeys(labels)) return NOT_FILED;
    this.#scoreStatically(position, node);
    const taintRaw = taints === undefined ? 0 : taints.score(state, pod, node);
    const affinityRaw = nodeAffinity === undefined ? 0 : nodeAffinity.score(state, pod, node);
    return this.#groupId(taintRaw, affinityRaw, this.#input.isIgnoredBySpread(labels) ? 1 : 0);
  }

  localScore(position: number): number {
    const column = this.#columnScore;
    if (column === undefined || this.#isIrregular[position] === 1) return this.#plainLocalScore(position);
    let score = column(position);
    if (score === NOT_FILED) return NOT_FILED;
    if (this.#staticScores !== null) score += this.#staticScores[position] as number;
    if (this.#onlyColumns) return score;
    const others = this.#judge(position, this.#otherFilters, this.#otherScores);
    return others === NOT_FILED ? NOT_FILED : score + others;
  }

  eachPodClass(visit: (podKind: number, countOf: ReadonlyMap<number, number>) => void): void {
    for (const { id, countOf } of this.#input.kinds.all()) if (countOf.size > 0) visit(id, countOf);
  }

  #plainLocalScore(position: number): number {
    const { localFilters, localScores } = this.#input;
    const score = this.#judge(position, localFilters, localScores);
    return score === NOT_FILED || this.#staticScores === null
      ? score
      : score + (this.#staticScores[position] as number);
  }

  #judge(position: number, filters: readonly FilterPlugin[], scorers: readonly NodeScorer[]): number {
    const { pod, state, nodes } = this.#input;
    const node = nodes[position] as NodeInfo;
    for (const plugin of filters) if (refuses(plugin, state, pod, node)) return NOT_FILED;
    let score = 0;
    for (const { plugin, weight } of scorers) score += weight * scoreOf(plugin, state, pod, node);
    return score;
  }

  #scoreStatically(position: number, node: NodeInfo): void {
    const { pod, state, staticScores } = this.#input;
    let score = 0;
    for (const { plugin, weight } of staticScores) score += weight * scoreOf(plugin, state, pod, node);
    if (this.#staticScores === null) {
      if (score === 0) return;
      this.#staticScores = new Int16Array(this.size);
    }
    this.#staticScores[position] = score;
  }

  #groupId(taintRaw: number, affinityRaw: number, ignored: number): number {
    const key = `${taintRaw}/${affinityRaw}/${ignored}`;
    let id = this.#groupIds.get(key);
    if (id === undefined) {
      id = this.#groupIds.size;
      this.#groupIds.set(key, id);
      this.groups.taintRaw.push(taintRaw);
      this.groups.affinityRaw.push(affinityRaw);
      this.groups.ignoredBySpread.push(ignored);
    }
    return id;
  }
}

function refuses(plugin: FilterPlugin, state: CycleState, pod: PodInfo, node: NodeInfo): boolean {
  try {
    const verdict = plugin.filter(state, pod, node);
    if (verdict?.code === 'Error') throw new PlanFailure(plugin.name);
    return verdict !== undefined;
  } catch {
    throw new PlanFailure(plugin.name);
  }
}

function scoreOf(plugin: ScorePlugin, state: CycleState, pod: PodInfo, node: NodeInfo): number {
  let score: number;
  try {
    score = plugin.score(state, pod, node);
  } catch {
    throw new PlanFailure(plugin.name);
  }
  if (!Number.isInteger(score) || score < 0 || score > MAX_NODE_SCORE) throw new PlanFailure(plugin.name);
  return score;
}
