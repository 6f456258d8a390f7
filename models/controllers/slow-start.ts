/**
 * Batches of requests that double in size as long as none fails, so that a mistake that makes every request fail costs
 * one request and not a thousand.
 * Source: pkg/controller/replicaset/replica_set.go (slowStartBatch).
 */

/** Answers of one request: undefined when it went well, else why not. */
export type RequestDone = (error?: string) => void;

/**
 * Makes `count` requests in batches of 1, 2, 4 … (`request(i, done)` for i from 0). A failure lets its batch finish and
 * stops the rest. `finished` gets the number that went well and the first error.
 */
export function slowStart(
  count: number,
  request: (index: number, done: RequestDone) => void,
  finished: (successes: number, error?: string) => void,
): void {
  let begun = 0;
  let successes = 0;
  let firstError: string | undefined;
  const next = (size: number): void => {
    const batch = Math.min(size, count - begun);
    if (batch === 0 || firstError !== undefined) {
      finished(successes, firstError);
      return;
    }
    let waiting = batch;
    const answered: RequestDone = (error) => {
      if (error === undefined) successes++;
      else firstError ??= error;
      if (--waiting === 0) next(size * 2);
    };
    const first = begun;
    begun += batch;
    for (let i = first; i < first + batch; i++) request(i, answered);
  };
  next(1);
}

/** Makes all requests at once; `finished` gets the first error. */
export function allAtOnce<T>(
  items: readonly T[],
  request: (item: T, done: RequestDone) => void,
  finished: (error?: string) => void,
): void {
  let waiting = items.length;
  let firstError: string | undefined;
  if (waiting === 0) {
    finished();
    return;
  }
  const answered: RequestDone = (error) => {
    firstError ??= error;
    if (--waiting === 0) finished(firstError);
  };
  for (const item of items) request(item, answered);
}

/** Makes the requests one after the other and stops at the first failure. */
export function oneByOne<T>(
  items: readonly T[],
  request: (item: T, done: RequestDone) => void,
  finished: (error?: string) => void,
): void {
  let index = 0;
  const next: RequestDone = (error) => {
    const item = items[index++];
    if (error !== undefined || item === undefined) finished(error);
    else request(item, next);
  };
  next();
}
