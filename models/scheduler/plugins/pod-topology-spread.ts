/**
 * PodTopologySpread: Pods that a selector matches are to be spread evenly over the domains of a topology key. This is the
 * Filter, for constraints that must hold (DoNotSchedule); the Score is in pod-topology-spread-score.ts.
 *
 * Source: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodTopologySpreadArgs } from '../config/plugin-args.ts';
import type { StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, unresolvable, unschedulable } from '../framework/status.ts';
import { podTopologySpreadScore } from './pod-topology-spread-score.ts';
import {
  countMatching,
  hasAllKeys,
  includesNode,
  type SpreadConstraint,
  SpreadConstraints,
} from './spread-constraints.ts';

const NAME = 'PodTopologySpread';
const SKIP = skip(NAME);
const MISSING_LABEL = unresolvable(
  NAME,
  "node(s) didn't match pod topology spread constraints (missing required label)",
);
const TOO_SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints");

/** The least count when there is no domain at all: so great that every Node passes. */
const NO_DOMAINS_MINIMUM = 2 ** 31 - 1;

/** Matching Pods in each domain of one constraint. */
class DomainPods {
  readonly #counts: Map<string, number>;
  /** Undefined: to be found anew. */
  #minimum: number | undefined;

  constructor(from?: DomainPods) {
    this.#counts = new Map(from === undefined ? undefined : from.#counts);
    this.#minimum = from === undefined ? undefined : from.#minimum;
  }

  add(value: string, delta: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + delta);
    this.#minimum = undefined;
  }

  get(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** With fewer domains than wanted, one that does not exist yet counts as the least. */
  minimum(minDomains: number): number {
    if (this.#counts.size < minDomains) return 0;
    if (this.#minimum === undefined) {
      let minimum = NO_DOMAINS_MINIMUM;
      for (const count of this.#counts.values()) if (count < minimum) minimum = count;
      this.#minimum = minimum;
    }
    return this.#minimum;
  }
}

interface FilterState {
  readonly constraints: readonly SpreadConstraint[];
  /** By constraint. */
  readonly domains: readonly DomainPods[];
  /** 1 where the Pod matches its own selector. */
  readonly selfMatches: readonly number[];
}

const STATE: StateKey<FilterState> = {
  name: `${NAME}/PreFilter`,
  clone: (state) => ({ ...state, domains: state.domains.map((domain) => new DomainPods(domain)) }),
};

function buildState(pod: PodInfo, constraints: readonly SpreadConstraint[], nodes: readonly NodeInfo[]): FilterState {
  const domains = constraints.map(() => new DomainPods());
  for (const { node, pods } of nodes) {
    const labels = node.metadata.labels ?? NO_LABELS;
    if (!hasAllKeys(labels, constraints)) continue;
    constraints.forEach((constraint, i) => {
      if (!includesNode(constraint, pod.class, node)) return;
      const count = countMatching(pods, constraint.selector, pod.class.namespace);
      (domains[i] as DomainPods).add(labels[constraint.topologyKey] as string, count);
    });
  }
  const selfMatches = constraints.map(({ selector }) => (selector.matches(pod.class.labels) ? 1 : 0));
  return { constraints, domains, selfMatches };
}

/** Another Pod came to (1) or left (-1) the Node. Unlike in the first count, an empty selector matches it. */
function update(state: FilterState, pod: PodInfo, other: PodInfo, { node }: NodeInfo, delta: number): void {
  if (other.class.namespace !== pod.class.namespace) return;
  const labels = node.metadata.labels ?? NO_LABELS;
  if (!hasAllKeys(labels, state.constraints)) return;
  state.constraints.forEach((constraint, i) => {
    if (!constraint.selector.matches(other.class.labels) || !includesNode(constraint, pod.class, node)) return;
    (state.domains[i] as DomainPods).add(labels[constraint.topologyKey] as string, delta);
  });
}

export function podTopologySpread(
  args: PodTopologySpreadArgs,
  handle: Handle,
): FilterPlugin & PreFilterPlugin & PreScorePlugin & ScorePlugin {
  const constraintsOf = new SpreadConstraints(args, handle.listers);
  return {
    name: NAME,
    dependsOn: { node: ['labels', 'taints'], podsInDomain: true, objects: true },

    preFilter(cycle, pod, nodes) {
      const constraints = constraintsOf.of(pod.class, 'DoNotSchedule');
      if (constraints.length === 0) return SKIP;
      cycle.write(STATE, buildState(pod, constraints, nodes));
      return undefined;
    },

    addPod(cycle, pod, added, node) {
      update(cycle.read(STATE), pod, added, node, 1);
      return undefined;
    },

    removePod(cycle, pod, removed, node) {
      update(cycle.read(STATE), pod, removed, node, -1);
      return undefined;
    },

    filter(cycle, _pod, { node }) {
      const { constraints, domains, selfMatches } = cycle.read(STATE);
      const labels = node.metadata.labels ?? NO_LABELS;
      for (let i = 0; i < constraints.length; i++) {
        const { topologyKey, minDomains, maxSkew } = constraints[i] as SpreadConstraint;
        if (!Object.hasOwn(labels, topologyKey)) return MISSING_LABEL;
        const domain = domains[i] as DomainPods;
        const count = domain.get(labels[topologyKey] as string);
        if (count + (selfMatches[i] as number) - domain.minimum(minDomains) > maxSkew) return TOO_SKEWED;
      }
      return undefined;
    },

    ...podTopologySpreadScore(constraintsOf, handle),
  };
}
