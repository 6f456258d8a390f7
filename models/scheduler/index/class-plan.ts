/**
 * How the index answers for one class of Pods under one profile: which plugins are asked once for a Node's labels and
 * taints, which again when the Node's Pods change, which become features, and which weights apply. A class that needs
 * more than that has no plan and is decided by the plain path.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type {
  InterPodAffinityArgs,
  NodeResourcesBalancedAllocationArgs,
  NodeResourcesFitArgs,
} from '../config/plugin-args.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { Listers } from '../framework/listers.ts';
import type { FilterPlugin, Plugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { goLog } from '../plugins/go-log.ts';
import { hasAllKeys, type SpreadConstraints } from '../plugins/spread-constraints.ts';
import { type AffinityFeatures, affinityFeatures } from './affinity-features.ts';
import type { FeatureSpec } from './feature.ts';
import type { NodeTable } from './node-table.ts';
import type { PodKinds } from './pod-kinds.ts';
import { ClassNodeRules, type NodeScorer } from './class-node-rules.ts';
import { isRegular, type ResourceScoring, resourceScore } from './resource-score.ts';
import { type SpreadFeatures, spreadFeatures } from './spread-features.ts';
import type { Topology } from './topology.ts';
import type { TopologyRules } from './topology-rules.ts';

/** The plugins of a profile that decide where a Pod goes, and the arguments of those that the index knows by name. */
export interface IndexedProfile {
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  readonly score: readonly { readonly plugin: ScorePlugin; readonly weight: number }[];
  readonly fitArgs: NodeResourcesFitArgs | undefined;
  readonly balancedArgs: NodeResourcesBalancedAllocationArgs | undefined;
  readonly interPodAffinityArgs: InterPodAffinityArgs | undefined;
  readonly spreadConstraints: SpreadConstraints | undefined;
}

/** What plans are made from, besides the profile. */
export interface PlanSurroundings {
  readonly nodes: readonly NodeInfo[];
  readonly table: NodeTable;
  readonly listers: Listers;
  readonly kinds: PodKinds;
  topologyOf(key: string): Topology;
  hostTopology(): Topology;
}

export interface ClassPlan {
  readonly nodeRules: ClassNodeRules;
  readonly topologyRules: TopologyRules;
  /** All totals are this many times what the evaluation says: the greatest common divisor of the weights. */
  readonly scale: number;
  readonly dependsOnTaints: boolean;
  /** Keys of the topologies of its features. */
  readonly topologyKeys: ReadonlySet<string>;
}

const SPREAD = 'PodTopologySpread';
const AFFINITY = 'InterPodAffinity';
const TAINTS = 'TaintToleration';
const NODE_AFFINITY = 'NodeAffinity';
const FIT = 'NodeResourcesFit';
const BALANCED = 'NodeResourcesBalancedAllocation';
const KNOWN_BY_NAME: ReadonlySet<string> = new Set([SPREAD, AFFINITY]);

/** Local scores are kept in 16 bits, and tables grow with them. */
const LOCAL_SCORES_MAX = 8192;

/** Verdicts that depend on this Node alone can be kept until it changes. */
function isOfOneNode({ dependsOn }: Plugin): boolean {
  return dependsOn !== undefined && dependsOn.podsInDomain !== true && dependsOn.objects !== true;
}

function isOfNodeObject({ dependsOn }: Plugin): boolean {
  return dependsOn?.requested !== true && dependsOn?.pods !== true;
}

/** Runs PreFilter and PreScore, whose outcome is the same for all Pods of the class. Undefined: the plain path must decide. */
function prepare(
  pod: PodInfo,
  profile: IndexedProfile,
  nodes: readonly NodeInfo[],
): { state: CycleState; skipFilter: Set<string>; skipScore: Set<string> } | undefined {
  const state = new CycleState();
  const skipFilter = new Set<string>();
  const skipScore = new Set<string>();
  for (const plugin of profile.preFilter) {
    if (KNOWN_BY_NAME.has(plugin.name)) continue;
    const verdict = plugin.preFilter(state, pod, nodes);
    if (verdict === undefined) continue;
    if ('nodeNames' in verdict || verdict.code !== 'Skip') return undefined;
    skipFilter.add(plugin.name);
  }
  for (const plugin of profile.preScore) {
    if (KNOWN_BY_NAME.has(plugin.name)) continue;
    const verdict = plugin.preScore(state, pod, nodes);
    if (verdict === undefined) continue;
    if (verdict.code !== 'Skip') return undefined;
    skipScore.add(plugin.name);
  }
  return { state, skipFilter, skipScore };
}

