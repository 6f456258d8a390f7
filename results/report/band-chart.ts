/** Lines over a common x with a band from the lowest to the highest run, one for each policy. */
import { area, line } from 'd3-shape';
import type { Axis } from './chart-frame.ts';
import type { Band } from './report-data.ts';

/** A line through the median run of each policy, on the band over its runs. */
export function bandLines(policies: readonly (Band | undefined)[], x: Axis, y: Axis): string {
  const bands = policies.map((band, index) => (band === undefined || band.runs < 2 ? '' : bandPath(band, index, x, y)));
  const lines = policies.map((band, index) => {
    if (band === undefined) return '';
    const path = line<number>(
      (at) => x.position(at),
      (_, i) => y.position(band.median[i] as number),
    ).digits(1)(band.x);
    return `<path class="line p${index}" d="${path ?? ''}"/>`;
  });
  return bands.join('') + lines.join('');
}

function bandPath(band: Band, index: number, x: Axis, y: Axis): string {
  const path = area<number>(
    (at) => x.position(at),
    (_, i) => y.position(band.low[i] as number),
    (_, i) => y.position(band.high[i] as number),
  ).digits(1)(band.x);
  return `<path class="band p${index}" d="${path ?? ''}"/>`;
}

/** The highest value of any band. */
export function highestOf(policies: readonly (Band | undefined)[]): number {
  return policies.reduce(
    (top, band) => (band === undefined ? top : band.high.reduce((a, b) => Math.max(a, b), top)),
    0,
  );
}
