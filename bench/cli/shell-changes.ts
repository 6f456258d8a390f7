/**
 * What a write to the API server's store changed, in words, and which component writes such a change. The store does not keep who
 * asked; the kind and the changed part tell it.
 */
import type { StoredChange } from '../../models/apiserver/registry.ts';
import type { Condition, KubeObject } from '../../models/objects/meta.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { EndpointSlice, Service } from '../../models/objects/service.ts';
import type { Deployment, ReplicaSet } from '../../models/objects/workloads.ts';

type Parts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** Controllers by the kind whose status, or whose children, they write. */
const CONTROLLERS: Readonly<Record<string, string | undefined>> = {
  Deployment: 'deployment-controller',
  ReplicaSet: 'replicaset-controller',
  ReplicationController: 'replication-controller',
  DaemonSet: 'daemonset-controller',
  Namespace: 'namespace-controller',
  Service: 'endpointslice-controller',
};

function specChanged({ old, current }: StoredChange): boolean {
  return (old as Parts | undefined)?.spec !== (current as Parts | undefined)?.spec;
}

/** The component that writes a change of this kind. */
export function writerOf(change: StoredChange): string {
  const { old, current, last } = change;
  const object = (current ?? last) as Parts;
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller);
  if (object.kind === 'EndpointSlice') return 'endpointslice-controller';
  if (object.kind === 'Endpoints') return 'endpoints-controller';
  if (object.kind === 'Pod') {
    if (old === undefined) return CONTROLLERS[owner?.kind ?? ''] ?? 'kubectl';
    if (current === undefined) return 'kubelet';
    if ((old as Pod).spec.nodeName !== (current as Pod).spec.nodeName) return 'scheduler';
    if (old.metadata.deletionTimestamp === undefined && current.metadata.deletionTimestamp !== undefined) {
      return CONTROLLERS[owner?.kind ?? ''] ?? 'kubectl';
    }
    return (current as Pod).spec.nodeName ? 'kubelet' : 'scheduler';
  }
  if (owner !== undefined && (old === undefined || current === undefined || specChanged(change))) {
    return CONTROLLERS[owner.kind] ?? 'controller';
  }
  if (old === undefined || current === undefined || specChanged(change)) return 'kubectl';
  return CONTROLLERS[object.kind] ?? 'kubectl';
}

function createdText(object: KubeObject): string {
  switch (object.kind) {
    case 'Deployment':
    case 'ReplicaSet':
      return `created with ${(object as Deployment).spec.replicas} replicas`;
    case 'Service': {
      const { type, clusterIP, ports } = (object as Service).spec;
      return `created: ${type} ${clusterIP ?? ''} ${(ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`).join(',')}`;
    }
    case 'EndpointSlice':
      return `created: ${endpointText(object as EndpointSlice)}`;
    default:
      return 'created';
  }
}

function endpointText({ endpoints }: EndpointSlice): string {
  const list = (endpoints ?? []).map(({ addresses, conditions }) => {
    const state = conditions?.ready === false ? ' (not ready)' : '';
    return `${addresses.join(',')}${state}`;
  });
  return list.length === 0 ? 'no endpoints' : `endpoints ${list.join(', ')}`;
}

function conditionsText(before: readonly Condition[] | undefined, after: readonly Condition[] | undefined): string[] {
  return (after ?? []).flatMap(({ type, status, reason }) => {
    const old = before?.find((condition) => condition.type === type);
    if (old?.status === status && old.reason === reason) return [];
    return [`${type}=${status}${reason ? ` (${reason})` : ''}`];
  });
}

function podText(old: Pod, next: Pod): string[] {
  const found: string[] = [];
  if (old.spec.nodeName !== next.spec.nodeName) found.push(`bound to ${next.spec.nodeName}`);
  if (old.metadata.deletionTimestamp === undefined && next.metadata.deletionTimestamp !== undefined) {
    found.push(`is being deleted, grace ${next.metadata.deletionGracePeriodSeconds ?? 0} s`);
  }
  if (old.status?.phase !== next.status?.phase) found.push(`phase ${next.status?.phase}`);
  if (old.status?.podIP !== next.status?.podIP && next.status?.podIP) found.push(`address ${next.status.podIP}`);
  found.push(...conditionsText(old.status?.conditions, next.status?.conditions));
  return found;
}

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;

function workloadText(old: Deployment | ReplicaSet, next: Deployment | ReplicaSet): string[] {
  const found: string[] = [];
  if (old.spec.replicas !== next.spec.replicas) found.push(`scaled from ${old.spec.replicas} to ${next.spec.replicas}`);
  if (old.spec.template !== next.spec.template) found.push('new template');
  const before = (old.status ?? {}) as Readonly<Record<string, unknown>>;
  const after = (next.status ?? {}) as Readonly<Record<string, unknown>>;
  const counts = COUNTS.filter((name) => (before[name] ?? 0) !== (after[name] ?? 0));
  if (counts.length > 0) found.push(`status ${counts.map((name) => `${name}=${String(after[name] ?? 0)}`).join(' ')}`);
  found.push(...conditionsText(old.status?.conditions, next.status?.conditions));
  return found;
}

/** The change in words; undefined when it says nothing worth a line. */
export function changeText({ old, current }: StoredChange): string | undefined {
  if (current === undefined) return 'deleted';
  if (old === undefined) return createdText(current);
  switch (current.kind) {
    case 'Pod':
      return podText(old as Pod, current as Pod).join(', ') || undefined;
    case 'Deployment':
    case 'ReplicaSet':
      return workloadText(old as Deployment, current as Deployment).join(', ') || undefined;
    case 'EndpointSlice':
      return endpointText(current as EndpointSlice);
    default:
      return (old as Parts).spec === (current as Parts).spec ? undefined : 'changed';
  }
}
