/**
 * One scheduling attempt by the plain rules: PreFilter, Filter over the Nodes from a rotating start until enough are feasible,
 * Score, choice; PostFilter when nothing is feasible. Its cost grows with the number of Nodes; an index may stand in for
 * `findFeasible` and `prioritize` and has to come to the same decision.
 *
 * Source: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, findNodesThatPassFilters, prioritizeNodes.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { SchedulerCache } from '../cache/scheduler-cache.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { FitError } from '../framework/fit-error.ts';
import { NodeVerdicts } from '../framework/node-verdicts.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { errorStatus, isRejection, type Status, unresolvable } from '../framework/status.ts';
import type { Profile, ScoreOutcome } from '../profile/profile.ts';
import { chooseHost, indicesOfBest, type TieBreak } from './choose-host.ts';
import type { AttemptRecord, FoundNode, PodDecision } from './decision.ts';
import { feasibleNodesWanted } from './sampling.ts';
import type { NodeIndex } from '../index/node-index.ts';

export interface PodSchedulerOptions {
  /** Where a profile says nothing; 0 is adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly tieBreak: TieBreak;
  /** For ties. */
  readonly stream: RandomStream;
  /** Decides in place of the plain rules where it can, with the same outcome. */
  readonly index?: NodeIndex | undefined;
}

/** Source: pkg/scheduler/scheduler.go ErrNoNodesAvailable. */
export const NO_NODES_AVAILABLE = 'no nodes available to schedule pods';

/** What the search for feasible Nodes found. */
interface Search {
  readonly feasible: readonly NodeInfo[];
  /** When each of these was looked at, counted from the first Node. */
  readonly offsets: readonly number[];
  /** Nodes that were looked at. */
  readonly lookedAt: number;
  readonly verdicts: NodeVerdicts;
  /** The Pod as a whole was rejected. */
  readonly rejection?: Status;
  readonly narrowing: readonly string[];
  /** The only Nodes that come into question. */
  readonly nodeNames?: ReadonlySet<string> | undefined;
  /** The attempt ends in an error. */
  readonly error?: Status;
  readonly viaNominatedNode?: boolean;
}

const NOTHING_FOUND = { feasible: [], offsets: [], lookedAt: 0 } as const;

export class PodScheduler {
  /** Position in the list of Nodes at which the next search begins. */
  nextStart = 0;
  readonly #cache: SchedulerCache;
  readonly #options: PodSchedulerOptions;

  constructor(cache: SchedulerCache, options: PodSchedulerOptions) {
    this.#cache = cache;
    this.#options = options;
  }

  /** Decides where the Pod goes. With `record`, notes what every plugin said, and scores even a single feasible Node. */
  schedule(profile: Profile, pod: PodInfo, record?: AttemptRecord): PodDecision {
    const snapshot = this.#cache.snapshot();
    if (snapshot.nodes.length === 0) {
      const state = new CycleState();
      return { result: 'error', state, evaluated: 0, status: errorStatus('', NO_NODES_AVAILABLE) };
    }
    if (record === undefined) {
      const found = this.#lookUp(profile, pod, snapshot);
      if (found !== undefined && found !== 'unschedulable') return found;
    }
    const state = new CycleState();
    const search = this.#findFeasible(profile, pod, state, snapshot);
    const { feasible, verdicts } = search;
    const evaluated = feasible.length + verdicts.size;
    if (record !== undefined) note(record, search);
    if (search.error !== undefined) return { result: 'error', state, evaluated, status: search.error };
    if (feasible.length === 0) return this.#postFilter(profile, pod, state, search, evaluated);
    if (feasible.length === 1) {
      if (record !== undefined) noteScores(record, prioritize(profile, pod, state, feasible));
      return { result: 'scheduled', state, evaluated, node: feasible[0] as NodeInfo, feasible: 1, total: undefined };
    }
    const outcome = prioritize(profile, pod, state, feasible);
    if (record !== undefined) noteScores(record, outcome);
    if ('code' in outcome) return { result: 'error', state, evaluated, status: outcome };
    const best = indicesOfBest(outcome.totals);
    const { tieBreak, stream } = this.#options;
    const chosen = chooseHost(search, best, tieBreak, stream);
    const node = feasible[chosen] as NodeInfo;
    const scoresByPlugin = (): Record<string, number> => scoresOf(outcome, chosen);
    const total = outcome.totals[chosen];
    return { result: 'scheduled', state, evaluated, node, feasible: feasible.length, total, scoresByPlugin };
  }

