/**
 * The defaults that the API server of v1.34 stores, by kind. A pure function: the same object gives the same result, and shared
 * parts (templates, specifications, containers) are filled in once and stay shared.
 */
import type { Namespace } from '../cluster-objects.ts';
import type { KubeObject } from '../meta.ts';
import type { Node } from '../node.ts';
import type { Pod } from '../pod.ts';
import type { Resource } from '../resources.ts';
import type { Service } from '../service.ts';
import type { PersistentVolumeClaim } from '../storage.ts';
import { withMissing } from './missing-fields.ts';
import { defaultPod } from './pod-defaults.ts';
import {
  defaultClaim,
  defaultNamespace,
  defaultNode,
  defaultService,
  withSpecDefaults,
} from './service-and-storage-defaults.ts';
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workload-defaults.ts';

type Change = (object: KubeObject) => KubeObject;

const BY_KIND: Readonly<Record<string, Change | undefined>> = {
  Pod: (object) => defaultPod(object as Pod),
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  ReplicationController: defaultReplicationController,
  DaemonSet: defaultDaemonSet,
  StatefulSet: defaultStatefulSet,
  Job: defaultJob,
  CronJob: defaultCronJob,
  Service: (object) => defaultService(object as Service),
  Node: (object) => defaultNode(object as Node),
  Namespace: (object) => defaultNamespace(object as Namespace),
  PersistentVolumeClaim: (object) => defaultClaim(object as PersistentVolumeClaim),
  PersistentVolume: (object) =>
    withSpecDefaults(object, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  StorageClass: (object) => withMissing(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  CSIDriver: (object) =>
    withSpecDefaults(object, {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
      volumeLifecycleModes: ['Persistent'],
    }),
  PriorityClass: (object) => withMissing(object, { preemptionPolicy: 'PreemptLowerPriority' }),
};

/** The object with everything filled in that Kubernetes fills in; the object itself when nothing is missing. */
export function applyDefaults<T extends KubeObject>(resource: Resource<T>, object: T): T {
  const change = BY_KIND[resource.kind];
  return change === undefined ? object : (change(object) as T);
}
