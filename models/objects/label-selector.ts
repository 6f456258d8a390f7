/**
 * Label selectors as objects carry them (`matchLabels`, `matchExpressions`) and as Services and ReplicationControllers do (a map).
 * Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go.
 */
import { FieldErrors } from './field-error.ts';
import {
  type LabelOperator,
  type LabelRequirement,
  type LabelRequirements,
  requirementErrors,
  requirementsMatcher,
  requirementsText,
  sortedByKey,
} from './label-requirement.ts';
import type { Labels, LabelSelector } from './meta.ts';

export type LabelMatcher = (labels: Labels | undefined) => boolean;

const OPERATORS: Readonly<Record<string, LabelOperator | undefined>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

function checked(key: string, operator: LabelOperator, values: readonly string[] | undefined): LabelRequirement {
  const errors = requirementErrors(key, operator, values);
  if (errors.length > 0) throw new FieldErrors(errors);
  return { key, operator, values: values ?? [] };
}

/**
 * The requirements of a selector, in order of their keys; undefined (matches nothing) for an absent selector, none (matches
 * everything) for an empty one.
 * @throws FieldErrors, or RangeError for an unknown operator
 */
export function labelSelectorRequirements(selector: LabelSelector | null | undefined): LabelRequirements | undefined {
  if (selector === undefined || selector === null) return undefined;
  const requirements: LabelRequirement[] = [];
  const labels = selector.matchLabels ?? {};
  for (const key of Object.keys(labels).sort()) requirements.push(checked(key, '=', [labels[key] as string]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = OPERATORS[operator];
    if (known === undefined) throw new RangeError(`"${operator}" is not a valid label selector operator`);
    requirements.push(checked(key, known, values === undefined || values.length === 0 ? undefined : values));
  }
  return sortedByKey(requirements);
}

/** The requirements of a map of labels, unchecked; an empty map matches everything. */
export function labelSetRequirements(labels: Labels): LabelRequirements {
  return Object.keys(labels)
    .sort()
    .map((key) => ({ key, operator: '=', values: [labels[key] as string] }));
}

const compiled = new WeakMap<LabelSelector, LabelMatcher>();
const compiledSets = new WeakMap<Labels, LabelMatcher>();
const matchesNothing: LabelMatcher = () => false;

/** A function that tells whether labels match; made once for each selector object. @throws as `labelSelectorRequirements` */
export function compileLabelSelector(selector: LabelSelector | null | undefined): LabelMatcher {
  if (selector === undefined || selector === null) return matchesNothing;
  let matcher = compiled.get(selector);
  if (matcher === undefined) {
    matcher = requirementsMatcher(labelSelectorRequirements(selector));
    compiled.set(selector, matcher);
  }
  return matcher;
}

/** The same for a map of labels (`spec.selector` of a Service); an empty map matches everything. */
export function compileLabelSet(labels: Labels): LabelMatcher {
  let matcher = compiledSets.get(labels);
  if (matcher === undefined) {
    matcher = requirementsMatcher(labelSetRequirements(labels));
    compiledSets.set(labels, matcher);
  }
  return matcher;
}

/** The text of a selector, "<none>" where it restricts nothing, "<error>" where it is invalid (FormatLabelSelector). */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  try {
    return requirementsText(labelSelectorRequirements(selector)) || '<none>';
  } catch {
    return '<error>';
  }
}

/** Labels as `key=value,…` in order of the keys, "<none>" where there are none (FormatLabels). */
export function formatLabels(labels: Labels | null | undefined): string {
  const text = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${(labels as Labels)[key]}`)
    .join(',');
  return text || '<none>';
}
