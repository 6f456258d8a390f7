/**
 * How the index answers for one class of Pods under one profile: which plugins are asked once for a Node's labels and
 * taints, which again when the Node's Pods change, which become features, and which weights apply; and by which keys other classes
 * share these. A class that needs more than that has no plan and is decided by the plain path.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { Listers } from '../framework/listers.ts';
import type { Plugin } from '../framework/plugin.ts';
import { PluginError } from '../framework/plugin-error.ts';
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { goLog } from '../plugins/go-log.ts';
import { hasAllKeys, type SpreadConstraint } from '../plugins/spread-constraints.ts';
import { type AffinityFeatures, affinityFeatures } from './affinity-features.ts';
import { AskedAnew } from './asked-anew.ts';
import { ClassLocalScores } from './class-local-scores.ts';
import { ClassStaticRules } from './class-static-rules.ts';
import {
  AFFINITY,
  dividePlugins,
  NODE_AFFINITY,
  pluginsAskedAnew,
  SPREAD,
  TAINTS,
  withoutThose,
} from './divide-plugins.ts';
import type { LocalScores } from './evaluation.ts';
import type { FeatureSpec } from './feature.ts';
import type { IndexedProfile } from './indexed-profile.ts';
import type { NodeTable } from './node-table.ts';
import type { PodKinds } from './pod-kinds.ts';
import { resourceKey } from './resource-score.ts';
import { type EligibleNodes, type SpreadFeatures, spreadFeatures } from './spread-features.ts';
import type { StaticGroups } from './static-groups.ts';
import type { StaticScores } from './static-scores.ts';
import type { Topology } from './topology.ts';
import type { TopologyRules } from './topology-rules.ts';

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
  readonly groupsKey: string;
  /** Of static groups and static scores together. */
  readonly scoresKey: string;
  readonly specs: readonly FeatureSpec[];
  /** Of static groups and features together. */
  readonly partitionKey: string;
  localScores(groups: StaticGroups, scores: StaticScores): LocalScores;
  readonly localKey: string;
  readonly topologyRules: Omit<TopologyRules, 'groups'>;
  /** The plugins that the index does not stand in for; undefined when there are none. */
  readonly askedAnew: AskedAnew | undefined;
  /** All totals are this many times what the evaluation says: the greatest common divisor of the weights. */
  readonly scale: number;
  readonly dependsOnTaints: boolean;
  /** Keys of the topologies of its features. */
  readonly topologyKeys: ReadonlySet<string>;
}

/** A plan, or undefined when the class is to be decided by the plain path. */
export function planClass(pod: PodInfo, all: IndexedProfile, around: PlanSurroundings): ClassPlan | undefined {
  const { spec } = pod.class;
  if (pod.class.claimKeys.length > 0 || (spec.resourceClaims?.length ?? 0) > 0) return undefined;
  if (spec.volumes?.some((volume) => volume.ephemeral !== undefined)) return undefined;
  const asked = pluginsAskedAnew(all);
  if (asked !== undefined && [...asked.names].some((name) => all.streamUsers.has(name))) return undefined;
  const profile = withoutThose(all, asked);
  const divided = dividePlugins(pod, profile, around.nodes, around.table);
  if (divided === undefined) return undefined;
  const features = featuresOf(pod, profile, around);
  if (features === undefined) return undefined;
  const { statics, locals, scale, state } = divided;
  const { nodes, table } = around;
  const { hardConstraints, softConstraints, dependsOnTaints } = features.spread;
  const { requiredKeys } = features.affinity;
  const keysOf = (constraints: readonly SpreadConstraint[]): string[] => constraints.map((each) => each.topologyKey);
  const groupsKey = JSON.stringify([
    pluginKeys(pod.class, statics.filters),
    pluginKeys(pod.class, [statics.taints, statics.nodeAffinity]),
    [...keysOf(hardConstraints), ...requiredKeys],
    keysOf(softConstraints),
  ]);
  const staticScorers = statics.scorers.map(({ plugin }) => plugin);
  const localPlugins = [...locals.filters, ...locals.scorers.map(({ plugin }) => plugin)].filter(
    ({ name }) => locals.byRows?.plugins.has(name) !== true,
  );
  const weightOf = (name: string): number =>
    (profile.score.find(({ plugin, weight }) => plugin.name === name && weight > 0)?.weight ?? 0) / scale;
  return {
    groupsKey,
    scoresKey: JSON.stringify([groupsKey, pluginKeys(pod.class, staticScorers)]),
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
    partitionKey: JSON.stringify([groupsKey, features.specs.map(({ key }) => key)]),
    localKey: JSON.stringify([locals.byRows && resourceKey(pod.class), pluginKeys(pod.class, localPlugins)]),
    localScores: (groups, scores) => new ClassLocalScores({ ...locals, nodes, table }, groups, scores),
    askedAnew: asked && new AskedAnew(asked),
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

/**
 * What these plugins read of the class; all of it where one does not say.
 * @throws PluginError when what one says is no JSON
 */
function pluginKeys(podClass: PodClass, plugins: readonly (Plugin | undefined)[]): unknown[] {
  return plugins.map((plugin) => {
    const parts = plugin?.dependsOn?.podParts;
    if (plugin === undefined || parts === undefined) return plugin && [plugin.name, podClass.id];
    try {
      return [plugin.name, JSON.stringify(parts(podClass), plainJson)];
    } catch (error) {
      throw new PluginError(plugin.name, 'dependsOn.podParts', '', '', `it gave no JSON: ${String(error)}`, error);
    }
  });
}

/** Lets nothing pass that JSON would drop without a word. */
function plainJson(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set || typeof value === 'function')
    throw new TypeError('a Map, a Set or a function cannot be compared as JSON');
  return value;
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

const logarithms: number[] = [];

/** Remembered: the number of domains is small, or the number of feasible Nodes, which changes slowly. */
function spreadLogarithm(domains: number): number {
  if (domains > 65_536) return goLog(domains + 2);
  logarithms[domains] ??= goLog(domains + 2);
  return logarithms[domains] as number;
}
