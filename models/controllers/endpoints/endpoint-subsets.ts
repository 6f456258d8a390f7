/**
 * The legacy Endpoints of a Service: addresses grouped by the ports that they share.
 * Source: pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go (RepackSubsets).
 */
import type { Pod } from '../../objects/pod.ts';
import type { EndpointAddress, EndpointPort, Endpoints, ObjectReference, Service } from '../../objects/service.ts';
import { isPodReady } from '../pod-facts.ts';
import { hasHostnameIn, isListedPod, podReference } from './pod-endpoint.ts';
import { type PodPorts, portsReader } from './pod-ports.ts';

export type EndpointSubsets = NonNullable<Endpoints['subsets']>;

/** Addresses that one Endpoints object may have. */
export const MAX_ENDPOINTS_CAPACITY = 1000;

interface Draft {
  readonly ports: readonly EndpointPort[];
  readonly addresses: EndpointAddress[];
  readonly notReadyAddresses: EndpointAddress[];
}

/** One Pod in the Endpoints of a Service. */
export interface ListedAddress {
  readonly address: EndpointAddress;
  readonly isReady: boolean;
  readonly ports: PodPorts;
}

/** Undefined for a Pod that is not in the Endpoints. */
export function listedAddress(
  service: Service,
  pod: Pod,
  portsOf: (pod: Pod) => PodPorts,
  reference?: ObjectReference,
): ListedAddress | undefined {
  const publish = service.spec.publishNotReadyAddresses === true;
  if (!isListedPod(pod, publish)) return undefined;
  const wantsIPv6 = (service.spec.clusterIP ?? '').includes(':') || service.spec.ipFamilies?.[0] === 'IPv6';
  const ip = pod.status?.podIPs?.find((entry) => entry.ip.includes(':') === wantsIPv6)?.ip ?? pod.status?.podIP;
  if (ip === undefined || ip.includes(':') !== wantsIPv6) return undefined;
  const ports = portsOf(pod);
  const hasNoPorts = (service.spec.ports ?? []).length === 0;
  if (ports.ports.length === 0 && !(hasNoPorts && service.spec.clusterIP === 'None')) return undefined;
  const address = addressOf(pod, service, ip, reference ?? podReference(pod));
  return { address, isReady: publish || isPodReady(pod), ports };
}

function addressOf(pod: Pod, service: Service, ip: string, targetRef: ObjectReference): EndpointAddress {
  const { hostname, nodeName } = pod.spec;
  // The usual one is written out: spreads in a hot path cost more than what they save.
  if (nodeName !== undefined && !hasHostnameIn(pod, service)) return { ip, nodeName, targetRef };
  return {
    ip,
    ...(hasHostnameIn(pod, service) ? { hostname: hostname as string } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef,
  };
}

/** The order of addresses in a subset. */
export function byAddress(x: EndpointAddress, y: EndpointAddress): number {
  if (x.ip !== y.ip) return x.ip < y.ip ? -1 : 1;
  const a = x.targetRef?.uid ?? '';
  const b = y.targetRef?.uid ?? '';
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The subsets for the Pods; terminating Pods are in them only with publishNotReadyAddresses. */
export function endpointSubsets(service: Service, pods: Iterable<Pod>): EndpointSubsets {
  const drafts = new Map<string, Draft>();
  const portsOf = portsReader(service);
  for (const pod of pods) {
    const listed = listedAddress(service, pod, portsOf);
    if (listed === undefined) continue;
    const { ports, key } = listed.ports;
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = { ports, addresses: [], notReadyAddresses: [] };
      drafts.set(key, draft);
    }
    (listed.isReady ? draft.addresses : draft.notReadyAddresses).push(listed.address);
  }
  const keys = [...drafts.keys()].sort();
  return keys.map((key) => {
    const { ports, addresses, notReadyAddresses } = drafts.get(key) as Draft;
    return subsetOf(shownPorts(ports), addresses.sort(byAddress), notReadyAddresses.sort(byAddress));
  });
}

/** One subset, of ports as it shows them and of addresses that are sorted. */
export function subsetOf(
  ports: readonly EndpointPort[],
  addresses: readonly EndpointAddress[],
  notReadyAddresses: readonly EndpointAddress[],
): EndpointSubsets[number] {
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

/** Unlike slices, Endpoints show no name that is empty. */
export function shownPorts(ports: readonly EndpointPort[]): readonly EndpointPort[] {
  return ports.map(({ name, port, protocol, appProtocol }) => ({
    ...(name === undefined || name === '' ? {} : { name }),
    ...(port === undefined ? {} : { port }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
}

/** At most the capacity, ready addresses before others, each subset in proportion; true when some are left out. */
export function truncated(subsets: EndpointSubsets): { readonly subsets: EndpointSubsets; readonly cut: boolean } {
  const ready = subsets.reduce((sum, subset) => sum + (subset.addresses?.length ?? 0), 0);
  const notReady = subsets.reduce((sum, subset) => sum + (subset.notReadyAddresses?.length ?? 0), 0);
  if (ready + notReady <= MAX_ENDPOINTS_CAPACITY) return { subsets, cut: false };
  let readyLeft = Math.min(ready, MAX_ENDPOINTS_CAPACITY);
  let notReadyLeft = MAX_ENDPOINTS_CAPACITY - readyLeft;
  const kept = subsets.map((subset) => {
    const { addresses = [], notReadyAddresses = [], ...rest } = subset;
    const first = addresses.slice(0, readyLeft);
    const second = notReadyAddresses.slice(0, notReadyLeft);
    readyLeft -= first.length;
    notReadyLeft -= second.length;
    return {
      ...(first.length === 0 ? {} : { addresses: first }),
      ...(second.length === 0 ? {} : { notReadyAddresses: second }),
      ...rest,
    };
  });
  return { subsets: kept, cut: true };
}
