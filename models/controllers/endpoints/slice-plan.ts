/**
 * From a Service and its Pods to the writes of EndpointSlices: which endpoints there should be, packed and hinted.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go (reconcileByAddressType), utils.go (newEndpointSlice).
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../objects/service.ts';
import { type AddressType, endpointPorts, isListedPod, podEndpoint } from './pod-endpoint.ts';
import { type EndpointGroup, endpointKey, type NewSlice, planSlices, portsKey } from './slice-packing.ts';
import { trafficDistributionOf, withTrafficHints } from './traffic-hints.ts';

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
export const SLICE_MANAGER = 'endpointslice-controller.k8s.io';
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** What a plan is made from. `existing` are the slices that the Service owns, of this address type. */
export interface SlicePlanInput {
  readonly service: Service;
  readonly pods: Iterable<Pod>;
  readonly existing: readonly EndpointSlice[];
  readonly maxEndpoints: number;
  readonly addressType: AddressType;
  readonly nodeOf: (name: string) => Node | undefined;
  /** Endpoints of Pods that have not changed since; it may be kept from one plan to the next. */
  readonly cache?: EndpointCache;
}

export interface SliceWrites {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
  /** Pods left out because their Node is not known; the caller tries again later. */
  readonly withoutNode: readonly string[];
}

/** One Pod's endpoint, its key and its ports, for one version of the Pod, its Node and the Service. */
interface CachedEndpoint {
  readonly pod: Pod;
  readonly node: Node | undefined;
  readonly endpoint: Endpoint;
  readonly key: string;
  readonly ports: EndpointGroup['ports'];
  readonly portsKey: string;
}

interface CachedPorts {
  readonly ports: EndpointGroup['ports'];
  readonly key: string;
}

/** Remembers the endpoints of one Service, so that a plan costs little for Pods that have not changed. */
export class EndpointCache {
  #spec: Service['spec'] | undefined;
  #ports = new WeakMap<object, CachedPorts>();
  readonly #byUid = new Map<string, CachedEndpoint>();

  of(pod: Pod, node: Node | undefined, service: Service, addressType: AddressType): CachedEndpoint {
    if (this.#spec !== service.spec) {
      this.#byUid.clear();
      this.#ports = new WeakMap();
      this.#spec = service.spec;
    }
    const uid = pod.metadata.uid ?? '';
    const known = this.#byUid.get(uid);
    if (known?.pod === pod && known.node === node) return known;
    const endpoint = podEndpoint(pod, node, service, addressType);
    const ports = this.#portsOf(service, pod);
    const fresh = { pod, node, endpoint, key: endpointKey(endpoint), ports: ports.ports, portsKey: ports.key };
    this.#byUid.set(uid, fresh);
    return fresh;
  }

  /** Pods of one template share their containers, and so their ports. */
  #portsOf(service: Service, pod: Pod): CachedPorts {
    const { containers } = pod.spec;
    let known = this.#ports.get(containers);
    if (known === undefined) {
      const ports = endpointPorts(service, pod);
      known = { ports, key: portsKey(ports) };
      if (pod.spec.initContainers === undefined) this.#ports.set(containers, known);
    }
    return known;
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}

interface DesiredEndpoints {
  readonly groups: Map<string, EndpointGroup>;
  readonly withoutNode: string[];
}

function desiredEndpoints(input: SlicePlanInput, cache: EndpointCache): DesiredEndpoints {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Map<string, Endpoint> }>();
  const withoutNode: string[] = [];
  for (const pod of input.pods) {
    if (!isListedPod(pod, true)) continue;
    const node = input.nodeOf(pod.spec.nodeName ?? '');
    const entry = cache.of(pod, node, input.service, input.addressType);
    let group = groups.get(entry.portsKey);
    if (group === undefined) {
      group = { ports: entry.ports, endpoints: new Map() };
      groups.set(entry.portsKey, group);
    }
    if (node === undefined && input.service.spec.publishNotReadyAddresses !== true) {
      withoutNode.push(pod.metadata.name);
      continue;
    }
    if (entry.endpoint.addresses.length > 0) group.endpoints.set(entry.key, entry.endpoint);
  }
  return { groups, withoutNode };
}

function reservedLabel(label: string): boolean {
  return label === SERVICE_NAME_LABEL || label === MANAGED_BY_LABEL || label === HEADLESS_LABEL;
}

/** The Service's labels with those by which its slices are found. */
export function sliceLabels(service: Service): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(service.metadata.labels ?? {})) {
    if (!reservedLabel(key)) labels[key] = value;
  }
  if (service.spec.clusterIP === 'None') labels[HEADLESS_LABEL] = '';
  labels[SERVICE_NAME_LABEL] = service.metadata.name;
  labels[MANAGED_BY_LABEL] = SLICE_MANAGER;
  return labels;
}

function newSlice(service: Service, addressType: AddressType, slice: NewSlice): EndpointSlice {
  const { name, namespace, uid } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: sliceLabels(service),
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Service', name, uid: uid ?? '', controller: true, blockOwnerDeletion: true },
      ],
    },
    addressType,
    endpoints: slice.endpoints,
    ports: slice.ports,
  };
}

function sameLabels(x: Readonly<Record<string, string>> | undefined, y: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(x ?? {});
  return keys.length === Object.keys(y).length && keys.every((key) => x?.[key] === y[key]);
}

/** All writes for one Service and address type. */
export function planServiceSlices(input: SlicePlanInput): SliceWrites {
  const { service, existing, addressType, maxEndpoints } = input;
  const { groups, withoutNode } = desiredEndpoints(input, input.cache ?? new EndpointCache());
  const plan = planSlices(existing, groups, maxEndpoints);
  const distribution = trafficDistributionOf(service.spec.trafficDistribution);
  const labels = sliceLabels(service);
  const finish = <S extends EndpointSlice>(slice: S): S => {
    const before = slice.endpoints ?? [];
    const endpoints = withTrafficHints(before, distribution);
    const hinted = endpoints === before ? slice : { ...slice, endpoints };
    return sameLabels(slice.metadata.labels, labels) ? hinted : { ...hinted, metadata: { ...hinted.metadata, labels } };
  };
  const touched = new Set([...plan.update, ...plan.delete].map((slice) => slice.metadata.name));
  const update = plan.update.map(finish);
  for (const slice of existing) {
    if (touched.has(slice.metadata.name)) continue;
    const finished = finish(slice);
    if (finished !== slice) update.push(finished);
  }
  const create = plan.create.map((slice) => finish(newSlice(service, addressType, slice)));
  return { create, update, delete: plan.delete, withoutNode };
}
