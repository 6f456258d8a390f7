/** VolumeRestrictions as a plugin of the framework. */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState, StateKey } from '../framework/cycle-state.ts';
import type { FilterPlugin, PreFilterPlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, type Verdict } from '../framework/status.ts';
import { statusOf } from './verdict.ts';
import type { VolumeObjects } from './volume-objects.ts';
import {
  changeRestrictionState,
  filterRestrictions,
  preFilterRestrictions,
  type RestrictionState,
} from './volume-restrictions.ts';

const NAME = 'VolumeRestrictions';
const KEY: StateKey<RestrictionState> = { name: NAME, clone: (state) => ({ ...state }) };
const SKIP = skip(NAME);

export class VolumeRestrictions implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly dependsOn = { pods: true, objects: true };
  readonly #objects: VolumeObjects;

  constructor(objects: VolumeObjects) {
    this.#objects = objects;
  }

  preFilter(state: CycleState, { pod }: PodInfo, nodes: readonly NodeInfo[]): Verdict {
    if ((pod.spec.volumes?.length ?? 0) === 0) return SKIP;
    const isUsed = (claimKey: string): boolean => nodes.some((node) => node.claimUsers.has(claimKey));
    const result = preFilterRestrictions(pod, this.#objects, isUsed);
    if ('rejection' in result) return statusOf(NAME, result.rejection);
    if (result.skip) return SKIP;
    state.write(KEY, result.state);
    return undefined;
  }

  addPod(state: CycleState, _pod: PodInfo, added: PodInfo): Verdict {
    const own = state.find(KEY);
    if (own !== undefined) changeRestrictionState(own, added.pod, 1);
    return undefined;
  }

  removePod(state: CycleState, _pod: PodInfo, removed: PodInfo): Verdict {
    const own = state.find(KEY);
    if (own !== undefined) changeRestrictionState(own, removed.pod, -1);
    return undefined;
  }

  filter(state: CycleState, { pod }: PodInfo, node: NodeInfo): Verdict {
    return statusOf(NAME, filterRestrictions(pod, state.read(KEY), node.pods));
  }
}
