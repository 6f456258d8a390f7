/**
 * The status of a ReplicaSet (or ReplicationController).
 * Source: pkg/controller/replicaset/replica_set_utils.go (calculateStatus, updateReplicaSetStatus).
 */
import type { Condition } from '../../objects/meta.ts';
import type { ReplicaSetStatus } from '../../objects/workloads.ts';
import { findCondition, withCondition, withoutCondition } from '../conditions.ts';
import type { Replicated } from './replica-kind.ts';
import type { ReplicaCounts } from './replica-tally.ts';

/** `failure` is the error of this sync's creates or deletes, if any. */
export function replicaSetStatus(
  object: Replicated,
  counts: ReplicaCounts,
  available: number,
  failure: string | undefined,
  now: string,
): ReplicaSetStatus {
  const conditions = withFailure(object, counts.active, failure, now);
  const { active, ready, fullyLabeled } = counts;
  const { generation } = object.metadata;
  // Most are of a set whose Pods come or are ready: written out, they have one hidden class each.
  if (conditions.length === 0 && fullyLabeled > 0 && generation !== undefined) {
    if (ready > 0 && available > 0) {
      return {
        replicas: active,
        fullyLabeledReplicas: fullyLabeled,
        readyReplicas: ready,
        availableReplicas: available,
        observedGeneration: generation,
      };
    }
    if (ready === 0 && available === 0) {
      return { replicas: active, fullyLabeledReplicas: fullyLabeled, observedGeneration: generation };
    }
  }
  return {
    replicas: active,
    ...(fullyLabeled === 0 ? {} : { fullyLabeledReplicas: fullyLabeled }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function withFailure(
  object: Replicated,
  active: number,
  failure: string | undefined,
  now: string,
): readonly Condition[] {
  const conditions = object.status?.conditions ?? [];
  const current = findCondition(conditions, 'ReplicaFailure');
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure');
  if (current !== undefined) return conditions;
  const reason = active < (object.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
  const condition: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: now,
    reason,
    message: failure,
  };
  return withCondition(conditions, condition);
}

/** Nothing in it says anything new. */
export function sameReplicaSetStatus(x: ReplicaSetStatus | undefined, y: ReplicaSetStatus): boolean {
  return (
    (x?.replicas ?? 0) === y.replicas &&
    (x?.fullyLabeledReplicas ?? 0) === (y.fullyLabeledReplicas ?? 0) &&
    (x?.readyReplicas ?? 0) === (y.readyReplicas ?? 0) &&
    (x?.availableReplicas ?? 0) === (y.availableReplicas ?? 0) &&
    (x?.observedGeneration ?? 0) === (y.observedGeneration ?? 0) &&
    sameConditions(x?.conditions ?? [], y.conditions ?? [])
  );
}

function sameConditions(x: readonly Condition[], y: readonly Condition[]): boolean {
  return x.length === y.length && x.every((condition, i) => condition === y[i]);
}
