/**
 * What an update of a Pod means for scheduling: the cluster events it is, in the order in which the queue hears of them.
 * Source: pkg/scheduler/framework/events.go PodSchedulingPropertiesChange.
 */
import type { Pod } from '../../objects/pod.ts';
import {
  type ClusterEvent,
  clusterEvent,
  UPDATE,
  UPDATE_POD_GENERATED_RESOURCE_CLAIM,
  UPDATE_POD_LABEL,
  UPDATE_POD_SCALE_DOWN,
  UPDATE_POD_SCHEDULING_GATES_ELIMINATED,
  UPDATE_POD_TOLERATION,
} from './cluster-event.ts';
import { isScaledDown } from './effective-requests.ts';
import { sameValue } from './object-rules.ts';

const NOTHING: readonly unknown[] = [];

const PLAIN_ASSIGNED: readonly ClusterEvent[] = [clusterEvent('AssignedPod', UPDATE)];

/** At least one event: an update that is nothing special is the general one. */
export function podChangeEvents(oldPod: Pod, newPod: Pod): readonly ClusterEvent[] {
  if (isReport(oldPod, newPod)) return PLAIN_ASSIGNED;
  const resource = newPod.spec.nodeName ? 'AssignedPod' : 'UnschedulablePod';
  const events: ClusterEvent[] = [];
  if (!sameValue(oldPod.metadata.labels ?? {}, newPod.metadata.labels ?? {})) {
    events.push(clusterEvent(resource, UPDATE_POD_LABEL));
  }
  if (isScaledDown(oldPod, newPod)) events.push(clusterEvent(resource, UPDATE_POD_SCALE_DOWN));
  if (oldPod.spec !== newPod.spec) {
    if ((oldPod.spec.schedulingGates?.length ?? 0) > 0 && (newPod.spec.schedulingGates?.length ?? 0) === 0) {
      events.push(clusterEvent(resource, UPDATE_POD_SCHEDULING_GATES_ELIMINATED));
    }
    if ((oldPod.spec.tolerations?.length ?? 0) !== (newPod.spec.tolerations?.length ?? 0)) {
      events.push(clusterEvent(resource, UPDATE_POD_TOLERATION));
    }
  }
  if (!sameValue(claimStatuses(oldPod), claimStatuses(newPod))) {
    events.push(clusterEvent(resource, UPDATE_POD_GENERATED_RESOURCE_CLAIM));
  }
  if (events.length === 0) events.push(clusterEvent(resource, UPDATE));
  return events;
}

/** Only the status of a Pod on its Node is new, and that says nothing of resources: most updates are such. */
function isReport(oldPod: Pod, newPod: Pod): boolean {
  return (
    oldPod.spec === newPod.spec &&
    newPod.spec.nodeName !== undefined &&
    newPod.spec.nodeName !== '' &&
    oldPod.metadata.labels === newPod.metadata.labels &&
    claimStatuses(oldPod) === claimStatuses(newPod) &&
    !isScaledDown(oldPod, newPod)
  );
}

function claimStatuses(pod: Pod): readonly unknown[] {
  return (
    (pod.status as { readonly resourceClaimStatuses?: readonly unknown[] } | undefined)?.resourceClaimStatuses ??
    NOTHING
  );
}
