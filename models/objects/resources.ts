/**
 * The resources that the API server serves: how a kind is named in a path, on the command line and in a manifest.
 * One constant for each; code passes the constant, never a string.
 */
import type { ConfigMap, KubeEvent, Lease, Namespace, PriorityClass, ServiceAccount } from './cluster-objects.ts';
import type { KubeObject } from './meta.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Endpoints, EndpointSlice, Service } from './service.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from './storage.ts';
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
} from './workloads.ts';

/** `T` ties the constant to the type of its objects; it exists for the compiler only. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly __object?: T;
}

function resource<T extends KubeObject>(
  groupVersion: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  ...shortNames: string[]
): Resource<T> {
  const slash = groupVersion.indexOf('/');
  const group = slash < 0 ? '' : groupVersion.slice(0, slash);
  return {
    group,
    version: groupVersion.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced,
    shortNames,
  };
}

export const PODS = resource<Pod>('v1', 'pods', 'Pod', true, 'po');
export const NODES = resource<Node>('v1', 'nodes', 'Node', false, 'no');
export const NAMESPACES = resource<Namespace>('v1', 'namespaces', 'Namespace', false, 'ns');
export const SERVICE_ACCOUNTS = resource<ServiceAccount>('v1', 'serviceaccounts', 'ServiceAccount', true, 'sa');
export const CONFIG_MAPS = resource<ConfigMap>('v1', 'configmaps', 'ConfigMap', true, 'cm');
export const EVENTS = resource<KubeEvent>('v1', 'events', 'Event', true, 'ev');
export const SERVICES = resource<Service>('v1', 'services', 'Service', true, 'svc');
export const ENDPOINTS = resource<Endpoints>('v1', 'endpoints', 'Endpoints', true, 'ep');
export const REPLICATION_CONTROLLERS = resource<ReplicationController>(
  'v1',
  'replicationcontrollers',
  'ReplicationController',
  true,
  'rc',
);
export const PERSISTENT_VOLUMES = resource<PersistentVolume>(
  'v1',
  'persistentvolumes',
  'PersistentVolume',
  false,
  'pv',
);
export const PERSISTENT_VOLUME_CLAIMS = resource<PersistentVolumeClaim>(
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
  true,
  'pvc',
);
export const DEPLOYMENTS = resource<Deployment>('apps/v1', 'deployments', 'Deployment', true, 'deploy');
export const REPLICA_SETS = resource<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet', true, 'rs');
export const DAEMON_SETS = resource<DaemonSet>('apps/v1', 'daemonsets', 'DaemonSet', true, 'ds');
export const CONTROLLER_REVISIONS = resource<ControllerRevision>(
  'apps/v1',
  'controllerrevisions',
  'ControllerRevision',
  true,
);
export const ENDPOINT_SLICES = resource<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true);
export const LEASES = resource<Lease>('coordination.k8s.io/v1', 'leases', 'Lease', true);
export const PRIORITY_CLASSES = resource<PriorityClass>(
  'scheduling.k8s.io/v1',
  'priorityclasses',
  'PriorityClass',
  false,
  'pc',
);
export const POD_DISRUPTION_BUDGETS = resource<PodDisruptionBudget>(
  'policy/v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
  true,
  'pdb',
);
export const STORAGE_CLASSES = resource<StorageClass>(
  'storage.k8s.io/v1',
  'storageclasses',
  'StorageClass',
  false,
  'sc',
);
export const CSI_NODES = resource<CSINode>('storage.k8s.io/v1', 'csinodes', 'CSINode', false);
export const CSI_DRIVERS = resource<CSIDriver>('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', false);
export const CSI_STORAGE_CAPACITIES = resource<CSIStorageCapacity>(
  'storage.k8s.io/v1',
  'csistoragecapacities',
  'CSIStorageCapacity',
  true,
);
export const VOLUME_ATTACHMENTS = resource<VolumeAttachment>(
  'storage.k8s.io/v1',
  'volumeattachments',
  'VolumeAttachment',
  false,
);

/** Every resource that the API server serves, core first. */
export const ALL_RESOURCES: readonly Resource[] = [
  PODS,
  NODES,
  NAMESPACES,
  SERVICE_ACCOUNTS,
  CONFIG_MAPS,
  EVENTS,
  SERVICES,
  ENDPOINTS,
  REPLICATION_CONTROLLERS,
  PERSISTENT_VOLUMES,
  PERSISTENT_VOLUME_CLAIMS,
  DEPLOYMENTS,
  REPLICA_SETS,
  DAEMON_SETS,
  CONTROLLER_REVISIONS,
  ENDPOINT_SLICES,
  LEASES,
  PRIORITY_CLASSES,
  POD_DISRUPTION_BUDGETS,
  STORAGE_CLASSES,
  CSI_NODES,
  CSI_DRIVERS,
  CSI_STORAGE_CAPACITIES,
  VOLUME_ATTACHMENTS,
];

/** apiVersion as a manifest writes it: "v1", "apps/v1". */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The resource of a manifest's apiVersion and kind, or undefined when it is not served. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return ALL_RESOURCES.find((candidate) => candidate.kind === kind && apiVersionOf(candidate) === apiVersion);
}
