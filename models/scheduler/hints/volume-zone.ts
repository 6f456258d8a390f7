/** Events that may cure a rejection by VolumeZone. Source: plugins/volumezone/volume_zone.go. */
import type { Pod } from '../../objects/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../objects/storage.ts';
import { ADD, UPDATE, UPDATE_NODE_LABEL } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { type ZoneRequirement, zoneRequirements } from '../volumes/zone-labels.ts';
import { usesClaim } from './pod-claims.ts';

const textOf = (requirements: readonly ZoneRequirement[]): string =>
  JSON.stringify(requirements.map(({ key, values }) => [key, [...new Set(values)].sort()]));

function afterVolumeChange(_pod: Pod, oldVolume: PersistentVolume | undefined, newVolume: PersistentVolume): boolean {
  return oldVolume === undefined || textOf(zoneRequirements(oldVolume)) !== textOf(zoneRequirements(newVolume));
}

export const volumeZoneEvents: readonly EventRegistration[] = [
  {
    resource: 'storage.k8s.io/StorageClass',
    actions: ADD,
    hint: (_pod: Pod, _old: undefined, added: StorageClass) => added.volumeBindingMode === 'WaitForFirstConsumer',
  },
  { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL },
  {
    resource: 'PersistentVolumeClaim',
    actions: ADD | UPDATE,
    hint: (pod: Pod, _old: unknown, claim: PersistentVolumeClaim) =>
      usesClaim(pod, claim.metadata.namespace ?? 'default', claim.metadata.name, false),
  },
  { resource: 'PersistentVolume', actions: ADD | UPDATE, hint: afterVolumeChange },
];
