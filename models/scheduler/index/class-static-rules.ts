/**
 * What the plugins say of a Node to Pods of one class, as far as it depends on the Node object alone: whether it refuses them, and
 * the raw scores that are normalised over groups of Nodes.
 */
import type { Labels } from '../../objects/meta.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { FilterPlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type NodeScorer, refuses, scoreOf } from './ask-plugin.ts';
import { REFUSED, type StaticRules } from './static-groups.ts';
import type { StaticScoreRules } from './static-scores.ts';

export interface ClassStaticRulesInput {
  readonly pod: PodInfo;
  readonly state: CycleState;
  readonly nodes: readonly NodeInfo[];
  readonly filters: readonly FilterPlugin[];
  readonly scorers: readonly NodeScorer[];
  /** The plugins whose raw scores are normalised over groups. */
  readonly taints: ScorePlugin | undefined;
  readonly nodeAffinity: ScorePlugin | undefined;
  /** Whether another plugin than ImageLocality looks at images. */
  readonly othersLookAtImages: boolean;
  /** ImageLocality is the only plugin that looks at images, and the only one of `scorers`. */
  readonly imagesByLocality: boolean;
  hasNeededKeys(labels: Labels): boolean;
  isIgnoredBySpread(labels: Labels): boolean;
}

export class ClassStaticRules implements StaticRules, StaticScoreRules {
  readonly size: number;
  readonly groupsByImages: boolean;
  readonly images: readonly string[] | undefined;
  /** By static group, in order of first appearance; the first is that of the refused Nodes, which is never read. */
  readonly groups = { taintRaw: [0], affinityRaw: [0], ignoredBySpread: [0] };
  readonly #input: ClassStaticRulesInput;
  readonly #groupIds = new Map<string, number>();

  constructor(input: ClassStaticRulesInput) {
    this.#input = input;
    this.size = input.nodes.length;
    this.groupsByImages = input.othersLookAtImages;
    if (input.imagesByLocality) this.images = input.scorers.length > 0 ? input.pod.class.images : [];
  }

  groupOf(position: number): number {
    const { pod, state, nodes, filters, taints, nodeAffinity } = this.#input;
    const node = nodes[position] as NodeInfo;
    for (const plugin of filters) if (refuses(plugin, state, pod, node)) return REFUSED;
    const labels = node.node.metadata.labels ?? NO_LABELS;
    if (!this.#input.hasNeededKeys(labels)) return REFUSED;
    const taintRaw = taints === undefined ? 0 : taints.score(state, pod, node);
    const affinityRaw = nodeAffinity === undefined ? 0 : nodeAffinity.score(state, pod, node);
    return this.#groupId(taintRaw, affinityRaw, this.#input.isIgnoredBySpread(labels) ? 1 : 0);
  }

  staticScore(position: number): number {
    const { pod, state, nodes, scorers } = this.#input;
    let score = 0;
    for (const { plugin, weight } of scorers)
      score += weight * scoreOf(plugin, state, pod, nodes[position] as NodeInfo);
    return score;
  }

  #groupId(taintRaw: number, affinityRaw: number, ignored: number): number {
    const key = `${taintRaw}/${affinityRaw}/${ignored}`;
    let id = this.#groupIds.get(key);
    if (id === undefined) {
      id = this.groups.taintRaw.length;
      this.#groupIds.set(key, id);
      this.groups.taintRaw.push(taintRaw);
      this.groups.affinityRaw.push(affinityRaw);
      this.groups.ignoredBySpread.push(ignored);
    }
    return id;
  }
}
