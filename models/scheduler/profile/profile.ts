/**
 * One profile: the plugins that serve the Pods of one schedulerName, by extension point and in their order, and how they are
 * run up to the decision. (Reserve and what follows it takes virtual time and is run by the scheduler as a component.)
 *
 * Source: pkg/scheduler/framework/runtime/framework.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Handle, PluginRunner } from '../framework/handle.ts';
import type { NodeVerdicts } from '../framework/node-verdicts.ts';
import type {
  BindPlugin,
  FilterPlugin,
  PermitPlugin,
  PostBindPlugin,
  PostFilterPlugin,
  PostFilterResult,
  PreBindPlugin,
  PreEnqueuePlugin,
  PreFilterPlugin,
  PreScorePlugin,
  QueueSortPlugin,
  ReservePlugin,
  ScorePlugin,
} from '../framework/plugin.ts';
import { type PodInfo, podUid } from '../framework/pod-info.ts';
import { errorStatus, isRejection, messageOf, type Status, unresolvable, type Verdict } from '../framework/status.ts';
import type { IndexedProfile } from '../index/indexed-profile.ts';
import { MAX_NODE_SCORE } from '../plugins/normalize.ts';

/** The plugins of a profile by extension point, each list in its order. */
export interface ProfilePlugins {
  readonly preEnqueue: readonly PreEnqueuePlugin[];
  readonly queueSort: readonly QueueSortPlugin[];
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly postFilter: readonly PostFilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  readonly score: readonly ScorePlugin[];
  readonly reserve: readonly ReservePlugin[];
  readonly permit: readonly PermitPlugin[];
  readonly preBind: readonly PreBindPlugin[];
  readonly bind: readonly BindPlugin[];
  readonly postBind: readonly PostBindPlugin[];
}

export interface PreFilterOutcome {
  /** The only Nodes that come into question; undefined is all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** Plugins that narrowed them, sorted. */
  readonly narrowing: readonly string[];
  readonly status: Verdict;
}

/** Scores of one plugin, by feasible Node: normalised and multiplied by the weight. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly scores: readonly number[];
}

export interface ScoreOutcome {
  readonly byPlugin: readonly PluginScores[];
  readonly totals: readonly number[];
}

const NO_NODES: readonly string[] = [];

/** Names that both allow; undefined is all. */
function intersection(a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): ReadonlySet<string> {
  return a === undefined ? b : new Set([...a].filter((name) => b.has(name)));
}

function wrapped(point: string, plugin: string, status: Status): Status {
  return errorStatus(plugin, `running ${point} plugin "${plugin}": ${messageOf(status)}`);
}

function named(status: Status, plugin: string): Status {
  return status.plugin === plugin ? status : { ...status, plugin };
}

export class Profile implements PluginRunner {
  readonly schedulerName: string;
  readonly plugins: ProfilePlugins;
  /** Of each Score plugin. */
  readonly weights: ReadonlyMap<string, number>;
  /** Percentage of Nodes to score; undefined: as the scheduler says, 0: adaptive. */
  readonly percentageOfNodesToScore: number | undefined;
  readonly handle: Handle;
  /** What the index knows of this profile; undefined when all its decisions are left to the plain rules. */
  indexed: IndexedProfile | undefined;

  /**
   * @param build makes the plugins, given the handle of this profile
   * @param handleOf makes the handle, given the profile that runs plugins for it
   */
  constructor(
    settings: {
      readonly schedulerName: string;
      readonly weights: ReadonlyMap<string, number>;
      readonly percentageOfNodesToScore: number | undefined;
    },
    handleOf: (runner: PluginRunner) => Handle,
    build: (handle: Handle) => ProfilePlugins,
  ) {
    this.schedulerName = settings.schedulerName;
    this.weights = settings.weights;
    this.percentageOfNodesToScore = settings.percentageOfNodesToScore;
    this.handle = handleOf(this);
    this.plugins = build(this.handle);
  }

  /** Runs every PreFilter plugin, up to the first that rejects the Pod for good or fails. */
  runPreFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterOutcome {
    let nodeNames: ReadonlySet<string> | undefined;
    let rejection: Status | undefined;
    const skipped = new Set<string>();
    const narrowing: string[] = [];
    state.skipFilter = skipped;
    const stop = (status: Status): PreFilterOutcome => ({ nodeNames, narrowing: [...narrowing].sort(), status });
    for (const plugin of this.plugins.preFilter) {
      const result = plugin.preFilter(state, pod, nodes);
      if (result === undefined) continue;
      if ('nodeNames' in result) {
        narrowing.push(plugin.name);
        nodeNames = intersection(nodeNames, result.nodeNames);
        if (nodeNames.size === 0) return stop(nothingLeft(narrowing));
      } else if (result.code === 'Skip') skipped.add(plugin.name);
      else if (!isRejection(result)) return stop(wrapped('PreFilter', plugin.name, result));
      else if (result.code === 'UnschedulableAndUnresolvable') {
        // Who narrowed the Nodes before has no part in this.
        return { nodeNames, narrowing: NO_NODES, status: named(result, plugin.name) };
      }
      // Others may still find that nothing can help: the last word counts.
      else rejection = named(result, plugin.name);
    }
    if (rejection !== undefined) return stop(rejection);
    return { nodeNames, narrowing: narrowing.length === 0 ? NO_NODES : [...narrowing].sort(), status: undefined };
  }

