/**
 * The least count that meets a condition, by bisection. A condition that a scheduler decides need not be monotone (one Node more
 * can make it place Pods worse), so counts just below the answer are looked at one by one, and what was found against
 * monotonicity is told.
 */

export interface LeastCount {
  /** Undefined when no count up to `most` meets the condition. */
  readonly count: number | undefined;
  /** Every count that was tried, rising. */
  readonly tried: readonly { readonly count: number; readonly meets: boolean }[];
  /** Counts that meet the condition though a greater one does not. */
  readonly againstOrder: readonly number[];
}

export interface CountRange {
  /** No smaller count can meet the condition. */
  readonly least: number;
  readonly most: number;
  /** So many counts below the answer of the bisection are tried one by one. */
  readonly lookBelow: number;
}

export function leastCount({ least, most, lookBelow }: CountRange, meets: (count: number) => boolean): LeastCount {
  const known = new Map<number, boolean>();
  const ask = (count: number): boolean => {
    let answer = known.get(count);
    if (answer === undefined) {
      answer = meets(count);
      known.set(count, answer);
    }
    return answer;
  };
  const first = firstThatMeets(least, most, ask);
  if (first === undefined) return { count: undefined, ...story(known) };
  let high: number = first;
  let low = least - 1;
  for (const [count, met] of known) if (!met && count < first) low = Math.max(low, count);
  while (high - low > 1) {
    const middle: number = low + ((high - low) >> 1);
    if (ask(middle)) high = middle;
    else low = middle;
  }
  for (let count = high - 1; count >= Math.max(least, high - lookBelow); count--) if (ask(count)) high = count;
  return { count: high, ...story(known) };
}

/** Steps up, each step twice the one before. */
function firstThatMeets(least: number, most: number, ask: (count: number) => boolean): number | undefined {
  for (let step = 1, count = least; ; step *= 2) {
    const at = Math.min(count, most);
    if (ask(at)) return at;
    if (at === most) return undefined;
    count += step;
  }
}

function story(known: ReadonlyMap<number, boolean>): Pick<LeastCount, 'tried' | 'againstOrder'> {
  const tried = [...known].map(([count, meets]) => ({ count, meets })).sort((a, b) => a.count - b.count);
  const greatestUnmet = tried.findLast(({ meets }) => !meets)?.count ?? -1;
  return { tried, againstOrder: tried.flatMap(({ count, meets }) => (meets && count < greatestUnmet ? [count] : [])) };
}
