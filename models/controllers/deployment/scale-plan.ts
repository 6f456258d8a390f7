/**
 * How a Deployment divides its Pods among its ReplicaSets: pure functions from sizes to sizes. Each returns the steps
 * in the order in which the controller writes them, so that a failed write leaves the rest undone.
 * Source: pkg/controller/deployment/{sync,rolling,recreate}.go, pkg/controller/deployment/util/deployment_util.go.
 */
import type { Deployment, ReplicaSet } from '../../objects/workloads.ts';
import {
  activeReplicaSets,
  annotatedInteger,
  availableReplicas,
  byCreation,
  byRevision,
  bySizeNewerFirst,
  bySizeOlderFirst,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  specReplicas,
  totalAvailableReplicas,
  totalSpecReplicas,
  withAnnotations,
} from './replica-set-facts.ts';
import { desiredReplicas, isRollingUpdate, maxSurge, maxUnavailable } from './rollout-limits.ts';

/** One ReplicaSet to be given a size. */
export interface ScaleStep {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

/** Writes of a step: the new object, and the size it had if the size changes (then there is an event). */
export interface ScaledReplicaSet {
  readonly replicaSet: ReplicaSet;
  readonly from?: number;
}

/** The size and annotations that the step gives; undefined when nothing changes. */
export function applyScale(step: ScaleStep, deployment: Deployment): ScaledReplicaSet | undefined {
  const { replicaSet, replicas } = step;
  const desired = String(desiredReplicas(deployment));
  const max = String(desiredReplicas(deployment) + maxSurge(deployment));
  const annotations = replicaSet.metadata.annotations;
  const sized = specReplicas(replicaSet) !== replicas;
  const annotated =
    annotations?.[DESIRED_REPLICAS_ANNOTATION] !== desired || annotations?.[MAX_REPLICAS_ANNOTATION] !== max;
  if (!sized && !annotated) return undefined;
  const marked = annotated
    ? withAnnotations(replicaSet, { [DESIRED_REPLICAS_ANNOTATION]: desired, [MAX_REPLICAS_ANNOTATION]: max })
    : replicaSet;
  if (!sized) return { replicaSet: marked };
  return { replicaSet: { ...marked, spec: { ...marked.spec, replicas } }, from: specReplicas(replicaSet) };
}

/** A step only where the size changes: annotations alone are no reason to write. */
function resize(replicaSet: ReplicaSet, replicas: number): ScaleStep[] {
  return specReplicas(replicaSet) === replicas ? [] : [{ replicaSet, replicas }];
}

/** The size of the new ReplicaSet once it may grow: what fits under desired + maxSurge. */
export function newReplicaSetReplicas(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet,
): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const current = totalSpecReplicas(all);
  const ceiling = desired + maxSurge(deployment);
  const own = specReplicas(newReplicaSet);
  if (current >= ceiling) return own;
  return own + Math.min(ceiling - current, desired - own);
}

/** Step of a rolling update that grows (or cuts) the new ReplicaSet. */
export function planNewReplicaSet(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet,
): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const own = specReplicas(newReplicaSet);
  if (own >= desired) return resize(newReplicaSet, desired);
  return resize(newReplicaSet, newReplicaSetReplicas(deployment, all, newReplicaSet));
}

/**
 * Steps of a rolling update that shrink the old ReplicaSets (`old` are those with a size above 0): first their
 * Pods that are not available, which nobody misses, then as many as keep the minimum available.
 */
export function planOldReplicaSets(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet,
): ScaleStep[] {
  if (totalSpecReplicas(old) === 0) return [];
  const least = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = specReplicas(newReplicaSet) - availableReplicas(newReplicaSet);
  const budget = totalSpecReplicas(all) - least - newUnavailable;
  if (budget <= 0) return [];
  const sorted = old.toSorted(byCreation);
  const steps: ScaleStep[] = [];
  const cut = (index: number, count: number): void => {
    const replicaSet = sorted[index] as ReplicaSet;
    const replicas = specReplicas(replicaSet) - count;
    steps.push(...resize(replicaSet, replicas));
    sorted[index] = { ...replicaSet, spec: { ...replicaSet.spec, replicas } };
  };
  cutUnavailable(sorted, budget, cut);
  cutAvailable(sorted, totalAvailableReplicas([...sorted, newReplicaSet]) - least, cut);
  return steps;
}

function cutUnavailable(sorted: readonly ReplicaSet[], budget: number, cut: (index: number, n: number) => void): void {
  let left = budget;
  for (let i = 0; i < sorted.length && left > 0; i++) {
    const replicaSet = sorted[i] as ReplicaSet;
    const replicas = specReplicas(replicaSet);
    if (replicas === 0 || replicas === availableReplicas(replicaSet)) continue;
    const count = Math.min(left, replicas - availableReplicas(replicaSet));
    cut(i, count);
    left -= count;
  }
}

