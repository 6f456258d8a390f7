/** Events that may cure a rejection by VolumeRestrictions. Source: plugins/volumerestrictions/volume_restrictions.go. */
import type { Pod } from '../../objects/pod.ts';
import type { PersistentVolumeClaim } from '../../objects/storage.ts';
import { ADD, DELETE } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { conflictsOnDisk } from '../volumes/disk-conflict.ts';
import { usesClaim } from './pod-claims.ts';

/** A Pod of the same namespace that used the same disk or the same claim. */
function afterPodDeleted(pod: Pod, deleted: Pod): boolean {
  const namespace = deleted.metadata.namespace ?? 'default';
  if (namespace !== (pod.metadata.namespace ?? 'default')) return false;
  if (conflictsOnDisk(pod, deleted)) return true;
  return (deleted.spec.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim !== undefined &&
      usesClaim(pod, namespace, volume.persistentVolumeClaim.claimName, false),
  );
}

export const volumeRestrictionsEvents: readonly EventRegistration[] = [
  { resource: 'Pod', actions: DELETE, hint: afterPodDeleted },
  { resource: 'Node', actions: ADD },
  {
    resource: 'PersistentVolumeClaim',
    actions: ADD,
    hint: (pod: Pod, _old: undefined, claim: PersistentVolumeClaim) =>
      usesClaim(pod, claim.metadata.namespace ?? 'default', claim.metadata.name, false),
  },
];
