/**
 * The choice of one Node from an evaluation: over all Nodes by the table of buckets and scores, or over the adaptive
 * sample by a walk from the rotating start. Both give what a scan by the plain rules gives, ties included.
 */
import type { RandomStream } from '../../../engine/index.ts';
import { chooseTie, type Ties } from '../decision/choose-tie.ts';
import type { Evaluation } from './evaluation.ts';
import { type SampledEvaluation, UNKNOWN } from './sampled-evaluation.ts';
import { NOT_FILED } from './score-table.ts';
import { BucketScores, type TopologyRules } from './topology-rules.ts';

/** One decision. The object is used again by the next one. */
export interface Choice {
  /** Position of the Node, or NOT_FILED when none is feasible. */
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

type AnyEvaluation = Evaluation | SampledEvaluation;

/** Looks at the Nodes from one position to another. Returns the position of the feasible Node that is one too many, or `to`. */
type Stretch<E> = (evaluation: E, wanted: number, from: number, to: number) => number;

/** No local score is this: the winning score of a bucket that has no winner. */
const NO_WINNER = -9;

export class Chooser implements Ties {
  readonly choice: Choice = { node: NOT_FILED, feasible: 0, evaluated: 0, total: 0, ties: 0 };
  readonly #scores = new BucketScores();
  /** For each bucket: Nodes in the set that is scored, their best local score, and how many have it. */
  #feasible = new Int32Array(16);
  #top = new Int32Array(16);
  #topCount = new Int32Array(16);
  /** Local score with which a Node of the bucket ties for the best total. */
  #winner = new Int32Array(16);
  /** Nodes that tie, noted during a walk over one bucket. */
  #walked = new Int32Array(64);
  #evaluation: AnyEvaluation | null = null;
  #start = 0;

  /** The chooser itself is what the tie rule asks: how many tie, among how many, and which. */
  get count(): number {
    return this.choice.ties;
  }

  get evaluated(): number {
    return this.choice.evaluated;
  }

  includes(offset: number): boolean {
    return this.#isTie(this.#nodeAt(offset));
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
    if (evaluation.table === null) this.#sample(evaluation, rules, wanted, start);
    else this.#search(evaluation, rules, wanted, start);
    if (choice.feasible === 0) {
      choice.node = NOT_FILED;
      choice.total = 0;
      choice.ties = 0;
      return choice;
    }
    this.#scores.scoreBuckets(evaluation, rules, this.#feasible);
    this.#pick(evaluation);
    choice.node = stream === null ? this.#leastRank(rankOf as Int32Array) : this.#nodeAt(chooseTie(this, stream));
    return choice;
  }

  /** All Nodes from the table; a walk when there are more feasible ones than wanted. */
  #search(evaluation: Evaluation, rules: TopologyRules, wanted: number, start: number): void {
    this.#open(evaluation, rules);
    const all = this.#countAll(evaluation);
    if (all > wanted) {
      this.#walk(evaluation, wanted, start, evaluation.buckets.length === 1 ? this.#walkOneBucket : this.#walkBuckets);
      return;
    }
    this.choice.feasible = all;
    this.choice.evaluated = evaluation.rules.size;
    this.#topsOfAll(evaluation);
  }

