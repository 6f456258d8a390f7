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

export function affinityFeatures(
  podClass: PodClass,
  args: InterPodAffinityArgs,
  points: AffinityPoints,
  around: Surroundings,
): AffinityFeatures {
  const own = ownTerms(podClass, around.listers);
  const namespaceLabels = around.listers.namespaces.get('', podClass.namespace)?.metadata.labels ?? NO_LABELS;
  const specs: FeatureSpec[] = [];
  const add = (purpose: string, topologyKey: string, { key, of }: Counting): number =>
    specs.push({
      key: JSON.stringify([purpose, topologyKey, key]),
      topology: around.topologyOf(topologyKey),
      contribution: of,
      eligible: null,
      needsDomains: false,
      needsMinimum: false,
      isSum: purpose === 'score',
      needed: [],
    }) - 1;
  const foreign = foreignTerms(podClass, namespaceLabels, args, around.kinds);
  const forbiddenKeys = points.filters ? union(own.requiredAnti.map(keyOf), [...foreign.forbidding.keys()]) : [];
  const forbidden = forbiddenKeys.map((key) =>
    add('forbidden', key, forbidding(key, own.requiredAnti, foreign.forbidding.get(key), around.kinds)),
  );
  const requiredKeys = points.filters ? union(own.required.map(keyOf), []) : [];
  const required = requiredKeys.map((key) => add('required', key, matchingAll(own.required, around.kinds)));
  const ignoresOthers =
    args.ignorePreferredTermsOfExistingPods && own.preferred.length === 0 && own.preferredAnti.length === 0;
  const scoreKeys =
    points.scores && !ignoresOthers
      ? union([...own.preferred, ...own.preferredAnti].map(keyOf), [...foreign.weighing.keys()])
      : [];
  const score = scoreKeys.map((key) => add('score', key, weighing(key, own, foreign.weighing.get(key), around.kinds)));
  return { specs, forbidden, required, score, requiredKeys, selfMatchesRequired: matchesAll(own.required, podClass) };
}

/** What one Pod of a kind adds, and all that this follows from. */
interface Counting {
  readonly key: unknown;
  of(podKind: number): number;
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

function termKey({ topologyKey, namespaces, namespaceSelector, selector }: AffinityTerm): unknown {
  return [topologyKey, [...namespaces], namespaceSelector.source, selector.source];
}

/** What one Pod of a class with terms of its own adds because these mean the incoming Pod: by topology key, then by class. */
type ForeignTerms = Map<string, Map<number, number>>;

/**
 * The terms of bound Pods that mean this class. Fixed for the life of a plan: when Pods of another class with such terms come, the
 * class is planned anew (`class-entries.ts`).
 */
function foreignTerms(
  podClass: PodClass,
  namespaceLabels: Labels,
  args: InterPodAffinityArgs,
  kinds: PodKinds,
): { forbidding: ForeignTerms; weighing: ForeignTerms } {
  const forbidding: ForeignTerms = new Map();
  const weighing: ForeignTerms = new Map();
  const note = (other: PodClass, terms: readonly AffinityTerm[], into: ForeignTerms, weightOf: WeightOf): void => {
    for (const term of terms) {
      if (!termMatches(term, podClass.namespace, podClass.labels, namespaceLabels)) continue;
      let byClass = into.get(term.topologyKey);
      if (byClass === undefined) {
        byClass = new Map();
        into.set(term.topologyKey, byClass);
      }
      byClass.set(other.id, (byClass.get(other.id) ?? 0) + weightOf(term));
    }
  };
  for (const other of kinds.classesWithAffinity) {
    const { requiredAntiAffinity, requiredAffinity, preferredAffinity, preferredAntiAffinity } = other.affinity;
    note(other, requiredAntiAffinity, forbidding, () => 1);
    if (args.hardPodAffinityWeight > 0) note(other, requiredAffinity, weighing, () => args.hardPodAffinityWeight);
    note(other, preferredAffinity, weighing, ({ weight }) => weight ?? 0);
    note(other, preferredAntiAffinity, weighing, ({ weight }) => -(weight ?? 0));
  }
  return { forbidding, weighing };
}

type WeightOf = (term: AffinityTerm & { readonly weight?: number }) => number;

/** Number of reasons why a Pod of the kind and this class may not share a domain. */
function forbidding(
  key: string,
  own: readonly AffinityTerm[],
  foreign: ReadonlyMap<number, number> | undefined,
  kinds: PodKinds,
): Counting {
  const terms = own.filter(({ topologyKey }) => topologyKey === key);
  return {
    key: [terms.map(termKey), [...(foreign ?? [])]],
    of: (podKind) => {
      const other = kinds.at(podKind).class;
      let reasons = foreign?.get(other.id) ?? 0;
      for (const term of terms) if (matches(term, other)) reasons++;
      return reasons;
    },
  };
}

function matchingAll(own: readonly AffinityTerm[], kinds: PodKinds): Counting {
  return { key: own.map(termKey), of: (podKind) => (matchesAll(own, kinds.at(podKind).class) ? 1 : 0) };
}

function weighing(
  key: string,
  own: OwnTerms,
  foreign: ReadonlyMap<number, number> | undefined,
  kinds: PodKinds,
): Counting {
  const terms = [
    ...own.preferred,
    ...own.preferredAnti.map((term): WeightedAffinityTerm => ({ ...term, weight: -term.weight })),
  ].filter(({ topologyKey }) => topologyKey === key);
  return {
    key: [terms.map((term) => [termKey(term), term.weight]), [...(foreign ?? [])]],
    of: (podKind) => {
      const other = kinds.at(podKind).class;
      let sum = foreign?.get(other.id) ?? 0;
      for (const term of terms) if (matches(term, other)) sum += term.weight;
      return sum;
    },
  };
}
