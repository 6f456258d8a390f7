/**
 * The cheapest counts of several types that meet a condition: counts of all types but the last are enumerated, cheapest first,
 * the last is found by bisection; whatever cannot be cheaper than the best so far is left out.
 */
import { leastCount } from './least-count.ts';

/** The plan asks for more than can be searched. */
export class WideSearchError extends Error {
  override readonly name = 'WideSearchError';
  /** Of the plan, that makes it so wide. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

export interface MixedType {
  readonly price: number;
  /** At most so many. */
  readonly most: number;
}

export interface CheapestMix {
  /** By type; undefined when no counts meet the condition. */
  readonly counts: readonly number[] | undefined;
  readonly price: number;
  /** Mixes that were simulated. */
  readonly tried: readonly { readonly counts: readonly number[]; readonly meets: boolean }[];
}

export interface MixProblem {
  readonly types: readonly MixedType[];
  /** Whether the counts could do, judged by their sums alone: false proves that they cannot. */
  suffices(counts: readonly number[]): boolean;
  meets(counts: readonly number[]): boolean;
  readonly lookBelow: number;
  /** More simulations than this are an error. */
  readonly mostTries: number;
}

export function cheapestMix(problem: MixProblem): CheapestMix {
  const { types, mostTries } = problem;
  const tried: { counts: readonly number[]; meets: boolean }[] = [];
  const known = new Map<string, boolean>();
  const meets = (counts: readonly number[]): boolean => {
    const key = counts.join();
    let answer = known.get(key);
    if (answer === undefined) {
      if (tried.length >= mostTries) {
        throw new WideSearchError(
          'mostTries',
          `found no answer after ${mostTries} mixes; accepted: more of them, fewer types, or a smaller most for some`,
        );
      }
      answer = problem.suffices(counts) && problem.meets(counts);
      known.set(key, answer);
      if (problem.suffices(counts)) tried.push({ counts, meets: answer });
    }
    return answer;
  };
  const last = types.at(-1) as MixedType;
  let best: { counts: readonly number[]; price: number } | undefined;
  for (const first of firstCounts(types.slice(0, -1))) {
    const spent = priceOf(types, first);
    if (best !== undefined && spent >= best.price) continue;
    const affordable =
      best === undefined || last.price === 0 ? last.most : Math.ceil((best.price - spent) / last.price) - 1;
    const most = Math.min(last.most, affordable);
    const least = leastSufficient(problem, first, most);
    if (least === undefined) continue;
    const { count } = leastCount({ least, most, lookBelow: problem.lookBelow }, (n) => meets([...first, n]));
    if (count === undefined) continue;
    const counts = [...first, count];
    best = { counts, price: priceOf(types, counts) };
  }
  return { counts: best?.counts, price: best?.price ?? Number.NaN, tried };
}

/** Of all together; without the last digits, which binary fractions get wrong. */
export function priceOf(types: readonly Pick<MixedType, 'price'>[], counts: readonly number[]): number {
  const sum = counts.reduce((total, count, i) => total + count * (types[i]?.price ?? 0), 0);
  return Number(sum.toPrecision(12));
}

/** The least count of the last type with which the sums suffice. */
function leastSufficient(problem: MixProblem, first: readonly number[], most: number): number | undefined {
  if (most < 0 || !problem.suffices([...first, most])) return undefined;
  let low = -1;
  let high = most;
  while (high - low > 1) {
    const middle = low + ((high - low) >> 1);
    if (problem.suffices([...first, middle])) high = middle;
    else low = middle;
  }
  return high;
}

/** All counts of the types before the last, cheapest first. @throws WideSearchError */
function firstCounts(types: readonly MixedType[]): number[][] {
  let all: number[][] = [[]];
  for (const { most } of types) {
    all = all.flatMap((before) => Array.from({ length: most + 1 }, (_, count) => [...before, count]));
    if (all.length > 1_000_000) {
      throw new WideSearchError(
        'nodes.types',
        'found more than a million mixes; accepted: fewer types, or a smaller most for some',
      );
    }
  }
  return all.sort((a, b) => priceOf(types, a) - priceOf(types, b));
}
