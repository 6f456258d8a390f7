/**
 * Label selectors as the plugins ask them: compiled once, and with a word on whether they restrict anything, since some rules
 * treat an empty selector in a way of their own.
 */
import type { Labels, LabelSelector } from '../../objects/meta.ts';
import { compileLabelSelector as compile, compileLabelSet } from '../../objects/label-selector.ts';

/** A label's key and value. */
export type LabelPair = readonly [key: string, value: string];

/** A selector, none, or several that all have to match. */
export type SelectorSource = LabelSelector | null | readonly SelectorSource[];

export interface LabelMatcher {
  matches(labels: Labels): boolean;
  /** Whether there are no requirements: an empty selector, which matches everything. */
  readonly isEmpty: boolean;
  /** What it was compiled from. Matchers whose sources are equal as JSON match alike. */
  readonly source: SelectorSource;
}

export const NO_LABELS: Labels = {};

/** What an absent selector is. */
export const MATCHES_NOTHING: LabelMatcher = { matches: () => false, isEmpty: false, source: null };
const MATCHES_EVERYTHING: LabelMatcher = { matches: () => true, isEmpty: true, source: {} };

function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions?.length ?? 0) === 0;
}

/**
 * An absent selector matches nothing, an empty one everything.
 * @throws FieldErrors or RangeError for a selector that API validation would have refused
 */
export function compileLabelSelector(selector: LabelSelector | undefined | null): LabelMatcher {
  if (selector === undefined || selector === null) return MATCHES_NOTHING;
  if (isEmptySelector(selector)) return MATCHES_EVERYTHING;
  return { matches: compile(selector), isEmpty: false, source: selector };
}

/** Equality with each of the labels; none matches everything. Services and ReplicationControllers select so. */
export function compileLabels(labels: Labels | undefined): LabelMatcher {
  if (labels === undefined || Object.keys(labels).length === 0) return MATCHES_EVERYTHING;
  return { matches: compileLabelSet(labels), isEmpty: false, source: { matchLabels: labels } };
}

/** Both. */
export function matchesBoth(a: LabelMatcher, b: LabelMatcher): LabelMatcher {
  if (a.isEmpty) return b;
  if (b.isEmpty) return a;
  return {
    matches: (labels) => a.matches(labels) && b.matches(labels),
    isEmpty: false,
    source: [a.source, b.source],
  };
}

/** Labels that all have which match, as far as they are easily told. */
export function neededLabels(source: SelectorSource): LabelPair[] {
  if (source === null) return [];
  if (isList(source)) return source.flatMap(neededLabels);
  return Object.entries(source.matchLabels ?? {});
}

function isList(source: SelectorSource): source is readonly SelectorSource[] {
  return Array.isArray(source);
}
