/**
 * The choice of one Node from an evaluation: over all Nodes by the table of buckets and scores, or over the adaptive
 * sample by a walk from the rotating start. Both give what a scan by the plain rules gives, ties included.
 */
import type { RandomStream } from '../../../engine/index.ts';
import { chooseTie, firstTie, type Ties } from '../decision/choose-tie.ts';
import type { Evaluation } from './evaluation.ts';
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

export class Chooser {
  readonly choice: Choice = { node: NOT_FILED, feasible: 0, evaluated: 0, total: 0, ties: 0 };
  readonly #scores = new BucketScores();
  #feasible = new Int32Array(16);
  #top = new Int32Array(16);
  #topCount = new Int32Array(16);
  /** Members for the tie rule. */
  #evaluation: Evaluation | null = null;
  #start = 0;
  #best = 0;
  readonly #ties: Ties;

  constructor() {
    this.#ties = this.#makeTies();
  }

  /**
   * @param wanted feasible Nodes after which the search stops
   * @param start position at which it begins
   * @param stream for ties; null takes the first in order
   */
  choose(evaluation: Evaluation, rules: TopologyRules, wanted: number, start: number, stream: RandomStream | null): Choice {
    evaluation.catchUp();
    this.#evaluation = evaluation;
    this.#start = start;
    const { choice } = this;
    if (this.#feasible.length < evaluation.buckets.length) this.#grow(evaluation.buckets.length);
    this.#scores.openBuckets(evaluation, rules);
    const all = this.#countAll(evaluation);
    if (all < wanted || wanted >= evaluation.rules.size) {
      choice.feasible = all;
      choice.evaluated = evaluation.rules.size;
      this.#topsOfAll(evaluation);
    } else this.#walk(evaluation, wanted, start);
    if (choice.feasible === 0) {
      choice.node = NOT_FILED;
      choice.total = 0;
      choice.ties = 0;
      return choice;
    }
    if (choice.feasible > 1) this.#scores.scoreBuckets(evaluation, rules, this.#feasible);
    this.#pick(evaluation, stream);
    return choice;
  }

  #countAll(evaluation: Evaluation): number {
    const { countOf } = evaluation.table;
    const { open } = this.#scores;
    let all = 0;
    for (let bucket = 0; bucket < evaluation.buckets.length; bucket++) {
      const count = open[bucket] === 1 ? ((countOf[bucket] ?? 0) as number) : 0;
      this.#feasible[bucket] = count;
      all += count;
    }
    return all;
  }

  #topsOfAll(evaluation: Evaluation): void {
    for (let bucket = 0; bucket < evaluation.buckets.length; bucket++) {
      if (this.#feasible[bucket] === 0) continue;
      const top = evaluation.table.topOf(bucket);
      this.#top[bucket] = top;
      this.#topCount[bucket] = evaluation.table.cellCount(bucket, top);
    }
  }

  /** Walks from `start` until enough feasible Nodes are found, keeping for each bucket its best score and how many have it. */
  #walk(evaluation: Evaluation, wanted: number, start: number): void {
    const { scoreOf, bucketOf } = evaluation.table;
    const { open } = this.#scores;
    const { size } = evaluation.rules;
    const feasible = this.#feasible;
    const top = this.#top;
    const topCount = this.#topCount;
    feasible.fill(0, 0, evaluation.buckets.length);
    let found = 0;
    let node = start;
    let evaluated = 0;
    while (evaluated < size && found < wanted) {
      const score = scoreOf[node] as number;
      if (score !== NOT_FILED) {
        const bucket = bucketOf[node] as number;
        if (open[bucket] === 1) {
          if (feasible[bucket] === 0 || score > (top[bucket] as number)) {
            top[bucket] = score;
            topCount[bucket] = 1;
          } else if (score === top[bucket]) topCount[bucket] = (topCount[bucket] as number) + 1;
          feasible[bucket] = (feasible[bucket] as number) + 1;
          found++;
        }
      }
      evaluated++;
      node++;
      if (node === size) node = 0;
    }
    this.choice.feasible = found;
    this.choice.evaluated = evaluated;
  }

  #pick(evaluation: Evaluation, stream: RandomStream | null): void {
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
    this.#best = best;
    choice.total = choice.feasible === 1 ? 0 : best;
    choice.ties = ties;
    const offset = stream === null ? firstTie(this.#ties) : chooseTie(this.#ties, stream);
    choice.node = this.#nodeAt(offset);
  }

  #nodeAt(offset: number): number {
    const node = this.#start + offset;
    const { size } = (this.#evaluation as Evaluation).rules;
    return node < size ? node : node - size;
  }

  #isTie(node: number): boolean {
    const { table } = this.#evaluation as Evaluation;
    const score = table.scoreOf[node] as number;
    if (score === NOT_FILED) return false;
    const bucket = table.bucketOf[node] as number;
    return this.#feasible[bucket] !== 0 && score === this.#top[bucket] && (this.#scores.constant[bucket] as number) + score === this.#best;
  }

  #listTies(into: Int32Array): void {
    const evaluation = this.#evaluation as Evaluation;
    const { size } = evaluation.rules;
    if (this.choice.evaluated < size) {
      let at = 0;
      for (let offset = 0; offset < this.choice.evaluated; offset++) if (this.#isTie(this.#nodeAt(offset))) into[at++] = offset;
      return;
    }
    let at = 0;
    for (let bucket = 0; bucket < evaluation.buckets.length; bucket++) {
      if (this.#feasible[bucket] === 0) continue;
      const top = this.#top[bucket] as number;
      if ((this.#scores.constant[bucket] as number) + top !== this.#best) continue;
      at = evaluation.table.collect(bucket, top, into, at);
    }
    for (let i = 0; i < at; i++) {
      const offset = (into[i] as number) - this.#start;
      into[i] = offset >= 0 ? offset : offset + size;
    }
  }

  #makeTies(): Ties {
    const chooser = this;
    return {
      get count() {
        return chooser.choice.ties;
      },
      get evaluated() {
        return chooser.choice.evaluated;
      },
      includes: (offset) => chooser.#isTie(chooser.#nodeAt(offset)),
      list: (into) => chooser.#listTies(into),
    };
  }

  #grow(length: number): void {
    this.#feasible = new Int32Array(length * 2);
    this.#top = new Int32Array(length * 2);
    this.#topCount = new Int32Array(length * 2);
  }
}
