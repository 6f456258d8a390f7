/**
 * What one class of Pods thinks of the Nodes of its partition, for decisions over a sample: a Node is scored when a walk comes to it, and
 * again only if it has changed since. Nothing is done for Nodes that no walk reaches, so thousands of classes in turn cost
 * little; and what a walk reads and writes lies side by side, which in a large cluster costs less than to score each Node that changes.
 */
import { BlockSums, SPAN } from './block-sums.ts';
import type { Evaluation, LocalScores } from './evaluation.ts';
import { NOT_FILED, type Partition } from './partition.ts';
import { REFUSED } from './static-groups.ts';

/** Of so many Nodes not all that is known of them stays in the processor's caches. */
const LARGE = 10_000;

/** Nodes to be scored at once at most. */
const LISTED_MAX = 4 * SPAN;
const nodes = new Int32Array(LISTED_MAX);
const scores = new Int16Array(LISTED_MAX);

/** For decisions over all Nodes, or over a sample. */
export type AnyEvaluation = Evaluation | SampledEvaluation;

export class SampledEvaluation {
  readonly isComplete = false;
  readonly partition: Partition;
  readonly size: number;
  /** Local score of each Node, or NOT_FILED; as of before where the Node is unknown. */
  readonly scoreOf: Int16Array;
  /** For each block of 32 Nodes a bit for each that has changed since it was scored. */
  readonly unknown: Int32Array;
  /** For each span of eight blocks a bit for each with such Nodes. */
  readonly unknownIn: Uint8Array;
  sums: BlockSums;
  /** Nodes that the last walk looked at. */
  lookedAt = 0;
  readonly #looksAhead: boolean;
  readonly #local: LocalScores;
  #epoch = 0;
  #cursor = 0;

  constructor(partition: Partition, local: LocalScores, looksAhead = partition.size >= LARGE) {
    this.#looksAhead = looksAhead;
    this.partition = partition;
    this.size = partition.size;
    this.#local = local;
    this.scoreOf = new Int16Array(this.size);
    this.unknown = new Int32Array(Math.ceil(this.size / 32));
    this.unknownIn = new Uint8Array(Math.ceil(this.size / SPAN));
    // The first Pods that count make more buckets at once.
    const buckets = partition.features.length === 0 ? partition.buckets.length : 2 * partition.buckets.length - 1;
    this.sums = BlockSums.make(this.size, buckets, this.scoreOf, null);
    this.#forget();
  }

  /** Notes which Nodes have changed since the last call. */
  catchUp(): void {
    const { partition } = this;
    partition.catchUp();
    const { moves } = partition;
    const isOutgrown = !this.sums.hasRoomFor(partition.buckets.length);
    if (partition.epoch !== this.#epoch || !moves.holds(this.#cursor) || isOutgrown) {
      this.#forget();
      return;
    }
    const { mask, node: moved, end } = moves;
    const { unknown, unknownIn } = this;
    for (let i = this.#cursor; i < end; i++) {
      const node = moved[i & mask] as number;
      const block = node >> 5;
      unknown[block] = (unknown[block] as number) | (1 << (node & 31));
      unknownIn[block >> 3] = (unknownIn[block >> 3] as number) | (1 << (block & 7));
    }
    this.#cursor = end;
  }

  /**
   * Scores the unknown Nodes from `start` on that a walk will most likely come to, as they are now: as many as the last one looked at.
   * In a large cluster what is known of them has left the processor's caches, and is waited for together.
   */
  scoreAhead(start: number): void {
    if (!this.#looksAhead) return;
    const end = start + this.lookedAt;
    const count = this.#list(start >> 5, Math.min(end, this.size) >> 5, 0);
    const inAll = end > this.size ? this.#list(0, (end - this.size) >> 5, count) : count;
    if (inAll > 0) this.#score(inAll);
  }

  /** Writes the unknown Nodes of blocks into `nodes` from `count` on; scores them where they are too many. Returns how many there are. */
  #list(first: number, end: number, count: number): number {
    let listed = count;
    for (let span = first >> 3; span * 8 < end; span++) {
      const known = this.unknownIn[span] as number;
      if (known === 0) continue;
      const from = Math.max(0, first - span * 8);
      const wanted = ((1 << Math.min(8, end - span * 8)) - 1) & -(1 << from);
      if (listed > LISTED_MAX - SPAN) {
        this.#score(listed);
        listed = 0;
      }
      for (let bits = known & wanted; bits !== 0; bits &= bits - 1)
        listed = this.#takeUnknown(span * 8 + 31 - Math.clz32(bits & -bits), listed);
      this.unknownIn[span] = known & ~wanted;
    }
    return listed;
  }

  /** Scores the unknown Nodes of blocks, as they are now. */
  scoreBlocks(first: number, last: number): void {
    const count = this.#list(first, last + 1, 0);
    if (count > 0) this.#score(count);
  }

  /** Writes the unknown Nodes of a block into `nodes` from `count` on. */
  #takeUnknown(block: number, count: number): number {
    let end = count;
    for (let bits = this.unknown[block] as number; bits !== 0; bits &= bits - 1)
      nodes[end++] = block * 32 + 31 - Math.clz32(bits & -bits);
    this.unknown[block] = 0;
    return end;
  }

  /** Scores the first Nodes of `nodes`. */
  #score(count: number): void {
    this.#local.ofEach(nodes, 0, count, -1, scores);
    const { scoreOf, sums } = this;
    const { bucketOf } = this.partition;
    if (count > 4) sums.touch(nodes, count, bucketOf);
    for (let i = 0; i < count; i++) {
      const node = nodes[i] as number;
      const bucket = bucketOf[node] as number;
      const score = bucket === REFUSED ? NOT_FILED : (scores[i] as number);
      sums.move(node, scoreOf[node] as number, bucket, score);
      scoreOf[node] = score;
    }
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    return this.scoreOf.byteLength + this.unknown.byteLength + this.unknownIn.byteLength + this.sums.bytes;
  }

  #forget(): void {
    this.#epoch = this.partition.epoch;
    this.#cursor = this.partition.moves.end;
    this.scoreOf.fill(NOT_FILED);
    this.unknown.fill(-1);
    const inLast = this.size % 32;
    if (inLast > 0) this.unknown[this.unknown.length - 1] = 2 ** inLast - 1;
    this.unknownIn.fill(255);
    const inLastSpan = this.unknown.length % 8;
    if (inLastSpan > 0) this.unknownIn[this.unknownIn.length - 1] = 2 ** inLastSpan - 1;
    this.sums = BlockSums.make(this.size, this.partition.buckets.length, this.scoreOf, this.sums);
  }
}
