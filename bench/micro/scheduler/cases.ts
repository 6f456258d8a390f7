/** The rows of the scheduler benchmark, and those of them that somebody asks for. */
import type { RowOptions } from './measure-row.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export type Case = Pick<RowOptions, 'workload' | 'nodes' | 'sample' | 'classes' | 'order' | 'zones'>;

/** Comma-separated values of the fields by which rows are picked; absent: all. */
export interface Selection {
  readonly quick: boolean;
  /** Only cost against the number of topology domains. */
  readonly domains: boolean;
  readonly workload?: string | undefined;
  readonly nodes?: string | undefined;
  readonly classes?: string | undefined;
  readonly sample?: string | undefined;
}

const PICKED_BY = ['workload', 'nodes', 'classes', 'sample'] as const;

/** @throws RangeError that says which values are accepted */
export function pickCases(selection: Selection): Case[] {
  let cases = allCases(selection);
  for (const field of PICKED_BY) {
    const wanted = selection[field]?.split(',');
    if (wanted === undefined) continue;
    const accepted = new Set(cases.map((each) => String(each[field])));
    const unknown = wanted.find((value) => !accepted.has(value));
    if (unknown !== undefined)
      throw new RangeError(`--${field} has "${unknown}"; accepted are ${[...accepted].join(', ')}`);
    cases = cases.filter((each) => wanted.includes(String(each[field])));
  }
  return cases;
}

function allCases({ quick, domains }: Selection): Case[] {
  const nodes = quick ? [200] : [1000, 5000, 15_000, 50_000];
  const workloads: readonly Workload[] = WORKLOADS;
  const mixes = quick
    ? ([{ classes: 20, order: 'random' }] as const)
    : ([
        { classes: 1, order: 'batch' },
        { classes: 20, order: 'random' },
        { classes: 500, order: 'random' },
        { classes: 500, order: 'batch' },
      ] as const);
  const cases = workloads.flatMap((workload) =>
    nodes.flatMap((count) =>
      (['all', 'adaptive'] as const).flatMap((sample) =>
        mixes.map((mix): Case => ({ workload, nodes: count, sample, ...mix, zones: 3 })),
      ),
    ),
  );
  // Cost against the number of classes, where each wants scores of its own.
  const numbers = quick ? [] : [5, 100];
  for (const classes of numbers)
    cases.push({ workload: 'basic', nodes: 5000, sample: 'all', classes, order: 'random', zones: 3 });
  const zones = quick ? [30] : [3, 30, 300, 3000];
  const byDomains = zones.map(
    (count): Case => ({
      workload: 'spread',
      nodes: quick ? 200 : 5000,
      sample: 'all',
      classes: 20,
      order: 'random',
      zones: count,
    }),
  );
  return domains ? byDomains : [...cases, ...byDomains.slice(1)];
}
