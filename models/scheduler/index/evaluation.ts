/**
 * What one class of Pods thinks of every Node of its partition, kept up to date for decisions over all Nodes: each Node's local score,
 * and how many Nodes of each bucket have which. The best total is then the best over the buckets' highest scores,
 * the number of ties a sum of counts, and a Node that changed costs the same in a cluster of any size.
 */
import { NOT_FILED, type Partition } from './partition.ts';
import { Shortlist } from './shortlist.ts';
import { REFUSED } from './static-groups.ts';

/** Scores that depend on one Node alone. */
export interface LocalScores {
  /** One more than the greatest. */
  readonly range: number;
  /**
   * Sums of the weighted scores that need no normalising, of the Nodes `nodes[(first .. end - 1) & mask]`, into `into` from 0 on;
   * NOT_FILED where the Node's own state refuses the Pod. What it gives for Nodes that their static group refuses is not to be read.
   */
  ofEach(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void;
}

type Counts = Uint16Array | Int32Array;

/** Scores on their way from `LocalScores` to where they are filed. */
let scratch = new Int16Array(256);
/** Only keeps `#touch` from being taken for useless. */
const touched = new Int32Array(1);

let allPositions = new Int32Array(0);

/** 0, 1, 2, … */
function positions(count: number): Int32Array {
  if (allPositions.length < count) allPositions = Int32Array.from({ length: count }, (_, position) => position);
  return allPositions;
}

export class Evaluation {
  /** Every Node is scored at all times. */
  readonly isComplete = true;
  readonly partition: Partition;
  readonly size: number;
  /** Local score of each Node, or NOT_FILED. */
  readonly scoreOf: Int16Array;
  /** Feasible Nodes of each bucket, as far as the Node's own state decides. */
  countOf = new Int32Array(4);
  readonly #local: LocalScores;
  readonly #range: number;
  /** Nodes for each bucket and score. */
  #cells: Counts;
  /** No Node of the bucket scores more. */
  #top = new Int32Array(4);
  readonly #shortlist: Shortlist;
  /** Of the partition that this was built from. */
  #epoch = 0;
  #cursor = 0;

  constructor(partition: Partition, local: LocalScores) {
    this.partition = partition;
    this.size = partition.size;
    this.#local = local;
    this.#range = local.range;
    this.scoreOf = new Int16Array(this.size);
    this.#cells = this.#counts(4);
    this.#shortlist = new Shortlist(this.size);
    this.#build();
  }

  /** Brings in all that has happened since the last call. */
  catchUp(): void {
    const { partition } = this;
    partition.catchUp();
    const { moves } = partition;
    if (partition.epoch !== this.#epoch || !moves.holds(this.#cursor)) this.#build();
    else if (this.#cursor !== moves.end) this.#replay();
  }

  /** Highest score of a bucket that is not empty. */
  topOf(bucket: number): number {
    let top = this.#top[bucket] as number;
    const base = bucket * this.#range;
    while (this.#cells[base + top] === 0) top--;
    this.#top[bucket] = top;
    return top;
  }

  /** Nodes of a bucket at a score. */
  cellCount(bucket: number, score: number): number {
    return this.#cells[bucket * this.#range + score] as number;
  }

  /** Writes the Nodes whose score is the winning one of their bucket into `into`, in no order; returns how many. */
  collect(winner: Int32Array, into: Int32Array): number {
    const { bucketOf, buckets } = this.partition;
    const countOf = (bucket: number, score: number): number => this.cellCount(bucket, score);
    return this.#shortlist.collect(winner, buckets.length, bucketOf, this.scoreOf, countOf, into);
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    const counts = this.#cells.byteLength + this.countOf.byteLength + this.#top.byteLength;
    return this.scoreOf.byteLength + counts + this.#shortlist.bytes;
  }

  #build(): void {
    const { partition, scoreOf } = this;
    const { bucketOf } = partition;
    this.#epoch = partition.epoch;
    this.#cursor = partition.moves.end;
    this.#growTo(partition.buckets.length);
    this.#shortlist.clear();
    this.#cells.fill(0);
    this.countOf.fill(0);
    this.#top.fill(0);
    this.#local.ofEach(positions(this.size), 0, this.size, -1, scoreOf);
    for (let node = 0; node < this.size; node++) {
      const bucket = bucketOf[node] as number;
      if (bucket === REFUSED) scoreOf[node] = NOT_FILED;
      const score = scoreOf[node] as number;
      if (score !== NOT_FILED) this.#count(bucket, score);
    }
  }

  /** Files again the Nodes that have moved or changed, one after the other, so that what was counted is what is taken back. */
  #replay(): void {
    const { moves, buckets } = this.partition;
    const { mask, node: nodes, from: fromOf, to: toOf, end } = moves;
    this.#growTo(buckets.length);
    const { scoreOf, countOf } = this;
    const top = this.#top;
    const { threshold } = this.#shortlist;
    const cells = this.#cells;
    const range = this.#range;
    const first = this.#cursor;
    if (scratch.length < end - first) scratch = new Int16Array(2 * (end - first));
    const scores = scratch;
    this.#touch(nodes, first, end, mask);
    this.#local.ofEach(nodes, first, end, mask, scores);
    for (let i = first; i < end; i++) {
      const at = i & mask;
      const node = nodes[at] as number;
      const from = fromOf[at] as number;
      const to = toOf[at] as number;
      const before = scoreOf[node] as number;
      const score = to === REFUSED ? NOT_FILED : (scores[i - first] as number);
      if (score === before && from === to) continue;
      scoreOf[node] = score;
      if (before !== NOT_FILED) {
        const cell = from * range + before;
        cells[cell] = (cells[cell] as number) - 1;
        countOf[from] = (countOf[from] as number) - 1;
      }
      if (score === NOT_FILED) continue;
      const cell = to * range + score;
      cells[cell] = (cells[cell] as number) + 1;
      countOf[to] = (countOf[to] as number) + 1;
      if (score > (top[to] as number)) top[to] = score;
      if (score >= (threshold[to] as number)) this.#shortlist.add(node);
    }
    this.#cursor = end;
  }

  /**
   * Reads the scores of the Nodes `nodes[(first .. end - 1) & mask]`. In a large cluster they have left the processor's caches since
   * the class was last used; read one right after the other they are waited for together, and are there when the Nodes are filed.
   */
  #touch(nodes: Int32Array, first: number, end: number, mask: number): void {
    const { scoreOf } = this;
    let sum = 0;
    for (let i = first; i < end; i++) sum += scoreOf[nodes[i & mask] as number] as number;
    touched[0] = sum;
  }

  #count(bucket: number, score: number): void {
    const cell = bucket * this.#range + score;
    this.#cells[cell] = (this.#cells[cell] as number) + 1;
    this.countOf[bucket] = (this.countOf[bucket] as number) + 1;
    if (score > (this.#top[bucket] as number)) this.#top[bucket] = score;
  }

  #counts(buckets: number): Counts {
    const length = buckets * this.#range;
    return this.size < 65_536 ? new Uint16Array(length) : new Int32Array(length);
  }

  #growTo(buckets: number): void {
    this.#shortlist.growTo(buckets);
    if (buckets <= this.countOf.length) return;
    const capacity = Math.max(buckets, this.countOf.length * 2);
    const cells = this.#counts(capacity);
    cells.set(this.#cells);
    this.#cells = cells;
    const grow = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    this.countOf = grow(this.countOf);
    this.#top = grow(this.#top);
  }
}
