/**
 * A walk over the Nodes from the rotating start until enough are feasible and one more comes in sight. That one is not counted, but
 * Nodes that are refused before it are, as in kube-scheduler (see `decision/schedule-pod.ts`). Notes on the way which Nodes may tie.
 */
import type { BlockSums } from './block-sums.ts';
import type { AnyEvaluation, SampledEvaluation } from './sampled-evaluation.ts';

/** By bucket: how many Nodes are feasible (from 0), their best score (from NOT_FILED), and how many have it. */
export interface Found {
  readonly feasible: Int32Array;
  readonly top: Int32Array;
  readonly topCount: Int32Array;
}

export class Walk {
  feasible = 0;
  /** Nodes looked at. */
  evaluated = 0;
  /** Nodes that were as good as any of their bucket when the walk came to them: all that can tie are among them. */
  #noted = new Int32Array(64);
  #notedCount = 0;
  /** Places in the sums of blocks of which the same holds. */
  readonly #notedSums: number[] = [];
  #notedSumCount = 0;
  /** Buckets that are open and have sums. */
  readonly #open: number[] = [];
  #openCount = 0;
  #left = 0;

  /** @param found is filled for the buckets that are open */
  go(evaluation: AnyEvaluation, open: Uint8Array, wanted: number, start: number, found: Found): void {
    const { size } = evaluation;
    if (this.#noted.length < wanted) this.#noted = new Int32Array(wanted);
    this.#notedCount = 0;
    this.#notedSumCount = 0;
    this.#left = wanted;
    this.#openCount = 0;
    const summed = evaluation.isComplete ? 0 : Math.min(evaluation.sums.buckets, evaluation.partition.buckets.length);
    for (let bucket = 0; bucket < summed; bucket++) if (open[bucket] === 1) this.#open[this.#openCount++] = bucket;
    const end = this.#stretch(evaluation, open, start, size, found);
    this.evaluated = end < size ? end - start : size - start + this.#stretch(evaluation, open, 0, start, found);
    this.feasible = wanted - this.#left;
  }

  /** Writes the Nodes that have the winning score of their bucket into `into`; returns how many. */
  collect(evaluation: AnyEvaluation, winner: Int32Array, into: Int32Array): number {
    const { scoreOf } = evaluation;
    const { bucketOf } = evaluation.partition;
    let found = 0;
    for (let i = 0; i < this.#notedCount; i++) {
      const node = this.#noted[i] as number;
      if (scoreOf[node] === winner[bucketOf[node] as number]) into[found++] = node;
    }
    if (evaluation.isComplete) return found;
    const { buckets, top } = evaluation.sums;
    for (let i = 0; i < this.#notedSumCount; i++) {
      const at = this.#notedSums[i] as number;
      const block = Math.floor(at / buckets);
      const bucket = at - block * buckets;
      const best = winner[bucket] as number;
      if (top[at] !== best) continue;
      const end = Math.min(evaluation.size, (block + 1) * 32);
      for (let node = block * 32; node < end; node++)
        if (scoreOf[node] === best && bucketOf[node] === bucket) into[found++] = node;
    }
    return found;
  }

  /** Returns the position of the feasible Node that is one too many, or `to`. */
  #stretch(evaluation: AnyEvaluation, open: Uint8Array, from: number, to: number, found: Found): number {
    if (evaluation.isComplete) return this.#overNodes(evaluation, open, from, to, found);
    const { unknown, sums } = evaluation;
    let node = from;
    while (node < to) {
      const block = node >> 5;
      const end = (block + 1) << 5;
      if (unknown[block] !== 0) evaluation.score(block);
      if (node === block << 5 && end <= to && this.#fits(sums, block)) {
        this.#takeSums(sums, block, found);
        const others = sums.others[block] as number;
        if (others !== 0) this.#takeOthers(evaluation, block, others, open, found);
        node = end;
        continue;
      }
      const stop = end < to ? end : to;
      node = this.#overNodes(evaluation, open, node, stop, found);
      if (node < stop) break;
    }
    return node;
  }

  /** Whether all feasible Nodes of a block are wanted; false when that is not certain. */
  #fits({ buckets, feasible, others }: BlockSums, block: number): boolean {
    if (this.#left >= 32) return true;
    if (others[block] !== 0) return false;
    let count = 0;
    for (let i = 0; i < this.#openCount; i++) count += feasible[block * buckets + (this.#open[i] as number)] as number;
    return count <= this.#left;
  }

  #takeSums(sums: BlockSums, block: number, found: Found): void {
    const { buckets, feasible, top, ties } = sums;
    const open = this.#open;
    const openCount = this.#openCount;
    let left = this.#left;
    for (let i = 0; i < openCount; i++) {
      const bucket = open[i] as number;
      const at = block * buckets + bucket;
      const count = feasible[at] as number;
      if (count === 0) continue;
      left -= count;
      found.feasible[bucket] = (found.feasible[bucket] as number) + count;
      const best = found.top[bucket] as number;
      let score = top[at] as number;
      if (score < best) continue;
      if (ties[at] === 0) {
        score = sums.findTop(block, bucket);
        if (score < best) continue;
      }
      if (score > best) {
        found.top[bucket] = score;
        found.topCount[bucket] = ties[at] as number;
      } else found.topCount[bucket] = (found.topCount[bucket] as number) + (ties[at] as number);
      this.#notedSums[this.#notedSumCount++] = at;
    }
    this.#left = left;
  }

  /** Nodes of buckets without sums. */
  #takeOthers(
    { scoreOf, partition: { bucketOf } }: SampledEvaluation,
    block: number,
    others: number,
    open: Uint8Array,
    found: Found,
  ): void {
    let bits = others;
    while (bits !== 0) {
      const node = block * 32 + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      const bucket = bucketOf[node] as number;
      if (open[bucket] === 0) continue;
      this.#left--;
      this.#take(node, bucket, scoreOf[node] as number, found);
    }
  }

  /** A feasible Node. */
  #take(node: number, bucket: number, score: number, { feasible, top, topCount }: Found): void {
    feasible[bucket] = (feasible[bucket] as number) + 1;
    const best = top[bucket] as number;
    if (score < best) return;
    if (score > best) {
      top[bucket] = score;
      topCount[bucket] = 1;
    } else topCount[bucket] = (topCount[bucket] as number) + 1;
    this.#noted[this.#notedCount++] = node;
  }

  /** Nodes that are scored, one by one. */
  #overNodes(
    { scoreOf, partition: { bucketOf } }: AnyEvaluation,
    open: Uint8Array,
    from: number,
    to: number,
    found: Found,
  ): number {
    let node = from;
    for (; node < to; node++) {
      const bucket = bucketOf[node] as number;
      if (open[bucket] === 0) continue;
      const score = scoreOf[node] as number;
      if (score < 0) continue;
      if (this.#left === 0) break;
      this.#left--;
      this.#take(node, bucket, score, found);
    }
    return node;
  }
}
