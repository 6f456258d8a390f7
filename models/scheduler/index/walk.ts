/**
 * A walk over the Nodes from the rotating start until enough are feasible and one more comes in sight. That one is not counted, but
 * Nodes that are refused before it are, as in kube-scheduler (see `decision/schedule-pod.ts`). Over a sample it goes from span to span,
 * in blocks where a span is more than is wanted, and Node by Node where a block is.
 */
import { type BlockSums, feasibleIn, SPAN, tiesIn, topIn } from './block-sums.ts';
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
  /** Buckets that are open, or that win, and have sums. */
  readonly #summed = new Int32Array(32);
  #summedCount = 0;
  #left = 0;
  /** Whether there are buckets without sums. */
  #hasOthers = false;

  /** @param found is filled for the buckets that are open */
  go(evaluation: AnyEvaluation, open: Uint8Array, wanted: number, start: number, found: Found): void {
    const { size } = evaluation;
    this.#left = wanted;
    this.#summedCount = 0;
    const { length } = evaluation.partition.buckets;
    const summed = evaluation.isComplete ? 0 : Math.min(evaluation.sums.buckets, length);
    this.#hasOthers = summed < length;
    for (let bucket = 0; bucket < summed; bucket++) if (open[bucket] === 1) this.#summed[this.#summedCount++] = bucket;
    if (!evaluation.isComplete) evaluation.scoreAhead(start);
    const end = this.#arc(evaluation, open, start, size, found);
    this.evaluated = end < size ? end - start : size - start + this.#arc(evaluation, open, 0, start, found);
    if (!evaluation.isComplete) evaluation.lookedAt = this.evaluated;
    this.feasible = wanted - this.#left;
  }

  /** Returns the position of the feasible Node that is one too many, or `to`. */
  #arc(evaluation: AnyEvaluation, open: Uint8Array, from: number, to: number, found: Found): number {
    if (evaluation.isComplete) return this.#overNodes(evaluation, open, from, to, found);
    // The last span and the last block may be short.
    const limit = to === evaluation.size ? to + SPAN : to;
    let node = from;
    while (node < to) {
      const block = node >> 5;
      const span = node >> 8;
      // So many blocks are looked into in any case, even if all of their Nodes are feasible.
      if (evaluation.unknownIn[span] !== 0)
        evaluation.scoreBlocks(block, Math.min(span * 8 + 7, block + (this.#left >> 5)));
      if ((node & 255) === 0 && node + SPAN <= limit && this.#takesSpan(evaluation, span, open, found)) {
        node += SPAN;
        continue;
      }
      const end = (block + 1) << 5;
      if ((node & 31) === 0 && end <= limit && this.#takesBlock(evaluation, block, open, found)) {
        node = end;
        continue;
      }
      const stop = end < to ? end : to;
      node = this.#overNodes(evaluation, open, node, stop, found);
      if (node < stop) return node;
    }
    return to;
  }

  /** Takes a span if all of its feasible Nodes are wanted; false when they are not, or that is not certain. */
  #takesSpan(evaluation: SampledEvaluation, span: number, open: Uint8Array, found: Found): boolean {
    const { sums } = evaluation;
    if (evaluation.unknownIn[span] !== 0) return false;
    const blocks = this.#hasOthers ? (sums.othersIn[span] as number) : 0;
    if (this.#left < SPAN && (blocks !== 0 || !this.#fits(sums.spans, span * sums.buckets))) return false;
    this.#takeSpan(sums, span, found);
    for (let bits = blocks; bits !== 0; bits &= bits - 1)
      this.#takeOthers(evaluation, span * 8 + 31 - Math.clz32(bits & -bits), open, found);
    return true;
  }

  #takesBlock(evaluation: SampledEvaluation, block: number, open: Uint8Array, found: Found): boolean {
    const { sums } = evaluation;
    const others = this.#hasOthers ? (sums.others[block] as number) : 0;
    if (this.#left < 32 && (others !== 0 || !this.#fits(sums.blocks, block * sums.buckets))) return false;
    this.#takeBlock(sums, block, found);
    if (others !== 0) this.#takeOthers(evaluation, block, open, found);
    return true;
  }

  /** Whether all feasible Nodes in the cells are wanted. */
  #fits(cells: Int32Array, first: number): boolean {
    let count = 0;
    for (let i = 0; i < this.#summedCount; i++)
      count += feasibleIn(cells[first + (this.#summed[i] as number)] as number);
    return count <= this.#left;
  }

  #takeSpan(sums: BlockSums, span: number, found: Found): void {
    const { buckets, spans } = sums;
    for (let i = 0; i < this.#summedCount; i++) {
      const bucket = this.#summed[i] as number;
      let cell = spans[span * buckets + bucket] as number;
      if (feasibleIn(cell) === 0) continue;
      if (tiesIn(cell) === 0 && topIn(cell) >= (found.top[bucket] as number)) cell = sums.findTopOfSpan(span, bucket);
      this.#takeCell(cell, bucket, found);
    }
  }

  #takeBlock(sums: BlockSums, block: number, found: Found): void {
    const { buckets, blocks } = sums;
    for (let i = 0; i < this.#summedCount; i++) {
      const bucket = this.#summed[i] as number;
      let cell = blocks[block * buckets + bucket] as number;
      if (feasibleIn(cell) === 0) continue;
      if (tiesIn(cell) === 0 && topIn(cell) >= (found.top[bucket] as number)) cell = sums.findTopOfBlock(block, bucket);
      this.#takeCell(cell, bucket, found);
    }
  }

  #takeCell(cell: number, bucket: number, { feasible, top, topCount }: Found): void {
    const count = feasibleIn(cell);
    this.#left -= count;
    feasible[bucket] = (feasible[bucket] as number) + count;
    const best = top[bucket] as number;
    const score = topIn(cell);
    if (score < best) return;
    if (score > best) {
      top[bucket] = score;
      topCount[bucket] = tiesIn(cell);
    } else topCount[bucket] = (topCount[bucket] as number) + tiesIn(cell);
  }

  /** Nodes of buckets without sums. */
  #takeOthers(
    { scoreOf, sums: { others }, partition: { bucketOf } }: SampledEvaluation,
    block: number,
    open: Uint8Array,
    found: Found,
  ): void {
    for (let bits = others[block] as number; bits !== 0; bits &= bits - 1) {
      const node = block * 32 + 31 - Math.clz32(bits & -bits);
      const bucket = bucketOf[node] as number;
      if (open[bucket] === 0) continue;
      this.#left--;
      this.#take(bucket, scoreOf[node] as number, found);
    }
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
      this.#take(bucket, score, found);
    }
    return node;
  }

  /** A feasible Node. */
  #take(bucket: number, score: number, { feasible, top, topCount }: Found): void {
    feasible[bucket] = (feasible[bucket] as number) + 1;
    const best = top[bucket] as number;
    if (score < best) return;
    if (score > best) {
      top[bucket] = score;
      topCount[bucket] = 1;
    } else topCount[bucket] = (topCount[bucket] as number) + 1;
  }
}
