/**
 * Whether labels match a selector.
 * Source: apimachinery/pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector), apimachinery/pkg/labels/selector.go.
 */
import type { LabelSelector, LabelSelectorRequirement, Labels } from '../objects/meta.ts';

function matchesRequirement(requirement: LabelSelectorRequirement, labels: Labels | undefined): boolean {
  const value = labels?.[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values?.includes(value) ?? false);
    case 'NotIn':
      return value === undefined || !(requirement.values?.includes(value) ?? false);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** An absent selector matches nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  const { matchLabels } = selector;
  for (const key in matchLabels) if (labels?.[key] !== matchLabels[key]) return false;
  return selector.matchExpressions?.every((requirement) => matchesRequirement(requirement, labels)) ?? true;
}

/** All the wanted labels are there. */
export function hasLabels(labels: Labels | undefined, wanted: Labels | undefined): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** No label or requirement: matches everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  for (const _key in selector.matchLabels) return false;
  return (selector.matchExpressions?.length ?? 0) === 0;
}
