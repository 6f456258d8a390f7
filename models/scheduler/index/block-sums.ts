/**
 * Nodes of one evaluation summed up for each bucket, in blocks of 32 Nodes and in spans of eight blocks: how many are feasible, the best
 * score, and how many have it. Only the first buckets have sums, which are mostly those of many Nodes; Nodes of the
 * others are noted one by one.
 *
 * A cell is one number: the score, how many Nodes have just that, and how many are feasible. No feasible Node there scores more, but
 * none may have it any more: then the number is 0 until `findTop…` makes it certain.
 */
import type { BucketIds } from './buckets.ts';

/** With more buckets the sums would take longer to read than the Nodes. */
const BUCKETS_MAX = 32;
/** What `#bucketOf` says of a Node whose bucket has no sums. */
const WITHOUT = 255;

/** Nodes in a span. */
export const SPAN = 256;

const SCORE_SHIFT = 18;
const ONE_TIE = 1 << 9;
const COUNT_MASK = 511;

/** Feasible Nodes; where there are none, nothing else in the cell means anything. */
export function feasibleIn(cell: number): number {
  return cell & COUNT_MASK;
}

/** No feasible Node scores more. */
export function topIn(cell: number): number {
  return cell >> SCORE_SHIFT;
}

/** How many score `topIn`. */
export function tiesIn(cell: number): number {
  return (cell >> 9) & COUNT_MASK;
}

/** The cell with one more Node. */
function entered(cell: number, score: number): number {
  const count = cell & COUNT_MASK;
  const top = cell >> SCORE_SHIFT;
  if (score > top || count === 0) return (score << SCORE_SHIFT) | ONE_TIE | (count + 1);
  return score === top ? cell + ONE_TIE + 1 : cell + 1;
}

/** The cell with one Node less. */
function left(cell: number, score: number): number {
  return cell >> SCORE_SHIFT === score ? cell - ONE_TIE - 1 : cell - 1;
}

/** Only keeps `touch` from being taken for useless. */
const touched = new Int32Array(1);

export class BlockSums {
  /** Buckets that have sums, from 0 on; that of the refused Nodes is among them, but never filled. */
  readonly buckets: number;
  /** Cells at `block * buckets + bucket`. */
  readonly blocks: Int32Array;
  /** Cells at `span * buckets + bucket`. */
  readonly spans: Int32Array;
  /** For each block a bit for each feasible Node of a bucket without sums. */
  readonly others: Int32Array;
  /** For each span a bit for each block with such Nodes. */
  readonly othersIn: Uint8Array;
  /** Bucket of each Node when it was summed up. */
  readonly #bucketOf: Uint8Array;
  readonly #scoreOf: Int16Array;

  private constructor(size: number, buckets: number, scoreOf: Int16Array) {
    const blocks = Math.ceil(size / 32);
    const spans = Math.ceil(size / SPAN);
    this.buckets = buckets;
    this.blocks = new Int32Array(blocks * buckets);
    this.spans = new Int32Array(spans * buckets);
    this.others = new Int32Array(blocks);
    this.othersIn = new Uint8Array(spans);
    this.#bucketOf = new Uint8Array(size);
    this.#scoreOf = scoreOf;
  }

  /** Sums over no Nodes yet. `known` is used again if it has room. */
  static make(size: number, buckets: number, scoreOf: Int16Array, known: BlockSums | null): BlockSums {
    if (known?.hasRoomFor(buckets) === true) {
      known.#clear();
      return known;
    }
    let room = 2;
    while (room < buckets && room < BUCKETS_MAX) room *= 2;
    return new BlockSums(size, room, scoreOf);
  }

  /** False when there are more buckets than sums, and there may be more sums. */
  hasRoomFor(buckets: number): boolean {
    return buckets <= this.buckets || this.buckets === BUCKETS_MAX;
  }

  get bytes(): number {
    const cells = this.blocks.byteLength + this.spans.byteLength;
    return cells + this.others.byteLength + this.othersIn.byteLength + this.#bucketOf.byteLength;
  }

