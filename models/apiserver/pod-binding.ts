/**
 * The binding subresource of Pods. Source: pkg/registry/core/pod/storage/storage.go.
 */
import type { ApiResult } from '../client/client.ts';
import type { Condition } from '../objects/meta.ts';
import { boundSpec } from '../objects/bound-spec.ts';
import { hasFields } from '../objects/field-layout.ts';
import type { Pod, PodStatus } from '../objects/pod.ts';
import { atRevision } from '../objects/object-copies.ts';
import { podOf } from '../objects/pod-copies.ts';
import { PODS } from '../objects/resources.ts';
import type { Registry } from './registry.ts';
import { notFound, type Refusal, subresourceConflict, otherUid } from './status-errors.ts';

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
  // Binding does not go through the Pod's strategy: its generation stays.
  const metadata = atRevision(pod.metadata, registry.nextResourceVersion);
  const bound = podOf(pod, metadata, boundSpec(pod.spec, nodeName), boundStatus(pod.status, registry.nowTimestamp()));
  return { ok: true, object: registry.replace(PODS, bound) };
}

let lastStatus: PodStatus | undefined;
let lastBound: PodStatus = {};

/** The status with the condition that the Pod has its Node. Pods begin with one status, so those bound in a second share one too. */
function boundStatus(status: PodStatus | undefined, now: string): PodStatus {
  const scheduled = scheduledAt(now);
  if (status !== undefined && status === lastStatus && lastBound.conditions?.at(-1) === scheduled) return lastBound;
  const others = status?.conditions?.filter(({ type }) => type !== 'PodScheduled');
  const conditions = others === undefined ? [scheduled] : [...others, scheduled];
  lastStatus = status;
  lastBound =
    status !== undefined && hasFields(status, NEW_STATUS)
      ? { phase: status.phase, qosClass: status.qosClass, conditions }
      : { ...status, conditions };
  return lastBound;
}

/** Of a status as the API server makes it for a new Pod. */
const NEW_STATUS = ['phase', 'qosClass'] as const;

let latest = scheduledSince('');

/** The condition of all Pods that are bound in a second. */
function scheduledAt(lastTransitionTime: string): Condition {
  if (latest.lastTransitionTime !== lastTransitionTime) latest = scheduledSince(lastTransitionTime);
  return latest;
}

/** Written field by field: a spread of a spread would give each a hidden class of its own, and make all readers slow. */
function scheduledSince(lastTransitionTime: string): Condition {
  return { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime };
}

function refuseBinding(name: string, why: string): Refusal {
  return subresourceConflict('pods/binding', name, why);
}
