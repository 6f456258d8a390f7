/**
 * What a Pod asks for, in the scheduler's amounts, in the variants that the scheduler's parts count it in.
 * Source: pkg/scheduler/framework/types.go CalculateResource and Resource.Add, plugins/noderesources/fit.go.
 */
import type { ResourceList } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { amountsOf, podLevelRequestsSet, podRequests, type ResourceAmounts } from '../../objects/pod-resources.ts';
import { scaledValue } from '../../objects/quantity.ts';
import type { Amounts, NonZeroAmounts } from './amounts.ts';
import { type Int64, int64 } from './int64.ts';
import { isScalarResource } from './resource-names.ts';

/**
 * What a container without cpu or memory request is counted as where "non-zero" requests are meant: 100m and 200 MiB.
 * Source: pkg/scheduler/util/pod_resources.go.
 */
const DEFAULT_REQUESTS: ResourceList = { cpu: '100m', memory: String(200 * 1024 * 1024) };

/** Power of ten of the unit in which cpu is counted. */
const MILLI = -3;

/** Rounded up to whole units, with Go's overflow. */
function amount(quantities: ResourceAmounts, name: string, scale = 0): Int64 {
  const quantity = quantities.get(name);
  return quantity === undefined ? 0 : int64(scaledValue(quantity, scale));
}

function schedulerAmounts(quantities: ResourceAmounts): Amounts {
  let scalars: Map<string, Int64> | undefined;
  for (const name of quantities.keys()) {
    if (!isScalarResource(name)) continue;
    scalars ??= new Map();
    scalars.set(name, amount(quantities, name));
  }
  return {
    milliCpu: amount(quantities, 'cpu', MILLI),
    memory: amount(quantities, 'memory'),
    ephemeralStorage: amount(quantities, 'ephemeral-storage'),
    pods: Number(amount(quantities, 'pods')),
    scalars,
  };
}

/** What a Node offers, or any other list of resources. @throws QuantityError */
export function amountsOfList(list: ResourceList | undefined): Amounts {
  return schedulerAmounts(amountsOf(list));
}

/** The Pod's requests as an incoming Pod's are counted: in the Filter of NodeResourcesFit and by BalancedAllocation. */
export function incomingRequests(pod: Pod): Amounts {
  return schedulerAmounts(podRequests(pod));
}

/** With the defaults for each container, and without pod-level resources: as NodeResourcesFit scores an incoming Pod. */
export function scoredRequests(pod: Pod): Amounts {
  return schedulerAmounts(
    podRequests(pod, { skipPodLevelResources: true, nonMissingContainerRequests: DEFAULT_REQUESTS }),
  );
}

/** What a bound Pod takes of its Node, resizes in place counted, and the same with the defaults. */
export function boundRequests(pod: Pod): { readonly requests: Amounts; readonly nonZero: NonZeroAmounts } {
  const quantities = podRequests(pod, { useStatusResources: true });
  const requests = schedulerAmounts(quantities);
  let defaults = DEFAULT_REQUESTS;
  if (podLevelRequestsSet(pod)) {
    // With pod-level requests the defaults are for what the whole Pod does not name.
    defaults = Object.fromEntries(Object.entries(DEFAULT_REQUESTS).filter(([name]) => !quantities.has(name)));
    if (Object.keys(defaults).length === 0) return { requests, nonZero: requests };
  }
  const nonZero = podRequests(pod, { useStatusResources: true, nonMissingContainerRequests: defaults });
  return { requests, nonZero: { milliCpu: amount(nonZero, 'cpu', MILLI), memory: amount(nonZero, 'memory') } };
}

/** Whether some container's status reports resources, so that `boundRequests` depends on more than the spec. */
export function reportsResources(pod: Pod): boolean {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  return (
    (containerStatuses?.some(({ resources }) => Boolean(resources)) ?? false) ||
    (initContainerStatuses?.some(({ resources }) => Boolean(resources)) ?? false)
  );
}
