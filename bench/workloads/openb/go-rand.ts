/**
 * The draws of Go's `math/rand` generator, as the FGD study took them: an additive lagged Fibonacci sequence of 64-bit
 * words, continued from the first 607 words of a seed. Only for reproducing that study; everything else here draws
 * from named streams.
 */
const LAG_LONG = 607;
const LAG_SHORT = 273;
const MASK_63 = (1n << 63n) - 1n;
const TWO_31 = 2_147_483_648;

export class GoRand {
  readonly #words: BigUint64Array;
  #next = 0;

  /** @param firstWords the first 607 words that the seed gives, before they are cut to 63 bits */
  constructor(firstWords: BigUint64Array) {
    if (firstWords.length !== LAG_LONG) {
      throw new RangeError(`the generator starts from ${LAG_LONG} words; found ${firstWords.length}`);
    }
    this.#words = firstWords.slice();
  }

  /** 63 random bits. */
  int63(): bigint {
    const at = this.#next % LAG_LONG;
    // The words given are the first outputs; from then on each word replaces the one 607 draws older.
    if (this.#next >= LAG_LONG) {
      const short = (at + LAG_LONG - LAG_SHORT) % LAG_LONG;
      this.#words[at] = (this.#words[at] as bigint) + (this.#words[short] as bigint);
    }
    this.#next++;
    return (this.#words[at] as bigint) & MASK_63;
  }

  /** Integer in [0, n) by masking (n a power of two) or by rejection and remainder, from 31 bits: Go's `Intn`. */
  intn(n: number): number {
    if ((n & (n - 1)) === 0) return Number(this.int63() >> 32n) & (n - 1);
    const largest = TWO_31 - 1 - (TWO_31 % n);
    let value = Number(this.int63() >> 32n);
    while (value > largest) value = Number(this.int63() >> 32n);
    return value % n;
  }

  /** Integer in [0, n) by multiplication of 32 bits with rejection: what Go's `Shuffle` draws. */
  bounded(n: number): number {
    const bound = BigInt(n);
    let product = (this.int63() >> 31n) * bound;
    let low = product & 0xffffffffn;
    if (low < bound) {
      const threshold = (0x100000000n - bound) % bound;
      while (low < threshold) {
        product = (this.int63() >> 31n) * bound;
        low = product & 0xffffffffn;
      }
    }
    return Number(product >> 32n);
  }

  /** Shuffles in place, from the last place down. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.bounded(i + 1);
      const moved = items[i] as T;
      items[i] = items[j] as T;
      items[j] = moved;
    }
  }

  /** A permutation of 0 to n - 1; takes a draw for the first place too. */
  permutation(n: number): number[] {
    const result = new Array<number>(n).fill(0);
    for (let i = 0; i < n; i++) {
      const j = this.intn(i + 1);
      result[i] = result[j] as number;
      result[j] = i;
    }
    return result;
  }
}
