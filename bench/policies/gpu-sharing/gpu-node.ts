/**
 * The GPU-sharing device model of the FGD study: a Node has whole devices, a Pod takes a share of one or several whole
 * ones. Amounts are milli-CPU and milli-GPU; memory is judged by NodeResourcesFit and plays no part here.
 */
import { allowsModel } from '../../workloads/openb/fragmentation.ts';

/** What a Pod asks for. */
export interface GpuRequest {
  readonly cpuMilli: number;
  readonly gpus: number;
  /** Per device; below 1000 only with one device. */
  readonly gpuMilli: number;
  readonly gpuSpec: string;
}

export const WHOLE_DEVICE_MILLI = 1000;

/** Class of a Pod as GpuClustering sees it. */
export function gpuClassOf(request: GpuRequest): string {
  if (request.gpus === 0) return 'none';
  return request.gpuMilli < WHOLE_DEVICE_MILLI ? 'share' : `${request.gpus}-gpu`;
}

/** The devices of one Node, what is left of them, and what is left of its CPU. */
export class GpuNodeState {
  readonly model: string;
  readonly devices: number;
  cpuLeftMilli: number;
  readonly gpuLeftMilli: number[];
  /** GPU Pods on the Node by class. */
  readonly classCounts = new Map<string, number>();

  constructor(cpuMilli: number, devices: number, model: string) {
    this.model = model;
    this.devices = devices;
    this.cpuLeftMilli = cpuMilli;
    this.gpuLeftMilli = new Array<number>(devices).fill(WHOLE_DEVICE_MILLI);
  }

  /** Whether model and devices suffice; CPU and memory are judged elsewhere. */
  fits(request: GpuRequest): boolean {
    if (request.gpus === 0) return true;
    if (!allowsModel(request.gpuSpec, this.model)) return false;
    let fitting = 0;
    for (const left of this.gpuLeftMilli) if (left >= request.gpuMilli) fitting++;
    return fitting >= request.gpus;
  }

  take(request: GpuRequest, devices: readonly number[]): void {
    this.#change(request, devices, 1);
  }

  give(request: GpuRequest, devices: readonly number[]): void {
    this.#change(request, devices, -1);
  }

  #change(request: GpuRequest, devices: readonly number[], sign: 1 | -1): void {
    this.cpuLeftMilli -= sign * request.cpuMilli;
    for (const device of devices) {
      this.gpuLeftMilli[device] = (this.gpuLeftMilli[device] as number) - sign * request.gpuMilli;
    }
    if (request.gpus === 0) return;
    const gpuClass = gpuClassOf(request);
    const count = (this.classCounts.get(gpuClass) ?? 0) + sign;
    if (count === 0) this.classCounts.delete(gpuClass);
    else this.classCounts.set(gpuClass, count);
  }
}

/** The lowest-numbered devices that are wholly free. */
export function freeDevices(node: GpuNodeState, count: number): number[] {
  const free: number[] = [];
  for (let device = 0; device < node.devices && free.length < count; device++) {
    if (node.gpuLeftMilli[device] === WHOLE_DEVICE_MILLI) free.push(device);
  }
  return free;
}

/** The device with the least left that fits, the lowest-numbered of equals. */
export function tightestDevice(node: GpuNodeState, gpuMilli: number): number {
  let best = -1;
  for (let device = 0; device < node.devices; device++) {
    const left = node.gpuLeftMilli[device] as number;
    if (left >= gpuMilli && (best < 0 || left < (node.gpuLeftMilli[best] as number))) best = device;
  }
  return best;
}