/** A plan, or undefined when the class is to be decided by the plain path. */
export function planClass(pod: PodInfo, profile: IndexedProfile, around: PlanSurroundings): ClassPlan | undefined {
  const { spec } = pod.class;
  if (pod.class.claimKeys.length > 0 || (spec.resourceClaims?.length ?? 0) > 0) return undefined;
  if (spec.volumes?.some((volume) => volume.ephemeral !== undefined)) return undefined;
  const prepared = prepare(pod, profile, around.nodes);
  if (prepared === undefined) return undefined;
  const filters = profile.filter.filter(({ name }) => !prepared.skipFilter.has(name) && !KNOWN_BY_NAME.has(name));
  const scores = profile.score.filter(
    ({ plugin }) => !prepared.skipScore.has(plugin.name) && !KNOWN_BY_NAME.has(plugin.name),
  );
  if (![...filters, ...scores.map(({ plugin }) => plugin)].every(isOfOneNode)) return undefined;
  const grouped = new Set([TAINTS, NODE_AFFINITY]);
  const local = scores.filter(({ plugin }) => !grouped.has(plugin.name));
  if (local.some(({ plugin }) => plugin.normalizeScore !== undefined)) return undefined;
  const scale = divisorOf(profile.score.map(({ weight }) => weight));
  const range = local.reduce((sum, { weight }) => sum + (100 * weight) / scale, 1);
  if (range > LOCAL_SCORES_MAX) return undefined;
  const features = featuresOf(pod, profile, around);
  if (features === undefined) return undefined;
  const weightOf = (name: string): number =>
    (profile.score.find(({ plugin, weight }) => plugin.name === name && weight > 0)?.weight ?? 0) / scale;
  const scorers = local.map(({ plugin, weight }): NodeScorer => ({ plugin, weight: weight / scale }));
  const resource = resourceScoringOf(profile, scorers, filters);
  const isByColumns = resource !== undefined && isRegular(pod.class);
  const nodeRules = new ClassNodeRules({
    pod,
    state: prepared.state,
    nodes: around.nodes,
    table: around.table,
    kinds: around.kinds,
    scores: range,
    features: features.specs,
    staticFilters: filters.filter(isOfNodeObject),
    localFilters: filters.filter((plugin) => !isOfNodeObject(plugin)),
    staticScores: scorers.filter(({ plugin }) => isOfNodeObject(plugin)),
    localScores: scorers.filter(({ plugin }) => !isOfNodeObject(plugin)),
    byColumns: isByColumns
      ? { score: resourceScore(around.table, pod.class, resource), plugins: new Set([FIT, BALANCED]) }
      : undefined,
    taints: scores.find(({ plugin }) => plugin.name === TAINTS)?.plugin,
    nodeAffinity: scores.find(({ plugin }) => plugin.name === NODE_AFFINITY)?.plugin,
    hasNeededKeys: (labels) =>
      hasAllKeys(labels, features.spread.hardConstraints) &&
      features.affinity.requiredKeys.every((key) => Object.hasOwn(labels, key)),
    isIgnoredBySpread: (labels) => !hasAllKeys(labels, features.spread.softConstraints),
  });
  return {
    nodeRules,
    scale,
    dependsOnTaints: features.spread.dependsOnTaints,
    topologyKeys: new Set(features.specs.map(({ topology }) => topology.key)),
    topologyRules: {
      ...features.rules,
      groups: nodeRules.groups,
      taintWeight: prepared.skipScore.has(TAINTS) ? 0 : weightOf(TAINTS),
      nodeAffinityWeight: prepared.skipScore.has(NODE_AFFINITY) ? 0 : weightOf(NODE_AFFINITY),
      spreadWeight: weightOf(SPREAD),
      interPodWeight: weightOf(AFFINITY),
      spreadLogarithm,
    },
  };
}

