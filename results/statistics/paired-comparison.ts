/**
 * Two policies over the same runs: is one better, by how much, how sure. Run i of both saw the same arrivals (common
 * random numbers), so the differences of pairs are what is judged: the paired t test and its interval.
 */
import { mean, standardDeviation } from './descriptive.ts';
import { runsNeeded } from './sample-size.ts';
import { twoSidedPValue } from './student-t.ts';
import { halfWidth, type Interval } from './summary.ts';

export interface ComparisonOptions {
  /** Which direction is good for this metric; `neither`: the comparison says which is higher, and judges nothing. */
  readonly better: 'lower' | 'higher' | 'neither';
}

/**
 * `undecided` means fewer than two pairs; `equal` means that every pair was equal to the last bit; `higher` and `lower` are those
 * of a metric of which neither direction is good.
 */
export type Verdict = 'better' | 'worse' | 'higher' | 'lower' | 'no difference shown' | 'equal' | 'undecided';

export interface PairedComparison {
  readonly n: number;
  /** Mean of a - b. */
  readonly difference: number;
  /** difference / |mean of b|; NaN when that mean is 0. */
  readonly relative: number;
  /** 95 % confidence interval of the difference. */
  readonly ci95: Interval;
  /** The same interval divided by |mean of b|, which is taken as known. */
  readonly relativeCi95: Interval;
  /** Two-sided p-value of the paired t test; NaN when undecided. */
  readonly p: number;
  readonly verdict: Verdict;
  /** Pairs of runs that would show a difference of 1 % of the mean of b with power 0.8; NaN when unknown. */
  readonly runsForOnePercent: number;
  readonly sentence: string;
}

/** Largest p-value that counts as shown. */
const SIGNIFICANCE = 0.05;

/**
 * Compares a (the policy) with b (the baseline), pair by pair.
 * @param p a p-value corrected for several comparisons (see holm.ts), used for the verdict instead of the test's own
 * @throws RangeError unless both have the same length
 */
export function comparePaired(
  a: readonly number[],
  b: readonly number[],
  options: ComparisonOptions,
  p?: number,
): PairedComparison {
  if (a.length !== b.length) {
    throw new RangeError(`a has ${a.length} samples and b has ${b.length}; pairs need the same number of both`);
  }
  const n = a.length;
  const differences = a.map((value, i) => value - (b[i] as number));
  const difference = mean(differences);
  const sd = standardDeviation(differences);
  const base = Math.abs(mean(b));
  const half = halfWidth(n, sd);
  const ci95: Interval = [difference - half, difference + half];
  const pValue = p ?? pairedPValue(difference, sd, n);
  const verdict = verdictOf(differences, difference, pValue, options);
  const result = {
    n,
    difference,
    relative: base === 0 ? Number.NaN : difference / base,
    ci95,
    relativeCi95: base === 0 ? ([Number.NaN, Number.NaN] as const) : ([ci95[0] / base, ci95[1] / base] as const),
    p: pValue,
    verdict,
    runsForOnePercent: n < 2 || base === 0 ? Number.NaN : runsNeeded(base / 100, sd),
  };
  return { ...result, sentence: sentenceOf(result) };
}

function pairedPValue(difference: number, sd: number, n: number): number {
  if (n < 2) return Number.NaN;
  if (sd === 0) return difference === 0 ? 1 : 0;
  return twoSidedPValue(difference / (sd / Math.sqrt(n)), n - 1);
}

function verdictOf(differences: readonly number[], difference: number, p: number, options: ComparisonOptions): Verdict {
  if (differences.length < 2) return 'undecided';
  if (differences.every((value) => value === 0)) return 'equal';
  if (p > SIGNIFICANCE) return 'no difference shown';
  if (options.better === 'neither') return difference < 0 ? 'lower' : 'higher';
  return difference < 0 === (options.better === 'lower') ? 'better' : 'worse';
}

type Measured = Omit<PairedComparison, 'sentence'>;

/** Says a comparison in plain words. Relative where the baseline has a size to relate to, else absolute. */
function sentenceOf(result: Measured): string {
  if (result.verdict === 'undecided') return 'undecided: two runs or more are needed';
  if (result.verdict === 'equal') return `equal in all ${result.n} runs`;
  if (result.verdict === 'no difference shown') {
    const runs = result.runsForOnePercent;
    return Number.isFinite(runs)
      ? `no difference shown; about ${runs} runs would show one of 1 %`
      : 'no difference shown';
  }
  // Told as a positive amount, whichever direction is good for the metric.
  const sign = result.difference < 0 ? -1 : 1;
  if (Number.isNaN(result.relative)) {
    return `${result.verdict} by ${amount(result.difference * sign)} ${ends(result.ci95, sign, amount)}`;
  }
  const percent = (value: number): string => round(value * 100);
  return `${result.verdict} by ${percent(result.relative * sign)} % ${ends(result.relativeCi95, sign, percent)}`;
}

function ends(interval: Interval, sign: number, text: (value: number) => string): string {
  const [low, high] = sign > 0 ? interval : ([-interval[1], -interval[0]] as const);
  return `[${text(low)}, ${text(high)}]`;
}

/** One decimal, or two significant digits below 1; -0 is written 0. */
function round(value: number): string {
  const text = Math.abs(value) >= 0.95 || value === 0 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
  return text === '-0.0' ? '0.0' : text;
}

function amount(value: number): string {
  return String(Number(value.toPrecision(4)));
}
