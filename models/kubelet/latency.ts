/**
 * Latencies as plain data and how to draw them: a lognormal given by its median and 99th percentile, which is how
 * operations of container runtimes and networks are usually published, or a constant (equal median and p99).
 */
import type { Micros, RandomStream } from '../../engine/index.ts';

/** Milliseconds. `p99Millis` equal to `medianMillis` (or absent) means a constant. */
export interface Latency {
  readonly medianMillis: number;
  readonly p99Millis?: number;
}

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263478740408408;

/** Draws whole microseconds, never negative. */
export class LatencySampler {
  readonly #medianMicros: number;
  readonly #sigma: number;
  readonly #stream: RandomStream;

  /** @throws RangeError unless 0 <= median <= p99. */
  constructor(latency: Latency, stream: RandomStream) {
    const { medianMillis, p99Millis = medianMillis } = latency;
    if (!(medianMillis >= 0) || !(p99Millis >= medianMillis) || !Number.isFinite(p99Millis)) {
      throw new RangeError(
        `latency of ${stream.name} has median ${medianMillis} ms and p99 ${p99Millis} ms; accepted are 0 <= median <= p99`,
      );
    }
    this.#medianMicros = medianMillis * 1000;
    this.#sigma = medianMillis === 0 ? 0 : Math.log(p99Millis / medianMillis) / Z99;
    this.#stream = stream;
  }

  draw(): Micros {
    if (this.#sigma === 0) return Math.round(this.#medianMicros);
    return Math.round(this.#medianMicros * Math.exp(this.#sigma * standardNormal(this.#stream)));
  }
}

/** Marsaglia's polar form needs a loop; Box and Muller's always takes two draws, which keeps streams in step. */
function standardNormal(stream: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform()));
  return radius * Math.cos(2 * Math.PI * stream.uniform());
}
