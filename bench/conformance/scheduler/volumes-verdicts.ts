/**
 * What the four volume plugins say to a recorded case (`l-volumes`), and how that compares with the record: the rejection in
 * PreFilter, the first failing volume plugin on each Node, and what VolumeBinding would do on each feasible Node. Where a plugin that
 * runs before them rejects a Node, nothing can be said about that Node.
 */
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../../models/objects/storage.ts';
import { Listers } from '../../../models/scheduler/framework/listers.ts';
import { filterLimits, hasLimitedVolumes } from '../../../models/scheduler/volumes/node-volume-limits.ts';
import type { Rejection } from '../../../models/scheduler/volumes/verdict.ts';
import {
  filterBinding,
  type PodVolumeClaims,
  type PodVolumes,
  preFilterBinding,
} from '../../../models/scheduler/volumes/volume-binding.ts';
import { objectKey, VolumeObjects } from '../../../models/scheduler/volumes/volume-objects.ts';
import {
  filterRestrictions,
  preFilterRestrictions,
  type RestrictionState,
} from '../../../models/scheduler/volumes/volume-restrictions.ts';
import { filterZone, preFilterZone } from '../../../models/scheduler/volumes/volume-zone.ts';
import type { ZoneRequirement } from '../../../models/scheduler/volumes/zone-labels.ts';

/** A line with the state that cases refer to. */
export interface VolumeClusterLine {
  readonly cluster: string;
  readonly nodes: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly storageClasses?: readonly StorageClass[];
  readonly persistentVolumes?: readonly PersistentVolume[];
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly csiStorageCapacities?: readonly CSIStorageCapacity[];
  readonly volumeAttachments?: readonly VolumeAttachment[];
}

/** The storage objects of a cluster line. */
export function volumeObjectsOf(line: VolumeClusterLine): VolumeObjects {
  const listers = new Listers();
  for (const item of line.storageClasses ?? []) listers.storageClasses.set(item);
  for (const item of line.persistentVolumes ?? []) listers.persistentVolumes.set(item);
  for (const item of line.persistentVolumeClaims ?? []) listers.persistentVolumeClaims.set(item);
  for (const item of line.csiNodes ?? []) listers.csiNodes.set(item);
  for (const item of line.csiDrivers ?? []) listers.csiDrivers.set(item);
  for (const item of line.csiStorageCapacities ?? []) listers.csiStorageCapacities.set(item);
  for (const item of line.volumeAttachments ?? []) listers.volumeAttachments.set(item);
  return new VolumeObjects(listers);
}

export interface PluginRejection extends Rejection {
  readonly plugin: string;
}

/** What PreFilter of the volume plugins leaves behind. */
interface VolumeCase {
  readonly restrictions: RestrictionState | undefined;
  readonly limits: boolean;
  readonly claims: PodVolumeClaims | undefined;
  readonly zones: readonly ZoneRequirement[];
}

/** A cluster as the volume plugins see it. */
export class VolumeCluster {
  readonly nodes: readonly Node[];
  readonly #objects: VolumeObjects;
  readonly #podsByNode = new Map<string, { readonly pod: Pod }[]>();
  readonly #usedClaims = new Set<string>();

