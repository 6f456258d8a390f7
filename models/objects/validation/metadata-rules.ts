/**
 * Rules of metadata and of numbers that every kind shares.
 * Source: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go, apis/meta/v1/validation/validation.go.
 */
import { type FieldError, forbidden, invalid, required } from '../field-error.ts';
import type { KubeObject, Labels, LabelSelector } from '../meta.ts';
import {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from '../name-rules.ts';
import type { Resource } from '../resources.ts';

type Problems = (text: string) => string[];

/** Kinds whose names are not DNS subdomains. */
const NAME_RULES: Readonly<Record<string, Problems | undefined>> = {
  Service: dns1035LabelProblems,
  Namespace: dns1123LabelProblems,
};

/** All annotations of an object together. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

const validLabels = new WeakSet<Labels>();

/** Keys must be qualified names, values label values. Labels found valid are not looked at again. */
export function labelErrors(labels: Labels | null | undefined, path: string): FieldError[] {
  if (!labels || validLabels.has(labels)) return [];
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels)) {
    const value = labels[key] as string;
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(path, key, problem));
    for (const problem of labelValueProblems(String(value))) errors.push(invalid(path, value, problem));
  }
  if (errors.length === 0) validLabels.add(labels);
  return errors;
}

const validAnnotations = new WeakSet<Labels>();

/** Keys must be qualified names. Annotations found valid are not looked at again. */
function annotationErrors(annotations: Labels | null | undefined, path: string): FieldError[] {
  if (!annotations || validAnnotations.has(annotations)) return [];
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const key of Object.keys(annotations)) {
    bytes += key.length + String(annotations[key]).length;
    for (const problem of qualifiedNameProblems(key.toLowerCase())) errors.push(invalid(path, key, problem));
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    const message = `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`;
    errors.push({ reason: 'FieldValueTooLong', field: path, message });
  }
  if (errors.length === 0) validAnnotations.add(annotations);
  return errors;
}

/** Selectors of objects; messages differ from those of the selector's own parser. */
export function labelSelectorErrors(selector: LabelSelector | null | undefined, path: string): FieldError[] {
  if (!selector) return [];
  const errors = labelErrors(selector.matchLabels, `${path}.matchLabels`);
  for (const [i, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const place = `${path}.matchExpressions[${i}]`;
    const count = values?.length ?? 0;
    if (operator === 'In' || operator === 'NotIn') {
      if (count === 0) {
        errors.push(required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (count > 0) {
        errors.push(forbidden(`${place}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
    } else {
      errors.push(invalid(`${place}.operator`, operator, 'not a valid selector operator'));
    }
    for (const problem of qualifiedNameProblems(key ?? '')) errors.push(invalid(`${place}.key`, key, problem));
    for (const [j, value] of (values ?? []).entries()) {
      for (const problem of labelValueProblems(String(value))) {
        errors.push(invalid(`${place}.values[${j}]`, value, problem));
      }
    }
  }
  return errors;
}

function nameErrors(resource: Resource, name: string | undefined, generateName: string | undefined): FieldError[] {
  const problems = NAME_RULES[resource.kind] ?? dns1123SubdomainProblems;
  const errors: FieldError[] = [];
  if (generateName) {
    // What is generated ends in five characters of the alphabet of names.
    const example = generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    for (const problem of problems(example)) errors.push(invalid('metadata.generateName', generateName, problem));
  }
  if (!name) {
    if (!generateName) errors.push(required('metadata.name', 'name or generateName is required'));
    return errors;
  }
  for (const problem of problems(name)) errors.push(invalid('metadata.name', name, problem));
  return errors;
}

const OWNER_PARTS = ['apiVersion', 'kind', 'name', 'uid'] as const;

/** Names, namespace, labels, annotations. */
export function metadataErrors(resource: Resource, object: KubeObject): FieldError[] {
  const { name, generateName, namespace, labels, annotations, generation, ownerReferences } = object.metadata;
  const errors = nameErrors(resource, name, generateName);
  if (resource.namespaced) {
    if (!namespace) errors.push(required('metadata.namespace'));
    else {
      for (const problem of dns1123LabelProblems(namespace)) {
        errors.push(invalid('metadata.namespace', namespace, problem));
      }
    }
  } else if (namespace) {
    errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  }
  errors.push(...nonNegativeErrors(generation, 'metadata.generation'));
  errors.push(...labelErrors(labels, 'metadata.labels'), ...annotationErrors(annotations, 'metadata.annotations'));
  ownerReferences?.forEach((owner, i) => {
    for (const part of OWNER_PARTS) {
      if (owner[part]) continue;
      errors.push(invalid(`metadata.ownerReferences[${i}].${part}`, owner[part] ?? '', 'must not be empty'));
    }
  });
  return errors;
}

/** A whole number that must not be negative; absent is fine. */
export function nonNegativeErrors(value: number | null | undefined, path: string): FieldError[] {
  return value !== undefined && value !== null && value < 0
    ? [invalid(path, value, 'must be greater than or equal to 0')]
    : [];
}

export function portErrors(port: unknown, path: string): FieldError[] {
  const isValid = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535;
  return isValid ? [] : [invalid(path, port, 'must be between 1 and 65535, inclusive')];
}

/** Names of ports: letters of which one at least, digits, single hyphens between; 15 at most. Source: util/validation IsValidPortName. */
export function portNameErrors(name: string, path: string): FieldError[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems.map((problem) => invalid(path, name, problem));
}
