/**
 * Rules of containers: names, images, ports, mounts, probes, resources.
 * Source: pkg/apis/core/validation/validation.go (validateContainers and what it calls).
 */
import { duplicate, type FieldError, invalid, notFound, notSupported, required } from '../field-error.ts';
import { dns1123LabelProblems } from '../name-rules.ts';
import type { Container, ContainerPort, Probe } from '../pod.ts';
import { nonNegativeErrors, portErrors, portNameErrors } from './metadata-rules.ts';
import { resourceRequirementErrors } from './resource-rules.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TERMINATION_MESSAGES = ['FallbackToLogsOnError', 'File'];

export function supported(value: unknown, accepted: readonly string[], path: string): FieldError[] {
  return accepted.includes(value as string) ? [] : [notSupported(path, value, accepted)];
}

/** A name that must be there and be a DNS label. */
export function labelNameErrors(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  return dns1123LabelProblems(name).map((problem) => invalid(path, name, problem));
}

function containerPortErrors(ports: readonly ContainerPort[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const place = `${path}[${i}]`;
    if (port.name) {
      const problems = portNameErrors(port.name, `${place}.name`);
      errors.push(...problems);
      if (problems.length === 0 && names.has(port.name)) errors.push(duplicate(`${place}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${place}.containerPort`));
    else errors.push(...portErrors(port.containerPort, `${place}.containerPort`));
    if (port.hostPort) errors.push(...portErrors(port.hostPort, `${place}.hostPort`));
    if (port.protocol === undefined) errors.push(required(`${place}.protocol`));
    else errors.push(...supported(port.protocol, PROTOCOLS, `${place}.protocol`));
  }
  return errors;
}

function probeHandlerErrors(probe: Probe, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec && !exec.command?.length) errors.push(required(`${path}.exec.command`));
  if (httpGet) {
    if (!httpGet.path) errors.push(required(`${path}.httpGet.path`));
    if (typeof httpGet.port === 'number') errors.push(...portErrors(httpGet.port, `${path}.httpGet.port`));
    errors.push(...supported(httpGet.scheme, ['HTTP', 'HTTPS'], `${path}.httpGet.scheme`));
  }
  if (tcpSocket && typeof tcpSocket.port === 'number') {
    errors.push(...portErrors(tcpSocket.port, `${path}.tcpSocket.port`));
  }
  if (grpc) errors.push(...portErrors(grpc.port, `${path}.grpc.port`));
  if (!exec && !httpGet && !tcpSocket && !grpc) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

function probeErrors(probe: Probe | undefined, path: string, mayNeedMoreSuccesses: boolean): FieldError[] {
  if (!probe) return [];
  const errors = probeHandlerErrors(probe, path);
  const numbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
  for (const name of numbers as (keyof Probe)[]) {
    errors.push(...nonNegativeErrors(probe[name] as number | undefined, `${path}.${name}`));
  }
  if (!mayNeedMoreSuccesses && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

function mountErrors(container: Container, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const place = `${path}.volumeMounts[${i}]`;
    if (!mount.name) errors.push(required(`${place}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFound(`${place}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${place}.mountPath`));
    else if (paths.has(mount.mountPath)) {
      errors.push(invalid(`${place}.mountPath`, mount.mountPath, 'must be unique'));
    }
    paths.add(mount.mountPath);
  }
  return errors;
}

function commonErrors(container: Container, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const errors = labelNameErrors(container.name, `${path}.name`);
  const { image } = container;
  if (!image) errors.push(required(`${path}.image`));
  else if (image !== image.trim()) {
    errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  }
  errors.push(
    ...supported(container.terminationMessagePolicy, TERMINATION_MESSAGES, `${path}.terminationMessagePolicy`),
    ...containerPortErrors(container.ports ?? [], `${path}.ports`),
  );
  for (const [i, { name }] of (container.env ?? []).entries()) {
    if (!name) errors.push(required(`${path}.env[${i}].name`));
    else if (name.includes('=')) {
      errors.push(invalid(`${path}.env[${i}].name`, name, "a valid environment variable name must not contain '='"));
    }
  }
  errors.push(
    ...mountErrors(container, volumes, path),
    ...supported(container.imagePullPolicy, PULL_POLICIES, `${path}.imagePullPolicy`),
    ...resourceRequirementErrors(container.resources, `${path}.resources`),
  );
  return errors;
}

function probesErrors(container: Container, path: string): FieldError[] {
  return [
    ...probeErrors(container.livenessProbe, `${path}.livenessProbe`, false),
    ...probeErrors(container.readinessProbe, `${path}.readinessProbe`, true),
    ...probeErrors(container.startupProbe, `${path}.startupProbe`, false),
  ];
}

/** `names` holds the names of containers seen so far, of all lists of the Pod. */
export function containerErrors(
  containers: readonly Container[] | null | undefined,
  volumes: ReadonlySet<string>,
  names: Set<string>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, container] of (containers ?? []).entries()) {
    const place = `${path}[${i}]`;
    errors.push(...commonErrors(container, volumes, place));
    if (container.name && names.has(container.name)) errors.push(duplicate(`${place}.name`, container.name));
    names.add(container.name);
    errors.push(...probesErrors(container, place));
  }
  return errors;
}

/** Two containers of a Pod cannot have the same port of the Node. */
export function hostPortErrors(containers: readonly Container[] | null | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [i, container] of (containers ?? []).entries()) {
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key));
      taken.add(key);
    }
  }
  return errors;
}
