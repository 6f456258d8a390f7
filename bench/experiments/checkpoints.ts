/**
 * Takes the digest of a run now and then, at event counts that depend on the run alone: every n-th event, n doubling
 * whenever there are too many, so that a short run and a long one both keep between 128 and 256.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Checkpoint } from './run-result.ts';

const MOST = 256;
const FIRST_STRIDE = 64;

export class Checkpoints {
  #taken: Checkpoint[] = [];
  #stride = FIRST_STRIDE;
  #nextEvents = FIRST_STRIDE;
  readonly #sim: Simulation;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** To be called after events; cheap when nothing is due. */
  observe(): void {
    if (this.#sim.executed < this.#nextEvents) return;
    this.#take();
    if (this.#taken.length === MOST) {
      this.#taken = this.#taken.filter((_, index) => index % 2 === 1);
      this.#stride *= 2;
    }
    this.#nextEvents = this.#sim.executed + this.#stride;
  }

  /** All checkpoints, and one for the end. */
  finish(): Checkpoint[] {
    this.#take();
    return this.#taken;
  }

  #take(): void {
    const { executed: events, nowMicros: timeMicros, trace } = this.#sim;
    this.#taken.push({ events, timeMicros, digest: trace.digest.toString() });
  }
}
