/**
 * The extension points of the scheduling framework, one small interface for each. A plugin is an object with a name and
 * the methods of the points that it takes part in; the profile says which of them are used, in which order.
 *
 * Everything runs synchronously in one instant of virtual time. Where the real framework would wait (Permit, PreBind,
 * Bind), a plugin says so by its verdict, and the scheduler carries on later.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go.
 */
import type { Pod } from '../../objects/pod.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeVerdicts } from './node-verdicts.ts';
import type { PodClass } from './pod-class.ts';
import type { PodInfo } from './pod-info.ts';
import type { Verdict } from './status.ts';

/** Parts of a Node object. */
export type NodePart = 'name' | 'labels' | 'taints' | 'unschedulable' | 'images' | 'allocatable' | 'annotations';

/**
 * What a plugin's Filter verdict and raw score for one (Pod class, Node) depend on, beyond the Pod's class. An index
 * evaluates the plugin again for a Node only when one of these changed. A plugin without a declaration is evaluated anew
 * for each Pod and Node.
 */
export interface Dependencies {
  /** Parts of the Node object. */
  readonly node?: readonly NodePart[];
  /** Requested resources, ports or number of Pods on this Node. */
  readonly requested?: boolean;
  /** Which Pods are on this Node, by class. */
  readonly pods?: boolean;
  /** Pods on other Nodes, in a topology domain or anywhere; the index must know such a plugin by name. */
  readonly podsInDomain?: boolean;
  /** Objects of other kinds (Namespaces, Services, claims …); the index must know such a plugin by name. */
  readonly objects?: boolean;
  /** Annotations of the Pod, by name: Pods that differ in them are then of different classes. */
  readonly podAnnotations?: readonly string[];
  /**
   * What it reads of the Pod's class: classes for which this is equal as JSON get equal verdicts from every Node, so that an index
   * asks for one of them only. Without it, all of the class counts.
   */
  podParts?(podClass: PodClass): unknown;
}

export interface Plugin {
  readonly name: string;
  readonly dependsOn?: Dependencies;
  /**
   * What the plugin does from Reserve on needs nothing that its PreFilter or Filter wrote for this very Pod, so that an index may
   * stand in for these. Plugins that take no part after the decision need not say so.
   */
  readonly isStatelessAfterDecision?: boolean;
}

/** Orders the queue: negative when `a` goes first. */
export interface QueueSortPlugin extends Plugin {
  compare(a: QueueSortEntry, b: QueueSortEntry): number;
}

export interface QueueSortEntry {
  readonly pod: Pod;
  readonly timestampMicros: number;
}

/** Lets a Pod into the active queue, or holds it back. */
export interface PreEnqueuePlugin extends Plugin {
  preEnqueue(pod: Pod): Verdict;
}

/** Names of the only Nodes that come into question. */
export interface NodeNames {
  readonly nodeNames: ReadonlySet<string>;
}

/**
 * Looks at the Pod once before Nodes are filtered. Skip means that this plugin's Filter need not run; names narrow the Nodes.
 * A plugin that keeps state about other Pods also has `addPod` and `removePod`, by which preemption keeps it right.
 */
export interface PreFilterPlugin extends Plugin {
  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict | NodeNames;
  /** `added` has come to `node`. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Verdict;
  /** `removed` has left `node`. */
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Verdict;
}

/** Whether the Pod may run on the Node. */
export interface FilterPlugin extends Plugin {
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
}

/** A Node on which the Pod would fit if those victims went. */
export interface PreemptionCandidate {
  readonly node: NodeInfo;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  /** Victims that a PodDisruptionBudget does not allow to go. */
  readonly pdbViolations: number;
}

/** What became of a Pod that no Node takes. */
export interface PostFilterResult {
  /** The Node that the Pod is nominated to; '' takes a nomination away; undefined changes nothing. */
  readonly nominatedNodeName?: string;
  /** Pods that have to go, on the nominated Node. */
  readonly victims?: readonly PodInfo[];
  /** What preemption weighed, for showing. */
  readonly candidates?: readonly PreemptionCandidate[];
  /** Of these, the ones that no criterion tells apart from the chosen one. */
  readonly best?: readonly PreemptionCandidate[];
  /** Undefined is success. */
  readonly status: Verdict;
}

/** Runs when no Node is feasible. The first plugin that makes the Pod schedulable, or fails, ends the point. */
export interface PostFilterPlugin extends Plugin {
  postFilter(state: CycleState, pod: PodInfo, verdicts: NodeVerdicts): PostFilterResult;
}

/** Prepares scoring. Skip: the plugin's Score is not called and adds nothing. */
export interface PreScorePlugin extends Plugin {
  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict;
}

/** Ranks a feasible Node. After `normalizeScore` every score is a whole number from 0 to 100. */
export interface ScorePlugin extends Plugin {
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Changes `scores[i]`, the raw score of `nodes[i]`, in place. */
  normalizeScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: number[]): void;
}

/** Keeps state of its own about Pods that are about to be bound. */
export interface ReservePlugin extends Plugin {
  reserve(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  /** Undoes `reserve`; also called when it did not succeed, in reverse order of plugins. */
  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** Lets the Pod go on to binding, rejects it, or lets it wait (code Wait) for so long. */
export interface PermitPlugin extends Plugin {
  permit(
    state: CycleState,
    pod: PodInfo,
    nodeName: string,
  ): { readonly status: Verdict; readonly timeoutMicros?: number };
}

/**
 * Done before binding. `preBindPreFlight` says by Skip that there is nothing to do. `preBind` calls `done` once, in this or a
 * later instant.
 */
export interface PreBindPlugin extends Plugin {
  preBindPreFlight?(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  preBind(state: CycleState, pod: PodInfo, nodeName: string, done: (status: Verdict) => void): void;
}

/** Binds; returns Skip to leave it to the next plugin, else undefined, and calls `done` once in this or a later instant. */
export interface BindPlugin extends Plugin {
  bind(state: CycleState, pod: PodInfo, nodeName: string, done: (status: Verdict) => void): Verdict;
}

export interface PostBindPlugin extends Plugin {
  postBind(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** Any plugin, before it is known which points it takes part in. */
export type AnyPlugin = Plugin &
  Partial<
    QueueSortPlugin &
      PreEnqueuePlugin &
      PreFilterPlugin &
      FilterPlugin &
      PostFilterPlugin &
      PreScorePlugin &
      ScorePlugin &
      ReservePlugin &
      PermitPlugin &
      PreBindPlugin &
      BindPlugin &
      PostBindPlugin
  >;

export const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];

/** The method by which a plugin shows that it takes part in a point. */
const METHOD_OF_POINT: Readonly<Record<ExtensionPoint, keyof AnyPlugin>> = {
  preEnqueue: 'preEnqueue',
  queueSort: 'compare',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
};

export function takesPartIn(plugin: AnyPlugin, point: ExtensionPoint): boolean {
  return typeof plugin[METHOD_OF_POINT[point]] === 'function';
}
