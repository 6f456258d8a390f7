/**
 * One Pod as an endpoint of one Service: whether it is listed, under which addresses, conditions and ports.
 * Source: staging/src/k8s.io/endpointslice/utils.go, staging/src/k8s.io/endpointslice/util/controller_utils.go,
 * pkg/api/v1/pod/util.go (FindPort).
 */
import type { Node } from '../../objects/node.ts';
import type { Container, Pod } from '../../objects/pod.ts';
import type { Endpoint, EndpointPort, ObjectReference, Service, ServicePort } from '../../objects/service.ts';
import { canonicalIPv6 } from './ip-address.ts';
import { isPodReady, isPodTerminal } from '../pod-facts.ts';

export type AddressType = 'IPv4' | 'IPv6';

export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** A Pod that is finished or has no address is not listed; one that terminates is, until it is gone, if asked for. */
export function isListedPod(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod)) return false;
  const hasAddress = (pod.status?.podIP ?? '') !== '' || (pod.status?.podIPs?.length ?? 0) > 0;
  return hasAddress && (includeTerminating || pod.metadata.deletionTimestamp === undefined);
}

/** The Pod's name in DNS belongs to this Service. */
export function hasHostnameIn(pod: Pod, service: Service): boolean {
  const hostname = pod.spec.hostname ?? '';
  return (
    hostname !== '' &&
    pod.spec.subdomain === service.metadata.name &&
    pod.metadata.namespace === service.metadata.namespace
  );
}

function addressesOf(pod: Pod, addressType: AddressType): string[] {
  let addresses: string[] | undefined;
  for (const { ip } of pod.status?.podIPs ?? []) {
    if (ip === '' || ip.includes(':') !== (addressType === 'IPv6')) continue;
    const address = addressType === 'IPv6' ? canonicalIPv6(ip) : ip;
    // Most Pods have one: a list that is not pushed to has no room for more.
    if (addresses === undefined) addresses = [address];
    else addresses.push(address);
  }
  return addresses ?? [];
}

/** The endpoint without hints. With publishNotReadyAddresses it always says that it is ready. */
export function podEndpoint(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addressType: AddressType,
  reference: ObjectReference = podReference(pod),
): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const nodeName = pod.spec.nodeName ?? '';
  const zone = node?.metadata.labels?.[ZONE_LABEL] ?? '';
  const endpoint: Draft<Endpoint> = {
    addresses: addressesOf(pod, addressType),
    conditions: conditionsOf(ready, serving, terminating),
  };
  if (hasHostnameIn(pod, service)) endpoint.hostname = pod.spec.hostname as string;
  endpoint.targetRef = reference;
  if (nodeName !== '') endpoint.nodeName = nodeName;
  if (zone !== '') endpoint.zone = zone;
  return endpoint;
}

/** An object while it is made: a hot path, so fields are set rather than spread. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** All endpoints in the same state share one object. */
const CONDITIONS = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  ready: (bits & 4) !== 0,
  serving: (bits & 2) !== 0,
  terminating: (bits & 1) !== 0,
}));

function conditionsOf(ready: boolean, serving: boolean, terminating: boolean): (typeof CONDITIONS)[number] {
  const bits = (ready ? 4 : 0) + (serving ? 2 : 0) + (terminating ? 1 : 0);
  return CONDITIONS[bits] as (typeof CONDITIONS)[number];
}

/** How an endpoint refers to its Pod. */
export function podReference(pod: Pod): ObjectReference {
  const reference: Draft<ObjectReference> = { kind: 'Pod' };
  if (pod.metadata.namespace !== undefined) reference.namespace = pod.metadata.namespace;
  reference.name = pod.metadata.name;
  if (pod.metadata.uid !== undefined) reference.uid = pod.metadata.uid;
  return reference;
}

function namedPort(containers: readonly Container[], name: string, protocol: string): number | undefined {
  for (const container of containers) {
    for (const port of container.ports ?? []) {
      if (port.name === name && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
    }
  }
  return undefined;
}

/** The number of the Pod's port that a Service port targets; undefined when the Pod has no port of that name. */
export function targetPortNumber(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? 0;
  if (typeof target === 'number') return target;
  const protocol = port.protocol ?? 'TCP';
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return namedPort(pod.spec.containers ?? [], target, protocol) ?? namedPort(sidecars, target, protocol);
}

/** The ports of a Service as this Pod has them. Those that it does not have are left out. */
export function endpointPorts(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = targetPortNumber(pod, port);
    if (number === undefined) continue;
    ports.push({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      port: number,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return ports;
}
