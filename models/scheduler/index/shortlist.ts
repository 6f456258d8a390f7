/**
 * Nodes of one evaluation that are at or near the top of their buckets, so that those which tie for the best total can be listed
 * without a look at all. For a bucket with a threshold, every Node that scores at least that is here; a bucket gets one when
 * its top is asked for. Nodes that have fallen below it are dropped when they are met.
 */
import type { BucketIds } from './buckets.ts';

/** Threshold of a bucket of which nothing is listed. */
export const NOT_LISTED = 32_767;

/** How many Nodes of a bucket are wanted beyond its top, so that the threshold lasts. */
const RESERVE = 64;
/** Nodes listed at most, when it is not the top itself that has more. */
const LISTED_MAX = 1024;

export class Shortlist {
  /** By bucket. */
  threshold = new Int16Array(16).fill(NOT_LISTED);
  /** 1 for Nodes that are listed. */
  readonly isListed: Uint8Array;
  #nodes = new Int32Array(128);
  #length = 0;

  constructor(size: number) {
    this.isListed = new Uint8Array(size);
  }

  get bytes(): number {
    return this.threshold.byteLength + this.isListed.byteLength + this.#nodes.byteLength;
  }

  /** A Node has reached the threshold of its bucket. */
  add(node: number): void {
    if (this.isListed[node] === 1) return;
    if (this.#length >= LISTED_MAX) {
      this.clear();
      return;
    }
    this.#push(node);
  }

  clear(): void {
    for (let i = 0; i < this.#length; i++) this.isListed[this.#nodes[i] as number] = 0;
    this.#length = 0;
    this.threshold.fill(NOT_LISTED);
  }

  /** Makes room for more buckets. */
  growTo(buckets: number): void {
    if (buckets <= this.threshold.length) return;
    const grown = new Int16Array(buckets * 2).fill(NOT_LISTED);
    grown.set(this.threshold);
    this.threshold = grown;
  }

  /**
   * Writes the Nodes whose score is the winning one of their bucket into `into`; returns how many.
   * @param winner by bucket; negative where no Node wins
   * @param countOf Nodes of a bucket at a score
   */
  collect(
    winner: Int32Array,
    buckets: number,
    bucketOf: BucketIds,
    scoreOf: Int16Array,
    countOf: (bucket: number, score: number) => number,
    into: Int32Array,
  ): number {
    this.#lower(winner, buckets, bucketOf, scoreOf, countOf);
    const nodes = this.#nodes;
    const { threshold, isListed } = this;
    let found = 0;
    for (let i = 0; i < this.#length; ) {
      const node = nodes[i] as number;
      const bucket = bucketOf[node] as number;
      const score = scoreOf[node] as number;
      if (score < (threshold[bucket] as number)) {
        isListed[node] = 0;
        nodes[i] = nodes[--this.#length] as number;
        continue;
      }
      if (score === winner[bucket]) into[found++] = node;
      i++;
    }
    return found;
  }

  /** Lists what is missing of the buckets that win. */
  #lower(
    winner: Int32Array,
    buckets: number,
    bucketOf: BucketIds,
    scoreOf: Int16Array,
    countOf: (bucket: number, score: number) => number,
  ): void {
    if (this.#isComplete(winner, buckets)) return;
    if (this.#length > LISTED_MAX / 2) this.clear();
    const { threshold, isListed } = this;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const top = winner[bucket] as number;
      if (top < 0 || (threshold[bucket] as number) <= top) continue;
      let score = top;
      for (let listed = countOf(bucket, top); score > 0; score--) {
        listed += countOf(bucket, score - 1);
        if (listed > RESERVE) break;
      }
      threshold[bucket] = score;
    }
    for (let node = 0; node < scoreOf.length; node++) {
      if ((scoreOf[node] as number) < (threshold[bucketOf[node] as number] as number) || isListed[node] === 1) continue;
      this.#push(node);
    }
  }

  #isComplete(winner: Int32Array, buckets: number): boolean {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const top = winner[bucket] as number;
      if (top >= 0 && (this.threshold[bucket] as number) > top) return false;
    }
    return true;
  }

  #push(node: number): void {
    if (this.#length === this.#nodes.length) {
      const grown = new Int32Array(this.#length * 2);
      grown.set(this.#nodes);
      this.#nodes = grown;
    }
    this.isListed[node] = 1;
    this.#nodes[this.#length++] = node;
  }
}
