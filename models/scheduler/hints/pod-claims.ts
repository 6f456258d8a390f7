/**
 * The claims that a Pod's volumes name: what hints and volume plugins share.
 * Source: staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go (VolumeClaimName).
 */
import type { Pod, Volume } from '../../objects/pod.ts';

/** Name of the claim that a volume uses (a generic ephemeral volume's is POD-VOLUME), or undefined. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  if (volume.ephemeral !== undefined) return `${pod.metadata.name}-${volume.name}`;
  return undefined;
}

/** Whether a volume of the Pod uses that claim of its own namespace. */
export function usesClaim(pod: Pod, namespace: string, claimName: string, withEphemeral: boolean): boolean {
  if ((pod.metadata.namespace ?? 'default') !== namespace) return false;
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim?.claimName === claimName) return true;
    if (withEphemeral && volume.ephemeral !== undefined && claimNameOf(pod, volume) === claimName) return true;
  }
  return false;
}
