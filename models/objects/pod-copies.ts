/**
 * Copies of Pods as writes make them: most of all objects that a run makes. Written field by field, all of them share one hidden
 * class and keep their fields in the object itself; each spread would give them another class, and a list of fields beside it.
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

/** The metadata that a controller gives to a Pod of such a template, completed by the API server; undefined for any other. */
export function controlledMetadata(given: ObjectMeta, made: MadeMetadata): ObjectMeta | undefined {
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
  if (!isUsual) return undefined;
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

/** Fields of the metadata of a Pod that a controller has made from a template without annotations. */
const CONTROLLED_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
] as const;

/** The metadata of such a Pod at another revision; undefined for any other. */
export function controlledAtRevision(metadata: ObjectMeta, resourceVersion: string): ObjectMeta | undefined {
  if (!hasFields(metadata, CONTROLLED_FIELDS)) return undefined;
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
