/** What a plan's manifests hold beside Nodes and Pods: objects that the scheduler looks up. Kinds that a plan does not know are refused. */
import type { KubeObject } from '../../models/objects/meta.ts';
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  PRIORITY_CLASSES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
  SERVICES,
} from '../../models/objects/resources.ts';
import { INITIAL_NAMESPACES, manifestError, type ManifestSet } from '../workloads/manifests.ts';
import type { Surroundings } from './fit.ts';
import type { WorkloadPods } from './workload-pods.ts';

/** The API server gives it to every namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

const KNOWN: readonly Resource[] = [
  NODES,
  PODS,
  DEPLOYMENTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  DAEMON_SETS,
  NAMESPACES,
  SERVICES,
  PRIORITY_CLASSES,
];

/** @throws BadInputError for a kind that a plan does not know */
export function refuseUnknown({ manifests }: ManifestSet): void {
  const other = manifests.find(({ resource }) => !KNOWN.includes(resource));
  if (other === undefined) return;
  const accepted = KNOWN.map(({ kind }) => kind).join(', ');
  throw manifestError(
    other.place,
    ['kind'],
    `found ${other.object.kind}, which plans do not know; accepted: ${accepted}`,
  );
}

export function surroundingsOf(set: ManifestSet, { owners }: WorkloadPods): Surroundings {
  const of = (wanted: Resource): KubeObject[] =>
    set.manifests.filter(({ resource }) => resource === wanted).map(({ object }) => object);
  const ofCluster = (wanted: Resource): KubeObject[] => of(wanted).filter(({ metadata }) => metadata.uid !== undefined);
  return {
    namespaces: [...[...INITIAL_NAMESPACES, ...set.createdNamespaces].map(namespace), ...of(NAMESPACES).map(named)],
    services: of(SERVICES),
    replicaSets: [...ofCluster(REPLICA_SETS), ...owners.replicaSets],
    replicationControllers: [...ofCluster(REPLICATION_CONTROLLERS), ...owners.replicationControllers],
  };
}

function namespace(name: string): KubeObject {
  return named({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

function named(object: KubeObject): KubeObject {
  const { name, labels } = object.metadata;
  return { ...object, metadata: { ...object.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
}
