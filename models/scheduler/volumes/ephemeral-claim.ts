/**
 * Whether the claim of a generic ephemeral volume was made for the Pod.
 * Source: staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go VolumeIsForPod.
 */
import type { Pod } from '../../objects/pod.ts';
import type { PersistentVolumeClaim } from '../../objects/storage.ts';
import { uidOf } from '../queue/queued-pod.ts';

/** The message when it was not. */
export function ephemeralClaimProblem(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  const owner = claim.metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (owner?.uid === uidOf(pod)) return undefined;
  const { namespace = 'default', name } = pod.metadata;
  return `PVC ${claim.metadata.namespace ?? 'default'}/${claim.metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`;
}
