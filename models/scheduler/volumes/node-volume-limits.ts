/**
 * NodeVolumeLimits: how many volumes of each CSI driver may be attached to a Node.
 * Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.
 */
import type { Pod } from '../../objects/pod.ts';
import type { CSINode, PersistentVolumeClaim } from '../../objects/storage.ts';
import { claimNameOf } from '../hints/pod-claims.ts';
import { ephemeralClaimProblem } from './ephemeral-claim.ts';
import { countedDriver, countedSourceOf, type CsiSource, inlineSourceOf } from './in-tree.ts';
import { type OnNode, type Rejection, unresolvable, unschedulable } from './verdict.ts';
import { classOf, objectKey, type VolumeObjects } from './volume-objects.ts';

const EXCEEDED = 'node(s) exceed max volume count';

/** Driver by unique name of the volume ("driver/handle"). */
type Attachments = Map<string, string>;

/** Whether the plugin has anything to check for the Pod. */
export function hasLimitedVolumes(pod: Pod): boolean {
  return (pod.spec.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim !== undefined ||
      volume.ephemeral !== undefined ||
      volume.gcePersistentDisk !== undefined ||
      volume.awsElasticBlockStore !== undefined,
  );
}

/**
 * A volume that a Pod on the Node already uses costs nothing; one that is only in a VolumeAttachment is counted twice, as attached
 * and as new, as in v1.34.
 */
export function filterLimits(
  pod: Pod,
  nodeName: string,
  podsOnNode: Iterable<OnNode>,
  objects: VolumeObjects,
): Rejection | undefined {
  const csiNode = objects.csiNode(nodeName);
  const fresh: Attachments = new Map();
  const problem = addVolumes(pod, csiNode, objects, fresh, true);
  if (problem !== undefined) return unresolvable(problem);
  if (fresh.size === 0 || csiNode === undefined) return undefined;
  if (fresh.size + mostAttached(nodeName, podsOnNode, objects) <= smallestLimit(csiNode)) return undefined;
  const limits = limitsOf(csiNode);
  if (limits.size === 0) return undefined;
  const attached: Attachments = new Map();
  for (const { pod: other } of podsOnNode) addVolumes(other, csiNode, objects, attached, false);
  for (const name of attached.keys()) fresh.delete(name);
  for (const [name, driver] of attachmentsOf(nodeName, objects)) attached.set(name, driver);
  const attachedCounts = countByDriver(attached);
  for (const [driver, count] of countByDriver(fresh)) {
    const limit = limits.get(driver);
    if (limit !== undefined && (attachedCounts.get(driver) ?? 0) + count > limit) return unschedulable(EXCEEDED);
  }
  return undefined;
}

/** No driver can have more attached than this; known without looking up a claim, which decides for most Nodes. */
function mostAttached(nodeName: string, podsOnNode: Iterable<OnNode>, objects: VolumeObjects): number {
  let most = objects.attachmentsOfNode(nodeName).length;
  for (const { pod } of podsOnNode) most += pod.spec.volumes?.length ?? 0;
  return most;
}

function smallestLimit(csiNode: CSINode): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const { allocatable } of csiNode.spec.drivers ?? []) {
    smallest = Math.min(smallest, allocatable?.count ?? Number.POSITIVE_INFINITY);
  }
  return smallest;
}

/** 0 is a limit; a driver without count has none. */
function limitsOf(csiNode: CSINode): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

function countByDriver(attachments: Attachments): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const driver of attachments.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  return counts;
}

/** The message if a claim of the new Pod is missing; for Pods on the Node such a claim is passed over. */
function addVolumes(
  pod: Pod,
  csiNode: CSINode | undefined,
  objects: VolumeObjects,
  attachments: Attachments,
  isNew: boolean,
): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const inline = inlineSourceOf(volume, csiNode);
    if (inline !== undefined) attachments.set(`${inline.driver}/${inline.volumeHandle}`, inline.driver);
    const claimName = claimNameOf(pod, volume);
    if (claimName === undefined) continue;
    const claim = objects.claim(pod.metadata.namespace, claimName);
    if (claim === undefined) {
      if (isNew)
        return `looking up PVC ${objectKey(pod.metadata.namespace, claimName)}: persistentvolumeclaim "${claimName}" not found`;
      continue;
    }
    const problem = volume.ephemeral === undefined ? undefined : ephemeralClaimProblem(pod, claim);
    if (problem !== undefined) return problem;
    const source = attachableSource(claim, csiNode, objects);
    if (source !== undefined) attachments.set(`${source.driver}/${source.volumeHandle}`, source.driver);
  }
  return undefined;
}

/** The CSI volume of a claim. One that is not bound, or whose volume is gone, counts for its class's provisioner. */
function attachableSource(
  claim: PersistentVolumeClaim,
  csiNode: CSINode | undefined,
  objects: VolumeObjects,
): CsiSource | undefined {
  const volume = objects.volume(claim.spec.volumeName ?? '');
  if (volume !== undefined) return countedSourceOf(volume, csiNode);
  const storageClass = objects.storageClass(classOf(claim));
  if (storageClass === undefined) return undefined;
  const driver = countedDriver(storageClass.provisioner, csiNode);
  // A handle that no real volume has, one for each claim.
  return { driver, volumeHandle: `\u0000${objectKey(claim.metadata.namespace, claim.metadata.name)}` };
}

function* attachmentsOf(nodeName: string, objects: VolumeObjects): Iterable<readonly [string, string]> {
  for (const { spec } of objects.attachmentsOfNode(nodeName)) {
    const source = objects.volume(spec.source.persistentVolumeName ?? '')?.spec.csi;
    if (source !== undefined) yield [`${spec.attacher}/${source.volumeHandle}`, spec.attacher];
  }
}
