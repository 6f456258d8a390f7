/**
 * The quality-of-service class of a Pod, from its CPU and memory.
 * Source: pkg/apis/core/v1/helper/qos/qos.go.
 */
import type { ResourceList } from './meta.ts';
import type { Pod, PodSpec } from './pod.ts';
import { type ResourceAmounts, amountsOf } from './pod-resources.ts';
import { addQuantities, compareQuantities, type Quantity, signOf } from './quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** CPU and memory that are more than zero. */
function counted(list: ResourceList | null | undefined): ResourceAmounts {
  const amounts = amountsOf(list);
  for (const [name, amount] of amounts) {
    if ((name !== 'cpu' && name !== 'memory') || signOf(amount) <= 0) amounts.delete(name);
  }
  return amounts;
}

function addAll(into: Map<string, Quantity>, more: ResourceAmounts): void {
  for (const [name, amount] of more) {
    const known = into.get(name);
    into.set(name, known === undefined ? amount : addQuantities(amount, known));
  }
}

/** From the specification alone. */
export function computeQos(spec: Pick<PodSpec, 'containers' | 'initContainers' | 'resources'>): QosClass {
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let isGuaranteed = true;
  // Resources of the Pod as a whole replace those of the containers as soon as the field is there, even if it is empty.
  const parts = spec.resources
    ? [spec.resources]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources);
  for (const resources of parts) {
    addAll(requests, counted(resources?.requests));
    const limited = counted(resources?.limits);
    addAll(limits, limited);
    if (limited.size < 2) isGuaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  for (const [name, amount] of requests) {
    const limit = limits.get(name);
    if (limit === undefined || compareQuantities(limit, amount) !== 0) isGuaranteed = false;
  }
  return isGuaranteed && requests.size === limits.size ? 'Guaranteed' : 'Burstable';
}

/** The class in the status where there is one, otherwise from the specification. */
export function qosOf(pod: Pick<Pod, 'spec' | 'status'>): QosClass {
  return pod.status?.qosClass || computeQos(pod.spec);
}
