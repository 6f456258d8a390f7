/**
 * The wall clock of the simulated cluster: virtual time 0 is a fixed date, and timestamps are RFC 3339 in UTC with
 * whole seconds, as the API stores them. The text of a second is made once, however many objects carry it.
 */
import { MICROS_PER_SECOND, type Micros, type Simulation } from '../engine/index.ts';
import { formatTimestamp } from './objects/timestamp.ts';

export { formatTimestamp };

/** 2030-01-01T00:00:00Z: virtual time 0 unless an experiment says otherwise. */
export const DEFAULT_START_SECONDS = 1_893_456_000;

/** Seconds whose texts are kept: those that objects of one moment carry. A power of two. */
const TEXTS = 64;

/** Virtual time as the seconds and timestamps that objects of the API carry. */
export class ClusterClock {
  readonly startSeconds: number;
  readonly #sim: Simulation;
  /** The seconds that were last asked for, by their low bits, and their texts. */
  readonly #seconds: number[] = [];
  readonly #texts: string[] = [];

  constructor(sim: Simulation, startSeconds = DEFAULT_START_SECONDS) {
    this.#sim = sim;
    this.startSeconds = startSeconds;
  }

  /** Seconds since 1970 now, with fractions. */
  nowSeconds(): number {
    return this.startSeconds + this.#sim.nowMicros / MICROS_PER_SECOND;
  }

  nowTimestamp(): string {
    return this.timestampAt(this.#sim.nowMicros);
  }

  /** The timestamp of a virtual time. */
  timestampAt(timeMicros: Micros): string {
    const seconds = this.startSeconds + Math.floor(timeMicros / MICROS_PER_SECOND);
    const slot = seconds & (TEXTS - 1);
    if (this.#seconds[slot] !== seconds) {
      this.#seconds[slot] = seconds;
      this.#texts[slot] = formatTimestamp(seconds);
    }
    return this.#texts[slot] as string;
  }
}
