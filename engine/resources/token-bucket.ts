/**
 * A token bucket: `ratePerSecond` tokens come in, at most `burst` are kept, and whoever takes more than there are is told
 * how long to wait. Reservations as in golang.org/x/time/rate, which client-go's rate limiters are built on: a reservation
 * takes its tokens at once, the level may go below zero, and later callers wait behind earlier ones.
 *
 * Levels are whole billionths of a token, so nothing is lost to rounding over any number of calls.
 */
import type { Clock } from '../clock.ts';
import type { Micros } from '../time.ts';

export interface TokenBucketOptions {
  /** Tokens a second, to a thousandth; from 0.001 to 1e9. */
  readonly ratePerSecond: number;
  /** Most tokens that are kept; the bucket begins full. From 1 to 1e6. */
  readonly burst: number;
}

const BILLION = 1_000_000_000;

/** `reserve` gives the wait in µs, `allow` whether there are tokens now; both in O(1). */
export class TokenBucket {
  readonly #clock: Pick<Clock, 'nowMicros'>;
  /** Billionths of a token that come in each µs. */
  readonly #perMicro: number;
  readonly #capacity: number;
  #level: number;
  #lastMicros: Micros;

  /** @throws RangeError that names the field */
  constructor(clock: Pick<Clock, 'nowMicros'>, options: TokenBucketOptions) {
    const { ratePerSecond, burst } = options;
    if (!(ratePerSecond >= 0.001 && ratePerSecond <= 1e9)) {
      throw new RangeError(`ratePerSecond is ${ratePerSecond}; accepted are numbers from 0.001 to 1e9`);
    }
    if (!(Number.isInteger(burst) && burst >= 1 && burst <= 1e6)) {
      throw new RangeError(`burst is ${burst}; accepted are whole numbers from 1 to 1e6`);
    }
    this.#clock = clock;
    this.#perMicro = Math.round(ratePerSecond * 1000);
    this.#capacity = burst * BILLION;
    this.#level = this.#capacity;
    this.#lastMicros = clock.nowMicros;
  }

  /** Tokens there are now; below zero when that many are promised. */
  get tokens(): number {
    this.#fill();
    return this.#level / BILLION;
  }

  /**
   * Takes tokens and says how long to wait until they have come.
   * @throws RangeError for more than the burst, which would never be allowed
   */
  reserve(count = 1): Micros {
    this.#requireWithinBurst(count);
    this.#fill();
    this.#level -= count * BILLION;
    return this.#level >= 0 ? 0 : Math.ceil(-this.#level / this.#perMicro);
  }

  /** Takes tokens if they are there now. */
  allow(count = 1): boolean {
    this.#requireWithinBurst(count);
    this.#fill();
    if (this.#level < count * BILLION) return false;
    this.#level -= count * BILLION;
    return true;
  }

  #requireWithinBurst(count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && count * BILLION <= this.#capacity)) {
      throw new RangeError(
        `count is ${count}; accepted are whole numbers from 0 to the burst, ${this.#capacity / BILLION}`,
      );
    }
  }

  #fill(): void {
    const passedMicros = this.#clock.nowMicros - this.#lastMicros;
    this.#lastMicros = this.#clock.nowMicros;
    // Divided, not multiplied: the product could pass 2^53.
    const room = this.#capacity - this.#level;
    this.#level = passedMicros >= room / this.#perMicro ? this.#capacity : this.#level + passedMicros * this.#perMicro;
  }
}
