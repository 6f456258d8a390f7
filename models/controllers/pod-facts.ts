/**
 * What controllers read from a Pod: whether it is active, ready, available, and who controls it.
 * Source: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go (IsPodActive), meta/v1 controller_ref.go.
 */
import type { KubeObject, OwnerReference } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { timestampToSeconds } from '../objects/timestamp.ts';

/** Finished, and will not run again. */
export function isPodTerminal(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Failed' || phase === 'Succeeded';
}

/** Counts towards the replicas of its controller: neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);
}

export function isPodReady(pod: Pod): boolean {
  const conditions = pod.status?.conditions;
  if (conditions === undefined) return false;
  for (const condition of conditions) {
    if (condition.type === 'Ready') return condition.status === 'True';
  }
  return false;
}

/** Seconds since 1970 at which the Pod counts as available if it stays ready; undefined when it is not ready. */
export function availableFromSeconds(pod: Pod, minReadySeconds: number): number | undefined {
  if (!isPodReady(pod)) return undefined;
  if (minReadySeconds === 0) return Number.NEGATIVE_INFINITY;
  const since = pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.lastTransitionTime;
  if (since === undefined || since === null) return undefined;
  return timestampToSeconds(since) + minReadySeconds;
}

/** The owner that manages the object, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners === undefined) return undefined;
  for (const owner of owners) if (owner.controller === true) return owner;
  return undefined;
}

/** Keys that were made, by name: a key that is asked for again is mostly the same string, which maps find at once. */
const keys = new Map<string, { readonly namespace: string; readonly key: string }>();
const KEYS_KEPT = 16_384;

/** "namespace/name", or the name alone for what has no namespace: the key of informers and work queues. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  if (namespace === undefined || namespace === '') return name;
  const known = keys.get(name);
  if (known?.namespace === namespace) return known.key;
  const key = `${namespace}/${name}`;
  if (keys.size === KEYS_KEPT) keys.clear();
  keys.set(name, { namespace, key });
  return key;
}
