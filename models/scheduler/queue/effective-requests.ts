/**
 * Whether a Pod was scaled down, with what the kubelet reports of resizes in place counted.
 * Source: pkg/scheduler/framework/events.go extractPodScaleDown.
 */
import type { ContainerStatus, Pod } from '../../objects/pod.ts';
import { podRequests, type Requests, requestsOf } from './object-rules.ts';

function reports(statuses: readonly ContainerStatus[] | undefined): boolean {
  if (statuses !== undefined) for (const { resources } of statuses) if (resources !== undefined) return true;
  return false;
}

function reportsResources({ status }: Pod): boolean {
  return reports(status?.containerStatuses) || reports(status?.initContainerStatuses);
}

/** What the Pod takes of its Node, or would. */
export function effectiveRequests(pod: Pod): Requests {
  return reportsResources(pod) ? requestsOf(pod, true) : podRequests(pod);
}

/** Whether any resource is asked for less than before, or no more at all. */
export function isScaledDown(oldPod: Pod, newPod: Pod): boolean {
  if (oldPod.spec === newPod.spec && !reportsResources(oldPod) && !reportsResources(newPod)) return false;
  const after = effectiveRequests(newPod);
  for (const [name, before] of effectiveRequests(oldPod)) {
    const now = after.get(name);
    if (now === undefined || before > now) return true;
  }
  return false;
}
