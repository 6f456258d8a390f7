/**
 * Fragmentation as the FGD study defines it: how much of a Node's idle GPUs the typical Pod could not use, weighted by
 * how often each shape of Pod occurs.
 */
import type { GpuPod } from './trace.ts';

/** Shapes that make up so much of the workload are typical. */
const TYPICAL_SHARE = 0.95;

export interface TypicalPod {
  readonly cpuMilli: number;
  readonly gpus: number;
  readonly gpuMilli: number;
  readonly gpuSpec: string;
  readonly count: number;
  readonly frequency: number;
}

/** What of a Node the study looks at: CPU left and milli-GPU left on each device. */
export interface GpuState {
  readonly cpuLeftMilli: number;
  readonly gpuLeftMilli: readonly number[] | Float64Array;
  readonly model: string;
}

/** The shapes of a workload, most frequent first, until 95 % of it is covered; frequencies sum to 1. */
export function typicalPods(workload: readonly GpuPod[]): TypicalPod[] {
  const shapes = new Map<string, { pod: GpuPod; count: number }>();
  for (const pod of workload) {
    const key = `${pod.cpuMilli}/${pod.gpuMilli}/${pod.gpus}/${pod.gpuSpec}`;
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, { pod, count: 1 });
    else shape.count++;
  }
  const sorted = [...shapes.values()].sort(
    (a, b) =>
      b.count - a.count ||
      b.pod.cpuMilli - a.pod.cpuMilli ||
      b.pod.gpuMilli - a.pod.gpuMilli ||
      b.pod.gpus - a.pod.gpus ||
      (a.pod.gpuSpec < b.pod.gpuSpec ? 1 : a.pod.gpuSpec > b.pod.gpuSpec ? -1 : 0),
  );
  let covered = 0;
  const typical: { pod: GpuPod; count: number }[] = [];
  for (const shape of sorted) {
    if (covered >= TYPICAL_SHARE * workload.length) break;
    typical.push(shape);
    covered += shape.count;
  }
  return typical.map(({ pod, count }) => ({
    cpuMilli: pod.cpuMilli,
    gpus: pod.gpus,
    gpuMilli: pod.gpuMilli,
    gpuSpec: pod.gpuSpec,
    count,
    frequency: count / workload.length / (covered / workload.length),
  }));
}

/** Whether a Pod's list of models admits a Node's model. */
export function allowsModel(gpuSpec: string, model: string): boolean {
  return gpuSpec === '' || gpuSpec.split('|').includes(model);
}

/**
 * Milli-GPU of the Node that the typical Pod could not use. The study keeps six sums of unusable GPUs apart, each over the typical
 * shapes in order, and adds them up at the end; ties between Nodes depend on these roundings, so the order is kept.
 */
export function fragmentationMilli(state: GpuState, typical: readonly TypicalPod[]): number {
  let shortOfBoth = 0;
  let shortOfGpu = 0;
  let shortOfCpu = 0;
  let noGpuEnoughCpu = 0;
  let noGpuShortOfCpu = 0;
  const devices = state.gpuLeftMilli;
  let total = 0;
  for (let i = 0; i < devices.length; i++) total += devices[i] as number;
  let otherModel = 0;
  for (const shape of typical) {
    const cpuFits = state.cpuLeftMilli >= shape.cpuMilli;
    if (shape.gpus === 0) {
      if (cpuFits) noGpuEnoughCpu += shape.frequency * total;
      else noGpuShortOfCpu += shape.frequency * total;
      continue;
    }
    if (!allowsModel(shape.gpuSpec, state.model)) {
      otherModel += shape.frequency * total;
      continue;
    }
    let fitting = 0;
    let unusable = 0;
    for (let i = 0; i < devices.length; i++) {
      const left = devices[i] as number;
      if (left >= shape.gpuMilli) fitting++;
      else unusable += left;
    }
    if (fitting >= shape.gpus) {
      if (cpuFits) shortOfGpu += shape.frequency * unusable;
      else shortOfCpu += shape.frequency * total;
    } else if (cpuFits) shortOfGpu += shape.frequency * total;
    else shortOfBoth += shape.frequency * total;
  }
  return shortOfBoth + shortOfGpu + shortOfCpu + noGpuEnoughCpu + noGpuShortOfCpu + otherModel;
}
