/**
 * Nodes of one evaluation in blocks of 32, summed up for each bucket: how many are feasible, the best score, and how many have it.
 * Only the first buckets have sums, which are mostly those of many Nodes; Nodes of the others are noted one by one.
 */

/** With more buckets the sums would take longer to read than the Nodes. */
const BUCKETS_MAX = 32;
/** What `#bucketOf` says of a Node whose bucket has no sums. */
const WITHOUT = 255;

export class BlockSums {
  /** Buckets that have sums, from 0 on; that of the refused Nodes is among them, but never filled. */
  readonly buckets: number;
  /** At `block * buckets + bucket`. */
  readonly feasible: Uint8Array;
  /** No Node there scores more. The best score itself where `ties` is above 0. */
  readonly top: Int16Array;
  /** How many have that score; 0 when the last one that was seen to has changed, see `findTop`. */
  readonly ties: Uint8Array;
  /** For each block a bit for each feasible Node of a bucket without sums. */
  readonly others: Int32Array;
  /** Bucket of each Node when it was summed up. */
  readonly #bucketOf: Uint8Array;
  readonly #scoreOf: Int16Array;

  private constructor(size: number, buckets: number, scoreOf: Int16Array) {
    const length = Math.ceil(size / 32) * buckets;
    this.buckets = buckets;
    this.feasible = new Uint8Array(length);
    this.top = new Int16Array(length).fill(-1);
    this.ties = new Uint8Array(length);
    this.others = new Int32Array(Math.ceil(size / 32));
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
    return 4 * this.feasible.byteLength + this.others.byteLength + this.#bucketOf.byteLength;
  }

  /** A Node that scored `before` (negative: not feasible) is now in that bucket with that score. */
  move(node: number, before: number, bucket: number, score: number): void {
    if (before >= 0) this.#leave(node, before);
    if (bucket >= this.buckets) {
      this.#bucketOf[node] = WITHOUT;
      if (score >= 0) this.others[node >> 5] = (this.others[node >> 5] as number) | (1 << (node & 31));
      return;
    }
    this.#bucketOf[node] = bucket;
    if (score < 0) return;
    const { feasible, top, ties } = this;
    const to = (node >> 5) * this.buckets + bucket;
    feasible[to] = (feasible[to] as number) + 1;
    const best = top[to] as number;
    if (score > best || feasible[to] === 1) {
      top[to] = score;
      ties[to] = 1;
    } else if (score === best) ties[to] = (ties[to] as number) + 1;
  }

  #leave(node: number, score: number): void {
    const bucket = this.#bucketOf[node] as number;
    if (bucket === WITHOUT) {
      this.others[node >> 5] = (this.others[node >> 5] as number) & ~(1 << (node & 31));
      return;
    }
    const { feasible, top, ties } = this;
    const from = (node >> 5) * this.buckets + bucket;
    feasible[from] = (feasible[from] as number) - 1;
    if (score === top[from]) ties[from] = (ties[from] as number) - 1;
  }

  /** Best score of a bucket in a block that has a feasible Node of it, made certain, with its number of ties. */
  findTop(block: number, bucket: number): number {
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
    this.top[block * this.buckets + bucket] = best;
    this.ties[block * this.buckets + bucket] = count;
    return best;
  }

  #clear(): void {
    this.feasible.fill(0);
    this.top.fill(-1);
    this.ties.fill(0);
    this.others.fill(0);
    this.#bucketOf.fill(0);
  }
}
