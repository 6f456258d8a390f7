/**
 * A profile as the index reads it: its plugins, their weights, and the arguments of those that the index knows by name.
 */
import type { ProfileConfiguration } from '../config/scheduler-configuration.ts';
import type { Plugin } from '../framework/plugin.ts';
import { SpreadConstraints } from '../plugins/spread-constraints.ts';
import type { Profile } from '../profile/profile.ts';
import type { IndexedProfile } from './class-plan.ts';

/** Plugins after the decision that need nothing of what PreFilter and Filter wrote for a Pod without volumes and claims. */
const STATELESS_AFTER_DECISION: ReadonlySet<string> = new Set(['VolumeBinding', 'DynamicResources', 'DefaultBinder']);

/**
 * Undefined when a plugin of the experiment's own acts after the decision: it may count on what its PreFilter or Filter wrote for
 * this very Pod, and the index runs these once for all Pods of a class.
 */
export function indexedProfile(profile: Profile, configuration: ProfileConfiguration): IndexedProfile | undefined {
  const { plugins, weights, handle } = profile;
  const after = [...plugins.reserve, ...plugins.permit, ...plugins.preBind, ...plugins.bind, ...plugins.postBind];
  const isStateless = ({ name, isStatelessAfterDecision }: Plugin): boolean =>
    isStatelessAfterDecision === true || STATELESS_AFTER_DECISION.has(name);
  if (!after.every(isStateless)) return undefined;
  const args = configuration.inTreeArgs;
  return {
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
