/**
 * Resolves the namespace selector of an incoming Pod's affinity term to the names of the namespaces that it selects now.
 *
 * Known defect of v1.34, kept: the selector should be dropped once it is resolved, but stays, and is later asked about
 * namespaces "without labels". One that an empty set of labels meets (only NotIn, DoesNotExist) thus selects every namespace.
 *
 * Source: pkg/scheduler/framework/plugins/interpodaffinity/plugin.go mergeAffinityTermNamespacesIfNotEmpty.
 */
import type { Labels } from '../../objects/meta.ts';
import type { AffinityTerm } from '../framework/affinity-terms.ts';
import { MATCHES_NOTHING, NO_LABELS } from '../framework/label-matcher.ts';
import type { Listers } from '../framework/listers.ts';

/** The empty selector means all namespaces as it is, and the absent one none: there is nothing to resolve. */
export function resolveNamespaces<T extends AffinityTerm>(term: T, listers: Listers): T {
  const { namespaceSelector } = term;
  if (namespaceSelector.isEmpty || namespaceSelector === MATCHES_NOTHING) return term;
  const namespaces = new Set(term.namespaces);
  for (const { metadata } of listers.namespaces.all()) {
    if (namespaceSelector.matches(metadata.labels ?? NO_LABELS)) namespaces.add(metadata.name);
  }
  return { ...term, namespaces };
}

/** Labels of a namespace; one that is not known has none. */
export function labelsOfNamespace(listers: Listers, namespace: string): Labels {
  return listers.namespaces.get('', namespace)?.metadata.labels ?? NO_LABELS;
}
