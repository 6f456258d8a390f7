/**
 * Which devices of each Node are taken, by which Pods: one account for all plugins of a scheduler. A Node's state is worked out
 * anew from the Pods on it when these have changed; which devices a Pod has is what Reserve chose, else what its
 * annotation says, else the tightest that fit when it was first seen there.
 */
import type { Pod } from '../../../models/objects/pod.ts';
import type { NodeInfo } from '../../../models/scheduler/cache/node-info.ts';
import type { Snapshot } from '../../../models/scheduler/cache/snapshot.ts';
import type { PodClass } from '../../../models/scheduler/framework/pod-class.ts';
import { type PodInfo, podUid } from '../../../models/scheduler/framework/pod-info.ts';
import { GpuNodeState, type GpuRequest } from './gpu-node.ts';
import { annotatedDevices, GPU_CARD_MODEL, GPU_COUNT, gpuRequestOf } from './gpu-objects.ts';
import { packedDevices } from './gpu-scores.ts';

/** What a policy thinks of a Node for one shape of Pod, kept until the Node changes. */
export interface Judgement {
  readonly score: number;
  /** The device that gives the score, or -1 when the policy does not choose by it. */
  readonly device: number;
}

/** State of a Node's devices as of one generation of the Node. */
export interface NodeDevices {
  readonly generation: number;
  readonly state: GpuNodeState;
  /** By request; equal requests are one object. */
  readonly judgements: Map<GpuRequest, Judgement>;
  /** Undefined until somebody asks. */
  fragmentationMilli: number | undefined;
}

export class GpuDeviceStates {
  readonly #known = new WeakMap<NodeInfo, NodeDevices>();
  readonly #requests = new WeakMap<PodClass, GpuRequest>();
  readonly #shapes = new Map<string, GpuRequest>();
  /** Devices by Node name and Pod uid. */
  readonly #taken = new Map<string, Map<string, readonly number[]>>();

  /** What the Pod asks for; the same object for all Pods that ask for the same. */
  requestOf(podClass: PodClass): GpuRequest {
    let request = this.#requests.get(podClass);
    if (request === undefined) {
      const own = gpuRequestOf(podClass);
      const key = `${own.cpuMilli}/${own.gpus}/${own.gpuMilli}/${own.gpuSpec}`;
      request = this.#shapes.get(key) ?? own;
      this.#shapes.set(key, request);
      this.#requests.set(podClass, request);
    }
    return request;
  }

  /** @param snapshot a Node that is not of it is a copy with Pods added or removed, and is not remembered */
  of(node: NodeInfo, snapshot: Snapshot): NodeDevices {
    const known = this.#known.get(node);
    if (known !== undefined && known.generation === node.generation) return known;
    const devices = this.#workOut(node, undefined);
    if (snapshot.get(node.name) === node) this.#known.set(node, devices);
    return devices;
  }

  /** The state as if that Pod, which may be counted there already, were not on the Node. */
  without(pod: PodInfo, node: NodeInfo): GpuNodeState {
    return this.#workOut(node, podUid(pod.pod)).state;
  }

  /** Undefined when the Pod has no devices there. */
  devicesOf(pod: PodInfo, nodeName: string): readonly number[] | undefined {
    return this.#taken.get(nodeName)?.get(podUid(pod.pod));
  }

  /** The same for a Pod that is known by its object alone. */
  devicesOfPod(pod: Pod): readonly number[] | undefined {
    return this.#taken.get(pod.spec.nodeName ?? '')?.get(podUid(pod));
  }

  take(pod: PodInfo, node: NodeInfo, devices: readonly number[]): void {
    let taken = this.#taken.get(node.name);
    if (taken === undefined) {
      taken = new Map();
      this.#taken.set(node.name, taken);
    }
    taken.set(podUid(pod.pod), devices);
    this.#known.delete(node);
  }

  give(pod: PodInfo, nodeName: string): void {
    this.#taken.get(nodeName)?.delete(podUid(pod.pod));
  }

  #workOut(node: NodeInfo, without: string | undefined): NodeDevices {
    const { allocatable } = node;
    const labels = node.node.metadata.labels;
    const count = Number(allocatable.scalars?.get(GPU_COUNT) ?? 0);
    const state = new GpuNodeState(Number(allocatable.milliCpu), count, labels?.[GPU_CARD_MODEL] ?? '');
    const taken = this.#taken.get(node.name);
    if (taken !== undefined && taken.size > node.pods.length) dropAbsent(taken, node);
    let unknown: PodInfo[] | undefined;
    for (const pod of node.pods) {
      const uid = podUid(pod.pod);
      if (uid === without) continue;
      const request = this.requestOf(pod.class);
      if (request.gpus === 0) state.take(request, []);
      else {
        const devices = taken?.get(uid) ?? annotatedDevices(pod.pod);
        if (devices === undefined) (unknown ??= []).push(pod);
        else state.take(request, devices);
      }
    }
    for (const pod of unknown ?? []) this.#settle(pod, node, state);
    return { generation: node.generation, state, judgements: new Map(), fragmentationMilli: undefined };
  }

  /** A Pod that came to the Node by another way gets the tightest devices that fit, and keeps them. */
  #settle(pod: PodInfo, node: NodeInfo, state: GpuNodeState): void {
    const request = this.requestOf(pod.class);
    const devices = state.fits(request) ? packedDevices(request, state) : [];
    state.take(request, devices);
    this.take(pod, node, devices);
  }
}

function dropAbsent(taken: Map<string, readonly number[]>, { pods }: NodeInfo): void {
  const present = new Set(pods.map(({ pod }) => podUid(pod)));
  for (const uid of taken.keys()) if (!present.has(uid)) taken.delete(uid);
}
