/** What a plan's manifests hold beside Nodes and Pods: objects that the scheduler looks up. Others are refused. */
import type { KubeObject } from '../../models/objects/meta.ts';
import {
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
  SERVICES,
} from '../../models/objects/resources.ts';
import { BadInputError } from '../bad-input.ts';
import { INITIAL_NAMESPACES, type Manifest, type ManifestSet } from '../workloads/manifests.ts';
import type { Surroundings } from './fit.ts';

/** The API server gives it to every namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
const OWNERS: readonly Resource[] = [REPLICA_SETS, REPLICATION_CONTROLLERS];

/** @throws BadInputError for a kind that a plan does not know, and for an owner that is no object of a cluster */
export function surroundingsOf(set: ManifestSet): Surroundings {
  for (const manifest of set.manifests) {
    const { resource, object } = manifest;
    if ([NODES, PODS, NAMESPACES, SERVICES].includes(resource)) continue;
    if (!OWNERS.includes(resource)) {
      throw refusal(
        manifest,
        `kind ${object.kind} is not modelled in a plan; accepted are Node and Pod, and what the scheduler looks up: Namespace, Service, ReplicaSet, ReplicationController`,
      );
    }
    if (object.metadata.uid === undefined) {
      throw refusal(
        manifest,
        `found a ${object.kind} without uid; accepted is one of a cluster, beside its Pods: a plan makes no Pods of it`,
      );
    }
  }
  const of = (wanted: Resource): KubeObject[] =>
    set.manifests.filter(({ resource }) => resource === wanted).map(({ object }) => object);
  return {
    namespaces: [...[...INITIAL_NAMESPACES, ...set.createdNamespaces].map(namespace), ...of(NAMESPACES).map(named)],
    services: of(SERVICES),
    replicaSets: of(REPLICA_SETS),
    replicationControllers: of(REPLICATION_CONTROLLERS),
  };
}

function refusal({ place: { document, path } }: Manifest, message: string): BadInputError {
  return new BadInputError(message, { file: document.file, line: document.lineOf([...path, 'kind']) });
}

function namespace(name: string): KubeObject {
  return named({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

function named(object: KubeObject): KubeObject {
  const { name, labels } = object.metadata;
  return { ...object, metadata: { ...object.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
}
