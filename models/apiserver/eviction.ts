/**
 * The eviction subresource of Pods: a deletion that disruption budgets may forbid. What is evicted first gets the condition
 * DisruptionTarget.
 * Source: pkg/registry/core/pod/storage/eviction.go.
 */
import type { ApiResult, DeleteOptions } from '../client/client.ts';
import { compileLabelSelector } from '../objects/index.ts';
import type { Condition } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../objects/resources.ts';
import type { PodDisruptionBudget } from '../objects/workloads.ts';
import type { Registry } from './registry.ts';
import { forbidden, internalError, notFound, type Refusal, tooManyRequests } from './status-errors.ts';

/** Evictions that a budget's controller has not yet confirmed. */
const DISRUPTED_PODS_MAX = 2000;
const RETRY_AFTER_SECONDS = 10;

const VIOLATED = "Cannot evict pod as it would violate the pod's disruption budget.";
const SEVERAL_BUDGETS =
  'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
const TOO_MANY_UNCONFIRMED = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';

/** Deletes a Pod unless a disruption budget forbids it. */
export function evictPod(registry: Registry, namespace: string, name: string, options: DeleteOptions): ApiResult<Pod> {
  const pod = registry.get(PODS, namespace, name);
  if (pod === undefined) return notFound(PODS, name);
  const refusal = isBeyondBudgets(pod) ? undefined : useBudget(registry, pod);
  if (refusal !== undefined) return refusal;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: registry.nowTimestamp(),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  } as const;
  registry.patch(PODS, namespace, name, (current) => withCondition(current, condition), 'status');
  return registry.delete(PODS, namespace, name, options);
}

/** A Pod that has ended, has not begun, or is being deleted counts for no budget. */
function isBeyondBudgets(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  );
}

/** Takes one disruption from the Pod's budget, if it has one. Returns why that cannot be. */
function useBudget(registry: Registry, pod: Pod): Refusal | undefined {
  const budgets = budgetsOf(registry, pod);
  if (budgets.length > 1) return internalError(SEVERAL_BUDGETS);
  const [budget] = budgets;
  if (budget === undefined || mayGoUnhealthy(budget, pod)) return undefined;
  const refusal = refusalOf(budget);
  if (refusal !== undefined) return refusal;
  const { namespace, name } = budget.metadata;
  const now = registry.nowTimestamp();
  const decrement = (current: PodDisruptionBudget): PodDisruptionBudget =>
    withDisruption(current, pod.metadata.name, now);
  const written = registry.patch(POD_DISRUPTION_BUDGETS, namespace, name, decrement, 'status');
  return written.ok ? undefined : written;
}

function budgetsOf(registry: Registry, pod: Pod): PodDisruptionBudget[] {
  const found: PodDisruptionBudget[] = [];
  for (const budget of registry.all(POD_DISRUPTION_BUDGETS, pod.metadata.namespace)) {
    if (compileLabelSelector(budget.spec.selector)(pod.metadata.labels)) found.push(budget);
  }
  return found;
}

/** A Pod that is not ready uses up no disruption, if the policy says so or the budget is kept without it. */
function mayGoUnhealthy({ spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (pod.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function refusalOf(budget: PodDisruptionBudget): Refusal | undefined {
  const { name, generation = 0 } = budget.metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {}, conditions = [] } = budget.status ?? {};
  const { desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
  if (observedGeneration < generation) {
    const message = `The disruption budget ${name} is still being processed by the server.`;
    const causes = [{ reason: 'DisruptionBudget', message }];
    return tooManyRequests(VIOLATED, { causes, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  if (disruptionsAllowed < 0) return forbidden(POD_DISRUPTION_BUDGETS, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > DISRUPTED_PODS_MAX) {
    return forbidden(POD_DISRUPTION_BUDGETS, name, TOO_MANY_UNCONFIRMED);
  }
  if (disruptionsAllowed > 0) return undefined;
  const failed = conditions.find(({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed');
  const message =
    failed === undefined
      ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
      : `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message ?? ''}`;
  return tooManyRequests(VIOLATED, { causes: [{ reason: 'DisruptionBudget', message }] });
}

function withDisruption(budget: PodDisruptionBudget, podName: string, now: string): PodDisruptionBudget {
  const { status, metadata } = budget;
  if (status === undefined) return budget;
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  const disruptedPods = { ...status.disruptedPods, [podName]: now };
  const next = { ...status, disruptionsAllowed, disruptedPods };
  if (disruptionsAllowed > 0) return { ...budget, status: next };
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: now,
    reason: 'InsufficientPods',
    message: '',
  };
  const others = status.conditions?.filter(({ type }) => type !== condition.type) ?? [];
  return { ...budget, status: { ...next, conditions: [...others, condition] } };
}

/** The Pod with a condition in place of one of its type. */
function withCondition(pod: Pod, condition: Condition): Pod {
  const conditions = pod.status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) return pod;
  const others = conditions.filter(({ type }) => type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
