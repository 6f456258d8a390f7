/** CPU and memory of Pods and Nodes as numbers, for the tables of a run. */
import { milliValue, podRequests, scaledValue, value } from '../../models/objects/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod, PodSpec } from '../../models/objects/pod.ts';

export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export function nodeAllocatable(node: Node): Amounts {
  const list = node.status?.allocatable ?? node.status?.capacity;
  return { cpuMillis: milliValue(list?.cpu ?? 0), memoryBytes: value(list?.memory ?? 0) };
}

/** Pods of one template share their spec, so its sum is made once. */
const ofSpec = new WeakMap<PodSpec, Amounts>();

/** What a Pod's specification requests, as the scheduler counts it. */
export function requestedAmounts({ spec }: Pod): Amounts {
  let known = ofSpec.get(spec);
  if (known === undefined) {
    const requests = podRequests({ spec });
    const cpu = requests.get('cpu');
    const memory = requests.get('memory');
    known = {
      cpuMillis: cpu === undefined ? 0 : Number(scaledValue(cpu, -3)),
      memoryBytes: memory === undefined ? 0 : Number(scaledValue(memory, 0)),
    };
    ofSpec.set(spec, known);
  }
  return known;
}
