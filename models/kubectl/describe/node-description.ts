/**
 * A Node as `kubectl describe` shows it, with its Pods and what they have been promised.
 * Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go (describeNode, describeNodeResource).
 */
import type { Lease } from '../../objects/cluster-objects.ts';
import type { ResourceList } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { podLimits, podRequests, type ResourceAmounts } from '../../objects/pod-resources.ts';
import { nodeRoles } from '../../objects/printers/cluster-printers.ts';
import { age } from '../../objects/printers/table.ts';
import { addQuantities, formatQuantity, type Quantity, scaledValue, ZERO_QUANTITY } from '../../objects/quantity.ts';
import { quantityOf } from '../../objects/quantity-values.ts';
import { annotationLines, labelLines, longTime, multiline } from './description.ts';

const MILLI = -3;

/** An amount, and its share of what the Node can give. */
function share(amount: Quantity | undefined, allocatable: Quantity | undefined): string {
  const part = amount ?? ZERO_QUANTITY;
  const whole = allocatable === undefined ? 0n : scaledValue(allocatable, MILLI);
  const percent = whole === 0n ? 0 : Math.trunc((Number(scaledValue(part, MILLI)) / Number(whole)) * 100);
  return `${formatQuantity(part)} (${percent}%)`;
}

function amountLines(title: string, list: ResourceList | undefined): string[] {
  const names = Object.keys(list ?? {}).sort();
  return names.length === 0 ? [] : [`${title}:`, ...names.map((name) => `  ${name}:\t${(list as ResourceList)[name]}`)];
}

function leaseLines(lease: Lease | undefined): string[] {
  if (lease === undefined) return [];
  return [
    'Lease:',
    `  HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`,
    `  AcquireTime:\t${longTime(lease.spec?.acquireTime)}`,
    `  RenewTime:\t${longTime(lease.spec?.renewTime)}`,
  ];
}

function conditionLines({ status }: Node): string[] {
  if (!status?.conditions?.length) return [];
  return [
    'Conditions:',
    '  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t-----------------\t------------------\t------\t-------',
    ...status.conditions.map(
      ({ type, status: value, lastHeartbeatTime, lastTransitionTime, reason, message }) =>
        `  ${type} \t${value} \t${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)} \t${reason ?? ''} \t${message ?? ''}`,
    ),
  ];
}

function systemLines({ status, spec }: Node): string[] {
  const info = (status?.nodeInfo ?? {}) as Readonly<Record<string, string | undefined>>;
  const fields: [string, string][] = [
    ['Machine ID', 'machineID'],
    ['System UUID', 'systemUUID'],
    ['Boot ID', 'bootID'],
    ['Kernel Version', 'kernelVersion'],
    ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'],
    ['Architecture', 'architecture'],
    ['Container Runtime Version', 'containerRuntimeVersion'],
    ['Kubelet Version', 'kubeletVersion'],
    ['Kube-Proxy Version', 'kubeProxyVersion'],
  ];
  return [
    'System Info:',
    ...fields.map(([title, name]) => `  ${title}:\t${info[name] ?? ''}`),
    ...(spec?.podCIDR ? [`PodCIDR:\t${spec.podCIDR}`] : []),
    ...(spec?.podCIDRs?.length ? [`PodCIDRs:\t${spec.podCIDRs.join(',')}`] : []),
    ...(spec?.providerID ? [`ProviderID:\t${spec.providerID}`] : []),
  ];
}

function podRows(pods: readonly Pod[], allocatable: ReadonlyMap<string, Quantity>, nowSeconds: number): string[] {
  return [
    `Non-terminated Pods:\t(${pods.length} in total)`,
    '  Namespace\tName\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge',
    '  ---------\t----\t------------\t----------\t---------------\t-------------\t---',
    ...pods.map((pod) => {
      const requests = podRequests(pod);
      const limits = podLimits(pod);
      const cells = ['cpu', 'memory'].flatMap((name) => [
        share(requests.get(name), allocatable.get(name)),
        share(limits.get(name), allocatable.get(name)),
      ]);
      const { namespace, name, creationTimestamp } = pod.metadata;
      return `  ${namespace}\t${name}\t${cells.join('\t')}\t${age(creationTimestamp, nowSeconds)}`;
    }),
  ];
}

function total(lists: readonly ResourceAmounts[]): Map<string, Quantity> {
  const sum = new Map<string, Quantity>();
  for (const list of lists) {
    for (const [name, amount] of list) {
      const known = sum.get(name);
      sum.set(name, known === undefined ? amount : addQuantities(known, amount));
    }
  }
  return sum;
}

const FIRST = ['cpu', 'memory', 'ephemeral-storage'];

function allocatedRows(pods: readonly Pod[], allocatable: ReadonlyMap<string, Quantity>): string[] {
  const requests = total(pods.map((pod) => podRequests(pod)));
  const limits = total(pods.map((pod) => podLimits(pod)));
  const others = [...allocatable.keys()].filter((name) => !FIRST.includes(name) && name !== 'pods').sort();
  return [
    'Allocated resources:',
    '  (Total limits may be over 100 percent, i.e., overcommitted.)',
    '  Resource\tRequests\tLimits',
    '  --------\t--------\t------',
    ...[...FIRST, ...others].map((name) => {
      const isPieces = !FIRST.includes(name) && !name.startsWith('hugepages-');
      const [requested, limited] = [requests.get(name), limits.get(name)];
      if (isPieces)
        return `  ${name}\t${formatQuantity(requested ?? ZERO_QUANTITY)}\t${formatQuantity(limited ?? ZERO_QUANTITY)}`;
      return `  ${name}\t${share(requested, allocatable.get(name))}\t${share(limited, allocatable.get(name))}`;
    }),
  ];
}

/** @param pods those of the Node that are not at their end */
export function nodeLines(node: Node, pods: readonly Pod[], lease: Lease | undefined, nowSeconds: number): string[] {
  const { metadata, spec, status } = node;
  const allocatable = new Map(
    Object.entries(status?.allocatable ?? status?.capacity ?? {}).map(([name, text]) => [name, quantityOf(text)]),
  );
  const taints = (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  return [
    `Name:\t${metadata.name}`,
    `Roles:\t${nodeRoles(node).join(',') || '<none>'}`,
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...multiline('Taints', taints.sort()),
    `Unschedulable:\t${spec?.unschedulable ?? false}`,
    ...leaseLines(lease),
    ...conditionLines(node),
    ...(status?.addresses?.length
      ? ['Addresses:', ...status.addresses.map(({ type, address }) => `  ${type}:\t${address}`)]
      : []),
    ...amountLines('Capacity', status?.capacity),
    ...amountLines('Allocatable', status?.allocatable),
    ...systemLines(node),
    ...podRows(pods, allocatable, nowSeconds),
    ...allocatedRows(pods, allocatable),
  ];
}