  /** A walk that judges Nodes as it comes to them. It begins anew when a Node turns out to be of a bucket not met before. */
  #sample(evaluation: SampledEvaluation, rules: TopologyRules, wanted: number, start: number): void {
    let known: number;
    do {
      known = evaluation.buckets.length;
      this.#open(evaluation, rules);
      this.#walk(evaluation, wanted, start, this.#walkUnjudged);
    } while (evaluation.buckets.length > known);
  }

  #open(evaluation: AnyEvaluation, rules: TopologyRules): void {
    if (this.#feasible.length < evaluation.buckets.length) this.#grow(evaluation.buckets.length);
    this.#scores.openBuckets(evaluation, rules);
  }

  #countAll(evaluation: Evaluation): number {
    const { countOf } = evaluation.table;
    const { open } = this.#scores;
    const { length } = evaluation.buckets;
    let all = 0;
    for (let bucket = 0; bucket < length; bucket++) {
      const count = open[bucket] === 1 ? (countOf[bucket] as number) : 0;
      this.#feasible[bucket] = count;
      all += count;
    }
    return all;
  }

  #topsOfAll(evaluation: Evaluation): void {
    const { length } = evaluation.buckets;
    for (let bucket = 0; bucket < length; bucket++) {
      if (this.#feasible[bucket] === 0) continue;
      const top = evaluation.table.topOf(bucket);
      this.#top[bucket] = top;
      this.#topCount[bucket] = evaluation.table.cellCount(bucket, top);
    }
  }

  /**
   * Walks from `start` until enough feasible Nodes are found and one more comes in sight, in two straight stretches. That one
   * is not counted, but Nodes that are refused before it are, as in kube-scheduler.
   */
  #walk<E extends AnyEvaluation>(evaluation: E, wanted: number, start: number, stretch: Stretch<E>): void {
    const { size } = evaluation.rules;
    const { length } = evaluation.buckets;
    this.#feasible.fill(0, 0, length);
    this.#top.fill(NOT_FILED, 0, length);
    this.choice.feasible = 0;
    const end = stretch.call(this, evaluation, wanted, start, size);
    this.choice.evaluated = end < size ? end - start : size - start + stretch.call(this, evaluation, wanted, 0, start);
  }

  /** Returns the position of the feasible Node that is one too many, or `to`. */
  #walkOneBucket(evaluation: Evaluation, wanted: number, from: number, to: number): number {
    const { scoreOf } = evaluation.table;
    if (this.#walked.length < wanted) this.#walked = new Int32Array(wanted);
    const walked = this.#walked;
    let left = wanted - this.choice.feasible;
    let top = this.#top[0] as number;
    let count = this.#topCount[0] as number;
    let node = from;
    for (; node < to; node++) {
      const score = scoreOf[node] as number;
      if (score === NOT_FILED) continue;
      if (left === 0) break;
      left--;
      if (score < top) continue;
      if (score > top) {
        top = score;
        count = 0;
      }
      walked[count++] = node;
    }
    this.#top[0] = top;
    this.#topCount[0] = count;
    this.choice.feasible = wanted - left;
    this.#feasible[0] = wanted - left;
    return node;
  }

  #walkBuckets(evaluation: Evaluation, wanted: number, from: number, to: number): number {
    const { scoreOf, bucketOf } = evaluation.table;
    const { open } = this.#scores;
    const feasible = this.#feasible;
    const top = this.#top;
    const topCount = this.#topCount;
    let left = wanted - this.choice.feasible;
    let node = from;
    for (; node < to; node++) {
      const score = scoreOf[node] as number;
      if (score === NOT_FILED) continue;
      const bucket = bucketOf[node] as number;
      if (open[bucket] === 0) continue;
      if (left === 0) break;
      left--;
      feasible[bucket] = (feasible[bucket] as number) + 1;
      const best = top[bucket] as number;
      if (score > best) {
        top[bucket] = score;
        topCount[bucket] = 1;
      } else if (score === best) topCount[bucket] = (topCount[bucket] as number) + 1;
    }
    this.choice.feasible = wanted - left;
    return node;
  }

  #walkUnjudged(evaluation: SampledEvaluation, wanted: number, from: number, to: number): number {
    const { bucketOf, scoreOf, scoredAt, versions } = evaluation;
    const { open } = this.#scores;
    const known = evaluation.buckets.length;
    const feasible = this.#feasible;
    const top = this.#top;
    const topCount = this.#topCount;
    let left = wanted - this.choice.feasible;
    let node = from;
    for (; node < to; node++) {
      let bucket = bucketOf[node] as number;
      if (bucket === UNKNOWN) bucket = evaluation.resolve(node);
      if (bucket === NOT_FILED) continue;
      if (bucket >= known) return node;
      if (open[bucket] === 0) continue;
      const score = scoredAt[node] === versions[node] ? (scoreOf[node] as number) : evaluation.rescore(node);
      if (score === NOT_FILED) continue;
      if (left === 0) break;
      left--;
      feasible[bucket] = (feasible[bucket] as number) + 1;
      const best = top[bucket] as number;
      if (score > best) {
        top[bucket] = score;
        topCount[bucket] = 1;
      } else if (score === best) topCount[bucket] = (topCount[bucket] as number) + 1;
    }
    this.choice.feasible = wanted - left;
    return node;
  }

  /** Finds the best total and who has it. */
  #pick(evaluation: AnyEvaluation): void {
    const { choice } = this;
    const { constant } = this.#scores;
    const { length } = evaluation.buckets;
    let best = Number.NEGATIVE_INFINITY;
    let ties = 0;
    for (let bucket = 0; bucket < length; bucket++) {
      if (this.#feasible[bucket] === 0) continue;
      const total = (constant[bucket] as number) + (this.#top[bucket] as number);
      if (total > best) {
        best = total;
        ties = this.#topCount[bucket] as number;
      } else if (total === best) ties += this.#topCount[bucket] as number;
    }
    for (let bucket = 0; bucket < length; bucket++) {
      const wins =
        this.#feasible[bucket] !== 0 && (constant[bucket] as number) + (this.#top[bucket] as number) === best;
      this.#winner[bucket] = wins ? (this.#top[bucket] as number) : NO_WINNER;
    }
    choice.total = choice.feasible === 1 ? 0 : best;
    choice.ties = ties;
  }

  #leastRank(rankOf: Int32Array): number {
    const ties = new Int32Array(this.choice.ties);
    this.list(ties);
    let best = this.#nodeAt(ties[0] as number);
    for (const offset of ties) {
      const node = this.#nodeAt(offset);
      if ((rankOf[node] as number) < (rankOf[best] as number)) best = node;
    }
    return best;
  }

  #nodeAt(offset: number): number {
    const node = this.#start + offset;
    const { size } = (this.#evaluation as AnyEvaluation).rules;
    return node < size ? node : node - size;
  }

  #isTie(node: number): boolean {
    const { scoreOf, bucketOf } = this.#evaluation as AnyEvaluation;
    const score = scoreOf[node] as number;
    return score !== NOT_FILED && score === this.#winner[bucketOf[node] as number];
  }

  list(into: Int32Array): void {
    const evaluation = this.#evaluation as AnyEvaluation;
    const { size } = evaluation.rules;
    const { evaluated } = this.choice;
    const { table } = evaluation;
    if (evaluated < size && table !== null && evaluation.buckets.length === 1) {
      for (let i = 0; i < this.choice.ties; i++) {
        const offset = (this.#walked[i] as number) - this.#start;
        into[i] = offset >= 0 ? offset : offset + size;
      }
      return;
    }
    if (evaluated < size || table === null) {
      const end = this.#start + evaluated;
      const at = this.#listStretch(evaluation, into, 0, this.#start, Math.min(end, size), -this.#start);
      if (end > size) this.#listStretch(evaluation, into, at, 0, end - size, size - this.#start);
      return;
    }
    let at = 0;
    for (let bucket = 0; bucket < evaluation.buckets.length; bucket++) {
      const winner = this.#winner[bucket] as number;
      if (winner !== NO_WINNER) at = table.collect(bucket, winner, into, at);
    }
    for (let i = 0; i < at; i++) {
      const offset = (into[i] as number) - this.#start;
      into[i] = offset >= 0 ? offset : offset + size;
    }
  }

  #listStretch(
    evaluation: AnyEvaluation,
    into: Int32Array,
    first: number,
    from: number,
    to: number,
    shift: number,
  ): number {
    const { scoreOf, bucketOf } = evaluation;
    const winner = this.#winner;
    let at = first;
    for (let node = from; node < to; node++) {
      const score = scoreOf[node] as number;
      if (score !== NOT_FILED && score === winner[bucketOf[node] as number]) into[at++] = node + shift;
    }
    return at;
  }

  #grow(length: number): void {
    this.#feasible = new Int32Array(length * 2);
    this.#top = new Int32Array(length * 2);
    this.#topCount = new Int32Array(length * 2);
    this.#winner = new Int32Array(length * 2);
  }
}
