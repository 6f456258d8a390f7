/**
 * The policies of the FGD study as scheduler plugins, and the plugin that they share: which Nodes have devices for a Pod
 * (Filter), and which devices it gets (Reserve). A registry serves one scheduler.
 *
 * Source of the rules: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, and hkust-adsl/kubernetes-scheduler-simulator.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { Handle } from '../../../models/scheduler/framework/handle.ts';
import type {
  Dependencies,
  FilterPlugin,
  ReservePlugin,
  ScorePlugin,
} from '../../../models/scheduler/framework/plugin.ts';
import { podKey } from '../../../models/scheduler/framework/pod-info.ts';
import { errorStatus, unresolvable, unschedulable } from '../../../models/scheduler/framework/status.ts';
import type { PluginFactory, PluginRegistry } from '../../../models/scheduler/profile/registry.ts';
import { allowsModel, fragmentationMilli, type TypicalPod } from '../../workloads/openb/fragmentation.ts';
import { GpuDeviceStates, type Judgement, type NodeDevices } from './gpu-device-states.ts';
import { freeDevices, type GpuNodeState, type GpuRequest, WHOLE_DEVICE_MILLI } from './gpu-node.ts';
import { GPU_ANNOTATIONS } from './gpu-objects.ts';
import {
  bestFitScore,
  dotProductScore,
  fragmentationGradient,
  gpuClusteringScore,
  gpuPackingScore,
  packedDevices,
} from './gpu-scores.ts';

export const GPU_SHARING = 'GpuSharing';

/** Verdict and scores follow from the Node's model, its devices, and the Pods on it. */
const DEPENDS_ON: Dependencies = {
  node: ['labels', 'allocatable'],
  requested: true,
  pods: true,
  podAnnotations: GPU_ANNOTATIONS,
};

/** How a Pod's devices are chosen on the Node that was decided on. */
export type DeviceChoice = 'tightest' | 'fragmentation' | 'random';
const DEVICE_CHOICES: readonly DeviceChoice[] = ['tightest', 'fragmentation', 'random'];

/** What all plugins of one scheduler share. */
export interface GpuSharing {
  readonly states: GpuDeviceStates;
  /** Shapes of Pods by which fragmentation is measured. */
  readonly typical: readonly TypicalPod[];
}

export function gpuSharing(typical: readonly TypicalPod[]): GpuSharing {
  return { states: new GpuDeviceStates(), typical };
}

/** Idle milli-GPU of the Node that typical Pods could not use; remembered until the Node changes. */
export function fragmentationOf(devices: NodeDevices, typical: readonly TypicalPod[]): number {
  devices.fragmentationMilli ??= fragmentationMilli(devices.state, typical);
  return devices.fragmentationMilli;
}

/** By name: GpuSharing, FGD, BestFit, DotProd, GpuPacking, GpuClustering, GpuRandom. */
export function gpuPlugins(shared: GpuSharing): PluginRegistry {
  const plain =
    (name: string, score: (request: GpuRequest, node: GpuNodeState) => number): PluginFactory =>
    (_args, handle) =>
      scorePlugin(name, shared, handle, (request, { state }) => ({ score: score(request, state), device: -1 }));
  return new Map<string, PluginFactory>([
    [GPU_SHARING, (args, handle) => gpuSharingPlugin(deviceChoiceOf(args), shared, handle)],
    ['FGD', (_args, handle) => scorePlugin('FGD', shared, handle, gradient(shared))],
    ['BestFit', plain('BestFit', bestFitScore)],
    ['DotProd', plain('DotProd', dotProductScore)],
    ['GpuPacking', plain('GpuPacking', gpuPackingScore)],
    ['GpuClustering', plain('GpuClustering', gpuClusteringScore)],
    ['GpuRandom', () => RANDOM_PLUGIN],
  ]);
}

type Judge = (request: GpuRequest, devices: NodeDevices) => Judgement;

const gradient =
  ({ typical }: GpuSharing): Judge =>
  (request, devices) =>
    fragmentationGradient(request, devices.state, typical, fragmentationOf(devices, typical));

