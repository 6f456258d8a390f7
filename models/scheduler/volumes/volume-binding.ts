/**
 * VolumeBinding: bound volumes must be usable on the Node, and claims that waited for a consumer must find a volume there or
 * be provisioned. It never scores in v1.34 with the default feature gates.
 *
 * Source: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import type {
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../objects/storage.ts';
import { claimNameOf } from '../hints/pod-claims.ts';
import { compareQuantity, matchesLabelSelector } from '../queue/object-rules.ts';
import { ephemeralClaimProblem } from './ephemeral-claim.ts';
import { type Rejection, unresolvable } from './verdict.ts';
import { bySize, findMatchingVolume, fitsNode } from './volume-matching.ts';
import { classOf, type VolumeObjects } from './volume-objects.ts';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind";
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const VOLUME_GONE = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/** The claims of a Pod, by what is to be done with them. */
export interface PodVolumeClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  readonly waiting: readonly PersistentVolumeClaim[];
  /** Volumes of the classes of the waiting claims, by class. */
  readonly volumesByClass: ReadonlyMap<string, readonly PersistentVolume[]>;
}

export type BindingPreFilter =
  | { readonly rejection: Rejection }
  /** Undefined: the Pod has no claims, there is nothing to check. */
  | { readonly claims: PodVolumeClaims | undefined };

/** A claim and the volume it is to get. */
export interface StaticBinding {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume;
}

/** What has to be done on a Node before the Pod can be bound to it. */
export interface PodVolumes {
  readonly bind: readonly StaticBinding[];
  readonly provision: readonly PersistentVolumeClaim[];
}

const NOTHING_TO_DO: PodVolumes = { bind: [], provision: [] };

export function preFilterBinding(pod: Pod, objects: VolumeObjects): BindingPreFilter {
  const bound: PersistentVolumeClaim[] = [];
  const waiting: PersistentVolumeClaim[] = [];
  const volumesByClass = new Map<string, readonly PersistentVolume[]>();
  let immediate = false;
  let hasClaims = false;
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    hasClaims = true;
    const claim = objects.claim(pod.metadata.namespace, name);
    const problem = claimProblem(pod, name, claim, volume.ephemeral !== undefined);
    if (problem !== undefined || claim === undefined) return { rejection: unresolvable(problem ?? '') };
    const className = classOf(claim);
    if (isFullyBound(claim)) bound.push(claim);
    else if (waits(claim, objects.storageClass(className))) {
      waiting.push(claim);
      if (!volumesByClass.has(className)) volumesByClass.set(className, objects.volumesOfClass(className));
    } else immediate = true;
  }
  if (immediate) return { rejection: unresolvable('pod has unbound immediate PersistentVolumeClaims') };
  return { claims: hasClaims ? { bound, waiting, volumesByClass } : undefined };
}

function claimProblem(
  pod: Pod,
  name: string,
  claim: PersistentVolumeClaim | undefined,
  isEphemeral: boolean,
): string | undefined {
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  return isEphemeral ? ephemeralClaimProblem(pod, claim) : undefined;
}

