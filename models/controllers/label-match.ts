/** Short questions about labels and selectors. */
import { compileLabelSelector } from '../objects/label-selector.ts';
import type { LabelSelector, Labels } from '../objects/meta.ts';

/** An absent selector matches nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return compileLabelSelector(selector)(labels);
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
