/** Events that may cure a rejection by NodeVolumeLimits. Source: plugins/nodevolumelimits/csi.go. */
import type { Pod, Volume } from '../../objects/pod.ts';
import type { CSINode, PersistentVolumeClaim, VolumeAttachment } from '../../objects/storage.ts';
import { ADD, DELETE, UPDATE } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { heldNode } from './held-node.ts';
import { usesClaim } from './pod-claims.ts';

/** CSI drivers to which in-tree volumes written into a Pod are migrated. Source: staging/src/k8s.io/csi-translation-lib/plugins. */
function migratedDriver(volume: Volume): string | undefined {
  if (volume.gcePersistentDisk !== undefined) return 'pd.csi.storage.gke.io';
  if (volume.awsElasticBlockStore !== undefined) return 'ebs.csi.aws.com';
  return undefined;
}

/** Any Pod on a Node that used a volume which may count. */
function afterPodDeleted(_pod: Pod, deleted: Pod): boolean {
  if (!heldNode(deleted)) return false;
  return (deleted.spec.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim !== undefined ||
      volume.ephemeral !== undefined ||
      migratedDriver(volume) !== undefined,
  );
}

function limitsOf(csiNode: CSINode): ReadonlyMap<string, number> {
  return new Map((csiNode.spec.drivers ?? []).map((driver) => [driver.name, driver.allocatable?.count ?? 0]));
}

/** The limit of any driver has grown. */
function afterCSINodeUpdated(_pod: Pod, oldNode: CSINode, newNode: CSINode): boolean {
  const before = limitsOf(oldNode);
  for (const [driver, limit] of limitsOf(newNode)) if (limit > (before.get(driver) ?? 0)) return true;
  return false;
}

function afterAttachmentDeleted(pod: Pod, deleted: VolumeAttachment): boolean {
  return (pod.spec.volumes ?? []).some(
    (volume) => volume.persistentVolumeClaim !== undefined || migratedDriver(volume) === deleted.spec.attacher,
  );
}

export const nodeVolumeLimitsEvents: readonly EventRegistration[] = [
  { resource: 'storage.k8s.io/CSINode', actions: ADD },
  { resource: 'storage.k8s.io/CSINode', actions: UPDATE, hint: afterCSINodeUpdated },
  { resource: 'Pod', actions: DELETE, hint: afterPodDeleted },
  {
    resource: 'PersistentVolumeClaim',
    actions: ADD,
    hint: (pod: Pod, _old: undefined, claim: PersistentVolumeClaim) =>
      usesClaim(pod, claim.metadata.namespace ?? 'default', claim.metadata.name, true),
  },
  { resource: 'storage.k8s.io/VolumeAttachment', actions: DELETE, hint: afterAttachmentDeleted },
];
