/** CPU and memory of Pods and Nodes as numbers, for the tables of a run. */
import { milliValue, value } from '../../models/objects/index.ts';
import type { ResourceList } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Container, Pod, PodSpec } from '../../models/objects/pod.ts';

export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

function amounts(list: ResourceList | undefined): Amounts {
  return { cpuMillis: milliValue(list?.cpu ?? 0), memoryBytes: value(list?.memory ?? 0) };
}

export function nodeAllocatable(node: Node): Amounts {
  return amounts(node.status?.allocatable ?? node.status?.capacity);
}

/** Pods of one template share their spec, so its sum is made once. */
const ofSpec = new WeakMap<PodSpec, Amounts>();

/**
 * What a Pod requests: the larger of its containers together (with sidecars) and of any init container with the sidecars
 * before it, and overhead.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequests({ spec }: Pod): Amounts {
  let known = ofSpec.get(spec);
  if (known === undefined) {
    known = specRequests(spec);
    ofSpec.set(spec, known);
  }
  return known;
}

function specRequests(spec: PodSpec): Amounts {
  let running = sum(spec.containers);
  let largest: Amounts = { cpuMillis: 0, memoryBytes: 0 };
  let sidecars: Amounts = { cpuMillis: 0, memoryBytes: 0 };
  for (const container of spec.initContainers ?? []) {
    const own = containerRequests(container);
    if (container.restartPolicy === 'Always') {
      sidecars = plus(sidecars, own);
      running = plus(running, own);
      largest = maximum(largest, sidecars);
    } else largest = maximum(largest, plus(sidecars, own));
  }
  return plus(maximum(running, largest), amounts(spec.overhead));
}

/** A limit without a request is the request: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
function containerRequests({ resources }: Container): Amounts {
  return amounts({ ...resources?.limits, ...resources?.requests });
}

function sum(containers: readonly Container[]): Amounts {
  return containers.map(containerRequests).reduce(plus, { cpuMillis: 0, memoryBytes: 0 });
}

function plus(a: Amounts, b: Amounts): Amounts {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes };
}

function maximum(a: Amounts, b: Amounts): Amounts {
  return { cpuMillis: Math.max(a.cpuMillis, b.cpuMillis), memoryBytes: Math.max(a.memoryBytes, b.memoryBytes) };
}
