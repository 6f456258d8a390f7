/**
 * What a Pod asks for, in the scheduler's amounts, in the variants that the scheduler's parts count it in.
 * Source: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests (v1.34),
 * pkg/scheduler/framework/types.go CalculateResource and Resource.Add.
 */
import type { ResourceList } from '../../objects/meta.ts';
import type { Container, ContainerStatus, Pod } from '../../objects/pod.ts';
import { quantityInNano } from '../queue/object-rules.ts';
import type { Amounts, NonZeroAmounts } from './amounts.ts';
import { type Int64, int64 } from './int64.ts';
import { isScalarResource } from './resource-names.ts';

const NANO = 1_000_000_000n;
const MILLI_IN_NANO = 1_000_000n;

/** What a container without cpu or memory request is counted as where "non-zero" requests are meant: 100m and 200 MiB. */
export const DEFAULT_MILLI_CPU_REQUEST = 100;
export const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024;

type Nanos = Map<string, bigint>;

interface RequestOptions {
  /** Counts in-place resizes, from the container statuses. */
  readonly useStatus: boolean;
  readonly skipPodLevel: boolean;
  /** For each container that lacks the key. */
  readonly nonMissing: ReadonlyMap<string, bigint> | undefined;
}

function nanosOf(list: ResourceList | undefined): Nanos {
  const nanos: Nanos = new Map();
  for (const [name, quantity] of Object.entries(list ?? {})) nanos.set(name, quantityInNano(quantity));
  return nanos;
}

function addTo(total: Nanos, other: Nanos): void {
  for (const [name, amount] of other) total.set(name, (total.get(name) ?? 0n) + amount);
}

function raiseTo(total: Nanos, other: Nanos): void {
  for (const [name, amount] of other) {
    const present = total.get(name);
    if (present === undefined || present < amount) total.set(name, amount);
  }
}

function isResizeInfeasible(pod: Pod): boolean {
  return pod.status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
}

function containerNanos(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  options: RequestOptions,
): Nanos {
  const spec = nanosOf(container.resources?.requests);
  let nanos = spec;
  if (options.useStatus && status?.resources) {
    nanos = nanosOf(status.resources.requests);
    raiseTo(nanos, nanosOf(status.allocatedResources));
    if (!isResizeInfeasible(pod)) raiseTo(nanos, spec);
  }
  for (const [name, amount] of options.nonMissing ?? []) if (!nanos.has(name)) nanos.set(name, amount);
  return nanos;
}

function statusesOf(pod: Pod): ReadonlyMap<string, ContainerStatus> {
  const statuses = new Map<string, ContainerStatus>();
  for (const status of pod.status?.containerStatuses ?? []) statuses.set(status.name, status);
  for (const status of pod.status?.initContainerStatuses ?? []) statuses.set(status.name, status);
  return statuses;
}

function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function hasPodLevelRequests(pod: Pod): boolean {
  return Object.keys(pod.spec.resources?.requests ?? {}).some(isPodLevelResource);
}

function requestNanos(pod: Pod, options: RequestOptions): Nanos {
  const statuses = options.useStatus ? statusesOf(pod) : undefined;
  const total: Nanos = new Map();
  for (const container of pod.spec.containers) {
    addTo(total, containerNanos(pod, container, statuses?.get(container.name), options));
  }
  const sidecars: Nanos = new Map();
  const greatestStage: Nanos = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always';
    const own = containerNanos(pod, container, isSidecar ? statuses?.get(container.name) : undefined, options);
    if (isSidecar) {
      addTo(total, own);
      addTo(sidecars, own);
      raiseTo(greatestStage, sidecars);
    } else {
      addTo(own, sidecars);
      raiseTo(greatestStage, own);
    }
  }
  raiseTo(total, greatestStage);
  if (!options.skipPodLevel && hasPodLevelRequests(pod)) {
    for (const [name, amount] of nanosOf(pod.spec.resources?.requests)) {
      if (isPodLevelResource(name)) total.set(name, amount);
    }
  }
  addTo(total, nanosOf(pod.spec.overhead));
  return total;
}

function rounded(nano: bigint, unit: bigint): Int64 {
  return int64(nano <= 0n ? nano / unit : (nano + unit - 1n) / unit);
}

function amountsFrom(nanos: Nanos): Amounts {
  let scalars: Map<string, Int64> | undefined;
  for (const [name, nano] of nanos) {
    if (name === 'ephemeral-storage' || !isScalarResource(name)) continue;
    scalars ??= new Map();
    scalars.set(name, rounded(nano, NANO));
  }
  return {
    milliCpu: rounded(nanos.get('cpu') ?? 0n, MILLI_IN_NANO),
    memory: rounded(nanos.get('memory') ?? 0n, NANO),
    ephemeralStorage: rounded(nanos.get('ephemeral-storage') ?? 0n, NANO),
    pods: Number(rounded(nanos.get('pods') ?? 0n, NANO)),
    scalars,
  };
}

/** What a Node offers, or any other list of resources. @throws RangeError for what is no quantity. */
export function amountsOfList(list: ResourceList | undefined): Amounts {
  return amountsFrom(nanosOf(list));
}

const DEFAULT_NANOS: ReadonlyMap<string, bigint> = new Map([
  ['cpu', BigInt(DEFAULT_MILLI_CPU_REQUEST) * MILLI_IN_NANO],
  ['memory', BigInt(DEFAULT_MEMORY_REQUEST) * NANO],
]);

/** The Pod's requests as an incoming Pod's are counted: in the Filter of NodeResourcesFit and by BalancedAllocation. */
export function incomingRequests(pod: Pod): Amounts {
  return amountsFrom(requestNanos(pod, { useStatus: false, skipPodLevel: false, nonMissing: undefined }));
}

/** With the defaults for each container, and without pod-level resources: as NodeResourcesFit scores an incoming Pod. */
export function scoredRequests(pod: Pod): Amounts {
  return amountsFrom(requestNanos(pod, { useStatus: false, skipPodLevel: true, nonMissing: DEFAULT_NANOS }));
}

/** What a bound Pod takes of its Node, resizes in place counted, and the same with the defaults. */
export function boundRequests(pod: Pod): { readonly requests: Amounts; readonly nonZero: NonZeroAmounts } {
  const nanos = requestNanos(pod, { useStatus: true, skipPodLevel: false, nonMissing: undefined });
  const requests = amountsFrom(nanos);
  let defaults = DEFAULT_NANOS;
  if (hasPodLevelRequests(pod)) {
    defaults = new Map([...DEFAULT_NANOS].filter(([name]) => !nanos.has(name)));
    if (defaults.size === 0) return { requests, nonZero: requests };
  }
  const nonZero = amountsFrom(requestNanos(pod, { useStatus: true, skipPodLevel: false, nonMissing: defaults }));
  return { requests, nonZero: { milliCpu: nonZero.milliCpu, memory: nonZero.memory } };
}

/** Whether some container's status reports resources, so that `boundRequests` depends on more than the spec. */
export function reportsResources(pod: Pod): boolean {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  return (
    (containerStatuses?.some(({ resources }) => resources !== undefined) ?? false) ||
    (initContainerStatuses?.some(({ resources }) => resources !== undefined) ?? false)
  );
}
