/**
 * Terms of inter-pod affinity, compiled once for a Pod.
 * `matchLabelKeys` and `mismatchLabelKeys` are not read: the API server has merged them into `labelSelector`.
 *
 * Source: pkg/scheduler/framework/types.go newAffinityTerm, staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm.
 */
import type { Labels } from '../../objects/meta.ts';
import type { PodAffinityTerm, PodSpec, WeightedPodAffinityTerm } from '../../objects/pod.ts';
import { compileLabelSelector, type LabelMatcher } from './label-matcher.ts';

export interface AffinityTerm {
  readonly topologyKey: string;
  /** Namespaces by name; the Pod's own when the term names none and has no namespace selector. */
  readonly namespaces: ReadonlySet<string>;
  /** Matches nothing when the term has none. */
  readonly namespaceSelector: LabelMatcher;
  readonly selector: LabelMatcher;
}

export interface WeightedAffinityTerm extends AffinityTerm {
  readonly weight: number;
}

export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedAffinityTerm[];
  readonly preferredAntiAffinity: readonly WeightedAffinityTerm[];
  /** Whether the Pod has podAffinity or podAntiAffinity at all, be it empty. */
  readonly any: boolean;
}

const NONE: AffinityTerms = {
  requiredAffinity: [],
  requiredAntiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
  any: false,
};

function compileTerm(term: PodAffinityTerm, namespace: string): AffinityTerm {
  const named = term.namespaces ?? [];
  const hasSelector = term.namespaceSelector !== undefined && term.namespaceSelector !== null;
  return {
    topologyKey: term.topologyKey,
    namespaces: new Set(named.length === 0 && !hasSelector ? [namespace] : named),
    namespaceSelector: compileLabelSelector(term.namespaceSelector),
    selector: compileLabelSelector(term.labelSelector),
  };
}

function compileWeighted(
  terms: readonly WeightedPodAffinityTerm[] | undefined,
  namespace: string,
): WeightedAffinityTerm[] {
  return (terms ?? []).map(({ weight, podAffinityTerm }) => ({ ...compileTerm(podAffinityTerm, namespace), weight }));
}

export function compileAffinityTerms(spec: PodSpec, namespace: string): AffinityTerms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return NONE;
  const required = (terms: readonly PodAffinityTerm[] | undefined): AffinityTerm[] =>
    (terms ?? []).map((term) => compileTerm(term, namespace));
  return {
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: compileWeighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, namespace),
    preferredAntiAffinity: compileWeighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, namespace),
    any: true,
  };
}

/** Whether a Pod of that namespace and those labels is meant. `namespaceLabels` are those of its namespace. */
export function termMatches(term: AffinityTerm, namespace: string, labels: Labels, namespaceLabels: Labels): boolean {
  if (!term.namespaces.has(namespace) && !term.namespaceSelector.matches(namespaceLabels)) return false;
  return term.selector.matches(labels);
}
