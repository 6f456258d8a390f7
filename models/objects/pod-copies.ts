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

/** Fields of the metadata that a controller gives to a Pod of a template without annotations, and of the same once it is stored. */
const GIVEN_FIELDS = ['name', 'generateName', 'namespace', 'labels', 'ownerReferences'] as const;
const STORED_FIELDS = [...GIVEN_FIELDS, 'uid', 'resourceVersion', 'generation', 'creationTimestamp'] as const;

/** Such metadata, completed by the API server; undefined for any other. */
export function controlledMetadata(given: ObjectMeta, made: MadeMetadata): ObjectMeta | undefined {
  const { name, uid, resourceVersion, generation, creationTimestamp } = made;
  if (generation === undefined || !hasFields(given, GIVEN_FIELDS)) return undefined;
  return stored(given, name, uid, resourceVersion, generation, creationTimestamp);
}

/** Such metadata at another revision; undefined for any other. */
export function controlledAtRevision(metadata: ObjectMeta, resourceVersion: string): ObjectMeta | undefined {
  if (!hasFields(metadata, STORED_FIELDS)) return undefined;
  const { name, uid, generation, creationTimestamp } = metadata;
  return stored(metadata, name, uid, resourceVersion, generation, creationTimestamp);
}

function stored(
  { generateName, namespace, labels, ownerReferences }: Required<Pick<ObjectMeta, (typeof GIVEN_FIELDS)[number]>>,
  name: string,
  uid: string,
  resourceVersion: string,
  generation: number,
  creationTimestamp: string,
): ObjectMeta {
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
