/** One set of Nodes held against the objectives of a plan, in as many runs as the plan asks for. */
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { PodClasses } from '../../models/scheduler/framework/pod-class.ts';
import { amountsOfList } from '../../models/scheduler/framework/pod-requests.ts';
import { podInfo } from '../../models/scheduler/framework/pod-info.ts';
import { Fit, type Misfit } from './fit.ts';
import type { LoadedPlan } from './load-plan.ts';
import { startupP99Seconds } from './startup.ts';
import { parseDuration } from '../experiments/duration.ts';

/** What was found about one set of Nodes. */
export interface Evidence {
  readonly meets: boolean;
  /** Runs that were made, and those that met all objectives. It stops when the rest cannot change the verdict. */
  readonly runs: number;
  readonly runsMet: number;
  /** What failed first in the first run that did not. */
  readonly failure: string | undefined;
  /** Requested share of all Nodes in the last run, where all Pods were placed. */
  readonly used: { readonly cpu: number; readonly memory: number } | undefined;
}

export function tryNodes(loaded: LoadedPlan, nodes: readonly Node[]): Evidence {
  const { runs, objectives } = loaded.plan;
  const needed = Math.ceil(objectives.inRuns * runs - 1e-9);
  let runsMet = 0;
  let failure: string | undefined;
  let used: Evidence['used'];
  let run = 0;
  for (; run < runs && runsMet < needed && runsMet + (runs - run) >= needed; run++) {
    const outcome = tryRun(loaded, nodes, run);
    used = outcome.used ?? used;
    if (outcome.failure === undefined) runsMet++;
    else failure ??= outcome.failure;
  }
  return { meets: runsMet >= needed, runs: run, runsMet, failure, used };
}

function tryRun(
  loaded: LoadedPlan,
  nodes: readonly Node[],
  run: number,
): { failure: string | undefined; used?: Evidence['used'] } {
  const { plan, bound, pods, policy } = loaded;
  const { survive, headroom, startup } = plan.objectives;
  const fit = new Fit(nodes, bound, { ...policy, run });
  const misfit = fit.place(pods);
  if (misfit !== undefined) return { failure: misfitText(misfit) };
  const used = fit.usedShare();
  for (const resource of ['cpu', 'memory'] as const) {
    const wanted = headroom?.[resource] ?? 0;
    if (1 - used[resource] < wanted) {
      return {
        used,
        failure: `${percent(1 - used[resource])} of all ${resource} is left; asked for is ${percent(wanted)}`,
      };
    }
  }
  const lost = survive === 'node' ? fit.losesAnyNode() : survive === 'zone' ? fit.losesAnyZone() : undefined;
  if (lost !== undefined) return { used, failure: misfitText(lost) };
  if (startup === undefined) return { used, failure: undefined };
  const p99Seconds = startupP99Seconds(loaded, nodes, run);
  const wantedSeconds = (parseDuration(startup.p99) as number) / 1e6;
  if (p99Seconds === undefined) return { used, failure: 'not all Pods ran in the simulated cluster' };
  if (p99Seconds <= wantedSeconds) return { used, failure: undefined };
  return { used, failure: `Pod start-up p99 is ${p99Seconds.toFixed(2)} s; asked for is ${wantedSeconds} s` };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const REASON_LENGTH = 200;

export function misfitText({ pod, reason, lost }: Misfit): string {
  const short = reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}…` : reason;
  return `${lost === undefined ? '' : `after the loss of ${lost}, `}Pod ${pod} fits nowhere: ${short}`;
}

/** Sums by which some numbers of Nodes are ruled out without a simulation: cpu in millicores, memory in bytes, Pods. */
export type Sums = readonly [cpu: number, memory: number, pods: number];

export function sumsOfPods(pods: readonly Pod[]): Sums {
  const classes = new PodClasses();
  let [cpu, memory] = [0, 0];
  for (const pod of pods) {
    const { requests } = podInfo(pod, classes).class;
    cpu += Number(requests.milliCpu);
    memory += Number(requests.memory);
  }
  return [cpu, memory, pods.length];
}

export function sumsOfNodes(nodes: readonly Node[]): Sums {
  let [cpu, memory, pods] = [0, 0, 0];
  for (const { status } of nodes) {
    const amounts = amountsOfList(status?.allocatable);
    cpu += Number(amounts.milliCpu);
    memory += Number(amounts.memory);
    pods += amounts.pods;
  }
  return [cpu, memory, pods];
}

/** Whether `has` could hold `asked` if resources were one heap. */
export function covers(has: Sums, asked: Sums): boolean {
  return has.every((amount, i) => amount >= (asked[i] as number));
}
