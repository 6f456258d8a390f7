/** `find: replicas`: how many more of a Pod fit into a snapshot. */
import type { Pod } from '../../models/objects/pod.ts';
import { podKey } from '../../models/scheduler/framework/pod-info.ts';
import { type Evidence, failureOf, type Failure, type Tried } from './candidate.ts';
import { Fit } from './fit.ts';
import type { LoadedPlan } from './load-plan.ts';
import { settledPods } from './settled-pods.ts';
import { type Shares, sharesOf, sumsOfNodes, sumsOfPods } from './sums.ts';
import { wholeCandidate } from './try-log.ts';

export interface ReplicasAnswer {
  readonly find: 'replicas';
  /** The least over the runs. */
  readonly count: number;
  readonly answer: Tried | undefined;
  /** One more, and why it fits nowhere; none where the greatest number that was tried still fits. */
  readonly oneMore: readonly Tried[];
  /** The number of each run. */
  readonly countsOfRuns: readonly number[];
  /** Pods of the snapshot that have no Node and fit on none before any replica, in the first run. */
  readonly waiting: readonly Failure[];
  readonly tries: readonly Tried[];
}

export class ReplicasQuestion {
  readonly #loaded: LoadedPlan;
  readonly #podOf: (number: number) => Pod;

  constructor(loaded: LoadedPlan) {
    this.#loaded = loaded;
    const { metadata, ...rest } = loaded.template as Pod;
    this.#podOf = (number) => ({ ...rest, metadata: { ...metadata, name: `${metadata.name}-${number}` } });
  }

  /** Whether so many more fit. */
  look(candidate: string): Tried {
    const { plan } = this.#loaded;
    const wanted = wholeCandidate(candidate, plan.most);
    const fills = Array.from({ length: plan.runs }, (_, run) => this.#fill(run, wanted));
    const failures = fills.filter(({ count }) => count < wanted).flatMap(({ failure }) => failure ?? []);
    return this.#tried(wanted, failures, fills[0]?.waiting ?? []);
  }

  /** Pods one after the other until the scheduler finds no Node; in each run the choice of equals differs. */
  answer(): ReplicasAnswer {
    const { runs, most } = this.#loaded.plan;
    const fills = Array.from({ length: runs }, (_, run) => this.#fill(run, most));
    const counts = fills.map((fill) => fill.count);
    const count = Math.min(...counts);
    const failuresOf = (wanted: number): Failure[] =>
      fills.flatMap((fill) => (fill.count < wanted && fill.failure !== undefined ? [fill.failure] : []));
    // Every number at which a run stopped, and the one after it.
    const wanted = [...new Set(counts.flatMap((n) => [n, n + 1]))].filter((n) => n <= most);
    const waiting = fills[0]?.waiting ?? [];
    const tries = wanted.sort((a, b) => a - b).map((n) => this.#tried(n, failuresOf(n), waiting));
    return {
      find: 'replicas',
      count,
      answer: tries.find(({ size }) => size === count),
      oneMore: tries.filter(({ size }) => size === count + 1),
      countsOfRuns: counts,
      waiting,
      tries,
    };
  }

  /** How many fit in a run, and why no more do. */
  #fill(run: number, most: number): { count: number; failure: Failure | undefined; waiting: Failure[] } {
    const { nodes, pods, policy } = this.#loaded;
    const settled = settledPods(nodes, this.#loaded);
    const fit = new Fit(nodes, settled.bound, { ...policy, run });
    const waiting = fit.placeSome([...settled.displaced, ...pods]).map((misfit) => ({ run, ...failureOf(misfit) }));
    const { count, misfit } = fit.fill(this.#podOf, most);
    return { count, failure: misfit && { run, ...failureOf(misfit) }, waiting };
  }

  #tried(count: number, failures: readonly Failure[], waiting: readonly Failure[]): Tried {
    const { runs } = this.#loaded.plan;
    const evidence: Evidence = {
      meets: failures.length === 0,
      runs,
      runsMet: runs - failures.length,
      failure: failures[0],
      requested: this.#requested(count, waiting),
      startupP99Seconds: [],
    };
    return { what: `${count} more`, candidate: String(count), size: count, evidence };
  }

  /** By the Pods that have a Node and so many replicas. */
  #requested(count: number, waiting: readonly Failure[]): Shares {
    const { nodes, pods } = this.#loaded;
    const { bound, displaced } = settledPods(nodes, this.#loaded);
    const asked = new Map(sumsOfPods([...bound, ...withoutWaiting([...displaced, ...pods], waiting)]));
    for (const [name, amount] of sumsOfPods([this.#podOf(0)])) asked.set(name, (asked.get(name) ?? 0) + amount * count);
    return sharesOf(asked, sumsOfNodes(nodes));
  }
}

/** Pods that are not among those that wait. */
export function withoutWaiting(pods: readonly Pod[], waiting: readonly Failure[]): Pod[] {
  const keys = new Set(waiting.map(({ pod }) => pod));
  return pods.filter((pod) => !keys.has(podKey(pod)));
}