  constructor(line: VolumeClusterLine) {
    this.nodes = line.nodes;
    this.#objects = volumeObjectsOf(line);
    for (const pod of line.pods ?? []) {
      if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
      const nodeName = pod.spec.nodeName ?? '';
      const pods = this.#podsByNode.get(nodeName);
      if (pods === undefined) this.#podsByNode.set(nodeName, [{ pod }]);
      else pods.push({ pod });
      for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
        if (persistentVolumeClaim !== undefined) {
          this.#usedClaims.add(objectKey(pod.metadata.namespace, persistentVolumeClaim.claimName));
        }
      }
    }
  }

  preFilter(pod: Pod): PluginRejection | VolumeCase {
    const restrictions = preFilterRestrictions(pod, this.#objects, (key) => this.#usedClaims.has(key));
    if ('rejection' in restrictions) return { plugin: 'VolumeRestrictions', ...restrictions.rejection };
    const binding = preFilterBinding(pod, this.#objects);
    if ('rejection' in binding) return { plugin: 'VolumeBinding', ...binding.rejection };
    const zone = preFilterZone(pod, this.#objects);
    if ('rejection' in zone) return { plugin: 'VolumeZone', ...zone.rejection };
    return {
      restrictions: restrictions.skip ? undefined : restrictions.state,
      limits: hasLimitedVolumes(pod),
      claims: binding.claims,
      zones: zone.requirements,
    };
  }

  filter(pod: Pod, state: VolumeCase, node: Node): PluginRejection | PodVolumes {
    const pods = this.#podsByNode.get(node.metadata.name) ?? [];
    if (state.restrictions !== undefined) {
      const rejection = filterRestrictions(pod, state.restrictions, pods);
      if (rejection !== undefined) return { plugin: 'VolumeRestrictions', ...rejection };
    }
    if (state.limits) {
      const rejection = filterLimits(pod, node.metadata.name, pods, this.#objects);
      if (rejection !== undefined) return { plugin: 'NodeVolumeLimits', ...rejection };
    }
    const volumes =
      state.claims === undefined ? { bind: [], provision: [] } : filterBinding(state.claims, node, this.#objects);
    if ('code' in volumes) return { plugin: 'VolumeBinding', ...volumes };
    const rejection = filterZone(state.zones, node);
    return rejection === undefined ? volumes : { plugin: 'VolumeZone', ...rejection };
  }
}

interface RecordedRejection {
  readonly plugin: string;
  readonly code: string;
  readonly reasons: readonly string[];
}

/** A case line, as far as the volume plugins are concerned. */
export interface VolumeCaseLine {
  readonly case: string;
  readonly pod: Pod;
  readonly preFilter?: RecordedRejection;
  readonly preFilterNodes?: readonly string[];
  readonly filter?: Readonly<Record<string, RecordedRejection>>;
  readonly viaNominatedNode?: boolean;
  /** Reserve on that Node: whether there was nothing to bind. */
  readonly reserve?: { readonly node: string; readonly allBound: boolean };
  readonly volumes?: Readonly<
    Record<
      string,
      { readonly bind?: Readonly<Record<string, readonly string[]>>; readonly provision?: readonly string[] }
    >
  >;
}

const VOLUME_PLUGINS = new Set(['VolumeRestrictions', 'NodeVolumeLimits', 'VolumeBinding', 'VolumeZone']);
const LATER_PLUGINS = new Set(['PodTopologySpread', 'InterPodAffinity', 'DynamicResources']);

/** What the record and the model say differently, each as short text; empty when they agree. */
export function volumeDifferences(cluster: VolumeCluster, line: VolumeCaseLine): string[] {
  const state = cluster.preFilter(line.pod);
  const before = line.preFilter;
  if (before !== undefined && !VOLUME_PLUGINS.has(before.plugin)) return [];
  if (before !== undefined || 'plugin' in state) {
    return differing('PreFilter', rejectionText(before), 'plugin' in state ? rejectionText(state) : 'passes');
  }
  const differences: string[] = [];
  for (const node of cluster.nodes) {
    const name = node.metadata.name;
    if (line.viaNominatedNode === true || line.preFilterNodes?.includes(name) === false) continue;
    const recorded = line.filter?.[name];
    const byVolumes = recorded !== undefined && VOLUME_PLUGINS.has(recorded.plugin);
    if (recorded !== undefined && !byVolumes && !LATER_PLUGINS.has(recorded.plugin)) continue;
    const found = cluster.filter(line.pod, state, node);
    if (byVolumes || 'plugin' in found) {
      const text = 'plugin' in found ? rejectionText(found) : 'passes';
      differences.push(...differing(name, byVolumes ? rejectionText(recorded) : 'passes', text));
    } else if (recorded === undefined) {
      differences.push(...differing(name, wanted(line, name, found), doneText(found)));
      if (line.reserve?.node === name) {
        const allBound = found.bind.length + found.provision.length === 0;
        differences.push(
          ...differing(`Reserve on ${name}`, `all bound: ${line.reserve.allBound}`, `all bound: ${allBound}`),
        );
      }
    }
  }
  return differences;
}

function differing(where: string, expected: string, found: string): string[] {
  return expected === found ? [] : [`${where}: recorded ${expected}, found ${found}`];
}

function rejectionText(rejection: RecordedRejection | undefined): string {
  if (rejection === undefined) return 'passes';
  return `${rejection.plugin} ${rejection.code} ${rejection.reasons.join('; ')}`;
}

const sortedNames = (claims: readonly PersistentVolumeClaim[]): string =>
  claims
    .map((claim) => claim.metadata.name)
    .sort()
    .join(',');

function doneText({ bind, provision }: PodVolumes): string {
  const bound = bind.map(({ claim, volume }) => `${claim.metadata.name}=${volume.metadata.name}`).sort();
  return `bind ${bound.join(',')} provision ${sortedNames(provision)}`;
}

/** The text of what the record allows: of volumes that tie, the one that was found. */
function wanted(line: VolumeCaseLine, nodeName: string, found: PodVolumes): string {
  const { bind = {}, provision = [] } = line.volumes?.[nodeName] ?? {};
  const chosen = new Map(found.bind.map(({ claim, volume }) => [claim.metadata.name, volume.metadata.name]));
  const bound = Object.entries(bind).map(([claim, volumes]) => {
    const own = chosen.get(claim) ?? '';
    return `${claim}=${volumes.includes(own) ? own : volumes.join('|')}`;
  });
  return `bind ${bound.sort().join(',')} provision ${[...provision].sort().join(',')}`;
}
