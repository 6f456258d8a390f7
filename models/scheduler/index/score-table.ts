/**
 * Where each Node of one evaluation is filed: by bucket (Nodes alike in everything that is normalised or depends on a
 * topology domain) and by local score (what depends on this Node alone). The best total over all Nodes is then the best
 * over the buckets' highest scores, the number of ties is a sum of counts, and re-filing one Node is O(1).
 *
 * Nodes are positions in scheduling order. Each (bucket, score) cell is an intrusive doubly linked list.
 */
export const NOT_FILED = -1;

type Links = Int16Array | Int32Array;

export class ScoreTable {
  readonly size: number;
  /** Scores run from 0 to `scores` - 1. */
  readonly scores: number;
  /** Bucket of each Node. */
  readonly bucketOf: Int32Array;
  /** Local score of each Node, or NOT_FILED when a rule of this Node alone refuses the Pod. */
  readonly scoreOf: Int16Array;
  /** Nodes filed under each bucket. */
  countOf: Int32Array = new Int32Array(4);
  #top: Int32Array = new Int32Array(4);
  #cellHead: Int32Array;
  #cellCount: Int32Array;
  readonly #next: Links;
  readonly #previous: Links;

  constructor(size: number, scores: number) {
    this.size = size;
    this.scores = scores;
    this.bucketOf = new Int32Array(size).fill(NOT_FILED);
    this.scoreOf = new Int16Array(size).fill(NOT_FILED);
    // Half the memory for the common sizes: these arrays are walked at random, and the caches are small.
    const links = (): Links => (size < 32_768 ? new Int16Array(size) : new Int32Array(size));
    this.#next = links();
    this.#previous = links();
    this.#cellHead = new Int32Array(4 * scores).fill(NOT_FILED);
    this.#cellCount = new Int32Array(4 * scores);
  }

  /** Files a Node under a bucket and score, or takes it out with score NOT_FILED. */
  file(node: number, bucket: number, score: number): void {
    const scoreBefore = this.scoreOf[node] as number;
    if (scoreBefore === score && this.bucketOf[node] === bucket) return;
    if (scoreBefore !== NOT_FILED) this.#unlink(node, this.bucketOf[node] as number, scoreBefore);
    this.bucketOf[node] = bucket;
    this.scoreOf[node] = score;
    if (score !== NOT_FILED) this.#link(node, bucket, score);
  }

  /** Highest score filed under a bucket that is not empty. */
  topOf(bucket: number): number {
    let top = this.#top[bucket] as number;
    const base = bucket * this.scores;
    while (this.#cellCount[base + top] === 0) top--;
    this.#top[bucket] = top;
    return top;
  }

  /** Nodes under (bucket, score). */
  cellCount(bucket: number, score: number): number {
    return this.#cellCount[bucket * this.scores + score] as number;
  }

  /** Writes the Nodes under (bucket, score) into `into` from index `at` on, in no order; returns the index after the last. */
  collect(bucket: number, score: number, into: Int32Array, at: number): number {
    let index = at;
    let node = this.#cellHead[bucket * this.scores + score] as number;
    while (node !== NOT_FILED) {
      into[index++] = node;
      node = this.#next[node] as number;
    }
    return index;
  }

  /** Takes every Node out. */
  clear(): void {
    this.bucketOf.fill(NOT_FILED);
    this.scoreOf.fill(NOT_FILED);
    this.countOf.fill(0);
    this.#top.fill(0);
    this.#cellHead.fill(NOT_FILED);
    this.#cellCount.fill(0);
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    return this.size * 6 + this.#next.byteLength * 2 + this.#cellHead.byteLength * 2 + this.countOf.byteLength * 2;
  }

  #link(node: number, bucket: number, score: number): void {
    if (bucket >= this.countOf.length) this.#growTo(bucket + 1);
    const cell = bucket * this.scores + score;
    const head = this.#cellHead[cell] as number;
    this.#next[node] = head;
    this.#previous[node] = NOT_FILED;
    if (head !== NOT_FILED) this.#previous[head] = node;
    this.#cellHead[cell] = node;
    this.#cellCount[cell] = (this.#cellCount[cell] as number) + 1;
    const count = this.countOf[bucket] as number;
    this.countOf[bucket] = count + 1;
    if (count === 0 || score > (this.#top[bucket] as number)) this.#top[bucket] = score;
  }

  #unlink(node: number, bucket: number, score: number): void {
    const cell = bucket * this.scores + score;
    const next = this.#next[node] as number;
    const previous = this.#previous[node] as number;
    if (previous === NOT_FILED) this.#cellHead[cell] = next;
    else this.#next[previous] = next;
    if (next !== NOT_FILED) this.#previous[next] = previous;
    this.#cellCount[cell] = (this.#cellCount[cell] as number) - 1;
    this.countOf[bucket] = (this.countOf[bucket] as number) - 1;
  }

  #growTo(buckets: number): void {
    const capacity = Math.max(buckets, this.countOf.length * 2);
    const grow = (from: Int32Array, length: number, fill: number): Int32Array => {
      const to = new Int32Array(length).fill(fill, from.length);
      to.set(from);
      return to;
    };
    this.countOf = grow(this.countOf, capacity, 0);
    this.#top = grow(this.#top, capacity, 0);
    this.#cellHead = grow(this.#cellHead, capacity * this.scores, NOT_FILED);
    this.#cellCount = grow(this.#cellCount, capacity * this.scores, 0);
  }
}
