/**
 * Finds those Nodes of a walk that tie, by their number in the order of the walk: past spans and blocks by what is known of them, Node
 * by Node only in the blocks where the wanted ones are.
 */
import { type BlockSums, feasibleIn, SPAN, tiesIn, topIn } from './block-sums.ts';
import type { AnyEvaluation } from './sampled-evaluation.ts';

/** Of a span or block: its ties are not known without a closer look. */
const UNCERTAIN = -1;

export class WalkTies {
  /** Buckets with a winning score that have sums. */
  readonly #summed = new Int32Array(32);
  #summedCount = 0;
  /** Whether other buckets win. */
  #hasOthers = false;
  /** Ties to be passed over before the first wanted one. */
  #skip = 0;
  #found = 0;

  /**
   * Writes the ties number `first` to `first + count - 1` into `into`. There have to be so many.
   * @param winner by bucket: the score with which its Nodes tie; negative where none does
   * @param evaluated Nodes that the walk from `start` on looked at; all of them are scored
   */
  list(
    evaluation: AnyEvaluation,
    winner: Int32Array,
    start: number,
    evaluated: number,
    first: number,
    count: number,
    into: Int32Array,
  ): void {
    const { size } = evaluation;
    this.#pickSummed(evaluation, winner);
    this.#skip = first;
    this.#found = 0;
    this.#arc(evaluation, winner, start, Math.min(size, start + evaluated), count, into);
    if (this.#found < count) this.#arc(evaluation, winner, 0, start + evaluated - size, count, into);
  }

  #pickSummed(evaluation: AnyEvaluation, winner: Int32Array): void {
    this.#summedCount = 0;
    this.#hasOthers = false;
    if (evaluation.isComplete) return;
    const { length } = evaluation.partition.buckets;
    for (let bucket = 0; bucket < length; bucket++) {
      if ((winner[bucket] as number) < 0) continue;
      if (bucket < evaluation.sums.buckets) this.#summed[this.#summedCount++] = bucket;
      else this.#hasOthers = true;
    }
  }

  #arc(evaluation: AnyEvaluation, winner: Int32Array, from: number, to: number, count: number, into: Int32Array): void {
    let node = from;
    while (node < to && this.#found < count) {
      const passed = evaluation.isComplete ? 0 : this.#pass(evaluation.sums, winner, node, to);
      if (passed > 0) node += passed;
      else {
        const end = Math.min(to, (node | 31) + 1);
        this.#overNodes(evaluation, winner, node, end, count, into);
        node = end;
      }
    }
  }

  /** Passes over a span or a block that has none of the wanted ties. Returns its number of Nodes, or 0 where it may have one. */
  #pass(sums: BlockSums, winner: Int32Array, node: number, to: number): number {
    if ((node & 255) === 0 && node + SPAN <= to && !(this.#hasOthers && sums.othersIn[node >> 8] !== 0)) {
      const ties = this.#tiesOf(sums.spans, (node >> 8) * sums.buckets, winner);
      if (ties !== UNCERTAIN && ties <= this.#skip) {
        this.#skip -= ties;
        return SPAN;
      }
    }
    if ((node & 31) !== 0 || node + 32 > to || (this.#hasOthers && sums.others[node >> 5] !== 0)) return 0;
    const ties = this.#tiesOf(sums.blocks, (node >> 5) * sums.buckets, winner);
    if (ties === UNCERTAIN || ties > this.#skip) return 0;
    this.#skip -= ties;
    return 32;
  }

  /** How many Nodes tie by the cells from `first` on. */
  #tiesOf(cells: Int32Array, first: number, winner: Int32Array): number {
    let ties = 0;
    for (let i = 0; i < this.#summedCount; i++) {
      const bucket = this.#summed[i] as number;
      const cell = cells[first + bucket] as number;
      const best = winner[bucket] as number;
      if (feasibleIn(cell) === 0 || topIn(cell) < best) continue;
      if (topIn(cell) > best) return UNCERTAIN;
      ties += tiesIn(cell);
    }
    return ties;
  }

  #overNodes(
    { scoreOf, partition: { bucketOf } }: AnyEvaluation,
    winner: Int32Array,
    from: number,
    to: number,
    count: number,
    into: Int32Array,
  ): void {
    for (let node = from; node < to; node++) {
      if (scoreOf[node] !== winner[bucketOf[node] as number]) continue;
      if (this.#skip > 0) this.#skip--;
      else {
        into[this.#found++] = node;
        if (this.#found === count) return;
      }
    }
  }
}
