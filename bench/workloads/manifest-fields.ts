/**
 * Checks the fields of one manifest before anything runs: quantities, and fields that Kubernetes does not have or that
 * no model reads.
 */
import { type Quantity, QuantityError, quantityOf, type QuantityText, signOf } from '../../models/objects/index.ts';
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
  const quantity = typeof value === 'string' || typeof value === 'number' ? parsedQuantity(value) : undefined;
  if (quantity === undefined) {
    throw report.error(path, `found ${JSON.stringify(value)}; accepted is a quantity such as 500m, 2, 1.5Gi or 1e3`);
  }
  if (signOf(quantity) < 0) {
    throw report.error(path, `found ${JSON.stringify(value)}; accepted are quantities that are not negative`);
  }
}

/** Undefined for what is no quantity. */
export function parsedQuantity(text: QuantityText): Quantity | undefined {
  try {
    return quantityOf(text);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}
