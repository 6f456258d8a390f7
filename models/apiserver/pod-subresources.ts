/**
 * The binding and eviction subresources of Pods.
 * Sources: pkg/registry/core/pod/storage/{storage,eviction}.go.
 */
import type { ApiResult, DeleteOptions } from '../client/client.ts';
import { compileLabelSelector } from '../objects/index.ts';
import type { Condition } from '../objects/meta.ts';
import { boundSpec } from '../objects/bound-spec.ts';
import type { Pod } from '../objects/pod.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../objects/resources.ts';
import type { PodDisruptionBudget } from '../objects/workloads.ts';
import type { Registry } from './registry.ts';
import {
  internalError,
  notFound,
  type Refusal,
  subresourceConflict,
  tooManyRequests,
  otherUid,
} from './status-errors.ts';

/** Sets the Node of a Pod, once, and says so in its conditions. */
export function bindPod(registry: Registry, given: Pod, nodeName: string): ApiResult<Pod> {
  const { namespace, name, uid } = given.metadata;
  const pod = registry.get(PODS, namespace, name);
  if (pod === undefined) return notFound(PODS, name);
  if (uid !== undefined && uid !== pod.metadata.uid) return otherUid(PODS, name, uid, pod.metadata.uid);
  if (pod.metadata.deletionTimestamp !== undefined)
    return refuseBinding(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '')
    return refuseBinding(name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates?.length ?? 0) > 0)
    return refuseBinding(name, `pod ${name} has non-empty .spec.schedulingGates`);
  const scheduled: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: registry.nowTimestamp(),
  };
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? [];
  // Binding does not go through the Pod's strategy: its generation stays.
  const bound = registry.replace(PODS, {
    ...pod,
    metadata: { ...pod.metadata, resourceVersion: registry.nextResourceVersion },
    spec: boundSpec(pod.spec, nodeName),
    status: { ...pod.status, conditions: [...others, scheduled] },
  });
  return { ok: true, object: bound };
}

function refuseBinding(name: string, why: string): Refusal {
  return subresourceConflict('pods/binding', name, why);
}

/** Deletes a Pod unless a disruption budget forbids it. */
export function evictPod(registry: Registry, namespace: string, name: string, options: DeleteOptions): ApiResult<Pod> {
  const pod = registry.get(PODS, namespace, name);
  if (pod === undefined) return notFound(PODS, name);
  const phase = pod.status?.phase;
  const isFree =
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;
  if (!isFree) {
    const budgets = budgetsOf(registry, pod);
    if (budgets.length > 1)
      return internalError(
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    const [budget] = budgets;
    if (budget !== undefined) {
      const allowed = budget.status?.disruptionsAllowed ?? 0;
      if (allowed <= 0) {
        const causes = [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${budget.metadata.name} needs ${budget.status?.desiredHealthy ?? 0} healthy pods and has ${budget.status?.currentHealthy ?? 0} currently`,
          },
        ];
        return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", { causes });
      }
      registry.patch(
        POD_DISRUPTION_BUDGETS,
        namespace,
        budget.metadata.name,
        (current) => withDisruption(current, name, registry.nowTimestamp()),
        'status',
      );
    }
  }
  return registry.delete(PODS, namespace, name, options);
}

function budgetsOf(registry: Registry, pod: Pod): PodDisruptionBudget[] {
  const found: PodDisruptionBudget[] = [];
  for (const budget of registry.all(POD_DISRUPTION_BUDGETS, pod.metadata.namespace)) {
    if (budget.spec.selector === undefined) continue;
    if (compileLabelSelector(budget.spec.selector)(pod.metadata.labels)) found.push(budget);
  }
  return found;
}

function withDisruption(budget: PodDisruptionBudget, podName: string, now: string): PodDisruptionBudget {
  const { status } = budget;
  if (status === undefined) return budget;
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: status.disruptionsAllowed - 1,
      disruptedPods: { ...status.disruptedPods, [podName]: now },
    },
  };
}
