/** Folds the curves of several runs into what a chart shows: the median run and the band, on common levels or instants. */
import { type Band, quantileOfSorted, type Spread } from '../../results/index.ts';

/** Shares of Pods at which a latency is kept: each percent, and finer where the slowest are. */
export const LEVELS: readonly number[] = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.995, 0.999, 1];

/** Instants of a chart over time. */
const INSTANTS = 180;

/** The value of each run at each level or instant, folded over the runs. */
function folded(curves: readonly (readonly number[])[]): Pick<Band, 'median' | 'low' | 'high'> {
  const median: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (let i = 0; i < (curves[0]?.length ?? 0); i++) {
    const values = Float64Array.from(curves, (curve) => curve[i] as number).sort();
    median.push(quantileOfSorted(values, 0.5));
    low.push(values[0] as number);
    high.push(values[values.length - 1] as number);
  }
  return { median, low, high };
}

/** Quantile curves of runs, kept instead of their samples. */
export class SpreadOfRuns {
  readonly #curves: number[][] = [];
  #samples = 0;

  /** The samples of one run, in any order. */
  add(samples: readonly number[]): void {
    if (samples.length === 0) return;
    const ascending = Float64Array.from(samples).sort();
    this.#curves.push(LEVELS.map((level) => quantileOfSorted(ascending, level)));
    this.#samples += samples.length;
  }

  spread(): Spread | undefined {
    if (this.#curves.length === 0) return undefined;
    return { samples: this.#samples, runs: this.#curves.length, ...folded(this.#curves) };
  }
}

/** One gauge of one run: instants in ascending order and the value from each on. */
export interface Steps {
  readonly timesMicros: readonly number[];
  readonly values: readonly number[];
}

/** Step functions of runs at common instants up to `endMicros`; a run that ended earlier keeps its last value. */
export function bandOfSteps(runs: readonly Steps[], endMicros: number): Band | undefined {
  const present = runs.filter(({ timesMicros }) => timesMicros.length > 0);
  if (present.length === 0) return undefined;
  const x = Array.from({ length: INSTANTS + 1 }, (_, i) => Math.round((endMicros * i) / INSTANTS));
  return { runs: present.length, x, ...folded(present.map((steps) => sampled(steps, x))) };
}

function sampled({ timesMicros, values }: Steps, x: readonly number[]): number[] {
  let at = 0;
  return x.map((time) => {
    while (at + 1 < timesMicros.length && (timesMicros[at + 1] as number) <= time) at++;
    return values[at] as number;
  });
}
