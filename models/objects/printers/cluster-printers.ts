/**
 * Nodes, Namespaces, Events and the small kinds as `kubectl get` shows them.
 * Source: pkg/printers/internalversion/printers.go.
 */
import type { ConfigMap, KubeEvent, Lease, Namespace, PriorityClass, ServiceAccount } from '../cluster-objects.ts';
import type { KubeObject, ResourceList } from '../meta.ts';
import type { Node } from '../node.ts';
import { formatQuantity } from '../quantity.ts';
import { quantityOf } from '../quantity-values.ts';
import { age, type Cell, column, columns, NONE, type TablePrinter, UNKNOWN } from './table.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/** Roles of a Node by its labels, in order. */
export function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX)) {
      if (key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    } else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

function nodeStatus({ spec, status }: Node): string {
  // The last condition of the type counts.
  const ready = status?.conditions?.filter(({ type }) => type === 'Ready').at(-1);
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

function nodeAddress(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? NONE;
}

export const nodePrinter: TablePrinter<Node> = {
  columns: columns(
    'Name',
    'Status',
    'Roles',
    'Age',
    'Version',
    'Internal-IP+',
    'External-IP+',
    'OS-Image+',
    'Kernel-Version+',
    'Container-Runtime+',
  ),
  row(node, now) {
    const info = node.status?.nodeInfo;
    return [
      node.metadata.name,
      nodeStatus(node),
      nodeRoles(node).join(',') || NONE,
      age(node.metadata.creationTimestamp, now),
      info?.kubeletVersion ?? '',
      nodeAddress(node, 'InternalIP'),
      nodeAddress(node, 'ExternalIP'),
      info?.osImage || UNKNOWN,
      info?.kernelVersion || UNKNOWN,
      info?.containerRuntimeVersion || UNKNOWN,
    ];
  },
};

export const namespacePrinter: TablePrinter<Namespace> = {
  columns: columns('Name', 'Status', 'Age'),
  row: ({ metadata, status }, now) => [metadata.name, status?.phase ?? '', age(metadata.creationTimestamp, now)],
};

/** Component, and the host or instance where there is one. */
function eventSource({ source, reportingComponent, reportingInstance }: KubeEvent): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

export const eventPrinter: TablePrinter<KubeEvent> = {
  columns: columns(
    'Last Seen',
    'Type',
    'Reason',
    'Object',
    'Subobject+',
    'Source+',
    'Message',
    'First Seen+',
    'Count+',
    'Name+',
  ),
  row(event, now): readonly Cell[] {
    const { involvedObject, series } = event;
    const first = age(event.firstTimestamp || event.eventTime, now);
    const last = event.lastTimestamp ? age(event.lastTimestamp, now) : first;
    const kind = (involvedObject?.kind ?? '').toLowerCase();
    return [
      series ? age(series.lastObservedTime, now) : last,
      event.type ?? '',
      event.reason ?? '',
      involvedObject?.name ? `${kind}/${involvedObject.name}` : kind,
      involvedObject?.fieldPath ?? '',
      eventSource(event),
      (event.message ?? '').trim(),
      first,
      series ? (series.count ?? 0) : event.count || 1,
      event.metadata.name,
    ];
  },
};

export const configMapPrinter: TablePrinter<ConfigMap> = {
  columns: columns('Name', 'Data', 'Age'),
  row({ metadata, data, binaryData }, now) {
    const count = Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
    return [metadata.name, count, age(metadata.creationTimestamp, now)];
  },
};

interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export const secretPrinter: TablePrinter<Secret> = {
  columns: columns('Name', 'Type', 'Data', 'Age'),
  row({ metadata, type, data }, now) {
    return [metadata.name, type ?? '', Object.keys(data ?? {}).length, age(metadata.creationTimestamp, now)];
  },
};

export const serviceAccountPrinter: TablePrinter<ServiceAccount> = {
  columns: columns('Name', 'Secrets', 'Age'),
  row: ({ metadata, secrets }, now) => [metadata.name, secrets?.length ?? 0, age(metadata.creationTimestamp, now)],
};

export const leasePrinter: TablePrinter<Lease> = {
  columns: columns('Name', 'Holder', 'Age'),
  row: ({ metadata, spec }, now) => [metadata.name, spec?.holderIdentity ?? '', age(metadata.creationTimestamp, now)],
};

interface ResourceQuota extends KubeObject {
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

export const resourceQuotaPrinter: TablePrinter<ResourceQuota> = {
  columns: columns('Name', 'Request', 'Limit', 'Age'),
  row({ metadata, status }, now) {
    const requests: string[] = [];
    const limits: string[] = [];
    for (const name of Object.keys(status?.hard ?? {}).sort()) {
      const hard = formatQuantity(quantityOf(status?.hard?.[name] ?? '0'));
      const used = formatQuantity(quantityOf(status?.used?.[name] ?? '0'));
      (name.startsWith('limits.') ? limits : requests).push(`${name}: ${used}/${hard}`);
    }
    return [metadata.name, requests.join(', '), limits.join(', '), age(metadata.creationTimestamp, now)];
  },
};

export const priorityClassPrinter: TablePrinter<PriorityClass> = {
  columns: [...columns('Name', 'Value#'), column('Global-Default', 'boolean'), ...columns('Age', 'PreemptionPolicy')],
  row({ metadata, value, globalDefault, preemptionPolicy }, now) {
    return [metadata.name, value, globalDefault ?? false, age(metadata.creationTimestamp, now), preemptionPolicy ?? ''];
  },
};
