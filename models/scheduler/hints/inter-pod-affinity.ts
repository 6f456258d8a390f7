/**
 * Events that may cure a rejection by InterPodAffinity.
 *
 * As in v1.34.1, namespace selectors are matched against no labels at all, so they hold only where they hold for an empty set of labels.
 * Source: plugins/interpodaffinity/plugin.go.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod, PodAffinityTerm } from '../../objects/pod.ts';
import { matchesLabelSelector } from '../queue/object-rules.ts';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_POD_LABEL } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

const NO_TERMS: readonly PodAffinityTerm[] = [];
const NO_LABELS = {};

const affinityTerms = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? NO_TERMS;

const antiAffinityTerms = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? NO_TERMS;

/** Without namespaces and selector a term means the namespace of the Pod that has it. */
function inNamespaces(term: PodAffinityTerm, owner: Pod, other: Pod): boolean {
  const names = term.namespaces ?? [];
  const namespace = other.metadata.namespace ?? 'default';
  if (names.length === 0 && term.namespaceSelector === undefined) {
    return namespace === (owner.metadata.namespace ?? 'default');
  }
  return names.includes(namespace) || matchesLabelSelector(term.namespaceSelector, NO_LABELS);
}

/** False without terms. */
function matchesAll(terms: readonly PodAffinityTerm[], owner: Pod, other: Pod): boolean {
  if (terms.length === 0) return false;
  for (const term of terms) {
    if (!inNamespaces(term, owner, other)) return false;
    if (!matchesLabelSelector(term.labelSelector, other.metadata.labels ?? NO_LABELS)) return false;
  }
  return true;
}

/** A Pod on a Node came to match the affinity terms, or ceased to match the anti-affinity terms. */
function afterPodChange(pod: Pod, oldPod: Pod | undefined, newPod: Pod | undefined): boolean {
  if ((newPod !== undefined && !newPod.spec.nodeName) || (oldPod !== undefined && !oldPod.spec.nodeName)) return false;
  const terms = affinityTerms(pod);
  const antiTerms = antiAffinityTerms(pod);
  const matches = (candidate: Pod | undefined, all: readonly PodAffinityTerm[]): boolean =>
    candidate !== undefined && matchesAll(all, pod, candidate);
  if (newPod !== undefined && !matches(oldPod, terms) && matches(newPod, terms)) return true;
  return oldPod !== undefined && matches(oldPod, antiTerms) && !matches(newPod, antiTerms);
}

/** A Node with a topology key of the affinity, or whose value of one has changed. */
function afterNodeChange(pod: Pod, oldNode: Node | undefined, newNode: Node): boolean {
  const newLabels = newNode.metadata.labels ?? {};
  const oldLabels = oldNode?.metadata.labels ?? {};
  for (const { topologyKey } of affinityTerms(pod)) {
    const value = newLabels[topologyKey];
    if (value !== undefined && (oldNode === undefined || oldLabels[topologyKey] !== value)) return true;
  }
  for (const { topologyKey } of antiAffinityTerms(pod)) {
    if (oldNode === undefined) return true;
    const value = oldLabels[topologyKey];
    if (value !== undefined && newLabels[topologyKey] !== value) return true;
  }
  return false;
}

export const interPodAffinityEvents: readonly EventRegistration[] = [
  { resource: 'Pod', actions: ADD | DELETE | UPDATE_POD_LABEL, hint: afterPodChange },
  { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, hint: afterNodeChange },
];
