/** Events that may cure a rejection by VolumeBinding. Source: plugins/volumebinding/volume_binding.go. */
import type { Pod } from '../../objects/pod.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolumeClaim,
  StorageClass,
} from '../../objects/storage.ts';
import { compareQuantity, sameValue } from '../queue/object-rules.ts';
import { ADD, UPDATE, UPDATE_NODE_LABEL } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { usesClaim } from './pod-claims.ts';

const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';

function afterClassChange(_pod: Pod, oldClass: StorageClass | undefined, newClass: StorageClass): boolean {
  return oldClass === undefined || !sameValue(oldClass.allowedTopologies ?? [], newClass.allowedTopologies ?? []);
}

function afterCSINodeChange(_pod: Pod, oldNode: CSINode | undefined, newNode: CSINode): boolean {
  const migrated = (node: CSINode): string => node.metadata.annotations?.[MIGRATED_PLUGINS] ?? '';
  return oldNode === undefined || migrated(oldNode) !== migrated(newNode);
}

/** A driver of a volume written into the Pod no longer minds the capacity. */
function afterCSIDriverChange(pod: Pod, oldDriver: CSIDriver, newDriver: CSIDriver): boolean {
  if (oldDriver.spec.storageCapacity !== true || newDriver.spec.storageCapacity === true) return false;
  return (pod.spec.volumes ?? []).some(
    (volume) => (volume.csi as { readonly driver?: string } | undefined)?.driver === newDriver.metadata.name,
  );
}

function afterCapacityChange(
  _pod: Pod,
  oldCapacity: CSIStorageCapacity | undefined,
  newCapacity: CSIStorageCapacity,
): boolean {
  if (oldCapacity === undefined) return true;
  const limit = (capacity: CSIStorageCapacity): string | undefined => capacity.maximumVolumeSize ?? capacity.capacity;
  const [before, after] = [limit(oldCapacity), limit(newCapacity)];
  return after !== undefined && (before === undefined || compareQuantity(after, before) > 0);
}

export const volumeBindingEvents: readonly EventRegistration[] = [
  { resource: 'storage.k8s.io/StorageClass', actions: ADD | UPDATE, hint: afterClassChange },
  {
    resource: 'PersistentVolumeClaim',
    actions: ADD | UPDATE,
    hint: (pod: Pod, _old: unknown, claim: PersistentVolumeClaim) =>
      usesClaim(pod, claim.metadata.namespace ?? 'default', claim.metadata.name, true),
  },
  { resource: 'PersistentVolume', actions: ADD | UPDATE },
  { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL },
  { resource: 'storage.k8s.io/CSINode', actions: ADD | UPDATE, hint: afterCSINodeChange },
  { resource: 'storage.k8s.io/CSIDriver', actions: UPDATE, hint: afterCSIDriverChange },
  { resource: 'storage.k8s.io/CSIStorageCapacity', actions: ADD | UPDATE, hint: afterCapacityChange },
];
