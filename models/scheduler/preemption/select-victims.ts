/**
 * The fewest and least important Pods that have to leave one Node so that a Pod fits there.
 * Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import type { PreemptionCandidate } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type Status, unresolvable } from '../framework/status.ts';
import { splitByBudgets } from './disruption-budgets.ts';
import { byImportance } from './pod-importance.ts';

const NO_VICTIMS = unresolvable('', 'No preemption victims found for incoming pod');

/** An attempt to make room on one Node, on copies of Node and state. */
class Trial {
  readonly #handle: Handle;
  readonly #state: CycleState;
  readonly #pod: PodInfo;
  readonly node: NodeInfo;

  constructor(handle: Handle, state: CycleState, pod: PodInfo, node: NodeInfo) {
    this.#handle = handle;
    this.#state = state.clone();
    this.#pod = pod;
    this.node = node.clone();
  }

  remove(other: PodInfo): Status | undefined {
    this.node.removePod(other.pod);
    return this.#handle.runner.runRemovePod(this.#state, this.#pod, other, this.node);
  }

  add(other: PodInfo): Status | undefined {
    this.node.addPod(other);
    return this.#handle.runner.runAddPod(this.#state, this.#pod, other, this.node);
  }

  filter(): Status | undefined {
    return this.#handle.runner.runFilterWithNominatedPods(this.#state, this.#pod, this.node);
  }
}

/** Puts the Pods back one by one; those with which the Pod no longer fits are victims. */
function reprieve(trial: Trial, pods: readonly PodInfo[], victims: PodInfo[]): Status | undefined {
  for (const pod of pods) {
    const failed = trial.add(pod);
    if (failed !== undefined) return failed;
    if (trial.filter() === undefined) continue;
    const stuck = trial.remove(pod);
    if (stuck !== undefined) return stuck;
    victims.push(pod);
  }
  return undefined;
}

/** The candidate, or why the Node is none. */
export function selectVictims(
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
): PreemptionCandidate | Status {
  const potential = node.pods.filter((other) => other.class.priority < pod.class.priority);
  if (potential.length === 0) return NO_VICTIMS;
  const trial = new Trial(handle, state, pod, node);
  for (const other of potential) {
    const failed = trial.remove(other);
    if (failed !== undefined) return failed;
  }
  const without = trial.filter();
  if (without !== undefined) return without;
  potential.sort(byImportance);
  const { violating, others } = splitByBudgets(potential, handle.listers.podDisruptionBudgets);
  const victims: PodInfo[] = [];
  const failed = reprieve(trial, violating, victims);
  const pdbViolations = victims.length;
  const failure = failed ?? reprieve(trial, others, victims);
  if (failure !== undefined) return failure;
  if (violating.length > 0 && others.length > 0) victims.sort(byImportance);
  return { node, victims, pdbViolations };
}
