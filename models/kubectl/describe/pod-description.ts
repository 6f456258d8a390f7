/**
 * A Pod as `kubectl describe` shows it.
 * Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go (describePod).
 */
import { humanDuration } from '../../objects/duration-text.ts';
import type { Pod } from '../../objects/pod.ts';
import { qosOf } from '../../objects/quality-of-service.ts';
import { timestampToSeconds } from '../../objects/timestamp.ts';
import { containersLines, tolerationLines, volumeLines } from './container-description.ts';
import { annotationLines, controllerLine, labelLines, longTime, multiline } from './description.ts';

function statusLines({ metadata, status }: Pod, nowSeconds: number): string[] {
  const deleted = metadata.deletionTimestamp;
  const lines = deleted
    ? [
        `Status:\tTerminating (lasts ${humanDuration(Math.floor(nowSeconds - timestampToSeconds(deleted)))})`,
        `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`,
      ]
    : [`Status:\t${status?.phase ?? ''}`];
  if (status?.reason) lines.push(`Reason:\t${status.reason}`);
  if (status?.message) lines.push(`Message:\t${status.message}`);
  return lines;
}

function addressLines({ status }: Pod): string[] {
  const addresses = status?.podIPs ?? [];
  const lines = [`IP:\t${status?.podIP ?? ''}`];
  if (addresses.length === 0) return [...lines, 'IPs:\t<none>'];
  return [...lines, 'IPs:', ...addresses.map(({ ip }) => `  IP:\t${ip}`)];
}

function conditionLines({ status }: Pod): string[] {
  if (!status?.conditions?.length) return [];
  return [
    'Conditions:',
    '  Type\tStatus',
    ...status.conditions.map(({ type, status: value }) => `  ${type} \t${value} `),
  ];
}

function spreadLines({ spec }: Pod): string[] {
  const constraints = spec.topologySpreadConstraints ?? [];
  if (constraints.length === 0) return [];
  const texts = constraints.map(
    ({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) =>
      `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded for selector ${Object.entries(
        labelSelector?.matchLabels ?? {},
      )
        .map(([key, value]) => `${key}=${value}`)
        .join(',')}`,
  );
  return multiline('Topology Spread Constraints', texts);
}

export function podLines(pod: Pod, nowSeconds: number): string[] {
  const { metadata, spec, status } = pod;
  const node = spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>';
  return [
    `Name:\t${metadata.name}`,
    `Namespace:\t${metadata.namespace ?? ''}`,
    ...(spec.priority === undefined ? [] : [`Priority:\t${spec.priority}`]),
    ...(spec.priorityClassName ? [`Priority Class Name:\t${spec.priorityClassName}`] : []),
    `Service Account:\t${spec.serviceAccountName ?? ''}`,
    `Node:\t${node}`,
    ...(status?.startTime ? [`Start Time:\t${longTime(status.startTime)}`] : []),
    ...labelLines('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
    ...statusLines(pod, nowSeconds),
    ...addressLines(pod),
    ...controllerLine(metadata.ownerReferences),
    ...(status?.nominatedNodeName ? [`NominatedNodeName:\t${status.nominatedNodeName}`] : []),
    ...containersLines('Init Containers', spec.initContainers, status?.initContainerStatuses),
    ...containersLines('Containers', spec.containers, status?.containerStatuses),
    ...conditionLines(pod),
    ...volumeLines(spec.volumes),
    `QoS Class:\t${qosOf(pod)}`,
    ...labelLines('Node-Selectors', spec.nodeSelector),
    ...tolerationLines(spec.tolerations),
    ...spreadLines(pod),
  ];
}