function cutAvailable(sorted: readonly ReplicaSet[], budget: number, cut: (index: number, n: number) => void): void {
  let left = budget;
  for (let i = 0; i < sorted.length && left > 0; i++) {
    const replicas = specReplicas(sorted[i] as ReplicaSet);
    if (replicas === 0) continue;
    const count = Math.min(left, replicas);
    cut(i, count);
    left -= count;
  }
}

/** Recreate: every old ReplicaSet goes to 0. */
export function planRecreate(old: readonly ReplicaSet[]): ScaleStep[] {
  return old.flatMap((replicaSet) => resize(replicaSet, 0));
}

/** The single ReplicaSet that carries the Deployment, when at most one has a size above 0. */
function activeOrLatest(newReplicaSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const newestFirst = old.toSorted((x, y) => byCreation(y, x));
  const active = activeReplicaSets(newReplicaSet === undefined ? newestFirst : [...newestFirst, newReplicaSet]);
  if (active.length === 0) return newReplicaSet ?? newestFirst[0];
  return active.length === 1 ? active[0] : undefined;
}

/** The new ReplicaSet has reached the desired size and all its Pods are available. */
function isSaturated(deployment: Deployment, replicaSet: ReplicaSet | undefined): boolean {
  if (replicaSet === undefined) return false;
  const desired = desiredReplicas(deployment);
  return (
    specReplicas(replicaSet) === desired &&
    annotatedInteger(replicaSet, DESIRED_REPLICAS_ANNOTATION) === desired &&
    availableReplicas(replicaSet) === desired
  );
}

/** Half away from zero. */
function roundHalfAway(value: number): number {
  return value < 0 ? Math.trunc(value - 0.5) : Math.trunc(value + 0.5);
}

/** The share of `toAdd` (less what was `added` before it) that falls to one ReplicaSet, by its size. */
export function proportionOf(replicaSet: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  const size = specReplicas(replicaSet);
  if (size === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = sizeChange(replicaSet, deployment);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function sizeChange(replicaSet: ReplicaSet, deployment: Deployment): number {
  const size = specReplicas(replicaSet);
  const desired = desiredReplicas(deployment);
  if (desired === 0) return -size;
  // The Deployment's own size stands in for an annotation that somebody removed.
  const before = annotatedInteger(replicaSet, MAX_REPLICAS_ANNOTATION) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((size * (desired + maxSurge(deployment))) / before) - size;
}

/**
 * Steps for a change of spec.replicas, or while paused: one active ReplicaSet takes it all; a saturated new one means
 * that the old ones go; otherwise a rollout is under way and all active ones grow or shrink in proportion.
 */
export function planScale(
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): ScaleStep[] {
  const single = activeOrLatest(newReplicaSet, old);
  if (single !== undefined) return resize(single, desiredReplicas(deployment));
  const newestFirst = old.toSorted((x, y) => byCreation(y, x));
  if (isSaturated(deployment, newReplicaSet)) {
    return activeReplicaSets(newestFirst).flatMap((set) => resize(set, 0));
  }
  if (!isRollingUpdate(deployment)) return [];
  return planProportional(
    deployment,
    activeReplicaSets(newReplicaSet === undefined ? newestFirst : [...newestFirst, newReplicaSet]),
  );
}

function planProportional(deployment: Deployment, active: readonly ReplicaSet[]): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - totalSpecReplicas(active);
  const sorted = toAdd === 0 ? active : active.toSorted(toAdd > 0 ? bySizeNewerFirst : bySizeOlderFirst);
  let added = 0;
  const sizes = sorted.map((replicaSet) => {
    const share = proportionOf(replicaSet, deployment, toAdd, added);
    added += share;
    return specReplicas(replicaSet) + share;
  });
  if (toAdd !== 0 && sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added);
  return sorted.map((replicaSet, i) => ({ replicaSet, replicas: sizes[i] as number }));
}

/** revisionHistoryLimit that means none: 2^31 - 1. */
const NO_HISTORY_LIMIT = 2147483647;

/** Old ReplicaSets beyond the history limit, lowest revision first; those with Pods, or not yet observed, stay. */
export function planHistoryCleanup(deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === NO_HISTORY_LIMIT) return [];
  const alive = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined);
  const surplus = alive.length - limit;
  if (surplus <= 0) return [];
  return alive
    .toSorted(byRevision)
    .slice(0, surplus)
    .filter(
      (set) =>
        (set.status?.replicas ?? 0) === 0 &&
        specReplicas(set) === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    );
}
