/**
 * Events of DynamicResources. The plugin itself is not modelled (a Pod with resource claims is an error), so its rejections occur only where
 * somebody makes them up; the events of its own kinds never come, as the API server serves none of them.
 * Source: plugins/dynamicresources/dynamicresources.go EventsToRegister.
 */
import type { KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import {
  ADD,
  UPDATE,
  UPDATE_NODE_ALLOCATABLE,
  UPDATE_NODE_LABEL,
  UPDATE_POD_GENERATED_RESOURCE_CLAIM,
} from '../queue/cluster-event.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

/** A claim that the Pod names; claims made from templates are not known here. */
function afterClaimChange(pod: Pod, _old: unknown, claim: KubeObject): boolean {
  if ((claim.metadata.namespace ?? 'default') !== (pod.metadata.namespace ?? 'default')) return false;
  return pod.spec.resourceClaims?.some(({ resourceClaimName }) => resourceClaimName === claim.metadata.name) ?? false;
}

export const dynamicResourcesEvents: readonly EventRegistration[] = [
  { resource: 'Node', actions: ADD | UPDATE_NODE_ALLOCATABLE | UPDATE_NODE_LABEL },
  { resource: 'resource.k8s.io/ResourceClaim', actions: ADD | UPDATE, hint: afterClaimChange },
  {
    resource: 'Pod',
    actions: UPDATE_POD_GENERATED_RESOURCE_CLAIM,
    hint: (pod: Pod, _oldPod: Pod, newPod: Pod): boolean => uidOf(pod) === uidOf(newPod),
  },
  { resource: 'resource.k8s.io/DeviceClass', actions: ADD | UPDATE },
  { resource: 'resource.k8s.io/ResourceSlice', actions: ADD | UPDATE },
];
