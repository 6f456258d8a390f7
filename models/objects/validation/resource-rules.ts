/**
 * Rules of requests and limits.
 * Source: pkg/apis/core/validation/validation.go (ValidateResourceRequirements, ValidateResourceQuantityValue).
 */
import { type FieldError, forbidden, invalid, required } from '../field-error.ts';
import type { ResourceList } from '../meta.ts';
import { qualifiedNameProblems } from '../name-rules.ts';
import type { ResourceRequirements } from '../pod.ts';
import { compareQuantities, formatQuantity, type Quantity, scaledValue, signOf } from '../quantity.ts';
import { quantityOf } from '../quantity-values.ts';

const HUGE_PAGES = 'hugepages-';
const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const QUOTA_RESOURCES = new Set(
  'requests.cpu requests.memory requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage pods resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims storage requests.storage services.nodeports services.loadbalancers'.split(
    ' ',
  ),
);
const NATIVE_PREFIX = 'kubernetes.io/';
const COUNTED = new Set(['pods', 'services', 'persistentvolumeclaims', 'secrets', 'configmaps']);

/** A quantity, or an error when the text is none. */
export function quantityAt(text: unknown, path: string): Quantity | FieldError {
  try {
    if (typeof text === 'string' || typeof text === 'number') return quantityOf(text);
  } catch (error) {
    return invalid(path, text, (error as Error).message);
  }
  return invalid(path, text, 'must be a quantity, such as 500m or 1Gi');
}

function isError(value: Quantity | FieldError): value is FieldError {
  return 'field' in value;
}

function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes(NATIVE_PREFIX) && !name.startsWith('requests.');
}

/** CPU, memory and local storage may be promised more than once; pieces (devices, huge pages) may not. */
function mayOvercommit(name: string): boolean {
  return !isExtended(name) && !name.startsWith(HUGE_PAGES);
}

function isWhole(name: string): boolean {
  return COUNTED.has(name) || isExtended(name);
}

function containerResourceNameErrors(name: string, path: string): FieldError[] {
  const errors = qualifiedNameProblems(name).map((problem) => invalid(path, name, problem));
  const isContainerResource = CONTAINER_RESOURCES.has(name) || name.startsWith(HUGE_PAGES);
  if (!name.includes('/')) {
    if (!isContainerResource && !QUOTA_RESOURCES.has(name)) {
      errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
    }
    if (!isContainerResource) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!name.includes(NATIVE_PREFIX) && name.startsWith('requests.')) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** Not negative, and whole where pieces are counted. */
export function quantityErrors(name: string, quantity: Quantity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (signOf(quantity) < 0) {
    errors.push(invalid(path, formatQuantity(quantity), 'must be greater than or equal to 0'));
  }
  if (isWhole(name) && scaledValue(quantity, -3) % 1000n !== 0n) {
    errors.push(invalid(path, formatQuantity(quantity), 'must be an integer'));
  }
  return errors;
}

function listErrors(
  list: ResourceList | null | undefined,
  path: string,
  into: Map<string, Quantity>,
  nameErrors: (name: string, path: string) => FieldError[],
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(list ?? {})) {
    const place = `${path}[${name}]`;
    errors.push(...nameErrors(name, place));
    const quantity = quantityAt(text, place);
    if (isError(quantity)) errors.push(quantity);
    else {
      into.set(name, quantity);
      errors.push(...quantityErrors(name, quantity, place));
    }
  }
  return errors;
}

const validLists = new WeakSet<ResourceList>();

/** Amounts of a Node or an overhead: any qualified name. A list found valid is not looked at again: Nodes share theirs. */
export function resourceListErrors(list: ResourceList | null | undefined, path: string): FieldError[] {
  if (!list || validLists.has(list)) return [];
  const errors = listErrors(list, path, new Map(), (name, place) =>
    qualifiedNameProblems(name).map((problem) => invalid(place, name, problem)),
  );
  if (errors.length === 0) validLists.add(list);
  return errors;
}

/** Requests and limits of a container. */
export function resourceRequirementErrors(resources: ResourceRequirements | undefined, path: string): FieldError[] {
  const limits = new Map<string, Quantity>();
  const requests = new Map<string, Quantity>();
  const errors = listErrors(resources?.limits, `${path}.limits`, limits, containerResourceNameErrors);
  errors.push(...listErrors(resources?.requests, `${path}.requests`, requests, containerResourceNameErrors));
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (limit === undefined) {
      if (!mayOvercommit(name)) {
        errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
      }
      continue;
    }
    const order = compareQuantities(request, limit);
    if (order !== 0 && !mayOvercommit(name)) {
      const detail = `must be equal to ${name} limit of ${formatQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, formatQuantity(request), detail));
    } else if (order > 0) {
      const detail = `must be less than or equal to ${name} limit of ${formatQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, formatQuantity(request), detail));
    }
  }
  const names = [...limits.keys(), ...requests.keys()];
  if (names.some((name) => name.startsWith(HUGE_PAGES)) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  }
  return errors;
}
