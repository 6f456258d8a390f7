/**
 * NodeAffinity: the Pod's nodeSelector and node affinity, and what the configuration adds to them for every Pod.
 * Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.
 */
import type { NodeSelectorTerm } from '../../objects/node.ts';
import type { NodeAffinityArgs } from '../config/plugin-args.ts';
import { compileNodeSelector, compilePreferredTerms } from '../../objects/node-selector.ts';
import type { FilterPlugin, NodeNames, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { errorStatus, skip, unresolvable } from '../framework/status.ts';
import { normalizeByMaximum } from './normalize.ts';

const NAME = 'NodeAffinity';
const SKIP = skip(NAME);
const REJECTED = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const REJECTED_BY_ADDED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict');

/** The names that a term allows by `metadata.name`; undefined when it does not say. Requirements are ANDed. */
function namesOfTerm(term: NodeSelectorTerm): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (const { key, operator, values = [] } of term.matchFields ?? []) {
    if (key !== 'metadata.name' || operator !== 'In') continue;
    const before = names;
    names = new Set(before === undefined ? values : values.filter((value) => before.has(value)));
  }
  return names;
}

/** The only Nodes that come into question, if every term names some. */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const term of terms) {
    const names = namesOfTerm(term);
    if (names === undefined) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

/** @throws FieldErrors when the added preferred affinity cannot be parsed. */
export function nodeAffinity(args: NodeAffinityArgs): FilterPlugin & PreFilterPlugin & PreScorePlugin & ScorePlugin {
  const required = args.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const addedRequired = required === undefined ? undefined : compileNodeSelector(required);
  const preferred = args.addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  const addedPreferred = preferred === undefined ? undefined : compilePreferredTerms(preferred);
  return {
    name: NAME,
    dependsOn: {
      node: ['labels', 'name'],
      podParts: ({ spec }) => [spec.nodeSelector, spec.affinity?.nodeAffinity],
    },

    preFilter(_state, { class: { spec } }) {
      const own = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!own && addedRequired === undefined && !spec.nodeSelector) return SKIP;
      const terms = own?.nodeSelectorTerms ?? [];
      const nodeNames = terms.length === 0 ? undefined : namedNodes(terms);
      if (nodeNames === undefined) return undefined;
      return nodeNames.size === 0 ? CONFLICT : ({ nodeNames } satisfies NodeNames);
    },

    filter(_state, pod, { node }) {
      if (addedRequired !== undefined && !addedRequired.matches(node)) return REJECTED_BY_ADDED;
      const { requiredNodes } = pod.class;
      return requiredNodes === undefined || requiredNodes.matches(node) ? undefined : REJECTED;
    },

    preScore(_state, { class: { spec, preferredNodes } }) {
      const own = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      if (!own && addedPreferred === undefined) return SKIP;
      return typeof preferredNodes === 'function' ? undefined : errorStatus(NAME, preferredNodes.error);
    },

    /** Raw: sum of the weights of the terms that match. */
    score(_state, { class: { preferredNodes } }, { node }) {
      const added = addedPreferred === undefined ? 0 : addedPreferred(node);
      return typeof preferredNodes === 'function' ? added + preferredNodes(node) : added;
    },

    normalizeScore(_state, _pod, _nodes, scores) {
      normalizeByMaximum(scores, false);
    },
  };
}
