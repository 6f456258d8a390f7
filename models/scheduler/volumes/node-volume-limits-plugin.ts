/** NodeVolumeLimits as a plugin of the framework. */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { FilterPlugin, PreFilterPlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, type Verdict } from '../framework/status.ts';
import { filterLimits, hasLimitedVolumes } from './node-volume-limits.ts';
import { statusOf } from './verdict.ts';
import type { VolumeObjects } from './volume-objects.ts';

const NAME = 'NodeVolumeLimits';
const SKIP = skip(NAME);

export class NodeVolumeLimits implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly dependsOn = { pods: true, objects: true };
  readonly #objects: VolumeObjects;

  constructor(objects: VolumeObjects) {
    this.#objects = objects;
  }

  preFilter(_state: CycleState, { pod }: PodInfo): Verdict {
    return hasLimitedVolumes(pod) ? undefined : SKIP;
  }

  filter(_state: CycleState, { pod }: PodInfo, node: NodeInfo): Verdict {
    return statusOf(NAME, filterLimits(pod, node.name, node.pods, this.#objects));
  }
}
