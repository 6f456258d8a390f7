/**
 * Explains where a Pod could go at this moment: what every plugin says of every Node, and every score before and after
 * normalisation. Nothing changes by it: no draw is taken, no rotating start moves, nothing is reserved, and preemption is not tried.
 *
 * All Nodes are looked at and, if feasible, scored, whatever the sampling of an attempt would do. A Pod that is on a Node already is
 * left out of that Node's resources and ports; in counts over topology domains it stays.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { FitError } from '../framework/fit-error.ts';
import { NodeVerdicts } from '../framework/node-verdicts.ts';
import { type PodInfo, podKey } from '../framework/pod-info.ts';
import { isRejection, messageOf, type Verdict } from '../framework/status.ts';
import type { Profile } from '../profile/profile.ts';
import { indicesOfBest } from './choose-host.ts';

/** `Success`, `Skip` (nothing to check for this Pod), or the code of a rejection or an error. */
export interface PluginVerdict {
  readonly plugin: string;
  readonly verdict: string;
  readonly reasons?: readonly string[];
}

export interface PluginScore {
  readonly plugin: string;
  readonly raw: number;
  /** 0 to 100. */
  readonly normalized: number;
  readonly weight: number;
  readonly weighted: number;
}

export interface NodeExplanation {
  readonly node: string;
  readonly feasible: boolean;
  /** Every Filter, also after one that refuses the Node. */
  readonly filters: readonly PluginVerdict[];
  /** Why it is not feasible although every Filter passes: Pods nominated to it, or a plugin that narrowed the Nodes. */
  readonly other?: PluginVerdict;
  readonly scores?: readonly PluginScore[];
  readonly total?: number;
}

/** Plain data, fit for JSON. */
export interface PodExplanation {
  readonly pod: string;
  readonly schedulerName: string;
  /** The rejection of the Pod as a whole; then no Node was looked at. */
  readonly preFilter?: PluginVerdict;
  /** In the order in which Nodes are looked at. */
  readonly nodes: readonly NodeExplanation[];
  /** Nodes with the greatest total, by name. */
  readonly best: readonly string[];
  /** Where nothing is feasible: the text that users see, without what preemption would add. */
  readonly message?: string;
  /** Why there are no scores. */
  readonly scoreError?: string;
}

function verdictOf(plugin: string, verdict: Verdict): PluginVerdict {
  if (verdict === undefined) return { plugin, verdict: 'Success' };
  return { plugin: verdict.plugin || plugin, verdict: verdict.code, reasons: verdict.reasons };
}

/** The Node without the Pod itself. */
function withoutPod(node: NodeInfo, pod: PodInfo): NodeInfo {
  if (pod.pod.spec.nodeName !== node.name) return node;
  const copy = node.clone();
  copy.removePod(pod.pod);
  return copy;
}

/** A bound Pod is asked about as if it had no Node. */
function unbound(pod: PodInfo): PodInfo {
  const { nodeName, ...spec } = pod.pod.spec;
  return nodeName === undefined ? pod : { ...pod, pod: { ...pod.pod, spec } };
}

function explainNode(profile: Profile, state: CycleState, pod: PodInfo, node: NodeInfo): NodeExplanation {
  const filters = profile.plugins.filter.map((plugin): PluginVerdict => {
    if (state.skipFilter.has(plugin.name)) return { plugin: plugin.name, verdict: 'Skip' };
    return verdictOf(plugin.name, plugin.filter(state, pod, node));
  });
  if (filters.some(({ verdict }) => verdict !== 'Success' && verdict !== 'Skip')) {
    return { node: node.name, feasible: false, filters };
  }
  const withNominated = profile.runFilterWithNominatedPods(state, pod, node);
  if (withNominated === undefined) return { node: node.name, feasible: true, filters };
  const { plugin, verdict, reasons = [] } = verdictOf('', withNominated);
  const other = {
    plugin,
    verdict,
    reasons: reasons.map((reason) => `${reason} (with the Pods nominated to the Node)`),
  };
  return { node: node.name, feasible: false, filters, other };
}

