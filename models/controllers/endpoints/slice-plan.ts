/**
 * From a Service and its Pods to the writes of EndpointSlices: which endpoints there should be, packed and hinted.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go (reconcileByAddressType), utils.go (newEndpointSlice).
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../objects/service.ts';
import { type AddressType, isListedPod, podEndpoint } from './pod-endpoint.ts';
import { portsReader } from './pod-ports.ts';
import { type EndpointGroup, endpointKey, type NewSlice, planSlices } from './slice-packing.ts';
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
}

export interface SliceWrites {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
  /** Pods left out because their Node is not known; the caller tries again later. */
  readonly withoutNode: readonly string[];
}

/** The endpoints that there should be. */
export interface DesiredEndpoints {
  readonly groups: ReadonlyMap<string, EndpointGroup>;
  readonly withoutNode: readonly string[];
  /** Whether the Node of each Pod that is listed is known. */
  readonly allNodesKnown: boolean;
}

export function desiredEndpoints({ service, pods, addressType, nodeOf }: SlicePlanInput): DesiredEndpoints {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Map<string, Endpoint> }>();
  const portsOf = portsReader(service);
  const withoutNode: string[] = [];
  let allNodesKnown = true;
  for (const pod of pods) {
    if (!isListedPod(pod, true)) continue;
    const { ports, key } = portsOf(pod);
    let group = groups.get(key);
    if (group === undefined) {
      group = { ports, endpoints: new Map() };
      groups.set(key, group);
    }
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (node === undefined) allNodesKnown = false;
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      withoutNode.push(pod.metadata.name);
      continue;
    }
    const endpoint = podEndpoint(pod, node, service, addressType);
    if (endpoint.addresses.length > 0) group.endpoints.set(endpointKey(endpoint), endpoint);
  }
  return { groups, withoutNode, allNodesKnown };
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

export function newSlice(service: Service, addressType: AddressType, slice: NewSlice): EndpointSlice {
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

export function sameLabels(
  x: Readonly<Record<string, string>> | undefined,
  y: Readonly<Record<string, string>>,
): boolean {
  if (x === y) return true;
  const keys = Object.keys(x ?? {});
  return keys.length === Object.keys(y).length && keys.every((key) => x?.[key] === y[key]);
}

/** All writes for one Service and address type. */
export function planServiceSlices(input: SlicePlanInput): SliceWrites {
  return writesFor(desiredEndpoints(input), input);
}

/** The writes that make the existing slices hold the endpoints that there should be. */
export function writesFor({ groups, withoutNode }: DesiredEndpoints, input: SlicePlanInput): SliceWrites {
  const { service, existing, addressType, maxEndpoints } = input;
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
