/**
 * Keeps the objects that plugins look up in step with the scheduler's caches. To be called before the component watches the same
 * caches, so that an event that wakes Pods finds what it is about.
 */
import type { KubeObject } from '../objects/meta.ts';
import {
  CSI_DRIVERS,
  CSI_NODES,
  CSI_STORAGE_CAPACITIES,
  NAMESPACES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
  SERVICES,
  STORAGE_CLASSES,
  VOLUME_ATTACHMENTS,
} from '../objects/resources.ts';
import type { Lister, Listers } from './framework/listers.ts';
import type { SchedulerContext } from './scheduler-context.ts';

function feed<T extends KubeObject>(context: SchedulerContext, resource: Resource<T>, lister: Lister<T>): void {
  context.cache(resource).addHandler({
    added: (object) => lister.set(object),
    updated: (_old, object) => lister.set(object),
    deleted: (object) => lister.delete(object),
  });
}

/** StatefulSets are not served by the API server yet, so there is nothing to feed their lister with. */
export function feedListers(context: SchedulerContext, listers: Listers): void {
  feed(context, NAMESPACES, listers.namespaces);
  feed(context, SERVICES, listers.services);
  feed(context, REPLICATION_CONTROLLERS, listers.replicationControllers);
  feed(context, REPLICA_SETS, listers.replicaSets);
  feed(context, POD_DISRUPTION_BUDGETS, listers.podDisruptionBudgets);
  feed(context, PERSISTENT_VOLUME_CLAIMS, listers.persistentVolumeClaims);
  feed(context, PERSISTENT_VOLUMES, listers.persistentVolumes);
  feed(context, STORAGE_CLASSES, listers.storageClasses);
  feed(context, CSI_NODES, listers.csiNodes);
  feed(context, CSI_DRIVERS, listers.csiDrivers);
  feed(context, CSI_STORAGE_CAPACITIES, listers.csiStorageCapacities);
  feed(context, VOLUME_ATTACHMENTS, listers.volumeAttachments);
}
