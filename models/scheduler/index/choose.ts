/**
 * The choice of one Node from an evaluation: over all Nodes by the counts of buckets and scores, or over the adaptive
 * sample by a walk from the rotating start. Both give what a scan by the plain rules gives, ties included.
 */
import type { RandomStream } from '../../../engine/index.ts';
import { chooseTie, type Ties } from '../decision/choose-tie.ts';
import type { Evaluation } from './evaluation.ts';
import { NOT_FILED } from './partition.ts';
import type { AnyEvaluation } from './sampled-evaluation.ts';
import { selectSmallest } from './select-smallest.ts';
import { BucketScores, type TopologyRules } from './topology-rules.ts';
import { type Found, Walk } from './walk.ts';
import { WalkTies } from './walk-ties.ts';

/** Position of the Node that is taken when no Node is. */
export const NO_NODE = -1;

/** One decision. The object is used again by the next one. */
export interface Choice {
  /** Position of the Node, or NO_NODE when none is feasible. */
  node: number;
  /** Feasible Nodes found. */
  feasible: number;
  /** Nodes looked at: feasible ones and failures. */
  evaluated: number;
  /** Greatest total; 0 when only one Node is feasible, which is then not scored. */
  total: number;
  /** How many Nodes have it. */
  ties: number;
}

function foundOf(buckets: number): Found {
  return { feasible: new Int32Array(buckets), top: new Int32Array(buckets), topCount: new Int32Array(buckets) };
}

/** No local score is this: the winning score of a bucket that has no winner. */
const NO_WINNER = -9;

export class Chooser implements Ties {
  readonly choice: Choice = { node: NO_NODE, feasible: 0, evaluated: 0, total: 0, ties: 0 };
  readonly #scores = new BucketScores();
  readonly #walk = new Walk();
  readonly #walkTies = new WalkTies();
  /** For each bucket: Nodes in the set that is scored, their best local score, and how many have it. */
  #found: Found = foundOf(16);
  /** Local score with which a Node of the bucket ties for the best total. */
  #winner = new Int32Array(16);
  #evaluation: AnyEvaluation | null = null;
  #isWalk = false;
  #start = 0;
  #ties = new Int32Array(64);

  /** The chooser itself is what the tie rule asks: how many tie, among how many, and which. */
  get count(): number {
    return this.choice.ties;
  }

  get evaluated(): number {
    return this.choice.evaluated;
  }

  includes(offset: number): boolean {
    const node = this.#nodeAt(offset);
    const { scoreOf, partition } = this.#evaluation as AnyEvaluation;
    return scoreOf[node] === this.#winner[partition.bucketOf[node] as number];
  }

  /**
   * @param wanted feasible Nodes after which the search stops
   * @param start position at which it begins
   * @param stream for ties; null takes the Node with the least rank
   * @param rankOf by position; asked only without a stream
   */
  choose(
    evaluation: AnyEvaluation,
    rules: TopologyRules,
    wanted: number,
    start: number,
    stream: RandomStream | null,
    rankOf: Int32Array | null = null,
  ): Choice {
    evaluation.catchUp();
    this.#evaluation = evaluation;
    this.#start = start;
    const { choice } = this;
    this.#search(evaluation, rules, wanted, start);
    if (choice.feasible === 0) {
      choice.node = NO_NODE;
      choice.total = 0;
      choice.ties = 0;
      return choice;
    }
    this.#scores.scoreBuckets(evaluation.partition, rules, this.#found.feasible);
    this.#pick(evaluation.partition.buckets.length);
    choice.node = stream === null ? this.#leastRank(rankOf as Int32Array) : this.#nodeAt(chooseTie(this, stream));
    return choice;
  }

