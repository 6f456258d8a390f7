/**
 * What a Pod requests and may use: containers, init containers, sidecars, overhead, resources of the Pod as a whole, and, while a
 * Pod is resized in place, what its status says.
 * Source of the rules: staging/src/k8s.io/component-helpers/resource/helpers.go; KEP-753 (sidecars), KEP-1287 (resize), KEP-2837 (Pod level).
 */
import type { ResourceList } from './meta.ts';
import type { Container, ContainerStatus, PodSpec, PodStatus } from './pod.ts';
import { addQuantities, compareQuantities, isZeroQuantity, type Quantity } from './quantity.ts';
import { quantityOf } from './quantity-values.ts';

/** Resource name to amount. */
export type ResourceAmounts = ReadonlyMap<string, Quantity>;

export interface PodResourcesOptions {
  /** Count what container statuses report where it is more than the specification says. */
  readonly useStatusResources?: boolean;
  readonly excludeOverhead?: boolean;
  /** Ignore `spec.resources`. */
  readonly skipPodLevelResources?: boolean;
  /** Requests that a container counts with where it names none for the resource. */
  readonly nonMissingContainerRequests?: ResourceList;
}

/** The parts of a Pod that its resources depend on. */
export interface ResourcefulPod {
  readonly spec: Pick<PodSpec, 'containers' | 'initContainers' | 'overhead' | 'resources'>;
  readonly status?: Pick<PodStatus, 'containerStatuses' | 'initContainerStatuses' | 'conditions'> | undefined;
}

type Amounts = Map<string, Quantity>;

export function amountsOf(list: ResourceList | null | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) amounts.set(name, quantityOf(list[name] as string | number));
  return amounts;
}

function add(into: Amounts, more: ResourceAmounts): void {
  for (const [name, amount] of more) {
    const known = into.get(name);
    into.set(name, known === undefined ? amount : addQuantities(known, amount));
  }
}

/** Raises each amount to that of `other` where that is more. */
function raise(into: Amounts, other: ResourceAmounts): void {
  for (const [name, amount] of other) {
    const known = into.get(name);
    if (known === undefined || compareQuantities(amount, known) > 0) into.set(name, amount);
  }
}

function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

const hasPodLevelResource = (list: ResourceList | null | undefined): boolean =>
  Object.keys(list ?? {}).some(isPodLevelResource);

export function podLevelRequestsSet(pod: ResourcefulPod): boolean {
  return hasPodLevelResource(pod.spec.resources?.requests);
}

export function podLevelLimitsSet(pod: ResourcefulPod): boolean {
  return hasPodLevelResource(pod.spec.resources?.limits);
}

export function podLevelResourcesSet(pod: ResourcefulPod): boolean {
  return podLevelRequestsSet(pod) || podLevelLimitsSet(pod);
}

/** An init container that keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** Whether the condition PodResizePending says that the wanted size can never be had. */
function isResizeInfeasible(pod: ResourcefulPod): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodResizePending');
  return condition?.reason === 'Infeasible';
}

function statusOf(pod: ResourcefulPod, name: string): ContainerStatus | undefined {
  // A name that stands in both lists is that of the init container, since it is entered last.
  return (
    pod.status?.initContainerStatuses?.find((status) => status.name === name) ??
    pod.status?.containerStatuses?.find((status) => status.name === name)
  );
}

type Part = 'requests' | 'limits';

function containerAmounts(
  pod: ResourcefulPod,
  container: Container,
  part: Part,
  options: PodResourcesOptions,
  isInit: boolean,
): Amounts {
  const fromSpec = amountsOf(container.resources?.[part]);
  if (!options.useStatusResources || (isInit && !isSidecar(container))) return fromSpec;
  const status = statusOf(pod, container.name);
  if (status?.resources === undefined || status.resources === null) return fromSpec;
  const amounts: Amounts = isResizeInfeasible(pod) ? new Map() : fromSpec;
  raise(amounts, amountsOf(status.resources[part]));
  if (part === 'requests') raise(amounts, amountsOf(status.allocatedResources));
  return amounts;
}

function fillMissing(amounts: Amounts, fallback: ResourceList | undefined): Amounts {
  for (const [name, amount] of amountsOf(fallback)) if (!amounts.has(name)) amounts.set(name, amount);
  return amounts;
}

/**
 * Sum over containers and sidecars, but at least what any init container needs together with the sidecars started before it.
 */
function aggregate(pod: ResourcefulPod, part: Part, options: PodResourcesOptions): Amounts {
  const fallback = part === 'requests' ? options.nonMissingContainerRequests : undefined;
  const total: Amounts = new Map();
  for (const container of pod.spec.containers ?? []) {
    add(total, fillMissing(containerAmounts(pod, container, part, options, false), fallback));
  }
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const amounts = fillMissing(containerAmounts(pod, container, part, options, true), fallback);
    if (isSidecar(container)) {
      add(total, amounts);
      add(sidecars, amounts);
      raise(initial, sidecars);
    } else {
      add(amounts, sidecars);
      raise(initial, amounts);
    }
  }
  raise(total, initial);
  return total;
}

function applyPodLevel(into: Amounts, list: ResourceList | null | undefined): void {
  for (const [name, amount] of amountsOf(list)) if (isPodLevelResource(name)) into.set(name, amount);
}

/** Requests of the containers alone: no overhead, nothing of the Pod level. */
export function aggregateContainerRequests(pod: ResourcefulPod, options: PodResourcesOptions = {}): ResourceAmounts {
  return aggregate(pod, 'requests', options);
}

/** What the scheduler and quota count. */
export function podRequests(pod: ResourcefulPod, options: PodResourcesOptions = {}): ResourceAmounts {
  const total = aggregate(pod, 'requests', options);
  if (!options.skipPodLevelResources && podLevelRequestsSet(pod)) applyPodLevel(total, pod.spec.resources?.requests);
  if (!options.excludeOverhead) add(total, amountsOf(pod.spec.overhead));
  return total;
}

/** Overhead raises only limits that exist and are not zero. */
export function podLimits(pod: ResourcefulPod, options: PodResourcesOptions = {}): ResourceAmounts {
  const total = aggregate(pod, 'limits', options);
  if (!options.skipPodLevelResources && podLevelResourcesSet(pod)) applyPodLevel(total, pod.spec.resources?.limits);
  if (!options.excludeOverhead) {
    for (const [name, amount] of amountsOf(pod.spec.overhead)) {
      const known = total.get(name);
      if (known !== undefined && !isZeroQuantity(known)) total.set(name, addQuantities(known, amount));
    }
  }
  return total;
}
