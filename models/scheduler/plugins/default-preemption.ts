/**
 * DefaultPreemption: when no Node is feasible, finds one where Pods of lower priority could make room. What then has to be done
 * (evict the victims, nominate the Pod, hold it back meanwhile) is up to the scheduler.
 *
 * Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, pkg/scheduler/framework/preemption/preemption.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { DefaultPreemptionArgs } from '../config/plugin-args.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { FitError } from '../framework/fit-error.ts';
import type { Handle } from '../framework/handle.ts';
import { NodeVerdicts } from '../framework/node-verdicts.ts';
import type { PostFilterPlugin, PostFilterResult, PreemptionCandidate } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { errorStatus, type Status, unresolvable, unschedulable } from '../framework/status.ts';
import { bestCandidates } from '../preemption/pick-candidate.ts';
import { selectVictims } from '../preemption/select-victims.ts';

const NAME = 'DefaultPreemption';
const NOT_HELPFUL = unresolvable('', 'Preemption is not helpful for scheduling');

function refused(message: string): Status {
  return unschedulable(NAME, `preemption: ${message}`);
}

const NEVER = refused('not eligible due to preemptionPolicy=Never.');
const VICTIM_TERMINATING = refused('not eligible due to a terminating pod on the nominated node.');

/** The Pod is being deleted because some Pod preempted it. */
function isTerminatingByPreemption({ pod: { metadata, status } }: PodInfo): boolean {
  if (!metadata.deletionTimestamp) return false;
  const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

/** Why the Pod may not preempt others now; undefined when it may. */
function ineligible(pod: PodInfo, verdicts: NodeVerdicts, handle: Handle): Status | undefined {
  if (pod.class.spec.preemptionPolicy === 'Never') return NEVER;
  const nominated = pod.pod.status?.nominatedNodeName ?? '';
  if (nominated === '' || verdicts.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
  const waits = handle.snapshot
    .get(nominated)
    ?.pods.some((other) => other.class.priority < pod.class.priority && isTerminatingByPreemption(other));
  return waits === true ? VICTIM_TERMINATING : undefined;
}

interface DryRun {
  readonly candidates: readonly PreemptionCandidate[];
  /** Why the other Nodes are no candidates. */
  readonly verdicts: NodeVerdicts;
  readonly error: Status | undefined;
}

/** Tries Nodes from an offset on, until enough candidates are known, one of which violates no budget. */
function dryRun(
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  offset: number,
  wanted: number,
): DryRun {
  const violating: PreemptionCandidate[] = [];
  const others: PreemptionCandidate[] = [];
  const verdicts = new NodeVerdicts();
  verdicts.absent = NOT_HELPFUL;
  let error: Status | undefined;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(offset + i) % nodes.length] as NodeInfo;
    const found = selectVictims(handle, state, pod, node);
    if ('code' in found) {
      if (found.code === 'Error') error ??= found;
      verdicts.set(node.name, found);
    } else if (found.victims.length === 0) {
      error ??= errorStatus(NAME, `expected at least one victim pod on node "${node.name}"`);
      verdicts.set(node.name, error);
    } else {
      (found.pdbViolations === 0 ? others : violating).push(found);
      if (others.length > 0 && others.length + violating.length >= wanted) break;
    }
  }
  return { candidates: [...others.slice(0, wanted), ...violating.slice(0, wanted)], verdicts, error };
}

export function defaultPreemption(args: DefaultPreemptionArgs, handle: Handle): PostFilterPlugin {
  function wantedCandidates(nodes: number): number {
    const share = Math.trunc((nodes * args.minCandidateNodesPercentage) / 100);
    return Math.min(Math.max(share, args.minCandidateNodesAbsolute), nodes);
  }

  function search(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): DryRun {
    const wanted = wantedCandidates(nodes.length);
    // Where the search begins makes no difference when it visits every Node: then nothing is drawn.
    const offset = wanted >= nodes.length ? 0 : handle.stream('scheduler/preemption-offset').below(nodes.length);
    return dryRun(handle, state, pod, nodes, offset, wanted);
  }

  function choose(best: readonly PreemptionCandidate[]): PreemptionCandidate {
    const at = best.length === 1 ? 0 : handle.stream('scheduler/preemption-tie').below(best.length);
    return best[at] as PreemptionCandidate;
  }

  return {
    name: NAME,
    postFilter(state, pod, verdicts): PostFilterResult {
      const reason = ineligible(pod, verdicts, handle);
      if (reason !== undefined) return { status: reason };
      const allNodes = handle.snapshot.nodes.length;
      const {
        candidates,
        verdicts: trials,
        error,
      } = search(state, pod, verdicts.nodesWith('Unschedulable', handle.snapshot));
      if (candidates.length === 0) {
        if (error !== undefined) return { status: errorStatus(NAME, `preemption: ${error.reasons.join(', ')}`) };
        return { nominatedNodeName: '', status: refused(new FitError(allNodes, trials, undefined, []).message()) };
      }
      const best = bestCandidates(candidates);
      const { node, victims } = choose(best);
      return { nominatedNodeName: node.name, victims, candidates, best, status: undefined };
    },
  };
}
