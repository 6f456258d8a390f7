/**
 * Rules of what a Pod says about where it runs: tolerations, affinity, spreading, gates.
 * Source: pkg/apis/core/validation/validation.go.
 */
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field-error.ts';
import { qualifiedNameProblems } from '../name-rules.ts';
import { CompiledNodeSelector, compilePreferredTerms } from '../node-selector.ts';
import { FieldErrors } from '../field-error.ts';
import type {
  NodeAffinity,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  TopologySpreadConstraint,
} from '../pod.ts';
import { labelSelectorErrors } from './metadata-rules.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const WHEN_UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];
const NODE_POLICIES = ['Honor', 'Ignore'];
const WEIGHT_TEXT = 'must be in the range 1-100';

function keyErrors(key: string, path: string): FieldError[] {
  return qualifiedNameProblems(key).map((problem) => invalid(path, key, problem));
}

export function tolerationErrors(tolerations: readonly Toleration[] | null | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, toleration] of (tolerations ?? []).entries()) {
    const place = `${path}[${i}]`;
    const { key, operator, value, effect, tolerationSeconds } = toleration;
    if (key) errors.push(...keyErrors(key, `${place}.key`));
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${place}.operator`, operator ?? '', detail));
    }
    if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${place}.effect`, effect ?? '', detail));
    }
    if (operator === 'Exists' && value) {
      errors.push(invalid(`${place}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
    } else if (operator && operator !== 'Exists' && operator !== 'Equal') {
      errors.push(notSupported(`${place}.operator`, operator, ['Equal', 'Exists']));
    }
    if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(`${place}.effect`, effect, EFFECTS));
  }
  return errors;
}

function weightErrors(weight: number, path: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(path, weight, WEIGHT_TEXT)];
}

function nodeAffinityErrors(affinity: NodeAffinity | undefined, path: string): FieldError[] {
  if (!affinity) return [];
  const errors: FieldError[] = [];
  const needed = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (needed) {
    const place = `${path}.requiredDuringSchedulingIgnoredDuringExecution`;
    if (!needed.nodeSelectorTerms?.length) {
      errors.push(required(`${place}.nodeSelectorTerms`, 'must have at least one node selector term'));
    } else errors.push(...new CompiledNodeSelector(needed, place).errors);
  }
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const place = `${path}.preferredDuringSchedulingIgnoredDuringExecution`;
  for (const [i, { weight }] of preferred.entries()) errors.push(...weightErrors(weight, `${place}[${i}].weight`));
  try {
    compilePreferredTerms(preferred, place);
  } catch (error) {
    if (!(error instanceof FieldErrors)) throw error;
    errors.push(...error.errors);
  }
  return errors;
}

function podAffinityTermErrors(term: PodAffinityTerm | undefined, path: string): FieldError[] {
  if (!term) return [required(path)];
  const errors = labelSelectorErrors(term.labelSelector, `${path}.labelSelector`);
  errors.push(...labelSelectorErrors(term.namespaceSelector, `${path}.namespaceSelector`));
  if (!term.topologyKey) errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  else errors.push(...keyErrors(term.topologyKey, `${path}.topologyKey`));
  if (term.matchLabelKeys?.length && !term.labelSelector) {
    errors.push(forbidden(`${path}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
  }
  return errors;
}

function podAffinityErrors(affinity: PodAffinity | undefined, path: string): FieldError[] {
  if (!affinity) return [];
  const errors: FieldError[] = [];
  for (const [i, term] of (affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    errors.push(...podAffinityTermErrors(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`));
  }
  for (const [i, { weight, podAffinityTerm }] of (
    affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  ).entries()) {
    const place = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    errors.push(...weightErrors(weight, `${place}.weight`));
    errors.push(...podAffinityTermErrors(podAffinityTerm, `${place}.podAffinityTerm`));
  }
  return errors;
}

function constraintErrors(constraint: TopologySpreadConstraint, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { maxSkew, minDomains, topologyKey, whenUnsatisfiable, nodeAffinityPolicy, nodeTaintsPolicy } = constraint;
  if (!(maxSkew > 0)) errors.push(invalid(`${path}.maxSkew`, maxSkew ?? 0, 'must be greater than zero'));
  if (!topologyKey) errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  else errors.push(...keyErrors(topologyKey, `${path}.topologyKey`));
  if (!WHEN_UNSATISFIABLE.includes(whenUnsatisfiable)) {
    errors.push(notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable ?? '', WHEN_UNSATISFIABLE));
  }
  if (minDomains !== undefined && minDomains !== null) {
    if (minDomains <= 0) errors.push(invalid(`${path}.minDomains`, minDomains, 'must be greater than zero'));
    if (whenUnsatisfiable === 'ScheduleAnyway') {
      const detail = 'can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway';
      errors.push(invalid(`${path}.minDomains`, minDomains, detail));
    }
  }
  if (nodeAffinityPolicy && !NODE_POLICIES.includes(nodeAffinityPolicy)) {
    errors.push(notSupported(`${path}.nodeAffinityPolicy`, nodeAffinityPolicy, NODE_POLICIES));
  }
  if (nodeTaintsPolicy && !NODE_POLICIES.includes(nodeTaintsPolicy)) {
    errors.push(notSupported(`${path}.nodeTaintsPolicy`, nodeTaintsPolicy, NODE_POLICIES));
  }
  if (constraint.matchLabelKeys?.length && !constraint.labelSelector) {
    errors.push(forbidden(`${path}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
  }
  errors.push(...labelSelectorErrors(constraint.labelSelector, `${path}.labelSelector`));
  return errors;
}

function spreadErrors(constraints: readonly TopologySpreadConstraint[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, constraint] of (constraints ?? []).entries()) {
    const place = `${path}[${i}]`;
    errors.push(...constraintErrors(constraint, place));
    const pair = `{${constraint.topologyKey}, ${constraint.whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.push(duplicate(`${place}.{topologyKey, whenUnsatisfiable}`, pair));
    seen.add(pair);
  }
  return errors;
}

export function schedulingErrors(spec: PodSpec, path: string): FieldError[] {
  const errors = [
    ...nodeAffinityErrors(spec.affinity?.nodeAffinity, `${path}.affinity.nodeAffinity`),
    ...podAffinityErrors(spec.affinity?.podAffinity, `${path}.affinity.podAffinity`),
    ...podAffinityErrors(spec.affinity?.podAntiAffinity, `${path}.affinity.podAntiAffinity`),
    ...tolerationErrors(spec.tolerations, `${path}.tolerations`),
    ...spreadErrors(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
  ];
  const gates = new Set<string>();
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    const place = `${path}.schedulingGates[${i}].name`;
    errors.push(...qualifiedNameProblems(name ?? '').map((problem) => invalid(place, name, problem)));
    if (gates.has(name)) errors.push(duplicate(place, name));
    gates.add(name);
  }
  return errors;
}
