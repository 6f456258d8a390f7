/**
 * The Score of PodTopologySpread, for constraints that should hold (ScheduleAnyway): the fewer matching Pods in the Node's
 * domains, the better; domains of a key with many values weigh more.
 *
 * Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState, StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { skip, type Verdict } from '../framework/status.ts';
import { goLog } from './go-log.ts';
import { MAX_NODE_SCORE } from './normalize.ts';
import {
  countMatching,
  HOSTNAME_LABEL,
  hasAllKeys,
  includesNode,
  type SpreadConstraint,
  type SpreadConstraints,
} from './spread-constraints.ts';

const NAME = 'PodTopologySpread';
const SKIP = skip(NAME);

interface ScoreState {
  readonly constraints: readonly SpreadConstraint[];
  /** Feasible Nodes that lack a key. */
  readonly ignored: ReadonlySet<string>;
  /** By constraint: value to matching Pods, for values that a feasible Node has. Empty for the hostname. */
  readonly domains: readonly Map<string, number>[];
  readonly weights: readonly number[];
}

const STATE: StateKey<ScoreState> = { name: `${NAME}/PreScore` };

/** The value of a Node without the label, where such a Node takes part. */
const MISSING_VALUE = '';

/** Which values there are among the feasible Nodes, and the weights that follow from how many there are. */
function prepare(
  constraints: readonly SpreadConstraint[],
  feasible: readonly NodeInfo[],
  requireAllKeys: boolean,
): ScoreState {
  const ignored = new Set<string>();
  const domains = constraints.map(() => new Map<string, number>());
  for (const { node, name } of feasible) {
    const labels = node.metadata.labels ?? NO_LABELS;
    if (requireAllKeys && !hasAllKeys(labels, constraints)) {
      ignored.add(name);
      continue;
    }
    constraints.forEach(({ topologyKey }, i) => {
      if (topologyKey === HOSTNAME_LABEL) return;
      domains[i]?.set(labels[topologyKey] ?? MISSING_VALUE, 0);
    });
  }
  const weights = constraints.map(({ topologyKey }, i) => {
    const values = topologyKey === HOSTNAME_LABEL ? feasible.length - ignored.size : (domains[i]?.size ?? 0);
    return goLog(values + 2);
  });
  return { constraints, ignored, domains, weights };
}

/** Counts matching Pods of all Nodes, feasible or not. */
function countAll(
  { constraints, domains }: ScoreState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  requireAllKeys: boolean,
): void {
  for (const { node, pods } of nodes) {
    const labels = node.metadata.labels ?? NO_LABELS;
    if (requireAllKeys && !hasAllKeys(labels, constraints)) continue;
    for (let i = 0; i < constraints.length; i++) {
      const constraint = constraints[i] as SpreadConstraint;
      const domain = domains[i] as Map<string, number>;
      if (!includesNode(constraint, pod.class, node)) continue;
      const value = labels[constraint.topologyKey] ?? MISSING_VALUE;
      const before = domain.get(value);
      if (before === undefined) continue;
      domain.set(value, before + countMatching(pods, constraint.selector, pod.class.namespace));
    }
  }
}

interface PodTopologySpreadScore {
  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict;
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  normalizeScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: number[]): void;
}

export function podTopologySpreadScore(constraintsOf: SpreadConstraints, handle: Handle): PodTopologySpreadScore {
  return {
    preScore(cycle, pod, feasible) {
      const constraints = constraintsOf.of(pod.class, 'ScheduleAnyway');
      if (constraints.length === 0) return SKIP;
      const hasOwn = (pod.class.spec.topologySpreadConstraints?.length ?? 0) > 0;
      // With the system's defaults a Node without zone can still be spread over by its hostname.
      const requireAllKeys = hasOwn || !constraintsOf.isSystemDefaulted;
      const state = prepare(constraints, feasible, requireAllKeys);
      countAll(state, pod, handle.snapshot.nodes, requireAllKeys);
      cycle.write(STATE, state);
      return undefined;
    },

    /** Raw: weighted counts, rounded. Pods of a hostname are counted here, whatever the inclusion policies say. */
    score(cycle, pod, { node, name, pods }) {
      const { constraints, ignored, domains, weights } = cycle.read(STATE);
      if (ignored.has(name)) return 0;
      const labels = node.metadata.labels ?? NO_LABELS;
      let score = 0;
      for (let i = 0; i < constraints.length; i++) {
        const { topologyKey, selector, maxSkew } = constraints[i] as SpreadConstraint;
        if (!Object.hasOwn(labels, topologyKey)) continue;
        const count =
          topologyKey === HOSTNAME_LABEL
            ? countMatching(pods, selector, pod.class.namespace)
            : (domains[i]?.get(labels[topologyKey] as string) ?? 0);
        score += count * (weights[i] as number) + (maxSkew - 1);
      }
      return Math.round(score);
    },

    normalizeScore(cycle, _pod, nodes, scores) {
      const { ignored } = cycle.read(STATE);
      const isIgnored = (i: number): boolean => ignored.size > 0 && ignored.has((nodes[i] as NodeInfo).name);
      let min = Number.MAX_SAFE_INTEGER;
      let max = 0;
      for (let i = 0; i < scores.length; i++) {
        if (isIgnored(i)) continue;
        const score = scores[i] as number;
        if (score < min) min = score;
        if (score > max) max = score;
      }
      for (let i = 0; i < scores.length; i++) {
        if (isIgnored(i)) scores[i] = 0;
        else if (max === 0) scores[i] = MAX_NODE_SCORE;
        else scores[i] = Math.trunc((MAX_NODE_SCORE * (max + min - (scores[i] as number))) / max);
      }
    },
  };
}
