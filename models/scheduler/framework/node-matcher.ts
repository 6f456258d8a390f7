/**
 * Node affinity of a Pod, compiled once for its class. A term that cannot be parsed (for example one with a value that is no
 * label value, which API validation lets pass) never matches where it is required, and is an error where it is preferred.
 */
import { FieldErrors } from '../../objects/field-error.ts';
import type { Node } from '../../objects/node.ts';
import { compilePreferredTerms, type NodePreference, requiredNodeAffinity } from '../../objects/node-selector.ts';
import type { PodSpec, PreferredSchedulingTerm } from '../../objects/pod.ts';

export interface NodeMatcher {
  matches(node: Node): boolean;
}

/** The Pod's nodeSelector and its required node affinity; undefined when it has neither. */
export function compileRequiredNodes(spec: PodSpec): NodeMatcher | undefined {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required && Object.keys(spec.nodeSelector ?? {}).length === 0) return undefined;
  const match = requiredNodeAffinity(spec);
  return { matches: (node) => match(node).matches };
}

/** Sum of the weights of the preferred terms that match a Node; or why the terms cannot be parsed. */
export type PreferredNodes = NodePreference | { readonly error: string };

export function compilePreferredNodes(terms: readonly PreferredSchedulingTerm[] | undefined): PreferredNodes {
  try {
    return compilePreferredTerms(terms ?? []);
  } catch (error) {
    if (!(error instanceof FieldErrors)) throw error;
    return { error: error.message };
  }
}