  /** All Nodes by the counts, or a walk: when there are more feasible Nodes than wanted, or no counts. */
  #search(evaluation: AnyEvaluation, rules: TopologyRules, wanted: number, start: number): void {
    const { partition } = evaluation;
    const { length } = partition.buckets;
    if (this.#found.feasible.length < length) this.#grow(length);
    this.#scores.openBuckets(partition, rules);
    const { choice } = this;
    if (evaluation.isComplete) {
      const all = this.#countAll(evaluation, length);
      if (all <= wanted) {
        this.#isWalk = false;
        choice.feasible = all;
        choice.evaluated = evaluation.size;
        return;
      }
    }
    this.#isWalk = true;
    this.#found.feasible.fill(0, 0, length);
    this.#found.top.fill(NOT_FILED, 0, length);
    this.#walk.go(evaluation, this.#scores.open, wanted, start, this.#found);
    choice.feasible = this.#walk.feasible;
    choice.evaluated = this.#walk.evaluated;
  }

  /** Feasible Nodes, and what is best in each bucket that is open. */
  #countAll(evaluation: Evaluation, length: number): number {
    const { countOf } = evaluation;
    const { open } = this.#scores;
    const { feasible, top, topCount } = this.#found;
    let all = 0;
    for (let bucket = 0; bucket < length; bucket++) {
      const count = open[bucket] === 1 ? (countOf[bucket] as number) : 0;
      feasible[bucket] = count;
      if (count === 0) continue;
      all += count;
      const best = evaluation.topOf(bucket);
      top[bucket] = best;
      topCount[bucket] = evaluation.cellCount(bucket, best);
    }
    return all;
  }

  /** Finds the best total and who has it. */
  #pick(length: number): void {
    const { choice } = this;
    const { constant } = this.#scores;
    const { feasible, top, topCount } = this.#found;
    let best = Number.NEGATIVE_INFINITY;
    let ties = 0;
    for (let bucket = 0; bucket < length; bucket++) {
      if (feasible[bucket] === 0) continue;
      const total = (constant[bucket] as number) + (top[bucket] as number);
      if (total > best) {
        best = total;
        ties = topCount[bucket] as number;
      } else if (total === best) ties += topCount[bucket] as number;
    }
    for (let bucket = 0; bucket < length; bucket++) {
      const wins = feasible[bucket] !== 0 && (constant[bucket] as number) + (top[bucket] as number) === best;
      this.#winner[bucket] = wins ? (top[bucket] as number) : NO_WINNER;
    }
    choice.total = choice.feasible === 1 ? 0 : best;
    choice.ties = ties;
  }

  nth(k: number): number {
    if (this.#isWalk) return this.#offsetOf(this.#listWalked(k, 1)[0] as number);
    const found = this.#collectAll();
    for (let i = 0; i < found; i++) this.#ties[i] = this.#offsetOf(this.#ties[i] as number);
    return selectSmallest(this.#ties, found, k);
  }

  #leastRank(rankOf: Int32Array): number {
    const { ties } = this.choice;
    if (this.#isWalk) this.#listWalked(0, ties);
    else this.#collectAll();
    // Read only now: the list may have been made anew to be long enough.
    const nodes = this.#ties;
    let best = nodes[0] as number;
    for (let i = 1; i < ties; i++) {
      const node = nodes[i] as number;
      if ((rankOf[node] as number) < (rankOf[best] as number)) best = node;
    }
    return best;
  }

  #nodeAt(offset: number): number {
    const node = this.#start + offset;
    const { size } = this.#evaluation as AnyEvaluation;
    return node < size ? node : node - size;
  }

  #offsetOf(node: number): number {
    const offset = node - this.#start;
    return offset >= 0 ? offset : offset + (this.#evaluation as AnyEvaluation).size;
  }

  /** The ties from number `first` on, in the order of the walk. */
  #listWalked(first: number, count: number): Int32Array {
    const evaluation = this.#evaluation as AnyEvaluation;
    this.#makeRoom(count);
    this.#walkTies.list(evaluation, this.#winner, this.#start, this.choice.evaluated, first, count, this.#ties);
    return this.#ties;
  }

  /** Writes all ties into `#ties`, in no order; returns how many. */
  #collectAll(): number {
    this.#makeRoom(this.choice.ties);
    return (this.#evaluation as Evaluation).collect(this.#winner, this.#ties);
  }

  #makeRoom(ties: number): void {
    if (this.#ties.length < ties) this.#ties = new Int32Array(2 * ties);
  }

  #grow(length: number): void {
    this.#found = foundOf(length * 2);
    this.#winner = new Int32Array(length * 2);
  }
}
