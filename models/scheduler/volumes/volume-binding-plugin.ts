/**
 * VolumeBinding as a plugin of the framework: besides filtering it assumes what it has chosen (Reserve) and has it written and
 * waited for before the Pod is bound (PreBind).
 *
 * Source: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go.
 */
import type { Pod } from '../../objects/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../objects/storage.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState, StateKey } from '../framework/cycle-state.ts';
import type {
  FilterPlugin,
  PreBindPlugin,
  PreFilterPlugin,
  PreScorePlugin,
  ReservePlugin,
} from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { errorStatus, skip, type Verdict } from '../framework/status.ts';
import { statusOf } from './verdict.ts';
import {
  filterBinding,
  type PodVolumeClaims,
  type PodVolumes,
  preFilterBinding,
  SELECTED_NODE,
} from './volume-binding.ts';
import type { VolumeObjects } from './volume-objects.ts';

const NAME = 'VolumeBinding';
const SKIP = skip(NAME);

interface BindingState {
  readonly claims: PodVolumeClaims;
  readonly byNode: Map<string, PodVolumes>;
}

const KEY: StateKey<BindingState> = { name: NAME };

/** Writes through the API what was chosen and waits until the volumes are bound; `done` gets a message if they are not. */
export interface VolumeBinder {
  bind(pod: Pod, volumes: PodVolumes, nodeName: string, done: (problem: string | undefined) => void): void;
}

export class VolumeBinding implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ReservePlugin, PreBindPlugin {
  readonly name = NAME;
  readonly dependsOn = { node: ['name', 'labels'], objects: true } as const;
  readonly #objects: VolumeObjects;
  readonly #binder: VolumeBinder | undefined;

  /** Without a binder, a Pod whose volumes are not all bound fails in PreBind. */
  constructor(objects: VolumeObjects, binder?: VolumeBinder) {
    this.#objects = objects;
    this.#binder = binder;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    if ((pod.spec.volumes?.length ?? 0) === 0) return SKIP;
    const result = preFilterBinding(pod, this.#objects);
    if ('rejection' in result) return statusOf(NAME, result.rejection);
    if (result.claims === undefined) return SKIP;
    state.write(KEY, { claims: result.claims, byNode: new Map() });
    return undefined;
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Verdict {
    const own = state.read(KEY);
    const found = filterBinding(own.claims, node.node, this.#objects);
    if ('code' in found) return statusOf(NAME, found);
    own.byNode.set(node.name, found);
    return undefined;
  }

  /** There is no scorer in v1.34 with the default feature gates. */
  preScore(): Verdict {
    return SKIP;
  }

  /** What would be done on that Node; undefined when there is nothing to do. */
  volumesOn(state: CycleState, nodeName: string): PodVolumes | undefined {
    const volumes = state.find(KEY)?.byNode.get(nodeName);
    return volumes === undefined || volumes.bind.length + volumes.provision.length === 0 ? undefined : volumes;
  }

  /** Other Pods now see the volumes taken and the claims promised to the Node. */
  reserve(state: CycleState, _pod: PodInfo, nodeName: string): Verdict {
    const volumes = this.volumesOn(state, nodeName);
    if (volumes === undefined) return undefined;
    for (const { claim, volume } of volumes.bind) this.#objects.assumeVolume(claimedBy(volume, claim));
    for (const claim of volumes.provision) this.#objects.assumeClaim(selecting(claim, nodeName));
    return undefined;
  }

  unreserve(state: CycleState, _pod: PodInfo, nodeName: string): void {
    const volumes = this.volumesOn(state, nodeName);
    for (const { volume } of volumes?.bind ?? []) this.#objects.restoreVolume(volume);
    for (const claim of volumes?.provision ?? []) this.#objects.restoreClaim(claim);
  }

  preBindPreFlight(state: CycleState, _pod: PodInfo, nodeName: string): Verdict {
    return this.volumesOn(state, nodeName) === undefined ? SKIP : undefined;
  }

  preBind(state: CycleState, { pod }: PodInfo, nodeName: string, done: (status: Verdict) => void): void {
    const volumes = this.volumesOn(state, nodeName);
    if (volumes === undefined) done(undefined);
    else if (this.#binder === undefined) done(errorStatus(NAME, 'binding volumes: there is nothing to bind them with'));
    else {
      this.#binder.bind(pod, volumes, nodeName, (problem) => {
        done(problem === undefined ? undefined : errorStatus(NAME, `binding volumes: ${problem}`));
      });
    }
  }
}

/** The volume as it is once the claim has it. */
export function claimedBy(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace = 'default', name, uid } = claim.metadata;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    namespace,
    name,
    ...(uid === undefined ? {} : { uid }),
  };
  return { ...volume, spec: { ...volume.spec, claimRef } };
}

/** The claim as it is once it is to be provisioned for that Node. */
export function selecting(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
