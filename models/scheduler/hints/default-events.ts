/**
 * What the default plugins of v1.34 register for, in the order of the plugins' names in the default profile.
 * Plugins with arguments that matter here (NodeAffinity, PodTopologySpread) have theirs at the defaults.
 */
import { ALL_ACTIONS, type EventResource } from '../queue/cluster-event.ts';
import type { EventConsumer, EventRegistration } from '../queue/queueing-hints.ts';
import { defaultPreemptionEvents } from './default-preemption.ts';
import { dynamicResourcesEvents } from './dynamic-resources.ts';
import { interPodAffinityEvents } from './inter-pod-affinity.ts';
import { nodeAffinityEvents } from './node-affinity.ts';
import { nodeNameEvents } from './node-name.ts';
import { nodePortsEvents } from './node-ports.ts';
import { nodeResourcesFitEvents } from './node-resources-fit.ts';
import { nodeUnschedulableEvents } from './node-unschedulable.ts';
import { nodeVolumeLimitsEvents } from './node-volume-limits.ts';
import { podTopologySpreadEvents } from './pod-topology-spread.ts';
import { schedulingGatesEvents } from './scheduling-gates.ts';
import { taintTolerationEvents } from './taint-toleration.ts';
import { volumeBindingEvents } from './volume-binding.ts';
import { volumeRestrictionsEvents } from './volume-restrictions.ts';
import { volumeZoneEvents } from './volume-zone.ts';

export const DEFAULT_EVENTS: readonly EventConsumer[] = [
  { name: 'SchedulingGates', events: schedulingGatesEvents },
  { name: 'NodeUnschedulable', events: nodeUnschedulableEvents },
  { name: 'NodeName', events: nodeNameEvents },
  { name: 'TaintToleration', events: taintTolerationEvents },
  { name: 'NodeAffinity', events: nodeAffinityEvents() },
  { name: 'NodePorts', events: nodePortsEvents },
  { name: 'NodeResourcesFit', events: nodeResourcesFitEvents },
  { name: 'VolumeRestrictions', events: volumeRestrictionsEvents },
  { name: 'NodeVolumeLimits', events: nodeVolumeLimitsEvents },
  { name: 'VolumeBinding', events: volumeBindingEvents },
  { name: 'VolumeZone', events: volumeZoneEvents },
  { name: 'PodTopologySpread', events: podTopologySpreadEvents() },
  { name: 'InterPodAffinity', events: interPodAffinityEvents },
  { name: 'DynamicResources', events: dynamicResourcesEvents },
  { name: 'DefaultPreemption', events: defaultPreemptionEvents },
];

const EVERY_RESOURCE: readonly EventResource[] = [
  'Pod',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/StorageClass',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/DeviceClass',
];

/**
 * For a plugin that does not say what it wants to hear: everything, without a hint.
 * Source: pkg/scheduler/framework/types.go UnrollWildCardResource.
 */
export const EVERY_EVENT: readonly EventRegistration[] = EVERY_RESOURCE.map((resource) => ({
  resource,
  actions: ALL_ACTIONS,
}));
