/**
 * The choice of one Node where some plugins have to be asked anew for each Node: a walk over the Nodes, of which the evaluation knows all
 * that the other plugins say, so that these cost a look into two arrays.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import { chooseTie, type Ties } from '../decision/choose-tie.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type AskedAnew, PLAIN } from './asked-anew.ts';
import { type Choice, NO_NODE } from './choose.ts';
import type { AnyEvaluation } from './sampled-evaluation.ts';
import { BucketScores, type TopologyRules } from './topology-rules.ts';

/** One attempt to place a Pod. */
export interface Attempt {
  readonly pod: PodInfo;
  readonly state: CycleState;
  readonly nodes: readonly NodeInfo[];
  /** Feasible Nodes after which the search stops. */
  readonly wanted: number;
  /** Position at which it begins. */
  readonly start: number;
}

export class AnewChooser {
  readonly #scores = new BucketScores();
  #feasibleOf = new Int32Array(16);
  /** Feasible Nodes in the order in which they were looked at, and when that was. */
  #feasible: NodeInfo[] = [];
  #offsets: number[] = [];

  /**
   * @param scale of the evaluation's totals
   * @param stream for ties; null takes the Node of the least rank
   */
  choose(
    evaluation: AnyEvaluation,
    rules: TopologyRules,
    scale: number,
    asked: AskedAnew,
    attempt: Attempt,
    stream: RandomStream | null,
    rankOf: Int32Array | null,
  ): Choice | typeof PLAIN {
    evaluation.catchUp();
    const { pod, state, nodes, start } = attempt;
    if (asked.begin(state, pod, nodes) === PLAIN) return PLAIN;
    const evaluated = this.#search(evaluation, rules, asked, attempt);
    if (evaluated === PLAIN) return PLAIN;
    const feasible = this.#feasible;
    if (feasible.length === 0) return { node: NO_NODE, feasible: 0, evaluated, total: 0, ties: 0 };
    const first = feasible[0] as NodeInfo;
    if (feasible.length === 1) return { node: first.position, feasible: 1, evaluated, total: 0, ties: 1 };
    this.#scores.scoreBuckets(evaluation.partition, rules, this.#feasibleOf);
    const { constant } = this.#scores;
    const { scoreOf, partition } = evaluation;
    const totals = feasible.map(
      ({ position }) =>
        scale * ((constant[partition.bucketOf[position] as number] as number) + (scoreOf[position] as number)),
    );
    if (asked.addScores(state, pod, feasible, totals) === PLAIN) return PLAIN;
    const total = totals.reduce((most, each) => (each > most ? each : most), Number.NEGATIVE_INFINITY);
    const best = this.#offsets.filter((_, i) => totals[i] === total);
    const node = this.#take(best, evaluated, start, nodes.length, stream, rankOf);
    return { node, feasible: feasible.length, evaluated, total, ties: best.length };
  }

  /** Nodes looked at until there are enough feasible ones and one more comes in sight. */
  #search(
    evaluation: AnyEvaluation,
    rules: TopologyRules,
    asked: AskedAnew,
    { pod, state, nodes, wanted, start }: Attempt,
  ): number | typeof PLAIN {
    const { partition, scoreOf, size } = evaluation;
    const { bucketOf } = partition;
    this.#scores.openBuckets(partition, rules);
    const { open } = this.#scores;
    this.#feasibleOf = new Int32Array(partition.buckets.length);
    this.#feasible = [];
    this.#offsets = [];
    for (let offset = 0; offset < size; offset++) {
      const node = start + offset < size ? start + offset : start + offset - size;
      const bucket = bucketOf[node] as number;
      if (open[bucket] === 0) continue;
      if (!evaluation.isComplete && evaluation.unknown[node >> 5] !== 0) evaluation.scoreBlocks(node >> 5, node >> 5);
      if ((scoreOf[node] as number) < 0) continue;
      const info = nodes[node] as NodeInfo;
      const isAdmitted = asked.admit(state, pod, info);
      if (isAdmitted === PLAIN) return PLAIN;
      if (!isAdmitted) continue;
      if (this.#feasible.length === wanted) return offset;
      this.#feasible.push(info);
      this.#offsets.push(offset);
      this.#feasibleOf[bucket] = (this.#feasibleOf[bucket] as number) + 1;
    }
    return size;
  }

  #take(
    offsets: readonly number[],
    evaluated: number,
    start: number,
    size: number,
    stream: RandomStream | null,
    rankOf: Int32Array | null,
  ): number {
    const nodeAt = (offset: number): number => (start + offset) % size;
    if (stream === null) {
      const rank = (offset: number): number => (rankOf as Int32Array)[nodeAt(offset)] as number;
      return nodeAt(offsets.reduce((best, offset) => (rank(offset) < rank(best) ? offset : best)));
    }
    const members = new Set(offsets);
    const ties: Ties = {
      count: offsets.length,
      evaluated,
      includes: (offset) => members.has(offset),
      nth: (k) => offsets[k] as number,
    };
    return nodeAt(chooseTie(ties, stream));
  }
}
