/**
 * Containers and Pod templates as `kubectl describe` shows them.
 * Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go (describeContainers, DescribePodTemplate).
 */
import type { ResourceList } from '../../objects/meta.ts';
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  PodTemplateSpec,
  Probe,
  Toleration,
  Volume,
} from '../../objects/pod.ts';
import { annotationLines, labelLines, longTime, multiline } from './description.ts';

function portLine(title: string, ports: readonly ContainerPort[], number: (port: ContainerPort) => number): string {
  const text = ports.map((port) => `${number(port)}/${port.protocol ?? 'TCP'}`).join(', ');
  return `${title}${ports.length > 1 ? 's' : ''}:\t${text || '<none>'}`;
}

function stateLines(title: string, state: ContainerState | undefined): string[] {
  if (state?.running) return [`    ${title}:\tRunning`, `      Started:\t${longTime(state.running.startedAt)}`];
  if (state?.waiting) {
    const { reason, message } = state.waiting;
    return [
      `    ${title}:\tWaiting`,
      ...(reason ? [`      Reason:\t${reason}`] : []),
      ...(message ? [`      Message:\t${message}`] : []),
    ];
  }
  if (state?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated;
    return [
      `    ${title}:\tTerminated`,
      ...(reason ? [`      Reason:\t${reason}`] : []),
      ...(message ? [`      Message:\t${message}`] : []),
      `      Exit Code:\t${exitCode}`,
      ...(signal ? [`      Signal:\t${signal}`] : []),
      `      Started:\t${longTime(startedAt)}`,
      `      Finished:\t${longTime(finishedAt)}`,
    ];
  }
  return [`    ${title}:\tWaiting`];
}

function amountLines(title: string, list: ResourceList | undefined): string[] {
  const names = Object.keys(list ?? {}).sort();
  if (names.length === 0) return [];
  return [`    ${title}:`, ...names.map((name) => `      ${name}:\t${(list as ResourceList)[name]}`)];
}

/** What a probe does and how often. */
export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0 } = probe;
  const rhythm = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${rhythm}`;
  if (probe.httpGet) {
    const { scheme = '', host = '', port, path = '' } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path} ${rhythm}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${rhythm}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${rhythm}`;
  return `unknown ${rhythm}`;
}

function probeLines(container: Container): string[] {
  const probes: [string, Probe | undefined][] = [
    ['Liveness', container.livenessProbe],
    ['Readiness', container.readinessProbe],
    ['Startup', container.startupProbe],
  ];
  return probes.flatMap(([title, probe]) => (probe ? [`    ${title}:\t${probeText(probe)}`] : []));
}

function environmentLines({ env = [] }: Container): string[] {
  if (env.length === 0) return ['    Environment:\t<none>'];
  return [
    '    Environment:',
    ...env.map(({ name, value, valueFrom }) => `      ${name}:\t${value ?? sourceText(valueFrom)}`),
  ];
}

function sourceText(source: unknown): string {
  const { fieldRef, configMapKeyRef, secretKeyRef } = (source ?? {}) as Record<
    string,
    Record<string, string> | undefined
  >;
  if (fieldRef) return ` (${fieldRef['apiVersion'] ?? 'v1'}:${fieldRef['fieldPath']})`;
  if (configMapKeyRef) return `<set to the key '${configMapKeyRef['key']}' of config map '${configMapKeyRef['name']}'>`;
  if (secretKeyRef) return `<set to the key '${secretKeyRef['key']}' in secret '${secretKeyRef['name']}'>`;
  return '';
}

function mountLines({ volumeMounts = [] }: Container): string[] {
  if (volumeMounts.length === 0) return ['    Mounts:\t<none>'];
  const sorted = [...volumeMounts].sort((x, y) => (x.mountPath < y.mountPath ? -1 : 1));
  return [
    '    Mounts:',
    ...sorted.map(({ mountPath, name, readOnly }) => `      ${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'})`),
  ];
}

function commandLines(title: string, words: readonly string[] | undefined): string[] {
  return words?.length ? [`    ${title}:`, ...words.map((word) => `      ${word}`)] : [];
}

function containerLines(container: Container, status: ContainerStatus | undefined, indent: string): string[] {
  const ports = container.ports ?? [];
  return [
    `${indent}${container.name}:`,
    ...(status ? [`    Container ID:\t${status.containerID ?? ''}`] : []),
    `    Image:\t${container.image ?? ''}`,
    ...(status ? [`    Image ID:\t${status.imageID ?? ''}`] : []),
    `    ${portLine('Port', ports, ({ containerPort }) => containerPort)}`,
    `    ${portLine('Host Port', ports, ({ hostPort }) => hostPort ?? 0)}`,
    ...commandLines('Command', container.command),
    ...commandLines('Args', container.args),
    ...(status ? stateLines('State', status.state) : []),
    ...(status?.lastState?.terminated ? stateLines('Last State', status.lastState) : []),
    ...(status ? [`    Ready:\t${status.ready ? 'True' : 'False'}`, `    Restart Count:\t${status.restartCount}`] : []),
    ...amountLines('Limits', container.resources?.limits),
    ...amountLines('Requests', container.resources?.requests),
    ...probeLines(container),
    ...environmentLines(container),
    ...mountLines(container),
  ];
}

