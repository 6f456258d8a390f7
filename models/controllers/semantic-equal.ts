/**
 * Equality of parts of objects as Kubernetes compares them: by value, an empty list like an absent one.
 * Source: apimachinery/pkg/api/equality/semantic.go. Quantities are compared by their text.
 */
import type { Labels } from '../objects/meta.ts';
import type { PodTemplateSpec } from '../objects/pod.ts';
import { semanticEqual } from '../objects/semantic-equal.ts';

export { semanticEqual };

function sameLabelsBut(x: Labels | undefined, y: Labels | undefined, ignored: string): boolean {
  for (const key in x) if (key !== ignored && x[key] !== y?.[key]) return false;
  for (const key in y) if (key !== ignored && x?.[key] === undefined) return false;
  return true;
}

/** Equal templates but for one label, the hash that their controller gave them. */
export function sameTemplate(x: PodTemplateSpec, y: PodTemplateSpec, hashLabel: string): boolean {
  return (
    sameLabelsBut(x.metadata?.labels, y.metadata?.labels, hashLabel) &&
    sameLabelsBut(x.metadata?.annotations, y.metadata?.annotations, '') &&
    semanticEqual(x.spec, y.spec)
  );
}
