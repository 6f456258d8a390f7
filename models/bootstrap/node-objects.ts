/**
 * Node objects of the groups that a specification describes, and what Nodes given as manifests lack to be run.
 * Source: pkg/kubelet/kubelet_node_status.go (labels), pkg/kubelet/cm/node_container_manager_linux.go and
 * pkg/kubelet/eviction/defaults_linux.go (allocatable).
 */
import type { NodeGroup } from '../cluster-spec.ts';
import { formatAddress, parseSubnet } from '../kubelet/address-pool.ts';
import type { RuntimeProfile } from '../kubelet/runtime-profile.ts';
import { copyOf } from '../objects/field-layout.ts';
import type { Labels, ResourceList } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { updatedStatus } from '../objects/object-copies.ts';
import { resourceAmount } from '../scheduler/queue/object-rules.ts';

/** Assumed machine of a group that says nothing. */
export const DEFAULT_CAPACITY: ResourceList = {
  cpu: '4',
  'ephemeral-storage': '100Gi',
  memory: '16Gi',
  pods: '110',
};

export const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';
export const CONTROL_PLANE_TAINT = { key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' } as const;
export const CONTROL_PLANE_LABELS: Labels = {
  [CONTROL_PLANE_LABEL]: '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
};

export const KUBERNETES_VERSION = 'v1.34.0';

/** The machines' own network; big enough for any cluster here, apart from Pod and Service networks. */
const HOST_NETWORK = parseSubnet('172.16.0.0/12').network;

const MIB = 1_048_576;
/** memory.available < 100Mi. */
const EVICTION_MEMORY_BYTES = 100 * MIB;
/** nodefs.available < 10 %. */
const EVICTION_STORAGE_SHARE = 0.1;

/** Capacity less the default hard eviction thresholds; nothing else is reserved. */
export function allocatableOf(capacity: ResourceList): ResourceList {
  const allocatable: Record<string, string | number> = { ...capacity };
  if (capacity.memory !== undefined) {
    const bytes = resourceAmount('memory', capacity.memory) - EVICTION_MEMORY_BYTES;
    allocatable.memory = `${Math.max(0, Math.floor(bytes / 1024))}Ki`;
  }
  if (capacity['ephemeral-storage'] !== undefined) {
    const bytes = resourceAmount('ephemeral-storage', capacity['ephemeral-storage']);
    allocatable['ephemeral-storage'] = `${Math.floor(bytes * (1 - EVICTION_STORAGE_SHARE))}`;
  }
  return allocatable;
}

/** The address of machine number `index` (from 0). */
export function hostAddress(index: number): string {
  return formatAddress(HOST_NETWORK + 256 + index + 2);
}

/** One Node of a cluster to be, with what the composition root needs to know of it. */
export interface PlannedNode {
  readonly node: Node;
  readonly controlPlane: boolean;
  /** Undefined: not said. */
  readonly joinAtSeconds: number | undefined;
}

/** What every kubelet says of its machine. */
export function standardLabels(name: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** Set one by one: spreads would give the labels of every other Node a hidden class of their own, and all that read them be slow. */
function groupLabels(group: NodeGroup, name: string, index: number): Labels {
  const labels: Record<string, string> = standardLabels(name);
  if (group.region !== undefined) labels['topology.kubernetes.io/region'] = group.region;
  const zone = group.zones?.[index % group.zones.length];
  if (zone !== undefined) labels['topology.kubernetes.io/zone'] = zone;
  for (const key in group.labels) labels[key] = group.labels[key] as string;
  return labels;
}

function nodeName(group: NodeGroup, groupIndex: number, index: number): string {
  if (group.names !== undefined) {
    if (group.names.length !== group.count) {
      throw new RangeError(
        `nodeGroups[${groupIndex}] has ${group.names.length} names and count ${group.count}; both must be equal`,
      );
    }
    return group.names[index] as string;
  }
  return `${group.namePrefix ?? (group.controlPlane ? 'control-plane-' : 'node-')}${index}`;
}

/** The Nodes of one group. `firstIndex`: machines numbered so far. */
export function nodesOfGroup(
  group: NodeGroup,
  groupIndex: number,
  firstIndex: number,
  runtime: RuntimeProfile,
): PlannedNode[] {
  if (!Number.isSafeInteger(group.count) || group.count < 0) {
    throw new RangeError(`nodeGroups[${groupIndex}].count is ${group.count}; accepted are whole numbers from 0`);
  }
  const capacity = group.capacity ?? DEFAULT_CAPACITY;
  const allocatable = group.allocatable ?? allocatableOf(capacity);
  const nodeInfo = {
    architecture: 'amd64',
    containerRuntimeVersion: runtime.version,
    kernelVersion: '6.8.0-60-generic',
    kubeletVersion: KUBERNETES_VERSION,
    operatingSystem: 'linux',
    osImage: 'Ubuntu 24.04.2 LTS',
  };
  const nodes: PlannedNode[] = [];
  for (let index = 0; index < group.count; index++) {
    const name = nodeName(group, groupIndex, index);
    const address = hostAddress(firstIndex + index);
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: groupLabels(group, name, index),
        ...(group.annotations === undefined ? {} : { annotations: group.annotations }),
      },
      spec: {
        ...(group.taints === undefined ? {} : { taints: group.taints }),
        ...(group.unschedulable === true ? { unschedulable: true } : {}),
      },
      status: {
        capacity,
        allocatable,
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        nodeInfo,
      },
    };
    nodes.push({ node, controlPlane: group.controlPlane ?? false, joinAtSeconds: group.joinAtSeconds });
  }
  return nodes;
}

/** A Node given as a manifest: what the manifest says stays, an address is added where it has none. */
export function plannedManifest(node: Node, index: number): PlannedNode {
  const controlPlane = node.metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined;
  const hasAddress = node.status?.addresses?.some(({ type }) => type === 'InternalIP') === true;
  if (hasAddress) return { node, controlPlane, joinAtSeconds: undefined };
  const addresses = [...(node.status?.addresses ?? []), { type: 'InternalIP', address: hostAddress(index) }];
  const status = copyOf(node.status ?? {});
  status.capacity ??= status.allocatable ?? DEFAULT_CAPACITY;
  status.allocatable ??= allocatableOf(status.capacity);
  status.addresses = addresses;
  return { node: updatedStatus(node, status), controlPlane, joinAtSeconds: undefined };
}

/** The smallest network that has a subnet for each Node: flannel's default, or a larger one for more than 255 Nodes. */
export function podCidrFor(nodeCount: number, given: string | undefined): string {
  if (given !== undefined) return given;
  return nodeCount <= 255 ? '10.244.0.0/16' : '100.64.0.0/10';
}

/** The length of a Node's subnet: 24, or longer where the network has not enough of those. */
export function nodeMaskFor(nodeCount: number, podCidr: string): number {
  const { prefixLength } = parseSubnet(podCidr);
  let mask = Math.max(24, prefixLength);
  while (2 ** (mask - prefixLength) < nodeCount && mask < 28) mask++;
  if (2 ** (mask - prefixLength) < nodeCount) {
    throw new RangeError(`the Pod network ${podCidr} has no room for ${nodeCount} Nodes; give a larger one`);
  }
  return mask;
}

/** Subnet number `index` of the Pod network. */
export function nodeSubnet(podCidr: string, mask: number, index: number): string {
  return `${formatAddress(parseSubnet(podCidr).network + index * 2 ** (32 - mask))}/${mask}`;
}
