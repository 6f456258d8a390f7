/**
 * The Score of InterPodAffinity: preferred terms of the Pod over all Pods, and terms of all Pods over this Pod, summed up for
 * each topology domain.
 * Source: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.
 */
import type { Labels } from '../../objects/meta.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { InterPodAffinityArgs } from '../config/plugin-args.ts';
import { type AffinityTerm, termMatches, type WeightedAffinityTerm } from '../framework/affinity-terms.ts';
import type { CycleState, StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, type Verdict } from '../framework/status.ts';
import { MAX_NODE_SCORE } from './normalize.ts';
import { labelsOfNamespace, resolveNamespaces } from './term-namespaces.ts';

const NAME = 'InterPodAffinity';
const SKIP = skip(NAME);

/** Topology key to value to the sum of weights. */
type DomainSums = Map<string, Map<string, number>>;

const STATE: StateKey<DomainSums> = { name: `${NAME}/PreScore` };

/** What is needed to weigh one existing Pod. */
interface Weighing {
  readonly pod: PodInfo;
  readonly preferredAffinity: readonly WeightedAffinityTerm[];
  readonly preferredAntiAffinity: readonly WeightedAffinityTerm[];
  /** Of the incoming Pod's namespace. */
  readonly namespaceLabels: Labels;
  readonly hardWeight: number;
  readonly sums: DomainSums;
}

function add(sums: DomainSums, term: AffinityTerm, nodeLabels: Labels, weight: number): void {
  const { topologyKey } = term;
  const value = Object.hasOwn(nodeLabels, topologyKey) ? nodeLabels[topologyKey] : undefined;
  if (value === undefined) return;
  let values = sums.get(topologyKey);
  if (values === undefined) {
    values = new Map();
    sums.set(topologyKey, values);
  }
  values.set(value, (values.get(value) ?? 0) + weight);
}

function weigh(weighing: Weighing, existing: PodInfo, nodeLabels: Labels): void {
  const { pod, namespaceLabels, hardWeight, sums } = weighing;
  const other = existing.class;
  const own = pod.class;
  // Other Pods are matched without labels of their namespace: see term-namespaces.ts.
  for (const term of weighing.preferredAffinity) {
    if (termMatches(term, other.namespace, other.labels, NO_LABELS)) add(sums, term, nodeLabels, term.weight);
  }
  for (const term of weighing.preferredAntiAffinity) {
    if (termMatches(term, other.namespace, other.labels, NO_LABELS)) add(sums, term, nodeLabels, -term.weight);
  }
  const { requiredAffinity, preferredAffinity, preferredAntiAffinity } = other.affinity;
  if (hardWeight > 0) {
    for (const term of requiredAffinity) {
      if (termMatches(term, own.namespace, own.labels, namespaceLabels)) add(sums, term, nodeLabels, hardWeight);
    }
  }
  for (const term of preferredAffinity) {
    if (termMatches(term, own.namespace, own.labels, namespaceLabels)) add(sums, term, nodeLabels, term.weight);
  }
  for (const term of preferredAntiAffinity) {
    if (termMatches(term, own.namespace, own.labels, namespaceLabels)) add(sums, term, nodeLabels, -term.weight);
  }
}

interface InterPodAffinityScore {
  preScore(state: CycleState, pod: PodInfo): Verdict;
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  normalizeScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: number[]): void;
}

export function interPodAffinityScore(args: InterPodAffinityArgs, handle: Handle): InterPodAffinityScore {
  const { listers } = handle;
  return {
    /** Without preferred terms of its own only Pods with affinity can have anything to say to it. */
    preScore(state, pod) {
      const { affinity, namespace } = pod.class;
      const hasTerms = affinity.preferredAffinity.length > 0 || affinity.preferredAntiAffinity.length > 0;
      if (args.ignorePreferredTermsOfExistingPods && !hasTerms) return SKIP;
      const weighing: Weighing = {
        pod,
        preferredAffinity: affinity.preferredAffinity.map((term) => resolveNamespaces(term, listers)),
        preferredAntiAffinity: affinity.preferredAntiAffinity.map((term) => resolveNamespaces(term, listers)),
        namespaceLabels: labelsOfNamespace(listers, namespace),
        hardWeight: args.hardPodAffinityWeight,
        sums: new Map(),
      };
      const { snapshot } = handle;
      for (const node of hasTerms ? snapshot.nodes : snapshot.nodesWithAffinityPods) {
        const labels = node.node.metadata.labels ?? NO_LABELS;
        for (const existing of hasTerms ? node.pods : node.podsWithAffinity) weigh(weighing, existing, labels);
      }
      if (weighing.sums.size === 0) return SKIP;
      state.write(STATE, weighing.sums);
      return undefined;
    },

    /** Raw: the sums of the Node's domains. */
    score(state, _pod, { node }) {
      const labels = node.metadata.labels ?? NO_LABELS;
      let sum = 0;
      for (const [key, values] of state.read(STATE)) {
        const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
        if (value !== undefined) sum += values.get(value) ?? 0;
      }
      return sum;
    },

    /** The least becomes 0, the greatest 100, by way of floating point: 29 of 100 becomes 28. */
    normalizeScore(_state, _pod, _nodes, scores) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const score of scores) {
        if (score < min) min = score;
        if (score > max) max = score;
      }
      const range = max - min;
      for (let i = 0; i < scores.length; i++) {
        scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * (((scores[i] as number) - min) / range)) : 0;
      }
    },
  };
}
