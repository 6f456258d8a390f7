/**
 * VolumeRestrictions: disks that one Node cannot mount twice, and claims that one Pod alone may use.
 * Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
 */
import type { Pod } from '../../objects/pod.ts';
import { conflictsOnDisk, hasRestrictedDisk } from './disk-conflict.ts';
import { type OnNode, type Rejection, unresolvable, unschedulable } from './verdict.ts';
import { objectKey, type VolumeObjects } from './volume-objects.ts';

const IN_USE =
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
const NO_DISK = 'node(s) had no available disk';

export interface RestrictionState {
  /** ReadWriteOncePod claims of the Pod, by name. */
  readonly exclusiveClaims: ReadonlySet<string>;
  /**
   * Claims of the Pod that are in use. Counts 1 for each claim in use, not for each user, but each removed user takes 1 off, as in v1.34.
   */
  conflicts: number;
}

export type RestrictionPreFilter =
  | { readonly rejection: Rejection }
  | { readonly skip: true }
  | { readonly skip: false; readonly state: RestrictionState };

/** `isClaimUsed` tells whether a Pod on any Node uses the claim of that key ("namespace/name"). */
export function preFilterRestrictions(
  pod: Pod,
  objects: VolumeObjects,
  isClaimUsed: (claimKey: string) => boolean,
): RestrictionPreFilter {
  const { namespace } = pod.metadata;
  const exclusiveClaims = new Set<string>();
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const claim = objects.claim(namespace, persistentVolumeClaim.claimName);
    if (claim === undefined) {
      return { rejection: unresolvable(`persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`) };
    }
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) exclusiveClaims.add(claim.metadata.name);
  }
  let conflicts = 0;
  for (const name of exclusiveClaims) if (isClaimUsed(objectKey(namespace, name))) conflicts++;
  if (conflicts === 0 && !hasRestrictedDisk(pod)) return { skip: true };
  return { skip: false, state: { exclusiveClaims, conflicts } };
}

/** Another Pod is put on (+1) or taken off (-1) the Node in thought. */
export function changeRestrictionState(state: RestrictionState, other: Pod, change: 1 | -1): void {
  for (const { persistentVolumeClaim } of other.spec.volumes ?? []) {
    if (persistentVolumeClaim !== undefined && state.exclusiveClaims.has(persistentVolumeClaim.claimName)) {
      state.conflicts += change;
    }
  }
}

export function filterRestrictions(
  pod: Pod,
  state: RestrictionState,
  podsOnNode: Iterable<OnNode>,
): Rejection | undefined {
  if (hasRestrictedDisk(pod)) {
    for (const { pod: other } of podsOnNode) if (conflictsOnDisk(pod, other)) return unschedulable(NO_DISK);
  }
  return state.conflicts > 0 ? unschedulable(IN_USE) : undefined;
}
