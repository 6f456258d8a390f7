/**
 * The part of an experiment that says what is asked of its runs: how many, from when on they count, and which objectives
 * they have to meet.
 */
import { z } from 'zod';
import { DURATION } from './duration.ts';
import { acceptedMetrics, acceptedValue, metricNamed, metricValue } from './metric-names.ts';
import type { Metric } from './metrics.ts';
import { object } from './schema-object.ts';

const fromOne = { error: 'a whole number from 1, or auto' };

export const runsSetting = z
  .union([z.int(fromOne).min(1, fromOne), z.literal('auto', fromOne)], fromOne)
  .default(1)
  .describe(
    'Runs of each policy; run r of every policy sees the same arrivals. auto: until the main metrics are precise',
  );

const share = { error: 'a number above 0 and below 1' };
export const precisionSetting = z
  .number(share)
  .gt(0, share)
  .lt(1, share)
  .optional()
  .describe('With runs: auto, the relative error of the mean that is wanted of each main metric; 0.05 unless given');

const mostRuns = { error: 'a whole number from 2' };
export const maxRunsSetting = z
  .int(mostRuns)
  .min(2, mostRuns)
  .optional()
  .describe('With runs: auto, when to stop in any case; 50 unless given');

const metricName = z.string({ error: 'the name of a metric' }).superRefine((name, context) => {
  if (metricNamed(name) !== undefined) return;
  context.addIssue({ code: 'custom', message: acceptedMetrics() });
});

export const mainMetricsSetting = z
  .array(metricName)
  .min(1, { error: 'a list of at least one metric' })
  .optional()
  .describe('With runs: auto, the metrics that have to be precise');

const warmUpWords = { error: 'mser5, or a duration such as 10m' };
export const horizonSetting = z
  .union(
    [
      z.literal('terminating'),
      object({
        steadyState: object({
          warmUp: z
            .union([z.literal('mser5'), z.string().regex(DURATION, warmUpWords)], warmUpWords)
            .default('mser5')
            .describe('Left out from the start of each run: a time, or by the rule MSER-5'),
        }),
      }),
    ],
    { error: 'terminating, or { steadyState: { warmUp: mser5 or a duration } }' },
  )
  .optional()
  .describe('terminating (unless given): all of a run counts; steadyState: what follows its warm-up');

/** What contradicts a steady-state study, and where it stands. */
export function horizonProblem(
  horizon: z.output<typeof horizonSetting>,
  study: string,
  settled: boolean,
): { readonly path: string[]; readonly message: string } | undefined {
  if (horizon === undefined || horizon === 'terminating') return undefined;
  if (study === 'placement') {
    return { path: ['horizon'], message: 'found steadyState in a placement study; accepted: terminating' };
  }
  if (!settled) return undefined;
  const message =
    'found true with horizon steadyState, whose runs must not end in a cluster that empties; accepted: false';
  return { path: ['stop', 'settled'], message };
}

const bound = z.union([z.number(), z.string()], { error: 'a number, or a duration for metrics of time' }).optional();
const shareOfRuns = { error: 'a number above 0 and not above 1' };

interface Bounds {
  readonly metric: string;
  readonly atMost?: number | string | undefined;
  readonly atLeast?: number | string | undefined;
}

/** An objective says one bound, in the unit of its metric. */
function checkBounds({ metric, ...bounds }: Bounds, context: z.core.$RefinementCtx): void {
  const given = (['atMost', 'atLeast'] as const).filter((name) => bounds[name] !== undefined);
  if (given.length !== 1) {
    const message = `found ${given.length === 0 ? 'neither atMost nor atLeast' : 'both atMost and atLeast'}; accepted: one`;
    context.addIssue({ code: 'custom', message, params: { saysAll: true } });
  }
  const known = metricNamed(metric);
  for (const name of known === undefined ? [] : given) {
    if (metricValue(known as Metric, bounds[name] as string | number) !== undefined) continue;
    context.addIssue({ code: 'custom', path: [name], message: acceptedValue(known as Metric) });
  }
}

export const objectivesSetting = z
  .array(
    object({
      metric: metricName.describe('A name of results/README.md, or short as in p99_startup'),
      atMost: bound,
      atLeast: bound,
      shareOfRuns: z
        .number(shareOfRuns)
        .gt(0, shareOfRuns)
        .max(1, shareOfRuns)
        .default(1)
        .describe('In at least what share of the runs'),
      policies: z
        .array(z.string().min(1))
        .min(1, { error: 'a list of at least one policy' })
        .optional()
        .describe('Which have to meet it; all unless given'),
    }).superRefine(checkBounds),
  )
  .optional()
  .describe('Service level objectives; one that is missed makes the exit code 1');