export function containersLines(
  title: string,
  containers: readonly Container[] | undefined,
  statuses: readonly ContainerStatus[] | undefined,
  indent = '',
): string[] {
  if (!containers?.length) return [];
  const lines = containers.flatMap((container) =>
    containerLines(
      container,
      statuses?.find(({ name }) => name === container.name),
      indent === '' ? '  ' : `${indent} `,
    ),
  );
  return [`${indent}${title}:`, ...lines];
}

function volumeFields(volume: Volume): [string, string][] {
  const { emptyDir, hostPath, configMap, secret, persistentVolumeClaim, projected } = volume;
  if (emptyDir) {
    const { medium = '', sizeLimit = '<unset>' } = emptyDir as Record<string, string>;
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', medium],
      ['SizeLimit', sizeLimit],
    ];
  }
  if (hostPath) {
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', hostPath.path],
      ['HostPathType', hostPath.type ?? '<none>'],
    ];
  }
  if (configMap) {
    const { name = '', optional = false } = configMap as { name?: string; optional?: boolean };
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', name],
      ['Optional', String(optional)],
    ];
  }
  if (secret) {
    const { secretName = '', optional = false } = secret as { secretName?: string; optional?: boolean };
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', secretName],
      ['Optional', String(optional)],
    ];
  }
  if (persistentVolumeClaim) {
    return [
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', persistentVolumeClaim.claimName],
      ['ReadOnly', String(persistentVolumeClaim.readOnly ?? false)],
    ];
  }
  if (projected) return projectedFields(projected);
  return [['Type', '<unknown>']];
}

function projectedFields(projected: unknown): [string, string][] {
  const { sources = [] } = projected as { sources?: readonly Record<string, Record<string, unknown>>[] };
  const fields: [string, string][] = [
    ['Type', 'Projected (a volume that contains injected data from multiple sources)'],
  ];
  for (const { serviceAccountToken, configMap, secret, downwardAPI } of sources) {
    if (secret) {
      fields.push(
        ['SecretName', String(secret['name'])],
        ['SecretOptionalName', String(secret['optional'] ?? '<nil>')],
      );
    }
    if (downwardAPI) fields.push(['DownwardAPI', 'true']);
    if (configMap) {
      fields.push(['ConfigMapName', String(configMap['name'])]);
      fields.push(['ConfigMapOptional', String(configMap['optional'] ?? '<nil>')]);
    }
    if (serviceAccountToken) fields.push(['TokenExpirationSeconds', String(serviceAccountToken['expirationSeconds'])]);
  }
  return fields;
}

export function volumeLines(volumes: readonly Volume[] | undefined, indent = ''): string[] {
  if (!volumes?.length) return [`${indent}Volumes:\t<none>`];
  return [
    `${indent}Volumes:`,
    ...volumes.flatMap((volume) => [
      `${indent} ${indent === '' ? ' ' : ''}${volume.name}:`,
      ...volumeFields(volume).map(([title, text]) => `    ${title}:\t${text}`),
    ]),
  ];
}

function tolerationText({ key = '', operator, value = '', effect, tolerationSeconds }: Toleration): string {
  let text = key + (value === '' ? '' : `=${value}`) + (effect ? `:${effect}` : '');
  if (operator === 'Exists' && value === '') text += `${text === '' ? '' : ' '}op=Exists`;
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

export function tolerationLines(tolerations: readonly Toleration[] | undefined, indent = ''): string[] {
  const sorted = [...(tolerations ?? [])].sort((x, y) =>
    (x.key ?? '') < (y.key ?? '') ? -1 : (x.key ?? '') > (y.key ?? '') ? 1 : 0,
  );
  return multiline('Tolerations', sorted.map(tolerationText), indent);
}

export function podTemplateLines(template: PodTemplateSpec | undefined): string[] {
  if (template === undefined) return ['  <unset>'];
  const { metadata, spec } = template;
  const annotations = Object.keys(metadata?.annotations ?? {}).length > 0;
  return [
    'Pod Template:',
    ...labelLines('Labels', metadata?.labels, '  '),
    ...(annotations ? annotationLines(metadata?.annotations, '  ') : []),
    ...(spec.serviceAccountName ? [`  Service Account:\t${spec.serviceAccountName}`] : []),
    ...containersLines('Init Containers', spec.initContainers, undefined, '  '),
    ...containersLines('Containers', spec.containers, undefined, '  '),
    ...volumeLines(spec.volumes, '  '),
    ...(spec.priorityClassName ? [`  Priority Class Name:\t${spec.priorityClassName}`] : []),
    ...labelLines('Node-Selectors', spec.nodeSelector, '  '),
    ...tolerationLines(spec.tolerations, '  '),
  ];
}
