/**
 * Label selectors, compiled once and asked many times.
 * Source: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector.
 */
import type { Labels, LabelSelector, LabelSelectorRequirement } from '../../objects/meta.ts';

export interface LabelMatcher {
  matches(labels: Labels): boolean;
  /** Whether there are no requirements: an empty selector, which matches everything. */
  readonly isEmpty: boolean;
}

export const NO_LABELS: Labels = {};

/** What an absent selector is. */
export const MATCHES_NOTHING: LabelMatcher = { matches: () => false, isEmpty: false };
export const MATCHES_EVERYTHING: LabelMatcher = { matches: () => true, isEmpty: true };

type Test = (labels: Labels) => boolean;

function has(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}

function testOf({ key, operator, values = [] }: LabelSelectorRequirement): Test {
  const set = new Set(values);
  switch (operator) {
    case 'In':
      return (labels) => has(labels, key) && set.has(labels[key] as string);
    case 'NotIn':
      return (labels) => !has(labels, key) || !set.has(labels[key] as string);
    case 'Exists':
      return (labels) => has(labels, key);
    case 'DoesNotExist':
      return (labels) => !has(labels, key);
  }
}

function matcherOf(tests: readonly Test[]): LabelMatcher {
  if (tests.length === 0) return MATCHES_EVERYTHING;
  const first = tests[0] as Test;
  if (tests.length === 1) return { matches: first, isEmpty: false };
  return {
    matches: (labels) => {
      for (const test of tests) if (!test(labels)) return false;
      return true;
    },
    isEmpty: false,
  };
}

/** An absent selector matches nothing, an empty one everything. */
export function compileLabelSelector(selector: LabelSelector | undefined | null): LabelMatcher {
  if (selector === undefined || selector === null) return MATCHES_NOTHING;
  const tests: Test[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    tests.push((labels) => has(labels, key) && labels[key] === value);
  }
  for (const requirement of selector.matchExpressions ?? []) tests.push(testOf(requirement));
  return matcherOf(tests);
}

/** Equality with each of the labels; none matches everything. Services and ReplicationControllers select so. */
export function compileLabels(labels: Labels | undefined): LabelMatcher {
  return compileLabelSelector({ matchLabels: labels ?? {} });
}

/** All of the matchers. */
export function matchesAll(matchers: readonly LabelMatcher[]): LabelMatcher {
  const wanted = matchers.filter((matcher) => !matcher.isEmpty);
  return matcherOf(
    wanted.map(
      (matcher) =>
        (labels: Labels): boolean =>
          matcher.matches(labels),
    ),
  );
}
