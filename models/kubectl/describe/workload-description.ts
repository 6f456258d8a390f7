/**
 * Workloads and Services as `kubectl describe` shows them.
 * Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go.
 */
import { formatLabels, formatLabelSelector } from '../../objects/label-selector.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { shortList } from '../../objects/printers/table.ts';
import type { EndpointSlice, Service, ServicePort } from '../../objects/service.ts';
import type { DaemonSet, Deployment, ReplicaSet, ReplicationController } from '../../objects/workloads.ts';
import { podTemplateLines } from './container-description.ts';
import { annotationLines, controllerLine, labelLines, longTime, multiline } from './description.ts';

const REVISION = 'deployment.kubernetes.io/revision';

function replicaSetText({ metadata, spec, status }: ReplicaSet): string {
  return `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

function conditionLines(conditions: readonly Condition[] | undefined): string[] {
  if (!conditions?.length) return [];
  return [
    'Conditions:',
    '  Type\tStatus\tReason',
    '  ----\t------\t------',
    ...conditions.map(({ type, status, reason }) => `  ${type} \t${status}\t${reason ?? ''}`),
  ];
}

/** @param sets the ReplicaSets that the Deployment controls */
export function deploymentLines(deployment: Deployment, sets: readonly ReplicaSet[]): string[] {
  const { metadata, spec, status } = deployment;
  const revision = metadata.annotations?.[REVISION];
  const fresh = sets.find((set) => set.metadata.annotations?.[REVISION] === revision);
  const old = sets.filter((set) => set !== fresh);
  const rolling = spec.strategy?.rollingUpdate;
  const counts = [
    `${spec.replicas ?? 0} desired`,
    `${status?.updatedReplicas ?? 0} updated`,
    `${status?.replicas ?? 0} total`,
    `${status?.availableReplicas ?? 0} available`,
    `${status?.unavailableReplicas ?? 0} unavailable`,
  ];
  return [
    `Name:\t${metadata.name}`,
    `Namespace:\t${metadata.namespace ?? ''}`,
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    `Selector:\t${formatLabelSelector(spec.selector)}`,
    `Replicas:\t${counts.join(' | ')}`,
    `StrategyType:\t${spec.strategy?.type ?? ''}`,
    `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`,
    ...(rolling
      ? [`RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`]
      : []),
    ...podTemplateLines(spec.template),
    ...conditionLines(status?.conditions),
    `OldReplicaSets:\t${old.map(replicaSetText).join(', ') || '<none>'}`,
    `NewReplicaSet:\t${fresh === undefined ? '<none>' : replicaSetText(fresh)}`,
  ];
}

/** How many Pods are in which phase. */
export function podCounts(pods: readonly Pod[]): string {
  const count = (phase: string): number => pods.filter((pod) => pod.status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

/** @param pods those that the set controls */
export function replicaSetLines(set: ReplicaSet | ReplicationController, pods: readonly Pod[]): string[] {
  const { metadata, spec, status } = set;
  const selector =
    set.kind === 'ReplicaSet'
      ? formatLabelSelector((set as ReplicaSet).spec.selector)
      : formatLabels((set as ReplicationController).spec.selector);
  return [
    `Name:\t${metadata.name}`,
    `Namespace:\t${metadata.namespace ?? ''}`,
    `Selector:\t${selector}`,
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    ...controllerLine(metadata.ownerReferences),
    `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`,
    `Pods Status:\t${podCounts(pods)}`,
    ...podTemplateLines(spec.template),
    ...conditionLines(status?.conditions),
  ];
}

/** @param pods those that the set controls */
export function daemonSetLines({ metadata, spec, status }: DaemonSet, pods: readonly Pod[]): string[] {
  return [
    `Name:\t${metadata.name}`,
    `Selector:\t${formatLabelSelector(spec.selector)}`,
    `Node-Selector:\t${formatLabels(spec.template.spec.nodeSelector)}`,
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`,
    `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`,
    `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`,
    `Pods Status:\t${podCounts(pods)}`,
    ...podTemplateLines(spec.template),
  ];
}

/** Ready addresses that stand behind one port of a Service. */
function endpointsOf(port: ServicePort, slices: readonly EndpointSlice[]): string[] {
  const addresses: string[] = [];
  for (const slice of slices) {
    const behind = slice.ports?.find(({ name }) => (name ?? '') === (port.name ?? ''));
    if (behind === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue;
      for (const address of endpoint.addresses) {
        const host = address.includes(':') ? `[${address}]` : address;
        addresses.push(`${host}:${behind.port ?? ''}`);
      }
    }
  }
  return addresses;
}

function portLines(port: ServicePort, slices: readonly EndpointSlice[]): string[] {
  const { name = '<unset>', protocol = '', nodePort } = port;
  return [
    `Port:\t${name}\t${port.port}/${protocol}`,
    `TargetPort:\t${port.targetPort ?? ''}/${protocol}`,
    ...(nodePort ? [`NodePort:\t${name}\t${nodePort}/${protocol}`] : []),
    `Endpoints:\t${shortList(endpointsOf(port, slices), '')}`,
  ];
}

/** @param slices those of the Service */
export function serviceLines({ metadata, spec, status }: Service, slices: readonly EndpointSlice[]): string[] {
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(', ');
  return [
    `Name:\t${metadata.name}`,
    `Namespace:\t${metadata.namespace ?? ''}`,
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    `Selector:\t${formatLabels(spec.selector)}`,
    `Type:\t${spec.type ?? ''}`,
    ...(spec.ipFamilyPolicy ? [`IP Family Policy:\t${spec.ipFamilyPolicy}`] : []),
    ...(spec.ipFamilies?.length ? [`IP Families:\t${spec.ipFamilies.join(',')}`] : []),
    `IP:\t${spec.clusterIP ?? ''}`,
    `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`,
    ...(spec.externalIPs?.length ? [`External IPs:\t${spec.externalIPs.join(',')}`] : []),
    ...(spec.externalName ? [`External Name:\t${spec.externalName}`] : []),
    ...(ingress === '' ? [] : [`LoadBalancer Ingress:\t${ingress}`]),
    ...(spec.ports ?? []).flatMap((port) => portLines(port, slices)),
    `Session Affinity:\t${spec.sessionAffinity ?? ''}`,
    ...(spec.externalTrafficPolicy ? [`External Traffic Policy:\t${spec.externalTrafficPolicy}`] : []),
    ...(spec.internalTrafficPolicy ? [`Internal Traffic Policy:\t${spec.internalTrafficPolicy}`] : []),
  ];
}

/** Kinds without a description of their own: names, labels and annotations. */
export function plainLines({ metadata, kind, apiVersion }: KubeObject): string[] {
  return [
    `Name:\t${metadata.name}`,
    ...(metadata.namespace ? [`Namespace:\t${metadata.namespace}`] : []),
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    `API Version:\t${apiVersion}`,
    `Kind:\t${kind}`,
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...multiline('Finalizers', metadata.finalizers ?? []),
  ];
}