  /**
   * What the index alone can say: where the Pod goes, or that no Node takes it. Cheaper than `schedule` for those who do not ask why a
   * Pod fits nowhere; PostFilter is not run. Undefined when the plain rules have to decide.
   */
  scheduleByIndex(profile: Profile, pod: PodInfo): FoundNode | 'unschedulable' | undefined {
    const snapshot = this.#cache.snapshot();
    return snapshot.nodes.length === 0 ? undefined : this.#lookUp(profile, pod, snapshot);
  }

  /** Asks the index; undefined when the plain rules have to decide, or to say why nothing fits. */
  #lookUp(profile: Profile, pod: PodInfo, snapshot: Snapshot): FoundNode | 'unschedulable' | undefined {
    const { index, tieBreak, stream } = this.#options;
    if (index === undefined || profile.indexed === undefined || this.#concernsNominations(profile, pod))
      return undefined;
    const wanted = this.#wanted(profile, snapshot.nodes.length);
    const ties = tieBreak === 'random' ? stream : null;
    const state = new CycleState();
    // Nodes may have gone since the last attempt.
    const start = this.nextStart % snapshot.nodes.length;
    const choice = index.choose(profile.indexed, pod, wanted, start, ties, state);
    if (choice === undefined) return undefined;
    if (choice.feasible === 0) return 'unschedulable';
    const { evaluated, feasible } = choice;
    this.nextStart = (start + evaluated) % snapshot.nodes.length;
    const node = snapshot.nodes[choice.node] as NodeInfo;
    return { result: 'scheduled', state, evaluated, node, feasible, total: feasible === 1 ? undefined : choice.total };
  }

