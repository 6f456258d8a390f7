/**
 * Copies of objects as writes make them, besides those of Pods (`pod-copies.ts`), so that the copies of a kind keep one hidden class:
 * written field by field for what controllers and kubelets write all the time, and else by `copyOf`. A spread of a spread leaves V8 with a
 * class for every copy, which makes the copy and all that read it slow.
 */
import { copyOf, hasFields } from './field-layout.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { controlledAtRevision, controlledMetadata, type MadeMetadata } from './pod-copies.ts';

type WithParts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

const PARTS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'] as const;
const NEW_PARTS = ['apiVersion', 'kind', 'metadata', 'spec'] as const;
const REPLICA_SET = [
  'name',
  'namespace',
  'labels',
  'ownerReferences',
  'annotations',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
] as const;
const DEPLOYMENT = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'annotations',
] as const;
const NAMED = ['name', 'namespace'] as const;
const NODE = ['name', 'labels', 'uid', 'resourceVersion', 'creationTimestamp'] as const;

/** The object with another status. */
export function updatedStatus<T extends WithParts>(object: T, status: unknown): T {
  return withParts(object, object.metadata, object.spec, status);
}

/** The object with other parts. */
export function withParts<T extends WithParts>(object: T, metadata: ObjectMeta, spec: unknown, status: unknown): T {
  if (!hasFields(object as WithParts, PARTS) && !hasFields(object as WithParts, NEW_PARTS)) {
    const copy = copyOf<WithParts>(object);
    copy.metadata = metadata;
    if (spec !== undefined) copy.spec = spec;
    copy.status = status;
    return copy as T;
  }
  const { apiVersion, kind } = object;
  return { apiVersion, kind, metadata, spec, status } as unknown as T;
}

/** The object with another metadata. */
export function withMetadata<T extends KubeObject>(object: T, metadata: ObjectMeta): T {
  if (hasFields(object as WithParts, PARTS)) {
    const { apiVersion, kind, spec, status } = object as WithParts;
    return { apiVersion, kind, metadata, spec, status } as unknown as T;
  }
  if (hasFields(object as WithParts, NEW_PARTS)) {
    const { apiVersion, kind, spec } = object as WithParts;
    return { apiVersion, kind, metadata, spec } as unknown as T;
  }
  const copy = copyOf<KubeObject>(object);
  copy.metadata = metadata;
  return copy as T;
}

/** The metadata at another revision, and of another generation if that is given. */
export function atRevision(given: ObjectMeta, resourceVersion: string, generation?: number): ObjectMeta {
  if (generation === undefined) {
    const controlled = controlledAtRevision(given, resourceVersion);
    if (controlled !== undefined) return controlled;
    if (hasFields(given, REPLICA_SET)) return replicaSetAtRevision(given, resourceVersion);
    if (hasFields(given, DEPLOYMENT)) return deploymentAtRevision(given, resourceVersion);
    if (hasFields(given, NODE)) return nodeAtRevision(given, resourceVersion);
  }
  const copy = copyOf(given);
  copy.resourceVersion = resourceVersion;
  if (generation !== undefined) copy.generation = generation;
  return copy;
}

function replicaSetAtRevision(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  const { name, namespace, labels, ownerReferences, annotations, uid, generation, creationTimestamp } =
    given as Required<ObjectMeta>;
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

function deploymentAtRevision(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  const { name, namespace, uid, generation, creationTimestamp, annotations } = given as Required<ObjectMeta>;
  return { name, namespace, uid, resourceVersion, generation, creationTimestamp, annotations };
}

function nodeAtRevision(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  const { name, labels, uid, creationTimestamp } = given as Required<ObjectMeta>;
  return { name, labels, uid, resourceVersion, creationTimestamp };
}

/** The metadata of a new object, completed. */
export function createdMetadata(given: ObjectMeta, made: MadeMetadata): ObjectMeta {
  const controlled = controlledMetadata(given, made);
  if (controlled !== undefined) return controlled;
  const { name, uid, resourceVersion, generation, creationTimestamp } = made;
  if (generation === undefined && hasFields(given, NAMED)) {
    return { name, namespace: given.namespace, uid, resourceVersion, creationTimestamp };
  }
  const copy = copyOf(given);
  copy.name = name;
  copy.uid = uid;
  copy.resourceVersion = resourceVersion;
  if (generation !== undefined) copy.generation = generation;
  copy.creationTimestamp = creationTimestamp;
  return copy;
}
