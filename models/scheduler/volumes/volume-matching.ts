/**
 * Which PersistentVolume a claim gets on a Node.
 * Source: staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go FindMatchingVolume.
 */
import type { SelectableNode } from '../../objects/index.ts';
import type { Node } from '../../objects/node.ts';
import type { CSINode, PersistentVolume, PersistentVolumeClaim } from '../../objects/storage.ts';
import { compareQuantity, matchesLabelSelector, matchesNodeSelector } from '../queue/object-rules.ts';
import { migratedPluginOf } from './in-tree.ts';
import { zoneRequirements } from './zone-labels.ts';

const NO_STORAGE = '0';

export function requestedStorage(claim: PersistentVolumeClaim): string | number {
  return claim.spec.resources?.requests?.['storage'] ?? NO_STORAGE;
}

/** Whether the volume's `claimRef` points to the claim. */
export function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = volume.spec.claimRef;
  if (reference === undefined || reference.name !== claim.metadata.name) return false;
  if ((reference.namespace ?? 'default') !== (claim.metadata.namespace ?? 'default')) return false;
  return !reference.uid || reference.uid === claim.metadata.uid;
}

/** Only the Node's labels are compared. */
function nameless({ metadata: { labels = {} } }: Node): SelectableNode {
  return { metadata: { name: '', labels } };
}

/** Whether the volume can be used on the Node, by its node affinity; a migrated in-tree volume gets one from its zone labels. */
export function fitsNode(volume: PersistentVolume, node: Node, csiNode: CSINode | undefined): boolean {
  const required = volume.spec.nodeAffinity?.required;
  if (required !== undefined && !matchesNodeSelector(required, nameless(node))) return false;
  const plugin = migratedPluginOf(volume.spec, csiNode);
  if (plugin === undefined || required !== undefined) return true;
  const zone = node.metadata.labels?.[plugin.zoneKey];
  return zoneRequirements(volume)
    .filter(({ key }) => key.endsWith('/zone'))
    .every(({ values }) => zone !== undefined && values.includes(zone));
}

/**
 * The smallest of the volumes (all of the claim's class) that fits, the first in order among equals; kube-scheduler takes any of these.
 * A volume that was meant for the claim wins at once, whatever its size, phase, labels and modes; if it does not fit the Node, nothing does.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  taken: ReadonlySet<string>,
  node: Node,
  csiNode: CSINode | undefined,
): PersistentVolume | undefined {
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name) || !isCandidate(claim, volume)) continue;
    if (isBoundTo(volume, claim)) return fitsNode(volume, node, csiNode) ? volume : undefined;
    if (volume.spec.claimRef !== undefined || !isFree(claim, volume) || !fitsNode(volume, node, csiNode)) continue;
    if (smallest === undefined || compareQuantity(capacityOf(smallest), capacityOf(volume)) > 0) smallest = volume;
  }
  return smallest;
}

function capacityOf(volume: PersistentVolume): string | number {
  return volume.spec.capacity?.['storage'] ?? NO_STORAGE;
}

/** What also a volume meant for the claim must fulfil. */
function isCandidate(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (
    compareQuantity(capacityOf(volume), requestedStorage(claim)) >= 0 &&
    (claim.spec.volumeMode ?? 'Filesystem') === (volume.spec.volumeMode ?? 'Filesystem') &&
    (claim.spec.volumeAttributesClassName ?? '') === (volume.spec.volumeAttributesClassName ?? '') &&
    volume.metadata.deletionTimestamp === undefined
  );
}

/** What a volume meant for nobody must fulfil besides. */
function isFree(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  const { selector, accessModes = [] } = claim.spec;
  return (
    volume.status?.phase === 'Available' &&
    (selector === undefined || matchesLabelSelector(selector, volume.metadata.labels ?? {})) &&
    accessModes.every((mode) => volume.spec.accessModes?.includes(mode))
  );
}

/** Smaller requests first; equal ones stay in order. */
export function bySize(claims: readonly PersistentVolumeClaim[]): PersistentVolumeClaim[] {
  return [...claims].sort((a, b) => compareQuantity(requestedStorage(a), requestedStorage(b)));
}