/** A score that follows from the request and the devices of one Node. */
function scorePlugin(name: string, { states }: GpuSharing, handle: Handle, judge: Judge): ScorePlugin {
  const { snapshot } = handle;
  return {
    name,
    dependsOn: DEPENDS_ON,
    score(_state, pod, node) {
      const devices = states.of(node, snapshot);
      const request = states.requestOf(pod.class);
      let judgement = devices.judgements.get(request);
      if (judgement === undefined) {
        judgement = judge(request, devices);
        devices.judgements.set(request, judgement);
      }
      return judgement.score;
    },
  };
}

/** All Nodes are alike to it; the scheduler takes one of the equals at random, which is how Kubernetes breaks ties. */
const RANDOM_PLUGIN: ScorePlugin = { name: 'GpuRandom', dependsOn: {}, score: () => 0 };

const NO_MODEL = unresolvable(GPU_SHARING, "node(s) don't have that many GPUs of a model that the Pod allows");
const NO_DEVICE = unschedulable(GPU_SHARING, 'node(s) have too little left on their GPU devices');

function gpuSharingPlugin(
  choice: DeviceChoice,
  { states, typical }: GpuSharing,
  handle: Handle,
): FilterPlugin & ReservePlugin {
  const { snapshot } = handle;
  const stream = handle.stream('scheduler/gpu-device');
  return {
    name: GPU_SHARING,
    dependsOn: DEPENDS_ON,
    isStatelessAfterDecision: true,

    filter(_state, pod, node) {
      const request = states.requestOf(pod.class);
      if (request.gpus === 0) return undefined;
      const { state } = states.of(node, snapshot);
      if (state.fits(request)) return undefined;
      return state.devices < request.gpus || !allowsModel(request.gpuSpec, state.model) ? NO_MODEL : NO_DEVICE;
    },

    reserve(_state, pod, nodeName) {
      const request = states.requestOf(pod.class);
      if (request.gpus === 0) return undefined;
      const node = snapshot.get(nodeName);
      if (node === undefined) return errorStatus(GPU_SHARING, `node ${nodeName} is not there`);
      const state = states.without(pod, node);
      if (!state.fits(request)) return errorStatus(GPU_SHARING, `no devices for ${podKey(pod.pod)} on ${nodeName}`);
      states.take(pod, node, chosenDevices(choice, request, state, typical, stream));
      return undefined;
    },

    unreserve(_state, pod, nodeName) {
      states.give(pod, nodeName);
    },
  };
}

/** Whole devices are the lowest-numbered free ones whatever the choice. */
function chosenDevices(
  choice: DeviceChoice,
  request: GpuRequest,
  state: GpuNodeState,
  typical: readonly TypicalPod[],
  stream: RandomStream,
): readonly number[] {
  if (request.gpuMilli === WHOLE_DEVICE_MILLI) return freeDevices(state, request.gpus);
  if (choice === 'tightest') return packedDevices(request, state);
  if (choice === 'fragmentation') {
    return [fragmentationGradient(request, state, typical, fragmentationMilli(state, typical)).device];
  }
  const fitting: number[] = [];
  state.gpuLeftMilli.forEach((left, device) => {
    if (left >= request.gpuMilli) fitting.push(device);
  });
  return [fitting[stream.below(fitting.length)] as number];
}

/** @throws RangeError for arguments that are none */
function deviceChoiceOf(args: unknown): DeviceChoice {
  const { deviceChoice = 'tightest', ...others } = (args ?? {}) as { deviceChoice?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined) throw new RangeError(`${GPU_SHARING} found argument ${other}; accepted is deviceChoice`);
  const known = DEVICE_CHOICES.find((each) => each === deviceChoice);
  if (known !== undefined) return known;
  throw new RangeError(
    `${GPU_SHARING} found deviceChoice ${String(deviceChoice)}; accepted: ${DEVICE_CHOICES.join(', ')}`,
  );
}
