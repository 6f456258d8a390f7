/**
 * Virtual time. An integer count of microseconds since the start of the run; safe for 285 years.
 * Every name that holds a time or a duration ends in its unit.
 */
export type Micros = number;

/** µs in a millisecond. */
export const MICROS_PER_MILLI = 1_000;
/** µs in a second. */
export const MICROS_PER_SECOND = 1_000_000;

/** Whole microseconds in so many seconds, rounded to nearest. */
export function secondsToMicros(seconds: number): Micros {
  return Math.round(seconds * MICROS_PER_SECOND);
}

/** Whole microseconds in so many milliseconds, rounded to nearest. */
export function millisToMicros(millis: number): Micros {
  return Math.round(millis * MICROS_PER_MILLI);
}

/** @throws RangeError unless `micros` is a safe integer and not negative. */
export function assertMicros(micros: number, what: string): void {
  if (!Number.isSafeInteger(micros) || micros < 0) {
    throw new RangeError(`${what} is ${micros}; accepted are whole microseconds from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
}
