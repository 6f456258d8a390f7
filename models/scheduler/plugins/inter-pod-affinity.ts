/**
 * InterPodAffinity: Pods that want to be with or away from other Pods, in domains of a topology key. Its Filter counts, in
 * PreFilter, how many Pods match which term in which domain; its Score is in inter-pod-affinity-score.ts.
 *
 * Source: pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering}.go.
 */
import type { Labels } from '../../objects/meta.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { InterPodAffinityArgs } from '../config/plugin-args.ts';
import { type AffinityTerm, termMatches } from '../framework/affinity-terms.ts';
import type { StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, unresolvable, unschedulable } from '../framework/status.ts';
import { interPodAffinityScore } from './inter-pod-affinity-score.ts';
import { labelsOfNamespace, resolveNamespaces } from './term-namespaces.ts';

const NAME = 'InterPodAffinity';
const SKIP = skip(NAME);
const AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

/** Number of matches in each domain, a topology key and a value of it. A domain without any has no entry. */
export class DomainCounts {
  readonly #counts: Map<string, Map<string, number>>;
  #entries = 0;

  constructor(from?: DomainCounts) {
    this.#counts = new Map();
    if (from === undefined) return;
    for (const [key, values] of from.#counts) this.#counts.set(key, new Map(values));
    this.#entries = from.#entries;
  }

  /** Number of domains with matches. */
  get size(): number {
    return this.#entries;
  }

  /** Counts in the domain that the Node is in; a Node without the key is in none. */
  add(labels: Labels, key: string, delta: number): void {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value === undefined) return;
    let values = this.#counts.get(key);
    if (values === undefined) {
      values = new Map();
      this.#counts.set(key, values);
    }
    const before = values.get(value);
    const after = (before ?? 0) + delta;
    if (after === 0) {
      if (values.delete(value)) this.#entries--;
      return;
    }
    values.set(value, after);
    if (before === undefined) this.#entries++;
  }

  get(key: string, value: string): number {
    return this.#counts.get(key)?.get(value) ?? 0;
  }

  /** Whether some domain of the Node has a match. */
  anyOf(labels: Labels): boolean {
    for (const [key, values] of this.#counts) {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (value !== undefined && (values.get(value) ?? 0) > 0) return true;
    }
    return false;
  }
}

interface FilterState {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly namespaceLabels: Labels;
  /** Pods with anti-affinity to this Pod. */
  readonly existingAntiAffinity: DomainCounts;
  /** Pods that match all of this Pod's required affinity terms. */
  readonly affinity: DomainCounts;
  /** Pods that match a required anti-affinity term of this Pod. */
  readonly antiAffinity: DomainCounts;
}

const STATE: StateKey<FilterState> = {
  name: `${NAME}/PreFilter`,
  clone: (state) => ({
    ...state,
    existingAntiAffinity: new DomainCounts(state.existingAntiAffinity),
    affinity: new DomainCounts(state.affinity),
    antiAffinity: new DomainCounts(state.antiAffinity),
  }),
};

/**
 * Pods are matched without the labels of their namespace, since the terms' namespace selectors were resolved to names.
 * In v1.34 the selector stays beside the names, so that one which an empty set of labels meets matches every namespace.
 */
function matchesAllTerms(terms: readonly AffinityTerm[], { class: { namespace, labels } }: PodInfo): boolean {
  if (terms.length === 0) return false;
  for (const term of terms) if (!termMatches(term, namespace, labels, NO_LABELS)) return false;
  return true;
}

/** Counts what `other`, on a Node with these labels, means to the Pod. */
function count(state: FilterState, pod: PodInfo, other: PodInfo, nodeLabels: Labels, delta: number): void {
  countExisting(state, pod, other, nodeLabels, delta);
  countIncoming(state, other, nodeLabels, delta);
}

function countExisting(state: FilterState, pod: PodInfo, other: PodInfo, nodeLabels: Labels, delta: number): void {
  for (const term of other.class.affinity.requiredAntiAffinity) {
    if (termMatches(term, pod.class.namespace, pod.class.labels, state.namespaceLabels)) {
      state.existingAntiAffinity.add(nodeLabels, term.topologyKey, delta);
    }
  }
}

