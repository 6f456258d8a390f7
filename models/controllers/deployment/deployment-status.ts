/**
 * The status of a Deployment: its counts, and the conditions Available, Progressing and ReplicaFailure.
 * Source: pkg/controller/deployment/sync.go (calculateStatus), progress.go, util/deployment_util.go.
 */
import type { Condition } from '../../objects/meta.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../objects/workloads.ts';
import { findCondition, newCondition, withCondition, withoutCondition } from '../conditions.ts';
import { timestampToSeconds } from '../../objects/timestamp.ts';
import {
  totalActualReplicas,
  totalAvailableReplicas,
  totalReadyReplicas,
  totalSpecReplicas,
} from './replica-set-facts.ts';
import { desiredReplicas, maxUnavailable } from './rollout-limits.ts';

export const NEW_REPLICA_SET_AVAILABLE = 'NewReplicaSetAvailable';
export const PROGRESS_DEADLINE_EXCEEDED = 'ProgressDeadlineExceeded';
export const DEPLOYMENT_PAUSED = 'DeploymentPaused';

/** progressDeadlineSeconds that means none: 2^31 - 1. */
const NO_DEADLINE = 2147483647;

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

export function progressingCondition(status: DeploymentStatus | undefined): Condition | undefined {
  return findCondition(status?.conditions, 'Progressing');
}

/** All counts, of which those that are 0 or undefined are left out of a status, as the API leaves them out of its JSON. */
interface Counts {
  readonly observedGeneration: number | undefined;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly unavailableReplicas: number;
  readonly collisionCount: number | undefined;
}

function countsOf(deployment: Deployment, all: readonly ReplicaSet[], newReplicaSet: ReplicaSet | undefined): Counts {
  const available = totalAvailableReplicas(all);
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: totalActualReplicas(all),
    updatedReplicas: newReplicaSet?.status?.replicas ?? 0,
    readyReplicas: totalReadyReplicas(all),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSpecReplicas(all) - available),
    collisionCount: deployment.status?.collisionCount,
  };
}

/** A rollout goes through a status for each Pod: those of one that runs, and of one that is over, have a hidden class each. */
function statusOf(counts: Counts, conditions: readonly Condition[]): DeploymentStatus {
  const { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas } = counts;
  const { unavailableReplicas, collisionCount } = counts;
  const isUsual =
    observedGeneration !== undefined &&
    observedGeneration > 0 &&
    replicas > 0 &&
    updatedReplicas > 0 &&
    readyReplicas > 0 &&
    availableReplicas > 0 &&
    conditions.length > 0 &&
    (collisionCount === undefined || collisionCount === 0);
  if (!isUsual) return compact(counts, conditions);
  return unavailableReplicas === 0
    ? { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas, conditions }
    : {
        observedGeneration,
        replicas,
        updatedReplicas,
        readyReplicas,
        availableReplicas,
        unavailableReplicas,
        conditions,
      };
}

function compact(counts: Counts, conditions: readonly Condition[]): DeploymentStatus {
  const fields = counts as unknown as Readonly<Record<string, number | undefined>>;
  const kept: Record<string, unknown> = {};
  for (const field in fields) if (fields[field] !== 0 && fields[field] !== undefined) kept[field] = fields[field];
  if (conditions.length > 0) kept['conditions'] = conditions;
  return kept;
}

/** Whether a status says nothing new. */
export function sameStatus(x: DeploymentStatus | undefined, y: DeploymentStatus): boolean {
  return (
    (x?.observedGeneration ?? 0) === (y.observedGeneration ?? 0) &&
    (x?.replicas ?? 0) === (y.replicas ?? 0) &&
    (x?.updatedReplicas ?? 0) === (y.updatedReplicas ?? 0) &&
    (x?.readyReplicas ?? 0) === (y.readyReplicas ?? 0) &&
    (x?.availableReplicas ?? 0) === (y.availableReplicas ?? 0) &&
    (x?.unavailableReplicas ?? 0) === (y.unavailableReplicas ?? 0) &&
    (x?.collisionCount ?? 0) === (y.collisionCount ?? 0) &&
    sameConditions(x?.conditions ?? [], y.conditions ?? [])
  );
}

function sameConditions(x: readonly Condition[], y: readonly Condition[]): boolean {
  if (x === y) return true;
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** Counts and the Available condition; the other conditions as they are. */
export function calculateStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  now: string,
): DeploymentStatus {
  const counted = countsOf(deployment, all, newReplicaSet);
  return statusOf(counted, withAvailability(deployment, counted.availableReplicas, now));
}

function withAvailability(deployment: Deployment, available: number, now: string): readonly Condition[] {
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return withCondition(deployment.status?.conditions ?? [], condition);
}

