/**
 * Disks that two Pods may not have on one Node at the same time.
 * Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go isVolumeConflict.
 */
import type { Pod, Volume } from '../../objects/pod.ts';

/** Whether the two Pods cannot share a Node because of a disk. */
export function conflictsOnDisk(pod: Pod, other: Pod): boolean {
  for (const volume of pod.spec.volumes ?? []) {
    for (const used of other.spec.volumes ?? []) if (conflict(volume, used)) return true;
  }
  return false;
}

/** Whether a Pod has a disk to which such a restriction can apply. */
export function hasRestrictedDisk(pod: Pod): boolean {
  return (pod.spec.volumes ?? []).some(
    (volume) =>
      volume.gcePersistentDisk !== undefined ||
      volume.awsElasticBlockStore !== undefined ||
      volume.iscsi !== undefined ||
      volume.rbd !== undefined,
  );
}

const bothReadOnly = (a: { readonly readOnly?: boolean }, b: { readonly readOnly?: boolean }): boolean =>
  a.readOnly === true && b.readOnly === true;

/** iSCSI disks are one by their name alone, whatever the unit; RBD images by a common monitor, pool and image. */
function conflict(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk !== undefined && b.gcePersistentDisk !== undefined) {
    const [x, y] = [a.gcePersistentDisk, b.gcePersistentDisk];
    if (x.pdName === y.pdName && !bothReadOnly(x, y)) return true;
  }
  if (a.awsElasticBlockStore !== undefined && b.awsElasticBlockStore !== undefined) {
    if (a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID) return true;
  }
  if (a.iscsi !== undefined && b.iscsi !== undefined) {
    if (a.iscsi.iqn === b.iscsi.iqn && !bothReadOnly(a.iscsi, b.iscsi)) return true;
  }
  if (a.rbd !== undefined && b.rbd !== undefined) {
    const [x, y] = [a.rbd, b.rbd];
    const common = (x.monitors ?? []).some((monitor) => (y.monitors ?? []).includes(monitor));
    if (common && (x.pool ?? '') === (y.pool ?? '') && x.image === y.image && !bothReadOnly(x, y)) return true;
  }
  return false;
}
