/**
 * What a Deployment reads from its ReplicaSets: sums of their sizes, their orders, and the annotations in which it
 * keeps its own books (revision, and the size that was desired when the ReplicaSet was last scaled).
 * Source: pkg/controller/deployment/util/deployment_util.go, pkg/controller/controller_utils.go.
 */
import type { ReplicaSet } from '../../objects/workloads.ts';

export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY_ANNOTATION = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS_ANNOTATION = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS_ANNOTATION = 'deployment.kubernetes.io/max-replicas';
export const POD_TEMPLATE_HASH_LABEL = 'pod-template-hash';

export function specReplicas(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

export function availableReplicas(replicaSet: ReplicaSet): number {
  return replicaSet.status?.availableReplicas ?? 0;
}

export function sumOf(replicaSets: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number): number {
  let sum = 0;
  for (const replicaSet of replicaSets) sum += of(replicaSet);
  return sum;
}

export const totalSpecReplicas = (sets: readonly ReplicaSet[]): number => sumOf(sets, specReplicas);
export const totalAvailableReplicas = (sets: readonly ReplicaSet[]): number => sumOf(sets, availableReplicas);
export const totalReadyReplicas = (sets: readonly ReplicaSet[]): number =>
  sumOf(sets, (set) => set.status?.readyReplicas ?? 0);
/** Pods that exist, as the ReplicaSet controller reports them. */
export const totalActualReplicas = (sets: readonly ReplicaSet[]): number =>
  sumOf(sets, (set) => set.status?.replicas ?? 0);

/** Those that should have Pods. */
export function activeReplicaSets(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  return replicaSets.filter((replicaSet) => specReplicas(replicaSet) > 0);
}

function byText(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Oldest first, then by name. */
export function byCreation(x: ReplicaSet, y: ReplicaSet): number {
  return (
    byText(x.metadata.creationTimestamp ?? '', y.metadata.creationTimestamp ?? '') ||
    byText(x.metadata.name, y.metadata.name)
  );
}

/** Largest first, then newest first. */
export function bySizeNewerFirst(x: ReplicaSet, y: ReplicaSet): number {
  return specReplicas(y) - specReplicas(x) || byCreation(y, x);
}

/** Largest first, then oldest first. */
export function bySizeOlderFirst(x: ReplicaSet, y: ReplicaSet): number {
  return specReplicas(y) - specReplicas(x) || byCreation(x, y);
}

const INTEGER = /^[+-]?[0-9]+$/;

/** The whole number in an annotation, or undefined when it is absent or is not one. */
export function annotatedInteger(replicaSet: ReplicaSet, key: string): number | undefined {
  const text = replicaSet.metadata.annotations?.[key];
  return text !== undefined && INTEGER.test(text) ? Number(text) : undefined;
}

/** 0 when the annotation is absent; undefined when it cannot be read. */
export function revisionOf(replicaSet: ReplicaSet): number | undefined {
  if (replicaSet.metadata.annotations?.[REVISION_ANNOTATION] === undefined) return 0;
  return annotatedInteger(replicaSet, REVISION_ANNOTATION);
}

/** The highest revision among them; those that cannot be read are passed over. */
export function maxRevision(replicaSets: readonly ReplicaSet[]): number {
  let max = 0;
  for (const replicaSet of replicaSets) max = Math.max(max, revisionOf(replicaSet) ?? 0);
  return max;
}

/** Lowest revision first; by creation where either revision cannot be read or both are equal. */
export function byRevision(x: ReplicaSet, y: ReplicaSet): number {
  const left = revisionOf(x);
  const right = revisionOf(y);
  if (left === undefined || right === undefined || left === right) return byCreation(x, y);
  return left - right;
}

export function withAnnotations(replicaSet: ReplicaSet, annotations: Readonly<Record<string, string>>): ReplicaSet {
  return {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations: { ...replicaSet.metadata.annotations, ...annotations } },
  };
}