  /** The first Filter that says no. */
  runFilter(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict {
    const { skipFilter } = state;
    for (const plugin of this.plugins.filter) {
      if (skipFilter.size > 0 && skipFilter.has(plugin.name)) continue;
      const verdict = plugin.filter(state, pod, node);
      if (verdict === undefined) continue;
      return isRejection(verdict)
        ? named(verdict, plugin.name)
        : errorStatus(plugin.name, `running "${plugin.name}" filter plugin: ${messageOf(verdict)}`);
    }
    return undefined;
  }

  /**
   * Filters with the nominated Pods of the Node that are as important as this one or more, and, when it passes, without them: the
   * Pod must fit whether or not they come.
   */
  runFilterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict {
    const { nominator } = this.handle;
    if (nominator.isEmpty) return this.runFilter(state, pod, node);
    const nominated = nominator
      .podsFor(node.name)
      .filter((other) => other.class.priority >= pod.class.priority && podUid(other.pod) !== podUid(pod.pod));
    if (nominated.length > 0) {
      const [withThem, stateWithThem] = [node.clone(), state.clone()];
      for (const other of nominated) {
        withThem.addPod(other);
        const failed = this.runAddPod(stateWithThem, pod, other, withThem);
        if (failed !== undefined) return failed;
      }
      const verdict = this.runFilter(stateWithThem, pod, withThem);
      if (verdict !== undefined) return verdict;
    }
    return this.runFilter(state, pod, node);
  }

  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Verdict {
    for (const plugin of this.plugins.preFilter) {
      if (plugin.addPod === undefined || state.skipFilter.has(plugin.name)) continue;
      const status = plugin.addPod(state, pod, added, node);
      if (status !== undefined) return wrapped('PreFilterExtension AddPod', plugin.name, status);
    }
    return undefined;
  }

  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Verdict {
    for (const plugin of this.plugins.preFilter) {
      if (plugin.removePod === undefined || state.skipFilter.has(plugin.name)) continue;
      const status = plugin.removePod(state, pod, removed, node);
      if (status !== undefined) return wrapped('PreFilterExtension RemovePod', plugin.name, status);
    }
    return undefined;
  }

  /** The first plugin that succeeds, fails, or says that nothing can help ends it; the reasons of the others add up. */
  runPostFilter(state: CycleState, pod: PodInfo, verdicts: NodeVerdicts): PostFilterResult {
    const reasons: string[] = [];
    let result: PostFilterResult | undefined;
    let rejector = '';
    for (const plugin of this.plugins.postFilter) {
      const own = plugin.postFilter(state, pod, verdicts);
      const { status } = own;
      if (status === undefined || status.code === 'UnschedulableAndUnresolvable') return own;
      if (!isRejection(status)) return { status };
      if (own.nominatedNodeName !== undefined) result = own;
      reasons.push(...status.reasons);
      if (rejector === '') rejector = plugin.name;
    }
    return { ...result, status: { code: 'Unschedulable', plugin: rejector, reasons } };
  }

  /** Undefined, or why the attempt ends in an error. Notes which plugins skip their Score. */
  runPreScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]): Verdict {
    const skipped = new Set<string>();
    state.skipScore = skipped;
    for (const plugin of this.plugins.preScore) {
      const status = plugin.preScore(state, pod, feasible);
      if (status === undefined) continue;
      if (status.code === 'Skip') skipped.add(plugin.name);
      else return wrapped('PreScore', plugin.name, status);
    }
    return undefined;
  }

  runScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]): ScoreOutcome | Status {
    const byPlugin: PluginScores[] = [];
    const totals = feasible.map(() => 0);
    for (const plugin of this.plugins.score) {
      if (state.skipScore.has(plugin.name)) continue;
      const weight = this.weights.get(plugin.name) ?? 1;
      const scores = feasible.map((node) => plugin.score(state, pod, node));
      plugin.normalizeScore?.(state, pod, feasible, scores);
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i] as number;
        if (!(score >= 0 && score <= MAX_NODE_SCORE)) return outOfRange(plugin.name, score);
        scores[i] = score * weight;
        totals[i] = (totals[i] as number) + score * weight;
      }
      byPlugin.push({ plugin: plugin.name, weight, scores });
    }
    return { byPlugin, totals };
  }
}

function nothingLeft(narrowing: readonly string[]): Status {
  const names = [...narrowing].sort().join(' ');
  return unresolvable(
    '',
    narrowing.length === 1
      ? `node(s) didn't satisfy plugin ${names}`
      : `node(s) didn't satisfy plugin(s) [${names}] simultaneously`,
  );
}

function outOfRange(plugin: string, score: number): Status {
  const message = `plugin "${plugin}" returns an invalid score ${score}, it should in the range of [0, ${MAX_NODE_SCORE}] after normalizing`;
  return errorStatus(plugin, `running Score plugins: ${message}`);
}
