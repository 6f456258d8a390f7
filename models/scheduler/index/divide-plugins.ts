/**
 * The plugins of a profile, divided by what their verdicts for Pods of one class depend on: the Node object alone, the Pods on the Node
 * too, or more than the index follows, so that they are asked anew for each Pod.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { FilterPlugin, Plugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { NodeScorer } from './ask-plugin.ts';
import type { AskedAnewPlugins } from './asked-anew.ts';
import type { ClassLocalScoresInput } from './class-local-scores.ts';
import type { IndexedProfile } from './indexed-profile.ts';
import type { NodeTable } from './node-table.ts';
import { isRegularClass, type ResourceScoring, RowScores } from './resource-score.ts';

export const SPREAD = 'PodTopologySpread';
export const AFFINITY = 'InterPodAffinity';
export const TAINTS = 'TaintToleration';
export const NODE_AFFINITY = 'NodeAffinity';
const IMAGES = 'ImageLocality';
const FIT = 'NodeResourcesFit';
const BALANCED = 'NodeResourcesBalancedAllocation';
const KNOWN_BY_NAME: ReadonlySet<string> = new Set([SPREAD, AFFINITY]);
/** They skip Pods without volumes; others are for the plain path. */
const ABOUT_VOLUMES: ReadonlySet<string> = new Set([
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
]);
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

/** Whether a plugin besides ImageLocality has a say that depends on the images on a Node, for whatever class. */
function othersLookAtImages({ filter, score }: IndexedProfile): boolean {
  return [...filter, ...score.map(({ plugin }) => plugin)].some(
    ({ name, dependsOn }: Plugin) => name !== IMAGES && dependsOn?.node?.includes('images') === true,
  );
}

/** Whether the index can stand in for a plugin, by its declaration or because it knows the plugin by name. */
function isIndexed(plugin: Plugin & Partial<ScorePlugin>): boolean {
  if (KNOWN_BY_NAME.has(plugin.name) || ABOUT_VOLUMES.has(plugin.name)) return true;
  return isOfOneNode(plugin) && (plugin.normalizeScore === undefined || NORMALISED_BY_GROUP.has(plugin.name));
}

/** The plugins that have to be asked anew. Undefined when there are none. */
export function pluginsAskedAnew(profile: IndexedProfile): AskedAnewPlugins | undefined {
  const { preFilter, filter, preScore, score } = profile;
  const names = new Set(
    [...preFilter, ...filter, ...preScore, ...score.map(({ plugin }) => plugin)]
      .filter((plugin) => !isIndexed(plugin))
      .map(({ name }) => name),
  );
  if (names.size === 0) return undefined;
  const isAsked = ({ name }: Plugin): boolean => names.has(name);
  return {
    names,
    preFilter: preFilter.filter(isAsked),
    filter: filter.filter(isAsked),
    preScore: preScore.filter(isAsked),
    score: score.filter(({ plugin }) => isAsked(plugin)),
  };
}

export function withoutThose(profile: IndexedProfile, asked: AskedAnewPlugins | undefined): IndexedProfile {
  if (asked === undefined) return profile;
  const isLeft = ({ name }: Plugin): boolean => !asked.names.has(name);
  return {
    ...profile,
    preFilter: profile.preFilter.filter(isLeft),
    filter: profile.filter.filter(isLeft),
    preScore: profile.preScore.filter(isLeft),
    score: profile.score.filter(({ plugin }) => isLeft(plugin)),
  };
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
export interface DividedPlugins {
  readonly state: CycleState;
  /** By the Node object alone. */
  readonly statics: {
    readonly filters: readonly FilterPlugin[];
    readonly scorers: readonly NodeScorer[];
    readonly taints: ScorePlugin | undefined;
    readonly nodeAffinity: ScorePlugin | undefined;
    readonly othersLookAtImages: boolean;
    readonly imagesByLocality: boolean;
  };
  /** By the Pods on the Node too. */
  readonly locals: Omit<ClassLocalScoresInput, 'nodes' | 'table'>;
  readonly scale: number;
}

/** Undefined when a plugin narrows the search to named Nodes, has volumes to look at, or when weights are so great that local scores take more than 8192 values. */
export function dividePlugins(
  pod: PodInfo,
  profile: IndexedProfile,
  nodes: readonly NodeInfo[],
  table: NodeTable,
): DividedPlugins | undefined {
  const prepared = prepare(pod, profile, nodes);
  if (prepared === undefined) return undefined;
  const { state, skipFilter, skipScore } = prepared;
  const filters = profile.filter.filter(({ name }) => !skipFilter.has(name) && !KNOWN_BY_NAME.has(name));
  const scores = profile.score.filter(({ plugin }) => !skipScore.has(plugin.name) && !KNOWN_BY_NAME.has(plugin.name));
  if (![...filters, ...scores.map(({ plugin }) => plugin)].every(isOfOneNode)) return undefined;
  const own = scores.filter(({ plugin }) => !NORMALISED_BY_GROUP.has(plugin.name));
  const scale = divisorOf(profile.score.map(({ weight }) => weight));
  const range = own.reduce((sum, { weight }) => sum + (100 * weight) / scale, 1);
  if (range > LOCAL_SCORES_MAX) return undefined;
  const scorers = own.map(({ plugin, weight }): NodeScorer => ({ plugin, weight: weight / scale }));
  const resource = resourceScoringOf(profile, scorers, filters);
  const byRows =
    resource !== undefined && isRegularClass(pod.class)
      ? { scores: new RowScores(table, pod.class, resource), plugins: ROWS_STAND_FOR }
      : undefined;
  const staticScorers = scorers.filter(({ plugin }) => isOfNodeObject(plugin));
  const othersLook = othersLookAtImages(profile);
  const named = (name: string): ScorePlugin | undefined => scores.find(({ plugin }) => plugin.name === name)?.plugin;
  return {
    state,
    scale,
    statics: {
      filters: filters.filter(isOfNodeObject),
      scorers: staticScorers,
      taints: named(TAINTS),
      nodeAffinity: named(NODE_AFFINITY),
      othersLookAtImages: othersLook,
      imagesByLocality: !othersLook && staticScorers.every(({ plugin }) => plugin.name === IMAGES),
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
