/**
 * The zones and regions that the labels of a PersistentVolume name.
 * Source: pkg/scheduler/framework/plugins/volumezone/volume_zone.go,
 * staging/src/k8s.io/cloud-provider/volume/helpers/zones.go LabelZonesToSet.
 */
import type { PersistentVolume } from '../../objects/storage.ts';

/** In the order in which the plugin looks at them. */
export const ZONE_LABELS = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
] as const;

/** One label of a volume and the values that a Node may have for it. */
export interface ZoneRequirement {
  readonly key: string;
  readonly values: readonly string[];
}

/** The requirements of a volume's labels. A value is a set separated by "__"; one with an empty member is ignored altogether. */
export function zoneRequirements(volume: PersistentVolume): readonly ZoneRequirement[] {
  const requirements: ZoneRequirement[] = [];
  for (const key of ZONE_LABELS) {
    const value = volume.metadata.labels?.[key];
    if (value === undefined) continue;
    const values = value.split('__').map((part) => part.trim());
    if (!values.includes('')) requirements.push({ key, values });
  }
  return requirements;
}
