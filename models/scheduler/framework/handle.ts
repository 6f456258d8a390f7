/**
 * What a plugin may use of its scheduler, besides the Pod and the Node it is asked about.
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go Handle.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { CycleState } from './cycle-state.ts';
import type { Listers } from './listers.ts';
import type { Nominator } from './nominator.ts';
import type { PodClasses } from './pod-class.ts';
import type { PodInfo } from './pod-info.ts';
import type { Verdict } from './status.ts';

/** The extension points that a plugin (preemption) may run itself. */
export interface PluginRunner {
  /** PreFilter's AddPod of every plugin: `added` came to `node`, which already has it. */
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Verdict;
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Verdict;
  /** All Filters, with the Pods nominated to the Node and, if that passes, without them. */
  runFilterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
}

export interface Handle {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly nominator: Nominator;
  readonly classes: PodClasses;
  /** Virtual time as a timestamp of the API, for what counts as "now" (a Pod without start time); undefined in replays. */
  readonly nowTimestamp?: (() => string) | undefined;
  /** A stream of its own for each purpose, named `scheduler/...`. */
  stream(name: string): RandomStream;
  /** Of the profile that the plugin belongs to. */
  readonly runner: PluginRunner;
}
