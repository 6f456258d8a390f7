/**
 * The scores of the FGD study's policies, each on one Pod and one Node. Integers, greater is better; the studies' own
 * roundings are kept, because ties are many and decide.
 *
 * Source of the rules: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, and hkust-adsl/kubernetes-scheduler-simulator.
 */
import { fragmentationMilli, type TypicalPod } from '../../workloads/openb/fragmentation.ts';
import {
  freeDevices,
  type GpuNodeState,
  type GpuRequest,
  gpuClassOf,
  tightestDevice,
  WHOLE_DEVICE_MILLI,
} from './gpu-node.ts';

/** BestFit and DotProd divide by the greatest Node of the trace: 128 cores, 8 devices. */
const CPU_SCALE_MILLI = 128_000;
const GPU_SCALE_MILLI = 8_000;

const gpuLeft = (node: GpuNodeState): number => {
  let sum = 0;
  for (const left of node.gpuLeftMilli) sum += left;
  return sum;
};
const isShared = (request: GpuRequest): boolean => request.gpus === 1 && request.gpuMilli < WHOLE_DEVICE_MILLI;

/** More for the Node with the least left after the Pod. */
export function bestFitScore(request: GpuRequest, node: GpuNodeState): number {
  const cpuLeft = node.cpuLeftMilli - request.cpuMilli;
  const gpuLeftAfter = gpuLeft(node) - request.gpus * request.gpuMilli;
  return Math.trunc(100 * (1 - ((0.5 * cpuLeft) / CPU_SCALE_MILLI + (0.5 * gpuLeftAfter) / GPU_SCALE_MILLI)));
}

/** More for the Node whose idle resources point least in the direction of the Pod's demand. */
export function dotProductScore(request: GpuRequest, node: GpuNodeState): number {
  const cpu = (node.cpuLeftMilli / CPU_SCALE_MILLI) * (request.cpuMilli / CPU_SCALE_MILLI);
  const gpu = (gpuLeft(node) / GPU_SCALE_MILLI) * ((request.gpus * request.gpuMilli) / GPU_SCALE_MILLI);
  return Math.trunc(100 * (1 - (cpu + gpu) / 2));
}

/** More for a Node that hosts Pods of the same class only. */
export function gpuClusteringScore(request: GpuRequest, node: GpuNodeState): number {
  if (request.gpus === 0) return 0;
  const used = Math.floor((25 * (GPU_SCALE_MILLI - gpuLeft(node))) / GPU_SCALE_MILLI);
  const classes = node.classCounts.size;
  if (node.classCounts.has(gpuClassOf(request))) return used + (classes === 1 ? 75 : 50);
  return used + (classes === 0 ? 25 : 0);
}

/** More for devices in use, then for Nodes in use, then for small idle Nodes. */
export function gpuPackingScore(request: GpuRequest, node: GpuNodeState): number {
  if (request.gpus === 0) return 0;
  const free = node.gpuLeftMilli.filter((left) => left === WHOLE_DEVICE_MILLI).length;
  if (free === node.devices) return Math.max(33 - free, free);
  const order = node.gpuLeftMilli.map((_, device) => device);
  order.sort((a, b) => (node.gpuLeftMilli[a] as number) - (node.gpuLeftMilli[b] as number) || a - b);
  const lefts = order.map((device) => node.gpuLeftMilli[device] as number).filter((left) => left >= request.gpuMilli);
  const chosen = lefts.slice(0, request.gpus);
  const untouched = chosen.filter((left) => left === WHOLE_DEVICE_MILLI).length;
  if (untouched > 0) return Math.max(50 - untouched, 33);
  const percentLeft = chosen.reduce((sum, left) => sum + Math.floor((left * 100) / WHOLE_DEVICE_MILLI), 0);
  return Math.max(100 - Math.floor(percentLeft / 10), 50);
}

/** Score by how much less fragmented the Node becomes, and the device that gives it (for a shared GPU). */
export function fragmentationGradient(
  request: GpuRequest,
  node: GpuNodeState,
  typical: readonly TypicalPod[],
  before: number,
): { readonly score: number; readonly device: number } {
  const after = {
    cpuLeftMilli: node.cpuLeftMilli - request.cpuMilli,
    gpuLeftMilli: [...node.gpuLeftMilli],
    model: node.model,
  };
  if (!isShared(request)) {
    for (const device of request.gpus === 0 ? [] : freeDevices(node, request.gpus)) after.gpuLeftMilli[device] = 0;
    return { score: sigmoidScore(before - fragmentationMilli(after, typical)), device: -1 };
  }
  let best = { score: -1, device: -1 };
  for (let device = 0; device < node.devices; device++) {
    const left = node.gpuLeftMilli[device] as number;
    if (left < request.gpuMilli) continue;
    after.gpuLeftMilli[device] = left - request.gpuMilli;
    const score = sigmoidScore(before - fragmentationMilli(after, typical));
    after.gpuLeftMilli[device] = left;
    if (score > best.score) best = { score, device };
  }
  return best;
}

/** 50 for no change; a gain of a whole GPU is worth 73. */
function sigmoidScore(gainMilli: number): number {
  return Math.trunc(100 / (1 + Math.exp(-(gainMilli / 1000))));
}

/** The devices that all policies but FGD and Random take. */
export function packedDevices(request: GpuRequest, node: GpuNodeState): readonly number[] {
  if (request.gpus === 0) return [];
  return isShared(request) ? [tightestDevice(node, request.gpuMilli)] : freeDevices(node, request.gpus);
}
