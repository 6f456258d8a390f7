/**
 * The bounds that a rolling update keeps: how many Pods above, and how many below, the desired number.
 * Source: pkg/controller/deployment/util/deployment_util.go (ResolveFenceposts, MaxSurge, MaxUnavailable, MinAvailable).
 */
import type { IntOrString } from '../../objects/meta.ts';
import type { Deployment } from '../../objects/workloads.ts';
import { scaledIntOrPercent } from '../int-or-percent.ts';

/** Numbers of Pods. */
export interface RolloutLimits {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * maxSurge rounds up, maxUnavailable rounds down, and when both come to 0 one Pod may be unavailable: otherwise the
 * rollout could never take a step.
 * @throws IntOrPercentError when either is not a count or a percentage.
 */
export function resolveRolloutLimits(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): RolloutLimits {
  const surge = scaledIntOrPercent(maxSurge ?? 0, desired, true);
  const unavailable = scaledIntOrPercent(maxUnavailable ?? 0, desired, false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

const NO_LIMITS: RolloutLimits = { surge: 0, unavailable: 0 };

/** By spec, which all states of a Deployment share until somebody changes it. */
const known = new WeakMap<Deployment['spec'], RolloutLimits>();

function limitsOf(deployment: Deployment): RolloutLimits {
  if (!isRollingUpdate(deployment)) return NO_LIMITS;
  let limits = known.get(deployment.spec);
  if (limits === undefined) {
    const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
    limits = resolveRolloutLimits(maxSurge, maxUnavailable, desiredReplicas(deployment));
    known.set(deployment.spec, limits);
  }
  return limits;
}

/** Pods that may exist above the desired number. */
export function maxSurge(deployment: Deployment): number {
  return limitsOf(deployment).surge;
}

/** Pods that may be unavailable; never more than are desired. */
export function maxUnavailable(deployment: Deployment): number {
  const desired = desiredReplicas(deployment);
  return desired === 0 ? 0 : Math.min(limitsOf(deployment).unavailable, desired);
}

/** Pods that must stay available during a rolling update; 0 for Recreate. */
export function minAvailable(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? desiredReplicas(deployment) - maxUnavailable(deployment) : 0;
}