type Scores = ReadonlyMap<string, readonly PluginScore[]>;

/** Scores of the feasible Nodes by name, or why there are none. */
function explainScores(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  feasible: readonly NodeInfo[],
): Scores | string {
  const problem = profile.runPreScore(state, pod, feasible);
  if (problem !== undefined) return messageOf(problem);
  const scores = new Map<string, PluginScore[]>(feasible.map(({ name }) => [name, []]));
  for (const plugin of profile.plugins.score) {
    if (state.skipScore.has(plugin.name)) continue;
    const weight = profile.weights.get(plugin.name) ?? 1;
    const raw = feasible.map((node) => plugin.score(state, pod, node));
    const normalized = [...raw];
    plugin.normalizeScore?.(state, pod, feasible, normalized);
    feasible.forEach(({ name }, i) => {
      const score = normalized[i] as number;
      const own = { plugin: plugin.name, raw: raw[i] as number, normalized: score, weight, weighted: score * weight };
      scores.get(name)?.push(own);
    });
  }
  return scores;
}

/** Explains the Pod against the snapshot, which has to be up to date. */
export function explainPod(profile: Profile, pod: PodInfo, snapshot: Snapshot): PodExplanation {
  const about = { pod: podKey(pod.pod), schedulerName: profile.schedulerName };
  const asked = unbound(pod);
  const state = new CycleState();
  const { status, nodeNames, narrowing } = profile.runPreFilter(state, asked, snapshot.nodes);
  const verdicts = new NodeVerdicts();
  if (status !== undefined) {
    verdicts.absent = status;
    const rejection = isRejection(status) ? status : undefined;
    const message = new FitError(snapshot.nodes.length, verdicts, rejection, narrowing).message();
    return { ...about, preFilter: verdictOf('', status), nodes: [], best: [], message };
  }
  const infos = snapshot.nodes.map((node) => withoutPod(node, pod));
  const nodes = infos.map((node): NodeExplanation => {
    const own = explainNode(profile, state, asked, node);
    if (nodeNames === undefined || nodeNames.has(node.name)) return own;
    const reasons = [`node(s) didn't satisfy plugin(s) [${narrowing.join(' ')}]`];
    const other = { plugin: narrowing.join(' '), verdict: 'UnschedulableAndUnresolvable', reasons };
    return { ...own, feasible: false, other };
  });
  const feasible = infos.filter((_, i) => nodes[i]?.feasible === true);
  if (feasible.length === 0) return { ...about, nodes, best: [], message: messageFor(nodes, narrowing) };
  const scores = explainScores(profile, state, asked, feasible);
  if (typeof scores === 'string') return { ...about, nodes, best: [], scoreError: scores };
  const scored = nodes.map((node): NodeExplanation => {
    const own = scores.get(node.node);
    if (own === undefined) return node;
    return { ...node, scores: own, total: own.reduce((sum, { weighted }) => sum + weighted, 0) };
  });
  const candidates = scored.filter(({ total }) => total !== undefined);
  const best = indicesOfBest(candidates.map(({ total = 0 }) => total)).map((i) => candidates[i]?.node ?? '');
  return { ...about, nodes: scored, best: best.sort() };
}

/** The text for users, from the first refusal of each Node. */
function messageFor(nodes: readonly NodeExplanation[], narrowing: readonly string[]): string {
  const verdicts = new NodeVerdicts();
  for (const { node, filters, other } of nodes) {
    const refusal = filters.find(({ verdict }) => verdict !== 'Success' && verdict !== 'Skip');
    const first = narrowing.length > 0 && other !== undefined ? other : (refusal ?? other);
    if (first === undefined) continue;
    const code = first.verdict === 'Unschedulable' ? 'Unschedulable' : 'UnschedulableAndUnresolvable';
    verdicts.set(node, { code, plugin: first.plugin, reasons: first.reasons ?? [] });
  }
  return new FitError(nodes.length, verdicts, undefined, narrowing).message();
}
