/**
 * The published results of the FGD study beside those of a run folder: for each policy the mean over the seeds that both
 * have, and for how many of these seeds the printed numbers are the same.
 */
import { textTable } from '../cli/text-table.ts';
import type { Study } from '../experiments/load.ts';
import { failed } from '../experiments/run-result.ts';
import type { StudySummary } from '../experiments/summary.ts';
import { PAPER_NAMES } from '../policies/gpu-sharing/gpu-policies.ts';
import { parseCsv } from '../workloads/openb/trace.ts';

/** Final percentages of one run. */
export interface Finals {
  readonly allocated: number;
  readonly fragmented: number;
  readonly fragmentedOfIdle: number;
}

const COLUMNS = {
  allocated: 'final_alloc_pct',
  fragmented: 'final_frag_pct_of_total_gpus',
  fragmentedOfIdle: 'final_frag_ratio_pct_of_idle',
} as const;

/** The last digit that is published. */
export const PRINTED_UNIT = { allocated: 0.01, fragmented: 0.01, fragmentedOfIdle: 0.0001 } as const;

const NAMES = ['allocated', 'fragmented', 'fragmentedOfIdle'] as const;
const TITLES = ['allocated %', 'fragmented %', 'of idle %'];

/** By policy as the paper calls it, and seed. @throws BadInputError */
export function parseFinals(text: string, file: string, trace: string): Map<string, Map<string, Finals>> {
  const found = new Map<string, Map<string, Finals>>();
  for (const { row } of parseCsv(text, file, ['trace', 'policy', 'seed', ...Object.values(COLUMNS)])) {
    if (row.trace !== trace) continue;
    const { policy = '', seed = '' } = row;
    const seeds = found.get(policy) ?? new Map<string, Finals>();
    found.set(policy, seeds);
    const number = (name: keyof Finals): number => Number(row[COLUMNS[name]]);
    seeds.set(seed, {
      allocated: number('allocated'),
      fragmented: number('fragmented'),
      fragmentedOfIdle: number('fragmentedOfIdle'),
    });
  }
  return found;
}

/** Lines of a table, or none when the study names no published results. */
export function besidePublished(study: Study, summary: StudySummary): string[] {
  const { experiment, inputs } = study;
  const published = experiment.workload.flatMap((entry) => ('fgd' in entry ? [entry.fgd.published] : []))[0];
  if (published === undefined) return [];
  const finals = parseFinals(inputs[published.finals] ?? '', published.finals, published.trace);
  const head = ['', ...TITLES.flatMap((title) => [title, 'published']), 'seeds equal'];
  const rows = experiment.policies.flatMap(({ name }) => {
    const theirs = finals.get(PAPER_NAMES[name] ?? '');
    if (theirs === undefined) return [];
    const pairs = ownFinals(summary, name).flatMap(([seed, own]) => {
      const their = theirs.get(seed);
      return their === undefined ? [] : [{ own, their }];
    });
    const equal = pairs.filter(({ own, their }) => NAMES.every((field) => isPrinted(own, their, field))).length;
    const mean = (of: (pair: (typeof pairs)[number]) => number): string =>
      pairs.length === 0 ? '–' : (pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length).toFixed(2);
    const cells = NAMES.flatMap((field) => [mean(({ own }) => own[field]), mean(({ their }) => their[field])]);
    return [[PAPER_NAMES[name] ?? name, ...cells, `${equal} of ${pairs.length}`]];
  });
  const title = `Beside the published results, trace ${published.trace}, means over seeds (Random draws its own numbers):`;
  return [
    title,
    ...textTable(
      [head, ...rows],
      head.map((_, column) => column > 0),
    ),
  ];
}

/** Whether the published figure is the own one as printed. */
function isPrinted(own: Finals, their: Finals, field: keyof Finals): boolean {
  return Math.abs(own[field] - their[field]) < 0.5001 * PRINTED_UNIT[field];
}

function ownFinals({ results }: StudySummary, policy: string): [seed: string, finals: Finals][] {
  return results.flatMap((result): [string, Finals][] => {
    if (failed(result) || result.policy !== policy) return [];
    const percent = (name: string): number => (result.metrics[name] ?? Number.NaN) * 100;
    const finals = {
      allocated: percent('gpuAllocation'),
      fragmented: percent('gpuFragmentation'),
      fragmentedOfIdle: percent('gpuFragmentationOfIdle'),
    };
    return [[`${Number(result.seed) + result.run}`, finals]];
  });
}