function countIncoming(state: FilterState, other: PodInfo, nodeLabels: Labels, delta: number): void {
  if (matchesAllTerms(state.requiredAffinity, other)) {
    for (const term of state.requiredAffinity) state.affinity.add(nodeLabels, term.topologyKey, delta);
  }
  const { namespace, labels } = other.class;
  for (const term of state.requiredAntiAffinity) {
    if (termMatches(term, namespace, labels, NO_LABELS)) state.antiAffinity.add(nodeLabels, term.topologyKey, delta);
  }
}

function satisfiesAffinity(state: FilterState, pod: PodInfo, labels: Labels): boolean {
  let present = true;
  for (const { topologyKey } of state.requiredAffinity) {
    const value = Object.hasOwn(labels, topologyKey) ? labels[topologyKey] : undefined;
    if (value === undefined) return false;
    if (state.affinity.get(topologyKey, value) <= 0) present = false;
  }
  // The first Pod of a group that wants to be together: nobody matches anywhere, but it matches its own terms.
  return present || (state.affinity.size === 0 && matchesAllTerms(state.requiredAffinity, pod));
}

function satisfiesAntiAffinity(state: FilterState, labels: Labels): boolean {
  if (state.antiAffinity.size === 0) return true;
  for (const { topologyKey } of state.requiredAntiAffinity) {
    const value = Object.hasOwn(labels, topologyKey) ? labels[topologyKey] : undefined;
    if (value !== undefined && state.antiAffinity.get(topologyKey, value) > 0) return false;
  }
  return true;
}

export function interPodAffinity(
  args: InterPodAffinityArgs,
  handle: Handle,
): FilterPlugin & PreFilterPlugin & PreScorePlugin & ScorePlugin {
  const { listers } = handle;

  function buildState(pod: PodInfo, nodes: readonly NodeInfo[]): FilterState {
    const { affinity, namespace } = pod.class;
    const state: FilterState = {
      requiredAffinity: affinity.requiredAffinity.map((term) => resolveNamespaces(term, listers)),
      requiredAntiAffinity: affinity.requiredAntiAffinity.map((term) => resolveNamespaces(term, listers)),
      namespaceLabels: labelsOfNamespace(listers, namespace),
      existingAntiAffinity: new DomainCounts(),
      affinity: new DomainCounts(),
      antiAffinity: new DomainCounts(),
    };
    for (const { podsWithRequiredAntiAffinity, node } of handle.snapshot.nodesWithRequiredAntiAffinityPods) {
      const labels = node.metadata.labels ?? NO_LABELS;
      for (const other of podsWithRequiredAntiAffinity) countExisting(state, pod, other, labels, 1);
    }
    if (state.requiredAffinity.length === 0 && state.requiredAntiAffinity.length === 0) return state;
    for (const { pods, node } of nodes) {
      const labels = node.metadata.labels ?? NO_LABELS;
      for (const other of pods) countIncoming(state, other, labels, 1);
    }
    return state;
  }

  return {
    name: NAME,
    dependsOn: { node: ['labels'], podsInDomain: true, objects: true },

    preFilter(cycle, pod, nodes) {
      const state = buildState(pod, nodes);
      const noTerms = state.requiredAffinity.length === 0 && state.requiredAntiAffinity.length === 0;
      if (noTerms && state.existingAntiAffinity.size === 0) return SKIP;
      cycle.write(STATE, state);
      return undefined;
    },

    addPod(cycle, pod, added, { node }) {
      count(cycle.read(STATE), pod, added, node.metadata.labels ?? NO_LABELS, 1);
      return undefined;
    },

    removePod(cycle, pod, removed, { node }) {
      count(cycle.read(STATE), pod, removed, node.metadata.labels ?? NO_LABELS, -1);
      return undefined;
    },

    filter(cycle, pod, { node }) {
      const state = cycle.read(STATE);
      const labels = node.metadata.labels ?? NO_LABELS;
      if (!satisfiesAffinity(state, pod, labels)) return AFFINITY;
      if (!satisfiesAntiAffinity(state, labels)) return ANTI_AFFINITY;
      return state.existingAntiAffinity.anyOf(labels) ? EXISTING_ANTI_AFFINITY : undefined;
    },

    ...interPodAffinityScore(args, handle),
  };
}
