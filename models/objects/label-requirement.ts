/**
 * One requirement on labels: a key, an operator and values; the atom of label selectors and of Node selectors.
 * Source: staging/src/k8s.io/apimachinery/pkg/labels/selector.go.
 */
import { child, type FieldError, invalid, notSupported } from './field-error.ts';
import type { Labels } from './meta.ts';
import { labelValueProblems, qualifiedNameProblems } from './name-rules.ts';

/** As the text form of selectors writes them. */
export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** All must match. `undefined` in place of the list is the selector that matches nothing. */
export type LabelRequirements = readonly LabelRequirement[];

const OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!'];
const MAX_INT64 = 9223372036854775807n;

/** A whole number in 64 bits, written in decimal; undefined for anything else. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? undefined : value;
}

function valueProblems(operator: LabelOperator, values: readonly string[] | undefined, path: string): FieldError[] {
  const count = values?.length ?? 0;
  const problem = (detail: string): FieldError[] => [invalid(path, values, detail)];
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? problem("for 'in', 'notin' operators, values set can't be empty") : [];
    case '=':
    case '==':
    case '!=':
      return count === 1 ? [] : problem('exact-match compatibility requires one single value');
    case 'exists':
    case '!':
      return count === 0 ? [] : problem('values set must be empty for exists and does not exist');
    default: {
      const errors = count === 1 ? [] : problem("for 'Gt', 'Lt' operators, exactly one value is required");
      for (const [i, value] of (values ?? []).entries()) {
        if (parseInt64(value) !== undefined) continue;
        errors.push(invalid(`${path}[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
      return errors;
    }
  }
}

/** What is wrong with a requirement; empty when it is valid. `path` is that of the requirement, empty where there is none. */
export function requirementErrors(
  key: string,
  operator: LabelOperator,
  values: readonly string[] | undefined,
  path = '',
): FieldError[] {
  const errors: FieldError[] = [];
  const keyProblems = qualifiedNameProblems(key);
  if (keyProblems.length > 0) errors.push(invalid(child(path, 'key'), key, keyProblems.join('; ')));
  const valuesPath = child(path, 'values');
  if (OPERATORS.includes(operator)) errors.push(...valueProblems(operator, values, valuesPath));
  else errors.push(notSupported(child(path, 'operator'), operator, OPERATORS));
  for (const [i, value] of (values ?? []).entries()) {
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(`${valuesPath}[${i}][${key}]`, value, problems.join('; ')));
  }
  return errors;
}

/** The value of a label; undefined when there is none. Not fooled by keys such as "constructor". */
export function labelOf(labels: Labels | undefined, key: string): string | undefined {
  const value: unknown = labels?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a number in a label is greater or less than the value; labels that are no whole number do not match. */
function comparison(requirement: LabelRequirement): (labels: Labels | undefined) => boolean {
  const { key, operator, values } = requirement;
  const bound = values.length === 1 ? parseInt64(values[0] as string) : undefined;
  if (bound === undefined) return () => false;
  return (labels) => {
    const text = labelOf(labels, key);
    const value = text === undefined ? undefined : parseInt64(text);
    return value !== undefined && (operator === 'gt' ? value > bound : value < bound);
  };
}

/** A function that tells whether labels satisfy the requirement. */
export function requirementMatcher(requirement: LabelRequirement): (labels: Labels | undefined) => boolean {
  const { key, operator, values } = requirement;
  switch (operator) {
    case 'in':
    case '=':
    case '==': {
      if (values.length === 1) {
        const [only] = values;
        return (labels) => labels !== undefined && labels[key] === only;
      }
      return (labels) => {
        const value = labelOf(labels, key);
        return value !== undefined && values.includes(value);
      };
    }
    case 'notin':
    case '!=':
      return (labels) => {
        const value = labelOf(labels, key);
        return value === undefined || !values.includes(value);
      };
    case 'exists':
      return (labels) => labelOf(labels, key) !== undefined;
    case '!':
      return (labels) => labelOf(labels, key) === undefined;
    default:
      return comparison(requirement);
  }
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  const list = [...values].sort().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}

/** The canonical text: requirements in order of their keys. Nothing and everything are both empty. */
export function requirementsText(requirements: LabelRequirements | undefined): string {
  return (requirements ?? []).map(requirementText).join(',');
}

/** In order of the keys; equal keys stay in their order. */
export function sortedByKey(requirements: LabelRequirements): LabelRequirement[] {
  return [...requirements].sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0));
}

/** One function for all requirements. */
export function requirementsMatcher(
  requirements: LabelRequirements | undefined,
): (labels: Labels | undefined) => boolean {
  if (requirements === undefined) return () => false;
  const matchers = requirements.map(requirementMatcher);
  if (matchers.length === 0) return () => true;
  if (matchers.length === 1) return matchers[0] as (labels: Labels | undefined) => boolean;
  return (labels) => {
    for (const matches of matchers) if (!matches(labels)) return false;
    return true;
  };
}
