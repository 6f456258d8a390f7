/**
 * Which Nodes a Pod may or would rather run on: Node selectors, preferred terms, and `spec.nodeSelector` with required affinity.
 * Each is compiled once for each object; evaluating it is a few comparisons.
 * Source: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
 */
import { child, type FieldError, FieldErrors, invalid, notSupported } from './field-error.ts';
import { type LabelOperator, requirementErrors, requirementsMatcher } from './label-requirement.ts';
import { compileLabelSet, type LabelMatcher } from './label-selector.ts';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './node.ts';
import type { Pod, PreferredSchedulingTerm } from './pod.ts';
import type { KubeObject } from './meta.ts';

/** What a selector looks at in a Node. */
export type SelectableNode = Pick<KubeObject, 'metadata'>;

interface CompiledTerm {
  readonly matchesLabels: LabelMatcher | undefined;
  readonly matchesFields: ((node: SelectableNode) => boolean) | undefined;
  readonly errors: readonly FieldError[];
}

/** Whether a Node matches; the errors of invalid terms where no valid term matches. */
export interface NodeMatch {
  readonly matches: boolean;
  readonly errors?: readonly FieldError[];
}

const LABEL_OPERATORS: Readonly<Record<string, LabelOperator | undefined>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};
const FIELD_OPERATORS = ['In', 'NotIn'];

const MATCH: NodeMatch = { matches: true };
const NO_MATCH: NodeMatch = { matches: false };

function isEmptyTerm(term: NodeSelectorTerm): boolean {
  return !term.matchExpressions?.length && !term.matchFields?.length;
}

function compileLabels(
  requirements: readonly NodeSelectorRequirement[],
  path: string,
  errors: FieldError[],
): LabelMatcher {
  const valid = [];
  for (const [i, { key, operator, values }] of requirements.entries()) {
    const place = `${path}[${i}]`;
    const known = LABEL_OPERATORS[operator];
    if (known === undefined) {
      errors.push(notSupported(`${place}.operator`, operator, Object.keys(LABEL_OPERATORS)));
      continue;
    }
    const problems = requirementErrors(key, known, values, place);
    if (problems.length > 0) errors.push(...problems);
    else valid.push({ key, operator: known, values: values ?? [] });
  }
  return requirementsMatcher(valid);
}

/** The only field of a Node that a selector can name is `metadata.name`; others are empty. */
function compileFields(
  requirements: readonly NodeSelectorRequirement[],
  path: string,
  errors: FieldError[],
): (node: SelectableNode) => boolean {
  for (const [i, { operator, values }] of requirements.entries()) {
    if (!FIELD_OPERATORS.includes(operator)) {
      errors.push(notSupported(`${path}[${i}].operator`, operator, FIELD_OPERATORS));
    } else if (values?.length !== 1) {
      errors.push(invalid(`${path}[${i}].values`, values, 'must have one element'));
    }
  }
  return (node) =>
    requirements.every(({ key, operator, values }) => {
      const value = key === 'metadata.name' ? node.metadata.name : '';
      return (value === values?.[0]) === (operator === 'In');
    });
}

function compileTerm(term: NodeSelectorTerm, path: string): CompiledTerm {
  const errors: FieldError[] = [];
  const { matchExpressions = [], matchFields = [] } = term;
  const matchesLabels =
    matchExpressions.length === 0
      ? undefined
      : compileLabels(matchExpressions, child(path, 'matchExpressions'), errors);
  const matchesFields =
    matchFields.length === 0 ? undefined : compileFields(matchFields, child(path, 'matchFields'), errors);
  return { matchesLabels, matchesFields, errors };
}

function termMatches(term: CompiledTerm, node: SelectableNode): boolean {
  if (term.matchesLabels !== undefined && !term.matchesLabels(node.metadata.labels)) return false;
  // Fields are not looked at where the Node has none, which is a Node without a name.
  return term.matchesFields === undefined || node.metadata.name === '' || term.matchesFields(node);
}

/** A selector whose invalid terms count only where no other term matches. */
export class CompiledNodeSelector {
  readonly #terms: readonly CompiledTerm[];
  readonly #errors: readonly FieldError[];

  constructor(selector: NodeSelector, path = '') {
    const terms: CompiledTerm[] = [];
    for (const [i, term] of (selector.nodeSelectorTerms ?? []).entries()) {
      if (!isEmptyTerm(term)) terms.push(compileTerm(term, `${child(path, 'nodeSelectorTerms')}[${i}]`));
    }
    this.#terms = terms;
    this.#errors = terms.flatMap((term) => term.errors);
  }

  /** What is wrong with any term. */
  get errors(): readonly FieldError[] {
    return this.#errors;
  }

  matches(node: SelectableNode): boolean {
    for (const term of this.#terms) if (term.errors.length === 0 && termMatches(term, node)) return true;
    return false;
  }

  match(node: SelectableNode): NodeMatch {
    if (this.matches(node)) return MATCH;
    return this.#errors.length === 0 ? NO_MATCH : { matches: false, errors: this.#errors };
  }
}

const selectors = new WeakMap<NodeSelector, CompiledNodeSelector>();

/** Compiled once for each selector object. */
export function compileNodeSelector(selector: NodeSelector): CompiledNodeSelector {
  let compiled = selectors.get(selector);
  if (compiled === undefined) {
    compiled = new CompiledNodeSelector(selector);
    selectors.set(selector, compiled);
  }
  return compiled;
}

/** Sum of the weights of the preferred terms that match. */
export type NodePreference = (node: SelectableNode) => number;

/** Terms of weight 0 and empty ones are skipped. @throws FieldErrors for an invalid term. */
export function compilePreferredTerms(terms: readonly PreferredSchedulingTerm[], path = ''): NodePreference {
  const compiled: { readonly weight: number; readonly term: CompiledTerm }[] = [];
  const errors: FieldError[] = [];
  for (const [i, { weight, preference }] of terms.entries()) {
    if (weight === 0 || isEmptyTerm(preference ?? {})) continue;
    const term = compileTerm(preference, `${path}[${i}]`);
    errors.push(...term.errors);
    compiled.push({ weight, term });
  }
  if (errors.length > 0) throw new FieldErrors(errors);
  return (node) => {
    let score = 0;
    for (const { weight, term } of compiled) if (termMatches(term, node)) score += weight;
    return score;
  };
}

const matchesAll = (): NodeMatch => MATCH;

type AffinitySpec = Pick<Pod['spec'], 'nodeSelector' | 'affinity'>;

/** `spec.nodeSelector` and required Node affinity together; the selector is looked at first. */
export function requiredNodeAffinity(spec: AffinitySpec): (node: SelectableNode) => NodeMatch {
  const labels = spec.nodeSelector;
  const hasLabels = labels !== undefined && labels !== null && Object.keys(labels).length > 0;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const selector = required === undefined || required === null ? undefined : compileNodeSelector(required);
  if (!hasLabels && selector === undefined) return matchesAll;
  const matchesLabels = hasLabels ? compileLabelSet(labels) : undefined;
  return (node) => {
    if (matchesLabels !== undefined && !matchesLabels(node.metadata.labels)) return NO_MATCH;
    return selector === undefined ? MATCH : selector.match(node);
  };
}
