/**
 * Rules of Services, Nodes, PriorityClasses, ConfigMaps and claims.
 * Source: pkg/apis/core/validation/validation.go, pkg/apis/scheduling/validation/validation.go.
 */
import type { ConfigMap, PriorityClass } from '../cluster-objects.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field-error.ts';
import { dns1123LabelProblems, labelValueProblems, qualifiedNameProblems } from '../name-rules.ts';
import type { Node } from '../node.ts';
import type { Service, ServicePort, ServiceSpec } from '../service.ts';
import type { PersistentVolumeClaim } from '../storage.ts';
import { labelErrors, labelSelectorErrors, portErrors, portNameErrors } from './metadata-rules.ts';
import { resourceListErrors } from './resource-rules.ts';

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const SESSION_AFFINITIES = ['ClientIP', 'None'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_CLASSES: Readonly<Record<string, number | undefined>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function servicePortErrors(port: ServicePort, needsName: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name) {
    if (needsName) errors.push(required(`${path}.name`));
  } else {
    errors.push(...dns1123LabelProblems(port.name).map((problem) => invalid(`${path}.name`, port.name, problem)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  errors.push(...portErrors(port.port ?? 0, `${path}.port`));
  if (!port.protocol) errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.includes(port.protocol)) {
    errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  }
  const target = port.targetPort;
  if (typeof target === 'number') errors.push(...portErrors(target, `${path}.targetPort`));
  else if (typeof target === 'string') errors.push(...portNameErrors(target, `${path}.targetPort`));
  if (port.nodePort) errors.push(...portErrors(port.nodePort, `${path}.nodePort`));
  return errors;
}

function servicePortsErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  const isHeadless = spec.clusterIP === 'None';
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const [i, port] of ports.entries()) {
    errors.push(...servicePortErrors(port, ports.length > 1, names, `spec.ports[${i}]`));
    const key = `${port.protocol} ${port.port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}]`, { protocol: port.protocol, port: port.port }));
    seen.add(key);
  }
  return errors;
}

export function serviceErrors({ spec }: Service): FieldError[] {
  if (!spec) return [required('spec')];
  const errors = servicePortsErrors(spec);
  errors.push(...labelErrors(spec.selector, 'spec.selector'));
  if (!SERVICE_TYPES.includes(spec.type as string)) errors.push(notSupported('spec.type', spec.type, SERVICE_TYPES));
  if (!SESSION_AFFINITIES.includes(spec.sessionAffinity as string)) {
    errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, SESSION_AFFINITIES));
  }
  if (spec.type === 'ExternalName' && !spec.externalName) errors.push(required('spec.externalName'));
  if (spec.clusterIP === 'None' && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
  }
  return errors;
}

export function nodeErrors(node: Node): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, taint] of (node.spec?.taints ?? []).entries()) {
    const path = `spec.taints[${i}]`;
    errors.push(...qualifiedNameProblems(taint.key ?? '').map((problem) => invalid(`${path}.key`, taint.key, problem)));
    const value = taint.value ?? '';
    errors.push(...labelValueProblems(value).map((problem) => invalid(`${path}.value`, value, problem)));
    if (!taint.effect) errors.push(required(`${path}.effect`));
    else if (!EFFECTS.includes(taint.effect)) errors.push(notSupported(`${path}.effect`, taint.effect, EFFECTS));
    const key = `${taint.key} ${taint.effect}`;
    if (seen.has(key)) {
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ ...duplicate(path, taint), message: `Duplicate value: ${JSON.stringify(taint)}: ${detail}` });
    }
    seen.add(key);
  }
  errors.push(
    ...resourceListErrors(node.status?.capacity, 'status.capacity'),
    ...resourceListErrors(node.status?.allocatable, 'status.allocatable'),
  );
  return errors;
}

export function priorityClassErrors(object: PriorityClass): FieldError[] {
  const { name } = object.metadata;
  if (name?.startsWith('system-')) {
    if (SYSTEM_CLASSES[name] === object.value) return [];
    return [forbidden('metadata.name', "priority class names with 'system-' prefix are reserved for system use only")];
  }
  if (object.value > HIGHEST_USER_PRIORITY) {
    return [forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)];
  }
  if (!Number.isInteger(object.value)) return [required('value')];
  return [];
}

export function configMapErrors(object: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(object.data ?? {})) {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      const rule =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
      errors.push(invalid(`data[${key}]`, key, rule));
    }
    if (object.binaryData?.[key] !== undefined) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  return errors;
}

export function claimErrors({ spec }: PersistentVolumeClaim): FieldError[] {
  if (!spec) return [required('spec')];
  const errors: FieldError[] = [];
  if (!spec.accessModes?.length) errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  errors.push(...labelSelectorErrors(spec.selector, 'spec.selector'));
  if (spec.resources?.requests?.['storage'] === undefined) errors.push(required('spec.resources[storage]'));
  errors.push(...resourceListErrors(spec.resources?.requests, 'spec.resources.requests'));
  return errors;
}
