/**
 * Whether a kubelet takes a Pod that was bound to its Node: enough resources, selector and affinity, free host ports.
 * A Pod that is refused is Failed and stays bound; its controller makes another.
 * Source: pkg/kubelet/lifecycle/predicate.go.
 */
import type { ResourceList } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { matchesRequiredNodeAffinity, podRequests, resourceAmount } from '../scheduler/queue/object-rules.ts';
import type { Kubelet } from './kubelet.ts';
import type { PodWorker } from './pod-worker.ts';

/** Amounts of resources; `extended` holds what is neither cpu, memory nor pods. */
export interface Amounts {
  milliCpu: number;
  memoryBytes: number;
  pods: number;
  extended: Map<string, number> | undefined;
}

export interface AdmissionFailure {
  readonly reason: string;
  readonly message: string;
}

const allocatableByList = new WeakMap<ResourceList, Amounts>();

function computeAmounts(pod: Pod): Amounts {
  const amounts: Amounts = { milliCpu: 0, memoryBytes: 0, pods: 1, extended: undefined };
  for (const [name, amount] of podRequests(pod)) {
    if (name === 'cpu') amounts.milliCpu = amount;
    else if (name === 'memory') amounts.memoryBytes = amount;
    else {
      amounts.extended ??= new Map();
      amounts.extended.set(name, amount);
    }
  }
  return amounts;
}

/** What a Pod requests. Pods of one template share the answer. */
export function amountsOf({ pod, shape }: PodWorker): Amounts {
  if (pod.spec.overhead !== undefined || pod.spec.resources !== undefined) return computeAmounts(pod);
  shape.amounts ??= computeAmounts(pod);
  return shape.amounts;
}

/** What a Node has to give. Nodes of one group share the answer. */
export function allocatableOf(node: Node, maxPods: number): Amounts {
  const list = node.status?.allocatable ?? node.status?.capacity ?? {};
  let amounts = allocatableByList.get(list);
  if (amounts === undefined) {
    amounts = { milliCpu: 0, memoryBytes: 0, pods: maxPods, extended: new Map() };
    for (const [name, quantity] of Object.entries(list)) {
      const amount = resourceAmount(name, quantity);
      if (name === 'cpu') amounts.milliCpu = amount;
      else if (name === 'memory') amounts.memoryBytes = amount;
      else if (name === 'pods') amounts.pods = amount;
      else amounts.extended?.set(name, amount);
    }
    allocatableByList.set(list, amounts);
  }
  return amounts;
}

function outOf(resource: string, requested: number, used: number, capacity: number): AdmissionFailure | undefined {
  if (requested === 0 || used + requested <= capacity) return undefined;
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function insufficientResource(kubelet: Kubelet, worker: PodWorker): AdmissionFailure | undefined {
  const asked = amountsOf(worker);
  const { used, allocatable } = kubelet;
  const failure =
    outOf('pods', 1, used.pods, allocatable.pods) ??
    outOf('cpu', asked.milliCpu, used.milliCpu, allocatable.milliCpu) ??
    outOf('memory', asked.memoryBytes, used.memoryBytes, allocatable.memoryBytes);
  if (failure !== undefined || asked.extended === undefined) return failure;
  for (const [name, amount] of asked.extended) {
    const found = outOf(name, amount, used.extended?.get(name) ?? 0, allocatable.extended?.get(name) ?? 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

function hostPorts(pod: Pod): HostPort[] {
  const ports: HostPort[] = [];
  for (const container of pod.spec.containers) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort === 0) continue;
      ports.push({ ip: hostIP ?? '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort });
    }
  }
  return ports;
}

function conflicts(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');
}

function portConflict(kubelet: Kubelet, pod: Pod): boolean {
  const wanted = hostPorts(pod);
  for (const other of kubelet.workers.livePods()) {
    if (other.metadata.uid === pod.metadata.uid) continue;
    for (const taken of hostPorts(other)) if (wanted.some((port) => conflicts(port, taken))) return true;
  }
  return false;
}

function predicateFailure(name: string, why: string): AdmissionFailure {
  return { reason: name, message: `Predicate ${name} failed: ${why}` };
}

/** Why the Pod is refused, or undefined. */
export function admissionFailure(kubelet: Kubelet, worker: PodWorker): AdmissionFailure | undefined {
  const failure = insufficientResource(kubelet, worker);
  if (failure !== undefined) return failure;
  const { pod, shape } = worker;
  const constrained = pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity !== undefined;
  if (constrained && !matchesRequiredNodeAffinity(pod, kubelet.node)) {
    return predicateFailure('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  if (shape.hasHostPorts && portConflict(kubelet, pod)) {
    return predicateFailure('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  }
  return undefined;
}
