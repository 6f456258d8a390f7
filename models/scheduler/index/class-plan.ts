/**
 * How the index answers for one class of Pods under one profile: which plugins are asked once for a Node's labels and
 * taints, which again when the Node's Pods change, which become features, and which weights apply; and by which keys other classes
 * share these. A class that needs more than that has no plan and is decided by the plain path.
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
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { goLog } from '../plugins/go-log.ts';
import { hasAllKeys, type SpreadConstraint, type SpreadConstraints } from '../plugins/spread-constraints.ts';
import { type AffinityFeatures, affinityFeatures } from './affinity-features.ts';
import type { FeatureSpec } from './feature.ts';
import type { NodeTable } from './node-table.ts';
import type { PodKinds } from './pod-kinds.ts';
import type { NodeScorer } from './ask-plugin.ts';
import { ClassLocalScores, type ClassLocalScoresInput } from './class-local-scores.ts';
import { ClassStaticRules } from './class-static-rules.ts';
import type { LocalScores } from './evaluation.ts';
import { isRegularClass, type ResourceScoring, resourceKey, RowScores } from './resource-score.ts';
import type { StaticGroups } from './static-groups.ts';
import { type EligibleNodes, type SpreadFeatures, spreadFeatures } from './spread-features.ts';
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
  readonly eligible: Map<string, EligibleNodes>;
}

/** Classes of equal keys share what is made by the plan of the first. */
export interface ClassPlan {
  readonly staticRules: ClassStaticRules;
  readonly staticKey: string;
  readonly specs: readonly FeatureSpec[];
  /** Of static groups and features together. */
  readonly partitionKey: string;
  localScores(statics: StaticGroups): LocalScores;
  readonly localKey: string;
  readonly topologyRules: Omit<TopologyRules, 'groups'>;
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
const NORMALISED_BY_GROUP: ReadonlySet<string> = new Set([TAINTS, NODE_AFFINITY]);
const ROWS_STAND_FOR: ReadonlySet<string> = new Set([FIT, BALANCED]);

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

/** The plugins that judge Pods of a class, by what their verdicts depend on. */
interface DividedPlugins {
  readonly state: CycleState;
  /** By the Node object alone. */
  readonly statics: {
    readonly filters: readonly FilterPlugin[];
    readonly scorers: readonly NodeScorer[];
    readonly taints: ScorePlugin | undefined;
    readonly nodeAffinity: ScorePlugin | undefined;
  };
  /** By the Pods on the Node too. */
  readonly locals: Omit<ClassLocalScoresInput, 'nodes' | 'table'>;
  readonly scale: number;
}

/** Undefined when some plugin depends on more than one Node and is not known by name. */
function dividePlugins(pod: PodInfo, profile: IndexedProfile, around: PlanSurroundings): DividedPlugins | undefined {
  const prepared = prepare(pod, profile, around.nodes);
  if (prepared === undefined) return undefined;
  const { state, skipFilter, skipScore } = prepared;
  const filters = profile.filter.filter(({ name }) => !skipFilter.has(name) && !KNOWN_BY_NAME.has(name));
  const scores = profile.score.filter(({ plugin }) => !skipScore.has(plugin.name) && !KNOWN_BY_NAME.has(plugin.name));
  if (![...filters, ...scores.map(({ plugin }) => plugin)].every(isOfOneNode)) return undefined;
  const own = scores.filter(({ plugin }) => !NORMALISED_BY_GROUP.has(plugin.name));
  if (own.some(({ plugin }) => plugin.normalizeScore !== undefined)) return undefined;
  const scale = divisorOf(profile.score.map(({ weight }) => weight));
  const range = own.reduce((sum, { weight }) => sum + (100 * weight) / scale, 1);
  if (range > LOCAL_SCORES_MAX) return undefined;
  const scorers = own.map(({ plugin, weight }): NodeScorer => ({ plugin, weight: weight / scale }));
  const resource = resourceScoringOf(profile, scorers, filters);
  const byRows =
    resource !== undefined && isRegularClass(pod.class)
      ? { scores: new RowScores(around.table, pod.class, resource), plugins: ROWS_STAND_FOR }
      : undefined;
  const named = (name: string): ScorePlugin | undefined => scores.find(({ plugin }) => plugin.name === name)?.plugin;
  return {
    state,
    scale,
    statics: {
      filters: filters.filter(isOfNodeObject),
      scorers: scorers.filter(({ plugin }) => isOfNodeObject(plugin)),
      taints: named(TAINTS),
      nodeAffinity: named(NODE_AFFINITY),
    },
    locals: {
      pod,
      state,
      range,
      filters: filters.filter((plugin) => !isOfNodeObject(plugin)),
      scorers: scorers.filter(({ plugin }) => !isOfNodeObject(plugin)),
      byRows,
    },
  };
}

/** A plan, or undefined when the class is to be decided by the plain path. */
export function planClass(pod: PodInfo, profile: IndexedProfile, around: PlanSurroundings): ClassPlan | undefined {
  const { spec } = pod.class;
  if (pod.class.claimKeys.length > 0 || (spec.resourceClaims?.length ?? 0) > 0) return undefined;
  if (spec.volumes?.some((volume) => volume.ephemeral !== undefined)) return undefined;
  const divided = dividePlugins(pod, profile, around);
  if (divided === undefined) return undefined;
  const features = featuresOf(pod, profile, around);
  if (features === undefined) return undefined;
  const { statics, locals, scale, state } = divided;
  const { nodes, table } = around;
  const { hardConstraints, softConstraints, dependsOnTaints } = features.spread;
  const { requiredKeys } = features.affinity;
  const keysOf = (constraints: readonly SpreadConstraint[]): string[] => constraints.map((each) => each.topologyKey);
  const staticKey = JSON.stringify([
    pluginKeys(pod.class, statics.filters),
    pluginKeys(pod.class, [...statics.scorers.map(({ plugin }) => plugin), statics.taints, statics.nodeAffinity]),
    [...keysOf(hardConstraints), ...requiredKeys],
    keysOf(softConstraints),
  ]);
  const localPlugins = [...locals.filters, ...locals.scorers.map(({ plugin }) => plugin)].filter(
    ({ name }) => locals.byRows?.plugins.has(name) !== true,
  );
  const weightOf = (name: string): number =>
    (profile.score.find(({ plugin, weight }) => plugin.name === name && weight > 0)?.weight ?? 0) / scale;
  return {
    staticKey,
    staticRules: new ClassStaticRules({
      ...statics,
      pod,
      state,
      nodes,
      hasNeededKeys: (labels) =>
        hasAllKeys(labels, hardConstraints) && requiredKeys.every((key) => Object.hasOwn(labels, key)),
      isIgnoredBySpread: (labels) => !hasAllKeys(labels, softConstraints),
    }),
    specs: features.specs,
    partitionKey: JSON.stringify([staticKey, features.specs.map(({ key }) => key)]),
    localKey: JSON.stringify([locals.byRows && resourceKey(pod.class), pluginKeys(pod.class, localPlugins)]),
    localScores: (groups) => new ClassLocalScores({ ...locals, nodes, table }, groups),
    scale,
    dependsOnTaints,
    topologyKeys: new Set(features.specs.map(({ topology }) => topology.key)),
    topologyRules: {
      ...features.rules,
      taintWeight: statics.taints === undefined ? 0 : weightOf(TAINTS),
      nodeAffinityWeight: statics.nodeAffinity === undefined ? 0 : weightOf(NODE_AFFINITY),
      spreadWeight: weightOf(SPREAD),
      interPodWeight: weightOf(AFFINITY),
      spreadLogarithm,
    },
  };
}

/** What these plugins read of the class; all of it where one does not say. */
function pluginKeys(podClass: PodClass, plugins: readonly (Plugin | undefined)[]): unknown[] {
  return plugins.map((plugin) => {
    const parts = plugin?.dependsOn?.podParts;
    return plugin && [plugin.name, parts === undefined ? podClass.id : parts(podClass)];
  });
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
