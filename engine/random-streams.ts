/**
 * Named random streams. `seed`, `run` and `stream` are three things: replications vary the run, each random
 * quantity owns a stream, so that one more draw in one component moves no other, and two policies of one run
 * see the same arrivals (common random numbers).
 */
import seedrandom from 'seedrandom';

/** Random numbers of one purpose; `sim.stream(name)` gives it, so that equal seed, run and name give equal draws. */
export class RandomStream {
  readonly name: string;
  readonly #next: () => number;
  readonly #total: { draws: number };
  #draws = 0;

  /** @param total counts the draws of all streams that share it */
  constructor(seed: string, run: number, name: string, total = { draws: 0 }) {
    if (seed === '' || name === '') throw new RangeError('a stream needs a seed and a name that are not empty');
    this.name = name;
    this.#total = total;
    this.#next = seedrandom.alea(`${seed}/${run}/${name}`);
  }

  /** Draws taken so far. */
  get draws(): number {
    return this.#draws;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    this.#draws++;
    this.#total.draws++;
    return this.#next();
  }

  /** Uniform integer in [0, n). One draw; n up to 2^32. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
}

/** Makes each stream of a run once and hands the same one out for the same name. */
export class RandomStreams {
  readonly seed: string;
  readonly run: number;
  readonly #streams = new Map<string, RandomStream>();
  readonly #total = { draws: 0 };

  constructor(seed: string, run: number) {
    this.seed = seed;
    this.run = run;
  }

  /** Draws taken so far from all streams. */
  get draws(): number {
    return this.#total.draws;
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(this.seed, this.run, name, this.#total);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
