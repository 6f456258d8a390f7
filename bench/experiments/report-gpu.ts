/** The curves of gpu-curve.csv for the report: fragmentation of GPUs as a function of how many have been asked for, or are allocated. */
import type { Curves } from '../../results/index.ts';
import { type CellOf, eachRecord } from './csv-records.ts';
import { bandOfCurves, type Curve } from './report-curves.ts';

/** Column → one curve for each run. */
export type GpuCurves = Map<string, Curve[]>;

const ARRIVED = 'arrivedPercent';
const ALLOCATED = 'allocatedPercent';
const DEFINITION = 'Fragmented: idle, but of no use to the typical Pod of the workload (Weng et al., USENIX ATC 2023).';

/** What is drawn against what; a file has either kind of x. */
const DRAWN: Readonly<Record<string, readonly { column: string; title: string; yTitle: string; note: string }[]>> = {
  [ARRIVED]: [
    {
      column: 'fragmentedPercentOfTotal',
      title: 'GPUs fragmented as Pods arrive',
      yTitle: 'fragmented, of all GPUs',
      note: DEFINITION,
    },
    {
      column: 'fragmentedPercentOfIdle',
      title: 'Idle GPUs fragmented as Pods arrive',
      yTitle: 'fragmented, of idle GPUs',
      note: 'Where it reaches 100 %, no idle GPU is of use to the typical Pod.',
    },
    {
      column: ALLOCATED,
      title: 'GPUs allocated as Pods arrive',
      yTitle: 'allocated, of all GPUs',
      note: 'A scheduler that wasted nothing would allocate all that is asked for.',
    },
  ],
  [ALLOCATED]: [
    {
      column: 'fragmentedPercentOfTotal',
      title: 'GPUs fragmented as the cluster fills',
      yTitle: 'fragmented, of all GPUs',
      note: DEFINITION,
    },
    {
      column: 'fragmentedPercentOfIdle',
      title: 'Idle GPUs fragmented as the cluster fills',
      yTitle: 'fragmented, of idle GPUs',
      note: 'Mean over the time for which so many GPUs were allocated.',
    },
  ],
};

/** Reads the file where there is one. `find` gives where the curves of a record's policy and case are gathered. */
export function readGpuCurves(
  path: string,
  find: (record: readonly string[], cell: CellOf) => { readonly gpu: GpuCurves } | undefined,
): void {
  let [lastOwner, lastRun]: [unknown, string] = [undefined, ''];
  eachRecord(path, ['policy', 'run', ALLOCATED], (record, cell, columns) => {
    const owner = find(record, cell);
    if (owner === undefined) return;
    const run = cell(record, 'run');
    const fresh = owner !== lastOwner || run !== lastRun;
    [lastOwner, lastRun] = [owner, run];
    const against = columns.includes(ARRIVED) ? ARRIVED : ALLOCATED;
    for (const { column } of DRAWN[against] ?? []) {
      const key = `${against} ${column}`;
      let runs = owner.gpu.get(key);
      if (runs === undefined) owner.gpu.set(key, (runs = []));
      if (fresh || runs.length === 0) runs.push({ x: [], y: [] });
      if (cell(record, column) === '') continue;
      const curve = runs[runs.length - 1] as Curve;
      curve.x.push(Number(cell(record, against)) / 100);
      curve.y.push(Number(cell(record, column)) / 100);
    }
  });
}

/** @param own what was gathered of each policy */
export function gpuCurvesOf(own: readonly { readonly gpu: GpuCurves }[]): Curves[] {
  return Object.entries(DRAWN).flatMap(([against, drawn]) =>
    drawn.flatMap(({ column, title, yTitle, note }): Curves[] => {
      const runs = own.map(({ gpu }) => gpu.get(`${against} ${column}`) ?? []);
      if (runs.every((curves) => curves.length === 0)) return [];
      const xTitle = against === ARRIVED ? 'GPUs asked for so far, of all GPUs' : 'GPUs allocated, of all GPUs';
      const policies = runs.map((curves) => bandOfCurves(curves));
      return [{ title, xTitle, xUnit: 'fraction', yTitle, yUnit: 'fraction', note, policies }];
    }),
  );
}
