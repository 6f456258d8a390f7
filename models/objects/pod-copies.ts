/**
 * Copies of Pods, and of the metadata of what else is written often: most of all objects that a run makes. Written field by field, all of
 * one kind share one hidden class and keep their fields in the object itself; each spread would give them another class, and a list of
 * fields beside it.
 */
import { hasFields } from './field-layout.ts';
import type { ObjectMeta } from './meta.ts';
import type { Pod, PodSpec, PodStatus } from './pod.ts';

export function podOf(pod: Pod, metadata: ObjectMeta, spec: PodSpec, status: PodStatus | undefined): Pod {
  const { apiVersion, kind } = pod;
  return status === undefined ? { apiVersion, kind, metadata, spec } : { apiVersion, kind, metadata, spec, status };
}

/** What the API server makes up for a new object; `generation` for the kinds that have one. */
export interface MadeMetadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
}

/** Fields of the metadata of a new Pod of a template without annotations: name, generateName, namespace, labels, ownerReferences. */
const GIVEN_FIELDS = 5;

function countFields(object: object): number {
  let count = 0;
  for (const _field in object) count++;
  return count;
}

/** The metadata that a controller gives to a Pod of such a template, completed by the API server. */
export function createdMetadata(given: ObjectMeta, made: MadeMetadata): ObjectMeta {
  const { generateName, namespace, labels, ownerReferences } = given;
  const { name, uid, resourceVersion, generation, creationTimestamp } = made;
  const isUsual =
    given.name !== undefined &&
    generateName !== undefined &&
    namespace !== undefined &&
    labels !== undefined &&
    ownerReferences !== undefined &&
    generation !== undefined &&
    countFields(given) === GIVEN_FIELDS;
  if (!isUsual) return { ...given, ...made };
  return {
    name,
    generateName,
    namespace,
    labels,
    ownerReferences,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
  };
}

/** Fields of the metadata of what is written most besides such Pods, in the order in which creation leaves them. */
const NODE_FIELDS: readonly string[] = ['name', 'labels', 'uid', 'resourceVersion', 'creationTimestamp'];
const DEPLOYMENT_FIELDS: readonly string[] = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'annotations',
];
const REPLICA_SET_FIELDS: readonly string[] = [
  'name',
  'namespace',
  'labels',
  'ownerReferences',
  'annotations',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
];
const POD_FIELDS: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
];

/** The metadata at another revision. */
export function atRevision(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  const given = metadata as Required<ObjectMeta>;
  if (metadata.generateName !== undefined) {
    if (hasFields(metadata, POD_FIELDS)) return podMetadata(given, resourceVersion);
  } else if (metadata.namespace === undefined) {
    if (hasFields(metadata, NODE_FIELDS)) return nodeMetadata(given, resourceVersion);
  } else if (metadata.ownerReferences === undefined) {
    if (hasFields(metadata, DEPLOYMENT_FIELDS)) return deploymentMetadata(given, resourceVersion);
  } else if (hasFields(metadata, REPLICA_SET_FIELDS)) return replicaSetMetadata(given, resourceVersion);
  return { ...metadata, resourceVersion };
}

function podMetadata(metadata: Required<ObjectMeta>, resourceVersion: string): ObjectMeta {
  const { name, generateName, namespace, labels, ownerReferences, uid, generation, creationTimestamp } = metadata;
  return {
    name,
    generateName,
    namespace,
    labels,
    ownerReferences,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
  };
}

function nodeMetadata(metadata: Required<ObjectMeta>, resourceVersion: string): ObjectMeta {
  const { name, labels, uid, creationTimestamp } = metadata;
  return { name, labels, uid, resourceVersion, creationTimestamp };
}

function deploymentMetadata(metadata: Required<ObjectMeta>, resourceVersion: string): ObjectMeta {
  const { name, namespace, uid, generation, creationTimestamp, annotations } = metadata;
  return { name, namespace, uid, resourceVersion, generation, creationTimestamp, annotations };
}

function replicaSetMetadata(metadata: Required<ObjectMeta>, resourceVersion: string): ObjectMeta {
  const { name, namespace, labels, ownerReferences, annotations, uid, generation, creationTimestamp } = metadata;
  return {
    name,
    namespace,
    labels,
    ownerReferences,
    annotations,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
  };
}
