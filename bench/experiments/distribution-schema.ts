/**
 * The engine's distributions and arrival processes as an experiment file writes them: the same plain data under the same
 * names. What only drawing can find (an empty table, swapped bounds) the engine refuses by itself.
 */
import { z } from 'zod';
import { type ArrivalProcess, checkDistribution, type Distribution } from '../../engine/index.ts';
import { object } from './schema-object.ts';

const number = z.number({ error: 'a number' });
const fromZero = z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });
const aboveZero = z.number({ error: 'a number above 0' }).gt(0, { error: 'a number above 0' });
const wholeFromOne = z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' });

const truncate = object({
  min: number.optional(),
  max: number.optional(),
  by: z.enum(['redraw', 'clamp']).optional(),
}).optional();

const KINDS =
  'an object with kind: constant, uniform, exponential, normal, lognormal, pareto, weibull, zipf, empirical or mixture';

const written: z.ZodType<Distribution> = z.discriminatedUnion(
  'kind',
  [
    object({ kind: z.literal('constant'), value: number, truncate }),
    object({ kind: z.literal('uniform'), min: number, max: number, truncate }),
    object({ kind: z.literal('exponential'), mean: aboveZero, truncate }),
    object({ kind: z.literal('normal'), mean: number, sd: fromZero, truncate }),
    object({ kind: z.literal('lognormal'), median: aboveZero, sigma: fromZero, truncate }),
    object({ kind: z.literal('pareto'), minimum: aboveZero, shape: aboveZero, truncate }),
    object({ kind: z.literal('weibull'), scale: aboveZero, shape: aboveZero, truncate }),
    object({ kind: z.literal('zipf'), count: wholeFromOne, exponent: fromZero, truncate }),
    object({
      kind: z.literal('empirical'),
      values: z.array(number).min(1),
      weights: z.array(fromZero).min(1).optional(),
      truncate,
    }),
    object({
      kind: z.literal('mixture'),
      components: z.array(object({ weight: fromZero, distribution: z.lazy(() => distribution) })).min(1),
      truncate,
    }),
  ],
  { error: KINDS },
);

/** A distribution of which also the engine has nothing to say against. */
export const distribution: z.ZodType<Distribution> = written.superRefine((value, context) => {
  try {
    checkDistribution(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message, params: { saysAll: true } });
  }
});

const bounds = {
  count: wholeFromOne.optional().describe('At most so many arrivals'),
  endSeconds: fromZero.optional().describe('No arrival later than this after the start'),
};

export const arrivalProcess: z.ZodType<ArrivalProcess> = z.discriminatedUnion(
  'kind',
  [
    object({ kind: z.literal('poisson'), ratePerSecond: aboveZero, ...bounds }),
    object({ kind: z.literal('renewal'), gapSeconds: distribution, ...bounds }),
    object({
      kind: z.literal('bursty'),
      phases: z.array(object({ ratePerSecond: fromZero, staySeconds: distribution })).min(1),
      ...bounds,
    }),
    object({
      kind: z.literal('diurnal'),
      periodSeconds: aboveZero.optional().describe('A day unless given'),
      rates: z.union([
        object({ meanRatePerSecond: fromZero, swing: fromZero.max(1), peakSeconds: fromZero.optional() }),
        z.array(fromZero).min(1),
      ]),
      ...bounds,
    }),
    object({
      kind: z.literal('recorded'),
      timesSeconds: z.array(fromZero),
      scale: aboveZero.optional(),
      ...bounds,
    }),
  ],
  { error: 'an object with kind: poisson, renewal, bursty, diurnal or recorded' },
);
