/**
 * A profile as the index reads it: its plugins, their weights, and the arguments of those that the index knows by name.
 */
import type { ProfileConfiguration } from '../config/scheduler-configuration.ts';
import type { FilterPlugin, Plugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import type {
  InterPodAffinityArgs,
  NodeResourcesBalancedAllocationArgs,
  NodeResourcesFitArgs,
} from '../config/plugin-args.ts';
import { SpreadConstraints } from '../plugins/spread-constraints.ts';
import type { Profile, ProfilePlugins } from '../profile/profile.ts';

/** The plugins of a profile that decide where a Pod goes, and the arguments of those that the index knows by name. */
export interface IndexedProfile {
  /** Plugins that draw random numbers: how often they are asked matters, so that only the plain path may ask them. */
  readonly streamUsers: ReadonlySet<string>;
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  readonly score: readonly { readonly plugin: ScorePlugin; readonly weight: number }[];
  readonly fitArgs: NodeResourcesFitArgs | undefined;
  readonly balancedArgs: NodeResourcesBalancedAllocationArgs | undefined;
  readonly interPodAffinityArgs: InterPodAffinityArgs | undefined;
  readonly spreadConstraints: SpreadConstraints | undefined;
}

/** Plugins after the decision that need nothing of what PreFilter and Filter wrote for a Pod without volumes and claims. */
const STATELESS_AFTER_DECISION: ReadonlySet<string> = new Set(['VolumeBinding', 'DynamicResources', 'DefaultBinder']);

/** Plugins that fail on the plain path where Filter or Score is on and what prepares it is off; so they have to here. */
const PREPARED = ['PodTopologySpread', 'InterPodAffinity'];

function isPrepared({ preFilter, filter, preScore, score }: ProfilePlugins, name: string): boolean {
  const has = (plugins: readonly Plugin[]): boolean => plugins.some((plugin) => plugin.name === name);
  return (!has(filter) || has(preFilter)) && (!has(score) || has(preScore));
}

/**
 * Undefined when a plugin of the experiment's own acts after the decision: it may count on what its PreFilter or Filter wrote for
 * this very Pod, and the index runs these once for all Pods of a class.
 */
export function indexedProfile(
  profile: Profile,
  configuration: ProfileConfiguration,
  streamUsers: ReadonlySet<string>,
): IndexedProfile | undefined {
  const { plugins, weights, handle } = profile;
  const after = [...plugins.reserve, ...plugins.permit, ...plugins.preBind, ...plugins.bind, ...plugins.postBind];
  const isStateless = ({ name, isStatelessAfterDecision }: Plugin): boolean =>
    isStatelessAfterDecision === true || STATELESS_AFTER_DECISION.has(name);
  if (!after.every(isStateless)) return undefined;
  if (!PREPARED.every((name) => isPrepared(plugins, name))) return undefined;
  const args = configuration.inTreeArgs;
  return {
    streamUsers,
    preFilter: plugins.preFilter,
    filter: plugins.filter,
    preScore: plugins.preScore,
    score: plugins.score.map((plugin) => ({ plugin, weight: weights.get(plugin.name) ?? 1 })),
    fitArgs: args.NodeResourcesFit,
    balancedArgs: args.NodeResourcesBalancedAllocation,
    interPodAffinityArgs: args.InterPodAffinity,
    spreadConstraints: new SpreadConstraints(args.PodTopologySpread, handle.listers),
  };
}
