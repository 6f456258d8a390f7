/**
 * From when on a steady-state run counts: a given time, or MSER-5 (see warm-up in results) on the number of Pods in the system,
 * that is pending or on Nodes, as sampled on the grid. One number that both a filling cluster and a growing queue show, and that
 * single Pods pending for a moment do not. Cuts lie on the grid.
 */
import type { Micros } from '../../engine/index.ts';
import { mser5, type TimeSeries } from '../../results/index.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { Experiment } from './schema.ts';

export interface WarmUpCut {
  readonly untilMicros: Micros;
  /** False where the run is too short to say where its warm-up ends. */
  readonly reliable: boolean;
}

/** 'mser5' or a duration; undefined for a terminating study, all of which counts. */
export function warmUpRule({ horizon }: Experiment): string | undefined {
  return horizon === undefined || horizon === 'terminating' ? undefined : horizon.steadyState.warmUp;
}

/**
 * @param gauges those whose sum MSER-5 looks at
 * @throws Error when the run is not longer than its warm-up
 */
export function warmUpCut(rule: string, series: TimeSeries, gauges: readonly number[], endMicros: Micros): WarmUpCut {
  const cut = rule === 'mser5' ? cutOfGauges(series, gauges) : { untilMicros: timeOf(rule, series), reliable: true };
  if (cut.untilMicros < endMicros) return cut;
  const [warmUp, length] = [formatDuration(cut.untilMicros), formatDuration(endMicros)];
  throw new Error(`the warm-up of ${warmUp} is not shorter than the run of ${length}`);
}

function timeOf(rule: string, series: TimeSeries): Micros {
  return series.gridInstant(parseDuration(rule) as Micros);
}

function cutOfGauges(series: TimeSeries, gauges: readonly number[]): WarmUpCut {
  const columns = gauges.map((gauge) => series.samples(gauge));
  const sums = (columns[0] ?? []).map((_, row) => columns.reduce((sum, column) => sum + (column[row] as number), 0));
  const { cut, reliable } = mser5(sums);
  return { untilMicros: cut * series.intervalMicros, reliable };
}
