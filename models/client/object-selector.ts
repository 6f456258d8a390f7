/**
 * Whether an object's labels match a selector, for watches and lists.
 * Source: apimachinery/pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector).
 */
import type { Labels, LabelSelector, LabelSelectorRequirement } from '../objects/meta.ts';

/** An empty selector matches everything. */
export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false;
  return (
    selector.matchExpressions?.every((requirement) => matchesRequirement(requirement, labels?.[requirement.key])) ??
    true
  );
}

function matchesRequirement(requirement: LabelSelectorRequirement, value: string | undefined): boolean {
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
