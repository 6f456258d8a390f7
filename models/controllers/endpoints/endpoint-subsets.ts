/**
 * The legacy Endpoints of a Service: addresses grouped by the ports that they share.
 * Source: pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go (RepackSubsets).
 */
import type { Pod } from '../../objects/pod.ts';
import type { EndpointAddress, EndpointPort, Endpoints, Service } from '../../objects/service.ts';
import { isPodReady } from '../pod-facts.ts';
import { endpointPorts, hasHostnameIn, isListedPod, podReference } from './pod-endpoint.ts';
import { portsKey } from './slice-packing.ts';

export type EndpointSubsets = NonNullable<Endpoints['subsets']>;

/** Addresses that one Endpoints object may have. */
export const MAX_ENDPOINTS_CAPACITY = 1000;

interface Draft {
  readonly ports: readonly EndpointPort[];
  readonly addresses: EndpointAddress[];
  readonly notReadyAddresses: EndpointAddress[];
}

function addressOf(pod: Pod, service: Service, ip: string): EndpointAddress {
  return {
    ip,
    ...(hasHostnameIn(pod, service) ? { hostname: pod.spec.hostname as string } : {}),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: podReference(pod),
  };
}

function byAddress(x: EndpointAddress, y: EndpointAddress): number {
  if (x.ip !== y.ip) return x.ip < y.ip ? -1 : 1;
  const a = x.targetRef?.uid ?? '';
  const b = y.targetRef?.uid ?? '';
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The subsets for the Pods; terminating Pods are in them only with publishNotReadyAddresses. */
export function endpointSubsets(service: Service, pods: Iterable<Pod>): EndpointSubsets {
  const publish = service.spec.publishNotReadyAddresses === true;
  const wantsIPv6 = (service.spec.clusterIP ?? '').includes(':') || service.spec.ipFamilies?.[0] === 'IPv6';
  const drafts = new Map<string, Draft>();
  const byContainers = new Map<object, { readonly ports: readonly EndpointPort[]; readonly key: string }>();
  for (const pod of pods) {
    if (!isListedPod(pod, publish)) continue;
    const ip = pod.status?.podIPs?.find((entry) => entry.ip.includes(':') === wantsIPv6)?.ip ?? pod.status?.podIP;
    if (ip === undefined || ip.includes(':') !== wantsIPv6) continue;
    // Pods of one template share their containers, and so their ports.
    let known = pod.spec.initContainers === undefined ? byContainers.get(pod.spec.containers) : undefined;
    if (known === undefined) {
      const fresh = endpointPorts(service, pod);
      known = { ports: fresh, key: portsKey(fresh) };
      byContainers.set(pod.spec.containers, known);
    }
    const { ports, key } = known;
    const hasNoPorts = (service.spec.ports ?? []).length === 0;
    if (ports.length === 0 && !(hasNoPorts && service.spec.clusterIP === 'None')) continue;
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = { ports, addresses: [], notReadyAddresses: [] };
      drafts.set(key, draft);
    }
    const list = publish || isPodReady(pod) ? draft.addresses : draft.notReadyAddresses;
    list.push(addressOf(pod, service, ip));
  }
  const keys = [...drafts.keys()].sort();
  return keys.map((key) => finished(drafts.get(key) as Draft));
}

function finished({ ports, addresses, notReadyAddresses }: Draft): EndpointSubsets[number] {
  return {
    ...(addresses.length === 0 ? {} : { addresses: addresses.sort(byAddress) }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses: notReadyAddresses.sort(byAddress) }),
    ...(ports.length === 0
      ? {}
      : {
          ports: ports.map(({ name, port, protocol, appProtocol }) => ({
            ...(name === undefined || name === '' ? {} : { name }),
            ...(port === undefined ? {} : { port }),
            ...(protocol === undefined ? {} : { protocol }),
            ...(appProtocol === undefined ? {} : { appProtocol }),
          })),
        }),
  };
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
