/** Folds the curves of several runs into what a chart shows: the median run and the band, on common levels or instants. */
import { type Band, quantileOfSorted, type Spread } from '../../results/index.ts';

/** Shares of Pods at which a latency is kept: each percent, and finer where the slowest are. */
export const LEVELS: readonly number[] = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.995, 0.999, 1];

/** Instants of a chart over time. */
const INSTANTS = 180;

/** The value of each run at each level or instant, folded over the runs. */
function folded(curves: readonly (readonly number[])[]): Pick<Band, 'median' | 'low' | 'high'> {
  return foldedPoints(Array.from(curves[0] ?? [], (_, i) => curves.map((curve) => curve[i] as number)));
}

/** @param points for each of them the values of the runs that have one */
function foldedPoints(points: readonly (readonly number[])[]): Pick<Band, 'median' | 'low' | 'high'> {
  const median: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (const point of points) {
    const values = Float64Array.from(point).sort();
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

/** Any quantity over another of one run, in ascending x. */
export interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** Curves of runs at every x that any of them has, each drawn straight between its own points and only as far as it goes. */
export function bandOfCurves(runs: readonly Curve[]): Band | undefined {
  const x = [...new Set(runs.flatMap((curve) => curve.x))].sort((a, b) => a - b);
  if (x.length === 0) return undefined;
  const points = x.map((at) => runs.flatMap((curve) => valueAt(curve, at)));
  return { runs: runs.length, x, ...foldedPoints(points) };
}

/** One value, or none where the curve does not reach. */
function valueAt({ x, y }: Curve, at: number): [number] | [] {
  const next = x.findIndex((each) => each >= at);
  if (next < 0 || (next === 0 && x[0] !== at)) return [];
  if (x[next] === at) return [y[next] as number];
  const [left, right] = [x[next - 1] as number, x[next] as number];
  const [from, to] = [y[next - 1] as number, y[next] as number];
  return [from + ((to - from) * (at - left)) / (right - left)];
}
