/**
 * VolumeZone: a Pod's bound volumes must be in the Node's zone and region, by labels.
 * Source: pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { type Rejection, unresolvable } from './verdict.ts';
import { classOf, type VolumeObjects } from './volume-objects.ts';
import { ZONE_LABELS, type ZoneRequirement, zoneRequirements } from './zone-labels.ts';

const GA_LABEL: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

export type ZonePreFilter =
  | { readonly rejection: Rejection }
  /** Empty: the plugin has nothing to check. */
  | { readonly requirements: readonly ZoneRequirement[] };

/** Looks at claims only, not at generic ephemeral volumes. */
export function preFilterZone(pod: Pod, objects: VolumeObjects): ZonePreFilter {
  const requirements: ZoneRequirement[] = [];
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const claim = objects.claim(pod.metadata.namespace, persistentVolumeClaim.claimName);
    if (claim === undefined) {
      return { rejection: unresolvable(`persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`) };
    }
    const volumeName = claim.spec.volumeName ?? '';
    if (volumeName === '') {
      const problem = unboundProblem(classOf(claim), objects);
      if (problem !== undefined) return { rejection: unresolvable(problem) };
      continue;
    }
    const volume = objects.volume(volumeName);
    if (volume === undefined) return { rejection: unresolvable(`persistentvolume "${volumeName}" not found`) };
    requirements.push(...zoneRequirements(volume));
  }
  return { requirements };
}

/** Why a claim without volume cannot be waited for. */
function unboundProblem(className: string, objects: VolumeObjects): string | undefined {
  if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
  const storageClass = objects.storageClass(className);
  if (storageClass === undefined) return `storageclass.storage.k8s.io "${className}" not found`;
  if (storageClass.volumeBindingMode === undefined) return `VolumeBindingMode not set for StorageClass "${className}"`;
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? undefined : 'PersistentVolume had no name';
}

/** A Node without any of the labels passes. A beta label of the volume may be met by the Node's GA label; not the other way round. */
export function filterZone(requirements: readonly ZoneRequirement[], node: Node): Rejection | undefined {
  const labels = node.metadata.labels ?? {};
  if (!ZONE_LABELS.some((key) => labels[key] !== undefined)) return undefined;
  for (const { key, values } of requirements) {
    const value = labels[key] ?? labels[GA_LABEL[key] ?? key];
    if (value === undefined || !values.includes(value)) return unresolvable('node(s) had no available volume zone');
  }
  return undefined;
}
