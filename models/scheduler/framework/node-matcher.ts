/**
 * Node selectors and node affinity, compiled once for a Pod. A term that cannot be parsed (for example one with a value
 * that is no label value, which API validation lets pass) never matches where it is required, and is an error where it is
 * preferred.
 *
 * Source: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
 */
import type { Labels } from '../../objects/meta.ts';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../../objects/node.ts';
import type { PodSpec, PreferredSchedulingTerm } from '../../objects/pod.ts';
import { compileLabels, type LabelMatcher, NO_LABELS } from './label-matcher.ts';

export interface NodeMatcher {
  matches(node: Node): boolean;
}

export interface WeightedNodeMatcher extends NodeMatcher {
  readonly weight: number;
}

type Test = (labels: Labels, name: string) => boolean;

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_VALUE_MAX = 63;
const INTEGER = /^[+-]?\d+$/;
const MAX_INT64 = 2n ** 63n - 1n;

/** What a 64-bit integer is in a label: "007" is 7; undefined for anything else. */
function parseInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? undefined : value;
}

function isLabelValue(value: string): boolean {
  return value.length <= LABEL_VALUE_MAX && LABEL_VALUE.test(value);
}

/** The test of one expression. @throws RangeError when kube-scheduler could not parse it. */
function expressionTest({ key, operator, values = [] }: NodeSelectorRequirement): Test {
  for (const value of values) {
    if (!isLabelValue(value)) throw new RangeError(`values: Invalid value: "${value}": it is not a label value`);
  }
  const set = new Set(values);
  switch (operator) {
    case 'In':
    case 'NotIn': {
      if (values.length === 0) throw new RangeError(`values: for '${operator}', values set can't be empty`);
      const wanted = operator === 'In';
      return (labels) => (Object.hasOwn(labels, key) && set.has(labels[key] as string)) === wanted;
    }
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length > 0) throw new RangeError('values: values set must be empty for exists and does not exist');
      const wanted = operator === 'Exists';
      return (labels) => Object.hasOwn(labels, key) === wanted;
    }
    case 'Gt':
    case 'Lt': {
      const limit = values.length === 1 ? parseInteger(values[0] as string) : undefined;
      if (limit === undefined)
        throw new RangeError("values: for 'Gt', 'Lt' operators, exactly one integer is required");
      return (labels) => {
        const value = Object.hasOwn(labels, key) ? parseInteger(labels[key] as string) : undefined;
        return value !== undefined && (operator === 'Gt' ? value > limit : value < limit);
      };
    }
    default:
      throw new RangeError(`"${String(operator)}" is not a valid node selector operator`);
  }
}

/** The test of one field. @throws RangeError when kube-scheduler could not parse it. */
function fieldTest({ key, operator, values = [] }: NodeSelectorRequirement): Test {
  if (operator !== 'In' && operator !== 'NotIn')
    throw new RangeError(`not a valid field selector operator: ${operator}`);
  if (values.length !== 1) throw new RangeError('matchFields: exactly one value is required');
  const [value] = values;
  const wanted = operator === 'In';
  // metadata.name is the only field that Nodes have; any other is empty.
  return (_, name) => ((key === 'metadata.name' ? name : '') === value) === wanted;
}

function isEmptyTerm(term: NodeSelectorTerm): boolean {
  return (term.matchExpressions?.length ?? 0) === 0 && (term.matchFields?.length ?? 0) === 0;
}

function termTest(term: NodeSelectorTerm): Test {
  const tests = [...(term.matchExpressions ?? []).map(expressionTest), ...(term.matchFields ?? []).map(fieldTest)];
  return (labels, name) => tests.every((test) => test(labels, name));
}

/** Terms are ORed; an empty term, and one that cannot be parsed, matches nothing. */
export function compileNodeSelector(selector: NodeSelector): NodeMatcher {
  const terms: Test[] = [];
  for (const term of selector.nodeSelectorTerms ?? []) {
    if (isEmptyTerm(term)) continue;
    try {
      terms.push(termTest(term));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return {
    matches: ({ metadata: { labels = NO_LABELS, name } }) => terms.some((test) => test(labels, name)),
  };
}

/** The Pod's nodeSelector and its required node affinity; undefined when it has neither. */
export function compileRequiredNodeAffinity(spec: PodSpec): NodeMatcher | undefined {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const hasSelector = spec.nodeSelector !== undefined && Object.keys(spec.nodeSelector).length > 0;
  const affinity = required === undefined || required === null ? undefined : compileNodeSelector(required);
  if (!hasSelector) return affinity;
  const selector: LabelMatcher = compileLabels(spec.nodeSelector);
  return {
    matches: (node) =>
      selector.matches(node.metadata.labels ?? NO_LABELS) && (affinity === undefined || affinity.matches(node)),
  };
}

/** Preferred terms in order, without those of weight 0 and the empty ones; or why they cannot be parsed. */
export function compilePreferredTerms(
  terms: readonly PreferredSchedulingTerm[] | undefined,
): readonly WeightedNodeMatcher[] | { readonly error: string } {
  const matchers: WeightedNodeMatcher[] = [];
  const problems: string[] = [];
  (terms ?? []).forEach((term, i) => {
    if (term.weight === 0 || isEmptyTerm(term.preference)) return;
    try {
      const test = termTest(term.preference);
      const matches = ({ metadata: { labels = NO_LABELS, name } }: Node): boolean => test(labels, name);
      matchers.push({ weight: term.weight, matches });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(`[${i}].${error.message}`);
    }
  });
  if (problems.length === 0) return matchers;
  return { error: problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]` };
}
