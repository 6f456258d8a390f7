/**
 * Checks the fields of one manifest before anything runs: quantities, and fields that Kubernetes does not have or that
 * no model reads.
 */
import { type Quantity, QuantityError, quantityOf, type QuantityText, signOf } from '../../models/objects/index.ts';
import type { Resource } from '../../models/objects/resources.ts';
import type { BadInputError } from '../bad-input.ts';
import type { FieldPath } from './documents.ts';
import { type FieldTable, fieldTable, type KnownField, type ScalarKind } from './field-tables.ts';
import { suggestion } from './near-word.ts';

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

const METADATA: KnownField = { type: 'ObjectMeta', isList: false, modelled: true };

/** Fields that every object has beside those of its kind. */
const COMMON = new Set(['apiVersion', 'kind', 'metadata']);

/** @throws BadInputError for what cannot be right. */
export function checkFields(resource: Resource, object: Record<string, unknown>, report: FieldReport): void {
  const table = fieldTable(resource.kind);
  checkNames(object.metadata, ['metadata'], METADATA, report, []);
  for (const key of Object.keys(object)) {
    if (COMMON.has(key)) continue;
    const value = object[key];
    const field = table?.get(key);
    if (table !== undefined && field === undefined) throw unknownField([key], table, report);
    if (typeof value !== 'object' || value === null) {
      if (field !== undefined) checkNames(value, [key], field, report, []);
      continue;
    }
    let found = checked.get(value);
    if (found === undefined) {
      found = checkPart(value, [key], field, report);
      checked.set(value, found);
    }
    for (const { what, path } of found) report.report(`${resource.kind} ${what}`, path);
  }
}

function checkPart(value: object, path: FieldPath, field: KnownField | undefined, report: FieldReport): Unmodelled[] {
  const found: Unmodelled[] = [];
  if (field !== undefined) checkNames(value, path, field, report, found);
  checkQuantities(value, path, report);
  return found;
}

/** Refuses names and shapes that Kubernetes does not have, and gathers the fields that no model reads. */
function checkNames(
  value: unknown,
  path: FieldPath,
  field: KnownField,
  report: FieldReport,
  found: Unmodelled[],
): void {
  if (value === null || value === undefined) return;
  if (field.type === undefined) {
    if (field.scalar !== undefined) checkScalar(value, path, field.scalar, report);
    return;
  }
  const table = fieldTable(field.type) as FieldTable;
  if (field.isList !== Array.isArray(value) || typeof value !== 'object') {
    throw report.error(path, `found ${describe(value)}; accepted is ${field.isList ? 'a list' : 'an object'}`);
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkNames(item, [...path, index], { ...field, isList: false }, report, found));
    return;
  }
  for (const key of Object.keys(value)) {
    const child = (value as Record<string, unknown>)[key];
    const known = table.get(key);
    if (known !== undefined && isInOrder(child, known)) continue;
    const own = [...path, key];
    if (known === undefined) throw unknownField(own, table, report);
    if (!known.modelled) found.push({ what: own.filter((part) => typeof part === 'string').join('.'), path: own });
    else checkNames(child, own, known, report, found);
  }
}

/** Maps of texts that were found to be in order: manifests share equal annotations and labels. */
const checkedMaps = new WeakSet<object>();

/** Whether there is nothing to say of a field and nothing below it: most fields of most manifests, so no path is made for them. */
function isInOrder(value: unknown, { type, scalar, modelled }: KnownField): boolean {
  if (!modelled || type !== undefined) return false;
  if (scalar === undefined) return true;
  return scalar === 'map of strings' ? checkedMaps.has(value as object) : isScalar(value, scalar);
}

const SCALAR_TEXT: Readonly<Record<ScalarKind, string>> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a text (numbers, true and false stand in quotes)',
  'map of strings': 'an object',
  'list of strings': 'a list',
};

/** Kubernetes decodes no other type into these fields; numbers are not taken for texts, nor texts for numbers. */
function checkScalar(value: unknown, path: FieldPath, kind: ScalarKind, report: FieldReport): void {
  if (kind === 'list of strings' ? Array.isArray(value) : kind === 'map of strings' && isPlainObject(value)) {
    for (const [key, child] of Object.entries(value as object)) {
      if (child === null || isScalar(child, 'string')) continue;
      checkScalar(child, [...path, Array.isArray(value) ? Number(key) : key], 'string', report);
    }
    if (kind === 'map of strings') checkedMaps.add(value as object);
    return;
  }
  if (!isScalar(value, kind)) throw report.error(path, `found ${describe(value)}; accepted is ${SCALAR_TEXT[kind]}`);
}

function isScalar(value: unknown, kind: ScalarKind): boolean {
  return kind === 'integer'
    ? Number.isInteger(value)
    : (kind === 'boolean' || kind === 'string') && typeof value === kind;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a message shows it. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value);
}

function unknownField(path: FieldPath, table: FieldTable, report: FieldReport): BadInputError {
  const names = [...table.keys()];
  const near = suggestion(String(path.at(-1)), names);
  return report.error(path, `there is no such field; accepted: ${names.join(', ')}${near}`);
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
