/**
 * GPUs of Nodes and Pods as the device model of the FGD study sees them, however they are written: shares of devices by annotation
 * (see policies/gpu-sharing), or whole devices as an extended resource whose name ends in "/gpu", such as nvidia.com/gpu.
 */
import { value } from '../../models/objects/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { type GpuRequest, WHOLE_DEVICE_MILLI } from '../policies/gpu-sharing/gpu-node.ts';
import { GPU_CARD_MODEL, GPU_COUNT, gpuRequest } from '../policies/gpu-sharing/gpu-objects.ts';
import { nodeAllocatable, requestedAmounts } from './resource-amounts.ts';

export interface GpuOffer {
  readonly cpuMilli: number;
  readonly devices: number;
  /** Of whole devices the name of the resource, so that a request for one kind does not fit another. */
  readonly model: string;
}

const isWholeGpu = (name: string): boolean => name.endsWith('/gpu');

/** Undefined for a Node without GPUs. */
export function gpuOfferOf(node: Node): GpuOffer | undefined {
  const list = node.status?.allocatable ?? node.status?.capacity;
  const { cpuMillis: cpuMilli, others } = nodeAllocatable(node);
  const shared = value(list?.[GPU_COUNT] ?? 0);
  if (shared > 0) return { cpuMilli, devices: shared, model: node.metadata.labels?.[GPU_CARD_MODEL] ?? '' };
  for (const [name, devices] of others) if (isWholeGpu(name)) return { cpuMilli, devices, model: name };
  return undefined;
}

/** What a Pod asks for; `gpus` is 0 for a Pod without. @throws RangeError for an annotation that is no amount of GPUs */
export function gpuRequestOfPod(pod: Pod): GpuRequest {
  const { annotations } = pod.metadata;
  const { cpuMillis: cpuMilli, others } = requestedAmounts(pod);
  if (annotations?.[GPU_COUNT] !== undefined) return gpuRequest(annotations, cpuMilli);
  for (const [name, gpus] of others) {
    if (isWholeGpu(name) && gpus > 0) return { cpuMilli, gpus, gpuMilli: WHOLE_DEVICE_MILLI, gpuSpec: name };
  }
  return { cpuMilli, gpus: 0, gpuMilli: 0, gpuSpec: '' };
}
