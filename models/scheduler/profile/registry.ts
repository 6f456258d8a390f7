/**
 * How plugins are made: the in-tree ones of v1.34 by their names, and whatever an experiment brings along.
 * Source: pkg/scheduler/framework/plugins/registry.go.
 */
import type { Client } from '../../client/client.ts';
import type { InTreeArgs } from '../config/read-plugin-args.ts';
import type { Handle } from '../framework/handle.ts';
import type { AnyPlugin } from '../framework/plugin.ts';
import { balancedAllocation } from '../plugins/balanced-allocation.ts';
import { defaultBinder } from '../plugins/default-binder.ts';
import { defaultPreemption } from '../plugins/default-preemption.ts';
import { dynamicResources } from '../plugins/dynamic-resources.ts';
import { imageLocality } from '../plugins/image-locality.ts';
import { interPodAffinity } from '../plugins/inter-pod-affinity.ts';
import { nodeAffinity } from '../plugins/node-affinity.ts';
import { nodeName } from '../plugins/node-name.ts';
import { nodePorts } from '../plugins/node-ports.ts';
import { nodeResourcesFit } from '../plugins/node-resources-fit.ts';
import { nodeUnschedulable } from '../plugins/node-unschedulable.ts';
import { podTopologySpread } from '../plugins/pod-topology-spread.ts';
import { prioritySortPlugin } from '../plugins/priority-sort.ts';
import { schedulingGates } from '../plugins/scheduling-gates.ts';
import { taintToleration } from '../plugins/taint-toleration.ts';
import type { VolumeBinder } from '../volumes/volume-binding-plugin.ts';
import type { VolumeObjects } from '../volumes/volume-objects.ts';
import { volumePlugins } from '../volumes/volume-plugins.ts';

/** What in-tree plugins need of the scheduler besides their handle. */
export interface PluginServices {
  /** Binds Pods; absent in replays, which never bind. */
  readonly client?: Client | undefined;
  readonly volumes: VolumeObjects;
  readonly volumeBinder?: VolumeBinder | undefined;
}

/** Makes a plugin of the experiment's own, from the arguments in `pluginConfig` as they stand. */
export type PluginFactory = (args: unknown, handle: Handle) => AnyPlugin;

export type PluginRegistry = ReadonlyMap<string, PluginFactory>;

/** Makers of the in-tree plugins for one profile, by name. */
export function inTreePlugins(
  args: InTreeArgs,
  handle: Handle,
  services: PluginServices,
): ReadonlyMap<string, () => AnyPlugin> {
  const volumes = volumePlugins(services.volumes, services.volumeBinder);
  return new Map<string, () => AnyPlugin>([
    ['SchedulingGates', schedulingGates],
    ['PrioritySort', prioritySortPlugin],
    ['NodeUnschedulable', nodeUnschedulable],
    ['NodeName', nodeName],
    ['TaintToleration', taintToleration],
    ['NodeAffinity', () => nodeAffinity(args.NodeAffinity)],
    ['NodePorts', nodePorts],
    ['NodeResourcesFit', () => nodeResourcesFit(args.NodeResourcesFit)],
    ['VolumeRestrictions', () => volumes.volumeRestrictions],
    ['NodeVolumeLimits', () => volumes.nodeVolumeLimits],
    ['VolumeBinding', () => volumes.volumeBinding],
    ['VolumeZone', () => volumes.volumeZone],
    ['PodTopologySpread', () => podTopologySpread(args.PodTopologySpread, handle)],
    ['InterPodAffinity', () => interPodAffinity(args.InterPodAffinity, handle)],
    ['DynamicResources', dynamicResources],
    ['DefaultPreemption', () => defaultPreemption(args.DefaultPreemption, handle)],
    ['NodeResourcesBalancedAllocation', () => balancedAllocation(args.NodeResourcesBalancedAllocation)],
    ['ImageLocality', () => imageLocality(handle)],
    ['DefaultBinder', () => defaultBinder(services.client)],
  ]);
}
