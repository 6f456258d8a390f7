/**
 * What the scheduler as a component asks of the machinery that decides: a view of the cluster that it keeps up to date, and for
 * each profile the extension points of one attempt. The component owns time, the queue and the API; the engine owns decisions and
 * knows neither. The plain framework and the indexed one both stand behind this contract.
 */
import type { Micros } from '../../engine/index.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import type { QueueSort } from './queue/pod-heap.ts';
import type { EventConsumer } from './queue/queueing-hints.ts';
import type { PreEnqueueGate } from './queue/scheduling-queue.ts';

/** An attempt found a Node. */
export interface Placed {
  readonly result: 'scheduled';
  readonly nodeName: string;
  /** Nodes that were looked at; what the cycle costs depends on it. */
  readonly evaluated: number;
  readonly feasible: number;
  /** Weighted total of the chosen Node and of each Score plugin, for the timeline; absent when nothing was scored. */
  readonly score?: { readonly total: number; readonly byPlugin: Readonly<Record<string, number>> };
  /** The attempt's cycle state, handed back at the later extension points. */
  readonly state: unknown;
}

/**
 * No Node fits. Without any Node at all: the message "no nodes available to schedule pods" and no plugins, which counts as an error
 * for the back-off.
 */
export interface Unplaced {
  readonly result: 'unschedulable';
  /** The FitError with the text of PostFilter: what users see in the condition and the event. */
  readonly message: string;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  readonly evaluated: number;
  /** Counts of Nodes by reason, for the timeline. */
  readonly reasons?: Readonly<Record<string, number>>;
  /**
   * What becomes of status.nominatedNodeName: a Node's name, or '' to clear it. Absent: it stays as it is.
   */
  readonly nominatedNodeName?: string;
  /** Pods to be evicted so that the Pod fits its nominated Node, the most important first. */
  readonly victims?: readonly Pod[];
}

/** The attempt could not be completed. */
export interface Failed {
  readonly result: 'error';
  readonly message: string;
  readonly evaluated: number;
}

export type Decision = Placed | Unplaced | Failed;

/** A plugin at Reserve, Permit or PreBind says no. */
export interface Refusal {
  readonly plugin: string;
  /** True: the Pod is unschedulable for now, because of this plugin. False: an error. */
  readonly isRejection: boolean;
  readonly message: string;
}

/** A Permit plugin wants the Pod to wait; `allow` or `reject` of the component end that. */
export interface PermitWait {
  readonly plugin: string;
  readonly timeoutMicros: Micros;
}

/** One profile: the plugins that serve Pods of one schedulerName. */
export interface SchedulingProfile {
  readonly schedulerName: string;
  /** What each plugin wants to hear of, in the order of the plugins. */
  readonly events: readonly EventConsumer[];
  /** PreEnqueue plugins in order; the gate of asynchronous preemption is the component's own. */
  readonly gates: readonly PreEnqueueGate[];
  /** PreFilter to Score, and PostFilter where nothing fits, on the view as it stands. */
  schedule(pod: Pod): Decision;
  /** Reserve in order; the first refusal ends it (the component then calls `unreserve`). */
  reserve(state: unknown, pod: Pod, nodeName: string): Refusal | undefined;
  unreserve(state: unknown, pod: Pod, nodeName: string): void;
  permit(state: unknown, pod: Pod, nodeName: string): Refusal | readonly PermitWait[] | undefined;
  /** False: there was nothing to do, and `done` is not called. Else `done` runs once, now or later. */
  preBind(state: unknown, pod: Pod, nodeName: string, done: (refusal: Refusal | undefined) => void): boolean;
  /** Binds by plugins of its own. Absent, or false: the Pod is bound by POST of its binding. Else `done` runs once, now or later. */
  bind?(state: unknown, pod: Pod, nodeName: string, done: (problem: string | undefined) => void): boolean;
  postBind(state: unknown, pod: Pod, nodeName: string): void;
}

export interface SchedulingEngine {
  /** By schedulerName. */
  readonly profiles: ReadonlyMap<string, SchedulingProfile>;
  /** Absent: PrioritySort. */
  readonly queueSort?: QueueSort;
  /** Nodes that an attempt sees. */
  readonly nodeCount: number;
  addNode(node: Node): void;
  updateNode(oldNode: Node, newNode: Node): void;
  removeNode(node: Node): void;
  /** A Pod is on a Node; if it was assumed there, this confirms it. */
  addPod(pod: Pod): void;
  updatePod(oldPod: Pod, newPod: Pod): void;
  removePod(pod: Pod): void;
  /** Counts a Pod (with spec.nodeName) on its Node before the API says so. */
  assumePod(pod: Pod): void;
  forgetPod(pod: Pod): void;
  isAssumed(pod: Pod): boolean;
  /** A Pod without Node wants that Node (undefined: none any more); Pods of lower or equal priority have to respect it. */
  nominate(pod: Pod, nodeName: string | undefined): void;
}
