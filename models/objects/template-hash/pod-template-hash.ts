/**
 * The pod-template-hash of a template, by which ReplicaSets are named and their Pods labelled; the same digits as Kubernetes gives.
 * Source: pkg/controller/controller_utils.go (ComputeHash), pkg/util/hash/hash.go.
 */
import { FNV_START, foldBytes, foldText } from '../fnv-hash.ts';
import { safeEncode } from '../generated-name.ts';
import type { PodTemplateSpec } from '../pod.ts';
import { goDump } from './go-dump.ts';

/** The hash over the template alone, by identity: templates are shared, and their text is long. */
const hashes = new WeakMap<PodTemplateSpec, number>();

function templateFold(template: PodTemplateSpec): number {
  let hash = hashes.get(template);
  if (hash === undefined) {
    hash = foldText(FNV_START, goDump(template, 'v1.PodTemplateSpec'));
    hashes.set(template, hash);
  }
  return hash;
}

/** A collision count is eight bytes, of which the first four hold it, the lowest first. */
function countBytes(count: number): number[] {
  return [count & 255, (count >>> 8) & 255, (count >>> 16) & 255, (count >>> 24) & 255, 0, 0, 0, 0];
}

/** @param collisionCount how often the hash was taken already; undefined where there has been no collision */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  const start = templateFold(template);
  const hash = collisionCount === undefined ? start : foldBytes(start, countBytes(collisionCount));
  return safeEncode(String(hash >>> 0));
}