  /** A Pod that has been promised a Node, or that must respect the promises to others, is for the plain rules. */
  #concernsNominations(profile: Profile, pod: PodInfo): boolean {
    if ((pod.pod.status?.nominatedNodeName ?? '') !== '' || (pod.pod.spec.nodeName ?? '') !== '') return true;
    const { nominator } = profile.handle;
    if (nominator.isEmpty) return false;
    for (const nodeName of nominator.nodeNames()) {
      if (nominator.podsFor(nodeName).some((other) => other.class.priority >= pod.class.priority)) return true;
    }
    return false;
  }

  #wanted(profile: Profile, nodes: number): number {
    const percentage = profile.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    return profile.plugins.score.length === 0 ? 1 : feasibleNodesWanted(percentage, nodes);
  }

  #findFeasible(profile: Profile, pod: PodInfo, state: CycleState, snapshot: Snapshot): Search {
    const verdicts = new NodeVerdicts();
    const { status, nodeNames, narrowing } = profile.runPreFilter(state, pod, snapshot.nodes);
    if (status !== undefined) {
      if (!isRejection(status)) return { ...NOTHING_FOUND, verdicts, narrowing, error: status };
      verdicts.absent = status;
      return { ...NOTHING_FOUND, verdicts, narrowing, rejection: status };
    }
    const nominated = snapshot.get(pod.pod.status?.nominatedNodeName ?? '');
    if (nominated !== undefined) {
      // Errors are not the end of it here: the real one logs them and goes on with all Nodes.
      const found = this.#passFilters(profile, pod, state, [nominated], verdicts);
      if (found.feasible.length > 0) return { ...found, verdicts, narrowing, nodeNames, viaNominatedNode: true };
    }
    let { nodes } = snapshot;
    if (nodeNames !== undefined) {
      nodes = nodes.filter(({ name }) => nodeNames.has(name));
      verdicts.absent = notSatisfied(narrowing, verdicts);
    }
    const { error, ...found } = this.#passFilters(profile, pod, state, nodes, verdicts);
    this.nextStart = (this.nextStart + found.feasible.length + verdicts.size) % snapshot.nodes.length;
    return error === undefined
      ? { ...found, verdicts, narrowing, nodeNames }
      : { ...found, verdicts, narrowing, error };
  }

  /**
   * Filters the Nodes from the rotating start on, until one more than enough is feasible: that one ends the search and does not count,
   * but Nodes refused before it do, as in kube-scheduler. Notes the verdicts of Nodes that are not feasible.
   */
  #passFilters(
    profile: Profile,
    pod: PodInfo,
    state: CycleState,
    nodes: readonly NodeInfo[],
    verdicts: NodeVerdicts,
  ): Pick<Search, 'feasible' | 'offsets' | 'lookedAt' | 'error'> {
    const wanted = this.#wanted(profile, nodes.length);
    const feasible: NodeInfo[] = [];
    const offsets: number[] = [];
    let i = 0;
    for (; i < nodes.length; i++) {
      const node = nodes[(this.nextStart + i) % nodes.length] as NodeInfo;
      const verdict = profile.runFilterWithNominatedPods(state, pod, node);
      if (verdict === undefined) {
        if (feasible.length === wanted) break;
        feasible.push(node);
        offsets.push(i);
      } else if (verdict.code === 'Error') return { feasible, offsets, lookedAt: i, error: verdict };
      else verdicts.set(node.name, verdict);
    }
    return { feasible, offsets, lookedAt: i };
  }

  #postFilter(profile: Profile, pod: PodInfo, state: CycleState, search: Search, evaluated: number): PodDecision {
    const { verdicts, rejection, narrowing } = search;
    const allNodes = this.#cache.snapshot().nodes.length;
    const fitError = new FitError(allNodes, verdicts, rejection, narrowing);
    const postFilter =
      profile.plugins.postFilter.length === 0 ? undefined : profile.runPostFilter(state, pod, verdicts);
    return { result: 'unschedulable', state, evaluated, fitError, postFilter };
  }
}

/**
 * Of the Nodes beyond those that PreFilter narrowed the search to. A plugin that has just refused the nominated Node is named too:
 * the real one keeps both in one set.
 */
function notSatisfied(narrowing: readonly string[], verdicts: NodeVerdicts): Status {
  const plugins = new Set(narrowing);
  for (const [, { plugin }] of verdicts.entries()) plugins.add(plugin);
  return unresolvable('', `node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`);
}

/** Scores of the feasible Nodes, or why there are none. Without Score plugins all are equal. */
function prioritize(
  profile: Profile,
  pod: PodInfo,
  state: CycleState,
  feasible: readonly NodeInfo[],
): ScoreOutcome | Status {
  const problem = profile.runPreScore(state, pod, feasible);
  return problem ?? profile.runScore(state, pod, feasible);
}

function scoresOf({ byPlugin }: ScoreOutcome, chosen: number): Record<string, number> {
  return Object.fromEntries(byPlugin.map(({ plugin, scores }) => [plugin, scores[chosen] as number]));
}

function note(record: AttemptRecord, search: Search): void {
  record.verdicts = search.verdicts;
  record.feasible = search.feasible;
  if (search.rejection !== undefined) record.preFilter = search.rejection;
  if (search.nodeNames !== undefined) record.preFilterNodes = search.nodeNames;
  record.viaNominatedNode = search.viaNominatedNode === true;
}

function noteScores(record: AttemptRecord, outcome: ScoreOutcome | Status): void {
  if ('code' in outcome) {
    record.scoreError = outcome;
    return;
  }
  record.scores = outcome.byPlugin;
  record.totals = outcome.totals;
  record.best = indicesOfBest(outcome.totals);
}