interface PlannedFeatures {
  readonly specs: readonly FeatureSpec[];
  readonly spread: SpreadFeatures;
  readonly affinity: AffinityFeatures;
  readonly rules: Pick<
    TopologyRules,
    'hardSpread' | 'softSpread' | 'forbidden' | 'required' | 'selfMatchesRequired' | 'affinityScore'
  >;
}

const NO_SPREAD: SpreadFeatures = {
  specs: [],
  hard: [],
  soft: [],
  hardConstraints: [],
  softConstraints: [],
  dependsOnTaints: false,
};
const NO_AFFINITY: AffinityFeatures = {
  specs: [],
  forbidden: [],
  required: [],
  score: [],
  selfMatchesRequired: false,
  requiredKeys: [],
};

function featuresOf(pod: PodInfo, profile: IndexedProfile, around: PlanSurroundings): PlannedFeatures | undefined {
  const points = (name: string): { filters: boolean; scores: boolean } => ({
    filters: profile.filter.some((plugin) => plugin.name === name),
    scores: profile.score.some(({ plugin, weight }) => plugin.name === name && weight > 0),
  });
  const { spreadConstraints, interPodAffinityArgs } = profile;
  const spread =
    spreadConstraints === undefined ? NO_SPREAD : spreadFeatures(pod.class, spreadConstraints, points(SPREAD), around);
  if (spread === undefined) return undefined;
  const affinity =
    interPodAffinityArgs === undefined
      ? NO_AFFINITY
      : affinityFeatures(pod.class, interPodAffinityArgs, points(AFFINITY), around);
  const first = spread.specs.length;
  return {
    specs: [...spread.specs, ...affinity.specs],
    spread,
    affinity,
    rules: {
      hardSpread: spread.hard,
      softSpread: spread.soft,
      forbidden: affinity.forbidden.map((feature) => feature + first),
      required: affinity.required.map((feature) => feature + first),
      selfMatchesRequired: affinity.selfMatchesRequired,
      affinityScore: affinity.score.map((feature) => feature + first),
    },
  };
}

/** How the columns can stand for the resource plugins; undefined when their configuration asks for more. */
function resourceScoringOf(
  profile: IndexedProfile,
  scorers: readonly NodeScorer[],
  filters: readonly FilterPlugin[],
): ResourceScoring | undefined {
  const weightOf = (name: string): number => scorers.find(({ plugin }) => plugin.name === name)?.weight ?? 0;
  const { fitArgs, balancedArgs } = profile;
  const fitWeight = weightOf(FIT);
  const balancedWeight = weightOf(BALANCED);
  const strategy = fitArgs?.scoringStrategy;
  if (strategy === undefined || strategy.type === 'RequestedToCapacityRatio') return undefined;
  const names = strategy.resources.map(({ name }) => name);
  if (
    !names.every((name) => name === 'cpu' || name === 'memory') ||
    new Set(names).size !== names.length ||
    names.length === 0
  )
    return undefined;
  const balanced = balancedArgs?.resources.map(({ name }) => name) ?? [];
  if (balancedWeight !== 0 && balanced.toSorted().join() !== 'cpu,memory') return undefined;
  const resourceWeight = (name: string): number => {
    const found = strategy.resources.find((resource) => resource.name === name);
    return found === undefined ? 0 : found.weight === 0 ? 1 : found.weight;
  };
  return {
    strategy: strategy.type,
    cpuWeight: resourceWeight('cpu'),
    memoryWeight: resourceWeight('memory'),
    fitWeight,
    balancedWeight,
    filters: filters.some(({ name }) => name === FIT),
  };
}

function divisorOf(weights: readonly number[]): number {
  const greatest = (a: number, b: number): number => (b === 0 ? a : greatest(b, a % b));
  return weights.reduce((divisor, weight) => greatest(divisor, weight), 0) || 1;
}

const logarithms: number[] = [];

/** Remembered: the number of domains is small, or the number of feasible Nodes, which changes slowly. */
function spreadLogarithm(domains: number): number {
  if (domains > 65_536) return goLog(domains + 2);
  logarithms[domains] ??= goLog(domains + 2);
  return logarithms[domains] as number;
}
