/**
 * Asks the API server's own rules about a manifest before anything runs, so that what a server would refuse in the middle of a
 * run is refused at once, with its line.
 */
import { applyDefaults, validate } from '../../models/objects/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Resource } from '../../models/objects/resources.ts';
import type { FieldPath } from './documents.ts';

export interface RuleProblem {
  readonly field: FieldPath;
  /** In the words of Kubernetes. */
  readonly message: string;
}

const PART = /([^.[\]]+)|\[([^\]]*)\]/g;

/** A field as Kubernetes writes it (spec.containers[0].name, metadata.labels[a/b]) as a path. */
function pathOf(field: string): FieldPath {
  return [...field.matchAll(PART)].map(([, name, key]) => {
    if (name !== undefined) return name;
    return /^\d+$/.test(key as string) ? Number(key) : (key as string);
  });
}

/** The first thing that the API server would refuse, or undefined. */
export function ruleProblem(resource: Resource, object: KubeObject): RuleProblem | undefined {
  try {
    const [error] = validate(resource, applyDefaults(resource, object));
    return error === undefined ? undefined : { field: pathOf(error.field), message: error.message };
  } catch (error) {
    // The rules rely on the shape that decoding gives; a list in the place of an object breaks them.
    if (!(error instanceof TypeError)) throw error;
    return { field: [], message: `has a field of another type than Kubernetes has there (${error.message})` };
  }
}
