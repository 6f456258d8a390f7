/**
 * Copies of Pods as writes make them: most of all objects that a run makes. Written field by field, all of them share one hidden
 * class and keep their fields in the object itself; each spread would give them another class, and a list of fields beside it.
 */
import type { ObjectMeta } from './meta.ts';
import type { Pod, PodSpec, PodStatus } from './pod.ts';

export function podOf(pod: Pod, metadata: ObjectMeta, spec: PodSpec, status: PodStatus | undefined): Pod {
  const { apiVersion, kind } = pod;
  return status === undefined ? { apiVersion, kind, metadata, spec } : { apiVersion, kind, metadata, spec, status };
}

/** Fields of the metadata of a Pod that a controller has made from a template without annotations. */
const CONTROLLED_FIELDS = 9;

function countFields(object: object): number {
  let count = 0;
  for (const _field in object) count++;
  return count;
}

/** The metadata at another revision. */
export function atRevision(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  const { name, generateName, namespace, labels, ownerReferences, uid, generation, creationTimestamp } = metadata;
  const isUsual =
    generateName !== undefined &&
    namespace !== undefined &&
    labels !== undefined &&
    ownerReferences !== undefined &&
    uid !== undefined &&
    metadata.resourceVersion !== undefined &&
    generation !== undefined &&
    creationTimestamp !== undefined &&
    countFields(metadata) === CONTROLLED_FIELDS;
  return isUsual
    ? {
        name,
        generateName,
        namespace,
        labels,
        ownerReferences,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
      }
    : { ...metadata, resourceVersion };
}