/** Both the volume's name and the annotation that says that binding is complete. */
export function isFullyBound(claim: PersistentVolumeClaim): boolean {
  return Boolean(claim.spec.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Whether the claim waits for its first consumer; a claim that names a volume never does. */
function waits(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.spec.volumeName;
}

/** What would be done on that Node, or why it cannot be done; reasons in the order in which kube-scheduler gives them. */
export function filterBinding(claims: PodVolumeClaims, node: Node, objects: VolumeObjects): PodVolumes | Rejection {
  const boundProblem = checkBound(claims.bound, node, objects);
  const found = claims.waiting.length === 0 ? NOTHING_TO_DO : placeWaiting(claims, node, objects);
  const reasons = typeof found === 'string' ? [found] : [];
  if (boundProblem === NODE_CONFLICT) reasons.unshift(NODE_CONFLICT);
  else if (boundProblem !== undefined) reasons.push(boundProblem);
  if (reasons.length > 0) return unresolvable(...reasons);
  return found as PodVolumes;
}

function checkBound(bound: readonly PersistentVolumeClaim[], node: Node, objects: VolumeObjects): string | undefined {
  const csiNode = objects.csiNode(node.metadata.name);
  for (const claim of bound) {
    const volume = objects.volume(claim.spec.volumeName ?? '');
    if (volume === undefined) return VOLUME_GONE;
    if (!fitsNode(volume, node, csiNode)) return NODE_CONFLICT;
  }
  return undefined;
}

/** Matches each waiting claim with a volume, the smallest request first; what finds none is provisioned. The reason if that fails. */
function placeWaiting(claims: PodVolumeClaims, node: Node, objects: VolumeObjects): PodVolumes | string {
  const provision: PersistentVolumeClaim[] = [];
  const toMatch: PersistentVolumeClaim[] = [];
  for (const claim of claims.waiting) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected === undefined) toMatch.push(claim);
    else if (selected === node.metadata.name) provision.push(claim);
    else return NOTHING_TO_BIND;
  }
  const bind: StaticBinding[] = [];
  const taken = new Set<string>();
  const csiNode = objects.csiNode(node.metadata.name);
  for (const claim of bySize(toMatch)) {
    const volumes = claims.volumesByClass.get(classOf(claim)) ?? [];
    const volume = findMatchingVolume(claim, volumes, taken, node, csiNode);
    if (volume === undefined) {
      provision.push(claim);
      continue;
    }
    taken.add(volume.metadata.name);
    bind.push({ claim, volume });
  }
  for (const claim of provision) {
    const problem = provisionProblem(claim, node, objects);
    if (problem !== undefined) return problem;
  }
  return { bind, provision };
}

function provisionProblem(claim: PersistentVolumeClaim, node: Node, objects: VolumeObjects): string | undefined {
  const storageClass = objects.storageClass(classOf(claim));
  const provisioner = storageClass?.provisioner ?? '';
  if (storageClass === undefined || provisioner === '' || provisioner === NO_PROVISIONER) return NOTHING_TO_BIND;
  if (!isAllowedTopology(storageClass, node)) return NOTHING_TO_BIND;
  return hasEnoughCapacity(claim, storageClass, node, objects) ? undefined : NOT_ENOUGH_SPACE;
}

/** Terms are ORed, expressions in a term ANDed. No terms allow every Node; an empty term none. */
function isAllowedTopology({ allowedTopologies = [] }: StorageClass, node: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  const labels = node.metadata.labels ?? {};
  return allowedTopologies.some(({ matchLabelExpressions = [] }) => {
    const matches = matchLabelExpressions.every(({ key, values }) => {
      const value = labels[key];
      return value !== undefined && values.includes(value);
    });
    return matches && matchLabelExpressions.length > 0;
  });
}

/** Each claim is checked alone; sizes are not added up. Only drivers that publish their capacity are asked. */
function hasEnoughCapacity(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  node: Node,
  objects: VolumeObjects,
): boolean {
  const size = claim.spec.resources?.requests?.['storage'];
  if (size === undefined) return true;
  if (objects.csiDriver(storageClass.provisioner)?.spec.storageCapacity !== true) return true;
  for (const capacity of objects.capacitiesOfClass(storageClass.metadata.name)) {
    if (isSufficient(capacity, size) && isReachable(capacity, node)) return true;
  }
  return false;
}

function isSufficient(capacity: CSIStorageCapacity, size: string | number): boolean {
  const limit = capacity.maximumVolumeSize ?? capacity.capacity;
  return limit !== undefined && compareQuantity(limit, size) >= 0;
}

function isReachable(capacity: CSIStorageCapacity, node: Node): boolean {
  return matchesLabelSelector(capacity.nodeTopology, node.metadata.labels ?? {});
}
