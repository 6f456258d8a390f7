/**
 * Checks the fields of one manifest before anything runs: quantities, and fields that Kubernetes does not have or that
 * no model reads.
 */
import { type Quantity, QuantityError, quantityOf, type QuantityText, signOf } from '../../models/objects/index.ts';
import type { Resource } from '../../models/objects/resources.ts';
import type { BadInputError } from '../bad-input.ts';
import type { FieldPath } from './documents.ts';
import { type FieldTable, fieldTable } from './field-tables.ts';

/** How a check says what it found. */
export interface FieldReport {
  error(field: FieldPath, message: string): BadInputError;
  report(what: string, field: FieldPath): void;
}

/** Fields whose values are maps of resource names to quantities. */
const RESOURCE_LISTS = new Set(['requests', 'limits', 'capacity', 'allocatable', 'overhead', 'hard']);

/** What was found in a part that was in order: manifests share equal specs, so that each is checked once. */
const checked = new WeakMap<object, readonly Unmodelled[]>();

interface Unmodelled {
  /** Without indices, for example "spec.containers.lifecycle.postStart". */
  readonly what: string;
  readonly path: FieldPath;
}

/** Fields that every object has beside those of its kind. */
const COMMON = new Set(['apiVersion', 'kind', 'metadata']);

/** @throws BadInputError for what cannot be right. */
export function checkFields(resource: Resource, object: Record<string, unknown>, report: FieldReport): void {
  const table = fieldTable(resource.kind);
  checkNames(object.metadata, ['metadata'], 'ObjectMeta', report, []);
  for (const [key, value] of Object.entries(object)) {
    if (COMMON.has(key)) continue;
    const field = table?.get(key);
    if (table !== undefined && field === undefined) throw unknownField([key], table, report);
    if (typeof value !== 'object' || value === null) continue;
    let found = checked.get(value);
    if (found === undefined) {
      found = checkPart(value, [key], field?.type, report);
      checked.set(value, found);
    }
    for (const { what, path } of found) report.report(`${resource.kind} ${what}`, path);
  }
}

function checkPart(value: object, path: FieldPath, type: string | undefined, report: FieldReport): Unmodelled[] {
  const found: Unmodelled[] = [];
  if (type !== undefined) checkNames(value, path, type, report, found);
  checkQuantities(value, path, report);
  return found;
}

/** Refuses names that Kubernetes does not have and gathers those that no model reads. */
function checkNames(value: unknown, path: FieldPath, type: string, report: FieldReport, found: Unmodelled[]): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkNames(item, [...path, index], type, report, found));
    return;
  }
  const table = fieldTable(type);
  if (typeof value !== 'object' || value === null || table === undefined) return;
  for (const [key, child] of Object.entries(value)) {
    const field = table.get(key);
    const own = [...path, key];
    if (field === undefined) throw unknownField(own, table, report);
    if (!field.modelled) found.push({ what: own.filter((part) => typeof part === 'string').join('.'), path: own });
    else if (field.type !== undefined) checkNames(child, own, field.type, report, found);
  }
}

function unknownField(path: FieldPath, table: FieldTable, report: FieldReport): BadInputError {
  return report.error(path, `there is no such field; accepted: ${[...table.keys()].join(', ')}`);
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
