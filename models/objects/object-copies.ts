/**
 * Copies of objects as writes make them, besides those of Pods (`pod-copies.ts`). Written field by field for what controllers and
 * kubelets write all the time, so that the copies of a kind keep one hidden class; a spread takes several times as long.
 */
import { hasFields } from './field-layout.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { atRevision as podAtRevision } from './pod-copies.ts';

type WithParts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

const PARTS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'] as const;
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
const NODE = ['name', 'labels', 'uid', 'resourceVersion', 'creationTimestamp'] as const;

/** The object with another metadata and status. */
export function withStatus<T extends WithParts>(object: T, metadata: ObjectMeta, status: unknown): T {
  if (!hasFields(object as WithParts, PARTS)) return { ...object, metadata, status };
  const { apiVersion, kind, spec } = object;
  return { apiVersion, kind, metadata, spec, status } as unknown as T;
}

/** The metadata at another revision. */
export function atRevision(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  if (given.generateName !== undefined) return podAtRevision(given, resourceVersion);
  if (hasFields(given, REPLICA_SET)) {
    const { name, namespace, labels, ownerReferences, annotations, uid, generation, creationTimestamp } = given;
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
  if (hasFields(given, DEPLOYMENT)) {
    const { name, namespace, uid, generation, creationTimestamp, annotations } = given;
    return { name, namespace, uid, resourceVersion, generation, creationTimestamp, annotations };
  }
  if (hasFields(given, NODE)) {
    const { name, labels, uid, creationTimestamp } = given;
    return { name, labels, uid, resourceVersion, creationTimestamp };
  }
  return { ...given, resourceVersion };
}
