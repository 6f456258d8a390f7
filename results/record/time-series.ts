/**
 * Time series of one run: named quantities (gauges) that change at instants of virtual time and hold in between. Each is
 * integrated exactly as it changes, and sampled on a regular grid for the table that is written out.
 *
 * Mean and maximum are those of the step function, not of the samples, so they do not depend on the grid.
 */
import type { Micros } from '../../engine/index.ts';

/** What one gauge did over the run. */
export interface GaugeSummary {
  /** Time-weighted mean from the first instant to the last. */
  readonly mean: number;
  readonly maximum: number;
  readonly last: number;
}

/** `set` and `add` tell each change with its time in µs; `summary` gives mean and maximum of a gauge, `rows` the samples on the grid. */
export class TimeSeries {
  readonly intervalMicros: Micros;
  readonly #names: string[];
  #current: Float64Array;
  #area: Float64Array;
  #maximum: Float64Array;
  readonly #samples: number[][] = [];
  /** At each sample: the areas up to it, and the maxima since the sample before it; so that a summary can begin there. */
  readonly #areas: Float64Array[] = [];
  readonly #maxima: Float64Array[] = [];
  #maximumSinceSample: Float64Array;
  #startMicros: Micros;
  #lastMicros: Micros;
  #nextSampleMicros: Micros;

  /** Gauges start at 0 at `startMicros`; a row is kept for each multiple of `intervalMicros` from there. */
  constructor(names: readonly string[], intervalMicros: Micros, startMicros: Micros = 0) {
    if (!(intervalMicros > 0)) throw new RangeError(`interval is ${intervalMicros} µs; accepted are positive values`);
    this.#names = [...names];
    this.intervalMicros = intervalMicros;
    this.#current = new Float64Array(names.length);
    this.#area = new Float64Array(names.length);
    this.#maximum = new Float64Array(names.length);
    this.#maximumSinceSample = new Float64Array(names.length);
    this.#startMicros = startMicros;
    this.#lastMicros = startMicros;
    this.#nextSampleMicros = startMicros;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Another gauge, which was 0 until now; gives its number. */
  addGauge(name: string): number {
    this.#current = longer(this.#current);
    this.#area = longer(this.#area);
    this.#maximum = longer(this.#maximum);
    this.#maximumSinceSample = longer(this.#maximumSinceSample);
    return this.#names.push(name) - 1;
  }

  /** Sets a gauge from now on. Time must not go back. */
  set(timeMicros: Micros, gauge: number, value: number): void {
    this.advance(timeMicros);
    this.#current[gauge] = value;
    if (value > (this.#maximum[gauge] as number)) this.#maximum[gauge] = value;
    if (value > (this.#maximumSinceSample[gauge] as number)) this.#maximumSinceSample[gauge] = value;
  }

  add(timeMicros: Micros, gauge: number, amount: number): void {
    this.set(timeMicros, gauge, (this.#current[gauge] as number) + amount);
  }

  value(gauge: number): number {
    return this.#current[gauge] as number;
  }

  /** Lets time pass with all gauges as they are. The row of an instant shows the values after all changes at it. */
  advance(timeMicros: Micros): void {
    if (timeMicros < this.#lastMicros) {
      throw new RangeError(`time is ${timeMicros} µs; the series is already at ${this.#lastMicros} µs`);
    }
    while (this.#nextSampleMicros < timeMicros) {
      this.#sample();
      this.#nextSampleMicros += this.intervalMicros;
    }
    const span = timeMicros - this.#lastMicros;
    if (span === 0) return;
    for (let gauge = 0; gauge < this.#names.length; gauge++) {
      (this.#area[gauge] as number) += (this.#current[gauge] as number) * span;
    }
    this.#lastMicros = timeMicros;
  }

  #sample(): void {
    const time = this.#nextSampleMicros;
    const passed = time - this.#lastMicros;
    this.#samples.push([time, ...this.#current]);
    this.#areas.push(this.#area.map((area, gauge) => area + (this.#current[gauge] as number) * passed));
    this.#maxima.push(this.#maximumSinceSample.slice());
    this.#maximumSinceSample.set(this.#current);
  }

  /** The values of a gauge on the grid, without the end. */
  samples(gauge: number): number[] {
    return this.#samples.map((row) => row[gauge + 1] ?? 0);
  }

  /** The first instant of the grid that is not before this one. */
  gridInstant(timeMicros: Micros): Micros {
    const steps = Math.ceil((timeMicros - this.#startMicros) / this.intervalMicros);
    return this.#startMicros + Math.max(0, steps) * this.intervalMicros;
  }

  /** Rows of [time in µs, gauge …] on the grid, and one for the end. */
  rows(): number[][] {
    const width = this.#names.length + 1;
    const samples = this.#samples.map((row) =>
      row.length === width ? row : [...row, ...new Array<number>(width - row.length).fill(0)],
    );
    return [...samples, [this.#lastMicros, ...this.#current]];
  }

  /** @param fromMicros an instant of the grid from which on the gauge counts; from the start unless given */
  summary(gauge: number, fromMicros: Micros = this.#startMicros): GaugeSummary {
    const span = this.#lastMicros - fromMicros;
    const last = this.#current[gauge] as number;
    const sample = (fromMicros - this.#startMicros) / this.intervalMicros;
    const whole = sample === 0;
    const areas = this.#areas[sample];
    if (!whole && areas === undefined) {
      throw new RangeError(`${fromMicros} µs is not an instant of the grid that has passed`);
    }
    // A gauge that came later has no area there.
    const before = whole ? 0 : (areas?.[gauge] ?? 0);
    const mean = span === 0 ? last : ((this.#area[gauge] as number) - before) / span;
    return { mean, maximum: whole ? (this.#maximum[gauge] as number) : this.#maximumFrom(gauge, sample), last };
  }

  #maximumFrom(gauge: number, sample: number): number {
    const later = this.#maxima.slice(sample + 1).map((maxima) => maxima[gauge] ?? 0);
    const atSample = this.#samples[sample]?.[gauge + 1] ?? 0;
    return Math.max(atSample, ...later, this.#maximumSinceSample[gauge] as number);
  }
}

function longer(numbers: Float64Array): Float64Array {
  const result = new Float64Array(numbers.length + 1);
  result.set(numbers);
  return result;
}
