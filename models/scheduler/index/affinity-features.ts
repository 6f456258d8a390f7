/**
 * What InterPodAffinity counts for one class of incoming Pods, as features: Pods that forbid it or that it forbids, Pods
 * that match all its required terms, and sums of weights. One feature for each topology key and purpose.
 *
 * The plain rule is plugins/inter-pod-affinity.ts, with all that it says about namespaces.
 */
import type { Labels } from '../../objects/meta.ts';
import type { InterPodAffinityArgs } from '../config/plugin-args.ts';
import { type AffinityTerm, termMatches, type WeightedAffinityTerm } from '../framework/affinity-terms.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { Listers } from '../framework/listers.ts';
import type { PodClass } from '../framework/pod-class.ts';
import { resolveNamespaces } from '../plugins/term-namespaces.ts';
import type { FeatureSpec } from './feature.ts';
import type { PodKinds } from './pod-kinds.ts';
import type { Topology } from './topology.ts';

export interface AffinityFeatures {
  readonly specs: readonly FeatureSpec[];
  /** Indices into `specs`. */
  readonly forbidden: readonly number[];
  readonly required: readonly number[];
  readonly score: readonly number[];
  readonly selfMatchesRequired: boolean;
  /** Keys that a Node must have. */
  readonly requiredKeys: readonly string[];
}

export interface AffinityPoints {
  readonly filters: boolean;
  readonly scores: boolean;
}

interface Surroundings {
  readonly listers: Listers;
  readonly kinds: PodKinds;
  topologyOf(key: string): Topology;
}

type Contribution = (podKind: number) => number;

export function affinityFeatures(
  podClass: PodClass,
  args: InterPodAffinityArgs,
  points: AffinityPoints,
  around: Surroundings,
): AffinityFeatures {
  const own = ownTerms(podClass, around.listers);
  const namespaceLabels = around.listers.namespaces.get('', podClass.namespace)?.metadata.labels ?? NO_LABELS;
  const specs: FeatureSpec[] = [];
  const add = (purpose: string, key: string, contribution: Contribution): number =>
    specs.push({
      topology: around.topologyOf(key),
      contribution,
      eligible: null,
      needsDomains: false,
      needsMinimum: false,
      isSum: purpose === 'score',
    }) - 1;
  const foreign = foreignKeys(podClass, namespaceLabels, args, around.kinds);
  const forbiddenKeys = points.filters ? union(own.requiredAnti.map(keyOf), foreign.forbidding) : [];
  const forbidden = forbiddenKeys.map((key) =>
    add('forbidden', key, forbidding(key, podClass, own.requiredAnti, namespaceLabels, around.kinds)),
  );
  const requiredKeys = points.filters ? union(own.required.map(keyOf), []) : [];
  const required = requiredKeys.map((key) => add('required', key, matchingAll(own.required, around.kinds)));
  const ignoresOthers =
    args.ignorePreferredTermsOfExistingPods && own.preferred.length === 0 && own.preferredAnti.length === 0;
  const scoreKeys =
    points.scores && !ignoresOthers ? union([...own.preferred, ...own.preferredAnti].map(keyOf), foreign.weighing) : [];
  const score = scoreKeys.map((key) =>
    add('score', key, weighing(key, podClass, own, args, namespaceLabels, around.kinds)),
  );
  return { specs, forbidden, required, score, requiredKeys, selfMatchesRequired: matchesAll(own.required, podClass) };
}

interface OwnTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedAffinityTerm[];
  readonly preferredAnti: readonly WeightedAffinityTerm[];
}

function ownTerms({ affinity }: PodClass, listers: Listers): OwnTerms {
  return {
    required: affinity.requiredAffinity.map((term) => resolveNamespaces(term, listers)),
    requiredAnti: affinity.requiredAntiAffinity.map((term) => resolveNamespaces(term, listers)),
    preferred: affinity.preferredAffinity.map((term) => resolveNamespaces(term, listers)),
    preferredAnti: affinity.preferredAntiAffinity.map((term) => resolveNamespaces(term, listers)),
  };
}

const keyOf = ({ topologyKey }: AffinityTerm): string => topologyKey;
const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort();

/** Other Pods are matched without labels of their namespace, as the plain rule does. */
const matches = (term: AffinityTerm, other: PodClass): boolean =>
  termMatches(term, other.namespace, other.labels, NO_LABELS);

function matchesAll(terms: readonly AffinityTerm[], other: PodClass): boolean {
  return terms.length > 0 && terms.every((term) => matches(term, other));
}

/** Topology keys of the terms of bound Pods that mean this class. */
function foreignKeys(
  podClass: PodClass,
  namespaceLabels: Labels,
  args: InterPodAffinityArgs,
  kinds: PodKinds,
): { forbidding: string[]; weighing: string[] } {
  const forbidding = new Set<string>();
  const weighing = new Set<string>();
  const note = (terms: readonly AffinityTerm[], keys: Set<string>): void => {
    for (const term of terms) {
      if (!keys.has(term.topologyKey) && termMatches(term, podClass.namespace, podClass.labels, namespaceLabels))
        keys.add(term.topologyKey);
    }
  };
  for (const { class: other } of kinds.withAffinity) {
    note(other.affinity.requiredAntiAffinity, forbidding);
    if (args.hardPodAffinityWeight > 0) note(other.affinity.requiredAffinity, weighing);
    note(other.affinity.preferredAffinity, weighing);
    note(other.affinity.preferredAntiAffinity, weighing);
  }
  return { forbidding: [...forbidding], weighing: [...weighing] };
}

/** Number of reasons why a Pod of the kind and this class may not share a domain. */
function forbidding(
  key: string,
  podClass: PodClass,
  own: readonly AffinityTerm[],
  namespaceLabels: Labels,
  kinds: PodKinds,
): Contribution {
  return (podKind) => {
    const other = kinds.at(podKind).class;
    let reasons = 0;
    for (const term of own) if (term.topologyKey === key && matches(term, other)) reasons++;
    for (const term of other.affinity.requiredAntiAffinity) {
      if (term.topologyKey === key && termMatches(term, podClass.namespace, podClass.labels, namespaceLabels))
        reasons++;
    }
    return reasons;
  };
}

function matchingAll(own: readonly AffinityTerm[], kinds: PodKinds): Contribution {
  return (podKind) => (matchesAll(own, kinds.at(podKind).class) ? 1 : 0);
}

function weighing(
  key: string,
  podClass: PodClass,
  own: OwnTerms,
  args: InterPodAffinityArgs,
  namespaceLabels: Labels,
  kinds: PodKinds,
): Contribution {
  return (podKind) => {
    const other = kinds.at(podKind).class;
    let sum = 0;
    for (const term of own.preferred) if (term.topologyKey === key && matches(term, other)) sum += term.weight;
    for (const term of own.preferredAnti) if (term.topologyKey === key && matches(term, other)) sum -= term.weight;
    const meansUs = (term: AffinityTerm): boolean =>
      term.topologyKey === key && termMatches(term, podClass.namespace, podClass.labels, namespaceLabels);
    const { requiredAffinity, preferredAffinity, preferredAntiAffinity } = other.affinity;
    for (const term of requiredAffinity) if (meansUs(term)) sum += args.hardPodAffinityWeight;
    for (const term of preferredAffinity) if (meansUs(term)) sum += term.weight;
    for (const term of preferredAntiAffinity) if (meansUs(term)) sum -= term.weight;
    return sum;
  };
}
