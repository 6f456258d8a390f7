/** The four volume plugins of one profile, which see the same objects and the same assumptions about them. */
import type { Listers } from '../framework/listers.ts';
import { NodeVolumeLimits } from './node-volume-limits-plugin.ts';
import { VolumeBinding, type VolumeBinder } from './volume-binding-plugin.ts';
import { VolumeObjects } from './volume-objects.ts';
import { VolumeRestrictions } from './volume-restrictions-plugin.ts';
import { VolumeZone } from './volume-zone-plugin.ts';

export interface VolumePlugins {
  readonly volumeRestrictions: VolumeRestrictions;
  readonly nodeVolumeLimits: NodeVolumeLimits;
  readonly volumeBinding: VolumeBinding;
  readonly volumeZone: VolumeZone;
}

/** Profiles of one scheduler should share `objects`, so that one profile sees what the other has promised. */
export function volumePlugins(objects: VolumeObjects, binder?: VolumeBinder): VolumePlugins {
  return {
    volumeRestrictions: new VolumeRestrictions(objects),
    nodeVolumeLimits: new NodeVolumeLimits(objects),
    volumeBinding: new VolumeBinding(objects, binder),
    volumeZone: new VolumeZone(objects),
  };
}

export function volumeObjects(listers: Listers): VolumeObjects {
  return new VolumeObjects(listers);
}