  /** Reads what `move` will need of these Nodes, one right after the other, so that it is waited for together. */
  touch(nodes: Int32Array, count: number, bucketOf: BucketIds): void {
    const { blocks, buckets } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const node = nodes[i] as number;
      const row = (node >> 5) * buckets;
      sum += (this.#scoreOf[node] as number) + (this.#bucketOf[node] as number);
      sum += (blocks[row] as number) + (blocks[row + buckets - 1] as number) + (bucketOf[node] as number);
    }
    touched[0] = sum;
  }

  /** A Node that scored `before` (negative: not feasible) is now in that bucket with that score. */
  move(node: number, before: number, bucket: number, score: number): void {
    const place = bucket < this.buckets ? bucket : WITHOUT;
    const from = this.#bucketOf[node] as number;
    if (score === before && place === from) return;
    if (before >= 0) this.#leave(node, from, before);
    this.#bucketOf[node] = place;
    if (score >= 0) this.#enter(node, place, score);
  }

  #enter(node: number, bucket: number, score: number): void {
    if (bucket === WITHOUT) {
      this.others[node >> 5] = (this.others[node >> 5] as number) | (1 << (node & 31));
      this.othersIn[node >> 8] = (this.othersIn[node >> 8] as number) | (1 << ((node >> 5) & 7));
      return;
    }
    const { blocks, spans, buckets } = this;
    const inBlock = (node >> 5) * buckets + bucket;
    blocks[inBlock] = entered(blocks[inBlock] as number, score);
    const inSpan = (node >> 8) * buckets + bucket;
    spans[inSpan] = entered(spans[inSpan] as number, score);
  }

  #leave(node: number, bucket: number, score: number): void {
    if (bucket === WITHOUT) {
      const others = (this.others[node >> 5] as number) & ~(1 << (node & 31));
      this.others[node >> 5] = others;
      if (others !== 0) return;
      this.othersIn[node >> 8] = (this.othersIn[node >> 8] as number) & ~(1 << ((node >> 5) & 7));
      return;
    }
    const { blocks, spans, buckets } = this;
    const inBlock = (node >> 5) * buckets + bucket;
    blocks[inBlock] = left(blocks[inBlock] as number, score);
    const inSpan = (node >> 8) * buckets + bucket;
    spans[inSpan] = left(spans[inSpan] as number, score);
  }

  /** The cell of a bucket in a block that has a feasible Node of it, made certain. */
  findTopOfBlock(block: number, bucket: number): number {
    const end = Math.min(this.#scoreOf.length, (block + 1) * 32);
    let best = -1;
    let count = 0;
    for (let node = block * 32; node < end; node++) {
      const score = this.#scoreOf[node] as number;
      if (score < best || this.#bucketOf[node] !== bucket) continue;
      if (score > best) {
        best = score;
        count = 0;
      }
      count++;
    }
    const at = block * this.buckets + bucket;
    const cell = (best << SCORE_SHIFT) | (count * ONE_TIE) | ((this.blocks[at] as number) & COUNT_MASK);
    this.blocks[at] = cell;
    return cell;
  }

  /** The same of a span. */
  findTopOfSpan(span: number, bucket: number): number {
    const { blocks, buckets } = this;
    const end = Math.min(blocks.length / buckets, (span + 1) * 8);
    let best = -1;
    let count = 0;
    for (let block = span * 8; block < end; block++) {
      let cell = blocks[block * buckets + bucket] as number;
      if ((cell & COUNT_MASK) === 0 || cell >> SCORE_SHIFT < best) continue;
      if (tiesIn(cell) === 0) {
        cell = this.findTopOfBlock(block, bucket);
        if (cell >> SCORE_SHIFT < best) continue;
      }
      if (cell >> SCORE_SHIFT > best) {
        best = cell >> SCORE_SHIFT;
        count = 0;
      }
      count += tiesIn(cell);
    }
    const at = span * buckets + bucket;
    const cell = (best << SCORE_SHIFT) | (count * ONE_TIE) | ((this.spans[at] as number) & COUNT_MASK);
    this.spans[at] = cell;
    return cell;
  }

  #clear(): void {
    this.blocks.fill(0);
    this.spans.fill(0);
    this.others.fill(0);
    this.othersIn.fill(0);
    this.#bucketOf.fill(0);
  }
}
