/** One set of Nodes held against the objectives of a plan, in as many runs as the plan asks for. */
import type { Node } from '../../models/objects/node.ts';
import { parseDuration } from '../experiments/duration.ts';
import { Fit, type Misfit } from './fit.ts';
import type { LoadedPlan } from './load-plan.ts';
import { settledPods, type SettledPods } from './settled-pods.ts';
import { startupP99Seconds } from './startup.ts';
import { type Shares, sharesOf, sumsOfNodes, sumsOfPods } from './sums.ts';

/** Why a run did not meet the objectives. */
export interface Failure {
  readonly run: number;
  readonly why: string;
  /** "namespace/name", where it is one Pod that fits nowhere. */
  readonly pod?: string;
  /** What had been lost. */
  readonly lost?: string;
}

/** What was found about one candidate. */
export interface Evidence {
  readonly meets: boolean;
  /** Runs that were made, and those that met all objectives. It stops when the rest cannot change the verdict. */
  readonly runs: number;
  readonly runsMet: number;
  /** Of the first run that did not meet them. */
  readonly failure: Failure | undefined;
  /** Requested share of what all Nodes have, of each resource. */
  readonly requested: Shares;
  /** Pod start-up latency, p99 of each run in which that was asked and all Pods came to run. */
  readonly startupP99Seconds: readonly number[];
}

/** What was tried, and what was found about it. */
export interface Tried {
  /** For example "812 Nodes" or "3 big, 2 small". */
  readonly what: string;
  /** What `clockwork plan --try` takes to look at it again. */
  readonly candidate: string;
  /** In the measure of the question: Nodes, price of an hour, replicas, Nodes taken out. */
  readonly size: number;
  readonly evidence: Evidence;
}

export function tryNodes(loaded: LoadedPlan, nodes: readonly Node[]): Evidence {
  const { runs, objectives } = loaded.plan;
  const settled = settledPods(nodes, loaded);
  const needed = Math.ceil(objectives.inRuns * runs - 1e-9);
  const startups: number[] = [];
  let runsMet = 0;
  let failure: Failure | undefined;
  let run = 0;
  for (; run < runs && runsMet < needed && runsMet + (runs - run) >= needed; run++) {
    const found = tryRun(loaded, nodes, settled, run, startups);
    if (found === undefined) runsMet++;
    else failure ??= { run, ...found };
  }
  const asked = sumsOfPods([...settled.bound, ...settled.displaced, ...loaded.pods]);
  const requested = sharesOf(asked, sumsOfNodes(nodes));
  return { meets: runsMet >= needed, runs: run, runsMet, failure, requested, startupP99Seconds: startups };
}

/** What one run did not meet; undefined when it met all. */
function tryRun(
  loaded: LoadedPlan,
  nodes: readonly Node[],
  { bound, displaced }: SettledPods,
  run: number,
  startups: number[],
): Omit<Failure, 'run'> | undefined {
  const { survive, headroom, startup } = loaded.plan.objectives;
  const fit = new Fit(nodes, bound, { ...loaded.policy, run });
  const misfit = fit.place([...displaced, ...loaded.pods]);
  if (misfit !== undefined) return failureOf(misfit);
  const used = fit.usedShare();
  for (const resource of ['cpu', 'memory'] as const) {
    const wanted = headroom?.[resource] ?? 0;
    const left = 1 - used[resource];
    if (left < wanted) {
      return { why: `${percent(left)} of all ${resource} is left; asked for is ${percent(wanted)}` };
    }
  }
  const lost = survive === 'node' ? fit.losesAnyNode() : survive === 'zone' ? fit.losesAnyZone() : undefined;
  if (lost !== undefined) return failureOf(lost);
  if (startup === undefined) return undefined;
  const p99Seconds = startupP99Seconds(loaded, nodes, { bound, displaced }, run);
  if (p99Seconds === undefined) return { why: 'not all Pods ran in the simulated cluster' };
  startups.push(p99Seconds);
  const wantedSeconds = (parseDuration(startup.p99) as number) / 1e6;
  if (p99Seconds <= wantedSeconds) return undefined;
  return { why: `Pod start-up p99 is ${p99Seconds.toFixed(2)} s; asked for is ${wantedSeconds} s` };
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : 'more than there is';
}

const REASON_LENGTH = 200;

export function failureOf({ pod, reason, lost }: Misfit): Omit<Failure, 'run'> {
  const short = reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}…` : reason;
  const why = `${lost === undefined ? '' : `after the loss of ${lost}, `}Pod ${pod} fits nowhere: ${short}`;
  return lost === undefined ? { why, pod } : { why, pod, lost };
}
