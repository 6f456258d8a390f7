/** VolumeZone as a plugin of the framework. */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState, StateKey } from '../framework/cycle-state.ts';
import type { FilterPlugin, PreFilterPlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, type Verdict } from '../framework/status.ts';
import { statusOf } from './verdict.ts';
import type { VolumeObjects } from './volume-objects.ts';
import { filterZone, preFilterZone } from './volume-zone.ts';
import type { ZoneRequirement } from './zone-labels.ts';

const NAME = 'VolumeZone';
const KEY: StateKey<readonly ZoneRequirement[]> = { name: NAME };
const SKIP = skip(NAME);

export class VolumeZone implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly dependsOn = { node: ['labels'], objects: true } as const;
  readonly #objects: VolumeObjects;

  constructor(objects: VolumeObjects) {
    this.#objects = objects;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    if ((pod.spec.volumes?.length ?? 0) === 0) return SKIP;
    const result = preFilterZone(pod, this.#objects);
    if ('rejection' in result) return statusOf(NAME, result.rejection);
    if (result.requirements.length === 0) return SKIP;
    state.write(KEY, result.requirements);
    return undefined;
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Verdict {
    return statusOf(NAME, filterZone(state.read(KEY), node.node));
  }
}