/** The rollout is over: all Pods are of the new ReplicaSet, and available. */
export function deploymentComplete(deployment: Deployment, status: DeploymentStatus | Counts | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function progressOf(
  status: DeploymentStatus | Counts | undefined,
): [updated: number, old: number, ready: number, available: number] {
  const updated = status?.updatedReplicas ?? 0;
  return [updated, (status?.replicas ?? 0) - updated, status?.readyReplicas ?? 0, status?.availableReplicas ?? 0];
}

/** More new Pods, fewer old ones, or more that are ready or available than the last status said. */
function hasProgressed(before: DeploymentStatus | undefined, after: Counts): boolean {
  const [updated, old, ready, available] = progressOf(after);
  const [wasUpdated, wasOld, wasReady, wasAvailable] = progressOf(before);
  return updated > wasUpdated || old < wasOld || ready > wasReady || available > wasAvailable;
}

/** Whether a rollout with this Progressing condition has gone on without progress for longer than it may. */
export function hasTimedOut(deployment: Deployment, condition: Condition | undefined, nowSeconds: number): boolean {
  if (!hasProgressDeadline(deployment) || condition === undefined) return false;
  if (condition.reason === NEW_REPLICA_SET_AVAILABLE) return false;
  if (condition.reason === PROGRESS_DEADLINE_EXCEEDED) return true;
  const from = timestampToSeconds(condition.lastUpdateTime ?? condition.lastTransitionTime ?? '');
  return from + (deployment.spec.progressDeadlineSeconds ?? 0) < nowSeconds;
}

/** "ReplicaSet "web-1"" or, before there is one, "Deployment "web"". */
function subject(deployment: Deployment, newReplicaSet: ReplicaSet | undefined): string {
  // Names have no character that would need an escape.
  return newReplicaSet === undefined
    ? `Deployment "${deployment.metadata.name}"`
    : `ReplicaSet "${newReplicaSet.metadata.name}"`;
}

/** Like `withCondition`, but news of the same kind also moves the update time, from which the deadline counts. */
function withProgress(conditions: readonly Condition[], fresh: Condition): readonly Condition[] {
  const current = findCondition(conditions, 'Progressing');
  const lastTransitionTime = current?.status === 'True' ? current.lastTransitionTime : fresh.lastTransitionTime;
  const kept = lastTransitionTime === undefined ? fresh : { ...fresh, lastTransitionTime };
  return [...withoutCondition(conditions, 'Progressing'), kept];
}

function replicaFailure(all: readonly ReplicaSet[], newReplicaSet: ReplicaSet | undefined): Condition | undefined {
  const sets = newReplicaSet === undefined ? all : [newReplicaSet, ...all];
  for (const set of sets) {
    const failure = findCondition(set.status?.conditions, 'ReplicaFailure');
    if (failure !== undefined) {
      return failure.lastTransitionTime === undefined
        ? failure
        : { ...failure, lastUpdateTime: failure.lastTransitionTime };
    }
  }
  return undefined;
}

/** The status during a rollout: `calculateStatus` with Progressing and ReplicaFailure brought up to date. Deadlines count to the fraction of a second. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  now: string,
  nowSeconds: number,
): DeploymentStatus {
  const counted = countsOf(deployment, all, newReplicaSet);
  let conditions = withAvailability(deployment, counted.availableReplicas, now);
  const current = progressingCondition(deployment.status);
  const finished = counted.replicas === counted.updatedReplicas && current?.reason === NEW_REPLICA_SET_AVAILABLE;
  if (!hasProgressDeadline(deployment)) {
    conditions = withoutCondition(conditions, 'Progressing');
  } else if (!finished) {
    const who = subject(deployment, newReplicaSet);
    if (deploymentComplete(deployment, counted)) {
      const text = `${who} has successfully progressed.`;
      conditions = withCondition(conditions, newCondition('Progressing', 'True', NEW_REPLICA_SET_AVAILABLE, text, now));
    } else if (hasProgressed(deployment.status, counted)) {
      const text = `${who} is progressing.`;
      conditions = withProgress(conditions, newCondition('Progressing', 'True', 'ReplicaSetUpdated', text, now));
    } else if (hasTimedOut(deployment, current, nowSeconds)) {
      const text = `${who} has timed out progressing.`;
      conditions = withCondition(
        conditions,
        newCondition('Progressing', 'False', PROGRESS_DEADLINE_EXCEEDED, text, now),
      );
    }
  }
  const failure = replicaFailure(all, newReplicaSet);
  conditions =
    failure === undefined ? withoutCondition(conditions, 'ReplicaFailure') : withCondition(conditions, failure);
  return statusOf(counted, conditions);
}

/**
 * Seconds after which a rollout that shows no progress must be looked at again: just after its deadline. Undefined
 * when there is nothing to wait for; 0 when the deadline is less than a second away.
 */
export function progressCheckDelaySeconds(
  deployment: Deployment,
  status: DeploymentStatus,
  nowSeconds: number,
): number | undefined {
  const condition = progressingCondition(deployment.status);
  if (!hasProgressDeadline(deployment) || condition === undefined) return undefined;
  if (deploymentComplete(deployment, status) || condition.reason === PROGRESS_DEADLINE_EXCEEDED) return undefined;
  const updated = timestampToSeconds(condition.lastUpdateTime ?? '');
  const after = updated + (deployment.spec.progressDeadlineSeconds ?? 0) - nowSeconds;
  return after < 1 ? 0 : after + 1;
}
