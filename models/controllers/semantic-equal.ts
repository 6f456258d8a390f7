/**
 * Equality of parts of objects as Kubernetes compares them: by value, an empty list like an absent one.
 * Source: apimachinery/pkg/api/equality/semantic.go. Quantities are compared by their text.
 */
import type { Labels } from '../objects/meta.ts';
import type { PodTemplateSpec } from '../objects/pod.ts';

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

export function semanticEqual(x: unknown, y: unknown): boolean {
  if (x === y || (isNothing(x) && isNothing(y))) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x) !== Array.isArray(y)) return false;
  const a = x as Readonly<Record<string, unknown>>;
  const b = y as Readonly<Record<string, unknown>>;
  for (const key in a) if (!semanticEqual(a[key], b[key])) return false;
  for (const key in b) if (!(key in a) && !isNothing(b[key])) return false;
  return true;
}

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
