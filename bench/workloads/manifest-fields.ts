/**
 * Checks the fields of one manifest before anything runs: quantities, and fields that Kubernetes does not have or that
 * no model reads.
 */
import type { Resource } from '../../models/objects/resources.ts';
import type { BadInputError } from '../bad-input.ts';
import type { FieldPath } from './documents.ts';

/** How a check says what it found. */
export interface FieldReport {
  error(field: FieldPath, message: string): BadInputError;
  report(what: string, field: FieldPath): void;
}

/** Fields whose values are maps of resource names to quantities. */
const RESOURCE_LISTS = new Set(['requests', 'limits', 'capacity', 'allocatable', 'overhead', 'hard']);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$/;

/** Parts already found in order; manifests share equal specs, so that each is checked once. */
const checked = new WeakSet<object>();

/** @throws BadInputError for what cannot be right. */
export function checkFields(_resource: Resource, object: Record<string, unknown>, report: FieldReport): void {
  for (const [key, value] of Object.entries(object)) {
    if (key === 'metadata' || typeof value !== 'object' || value === null || checked.has(value)) continue;
    checkQuantities(value, [key], report);
    checked.add(value);
  }
}

function checkQuantities(value: object, path: FieldPath, report: FieldReport): void {
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of entries) {
    if (typeof child !== 'object' || child === null) continue;
    if (typeof key === 'string' && RESOURCE_LISTS.has(key) && !Array.isArray(child)) {
      for (const [name, quantity] of Object.entries(child)) checkQuantity(quantity, [...path, key, name], report);
    } else checkQuantities(child, [...path, key], report);
  }
}

function checkQuantity(value: unknown, path: FieldPath, report: FieldReport): void {
  const text = String(value);
  if ((typeof value !== 'string' && typeof value !== 'number') || !QUANTITY.test(text)) {
    throw report.error(path, `found ${JSON.stringify(value)}; accepted is a quantity such as 500m, 2, 1.5Gi or 1e3`);
  }
  if (text.startsWith('-') && /[1-9]/.test(text.replace(/[eE][+-]?\d+$/, ''))) {
    throw report.error(path, `found ${JSON.stringify(value)}; accepted are quantities that are not negative`);
  }
}
