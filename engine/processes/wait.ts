/**
 * What a process can wait for. `const value = yield* wait` suspends the process and gives the wait's value, typed.
 *
 * A wait is used once. To add a kind, say in `start` what to do and when to resume; always resume from an event.
 */
import type { Clock } from '../clock.ts';
import type { Micros } from '../time.ts';

/** How a wait ends: with a value or with an error. Called at most once, from an event. */
export interface Waiter<T> {
  resume(value: T): void;
  fail(error: unknown): void;
}

/** A generator that may yield any wait and returns R. */
export type ProcessBody<R> = Generator<Wait<unknown>, R, unknown>;

/** Something that ends later with a value or an error; `yield*` it in a process. */
export abstract class Wait<T> {
  /** Begins to wait. Returns what gives the wait up, and all it holds, before it has ended. */
  abstract start(clock: Clock, waiter: Waiter<T>): () => void;

  *[Symbol.iterator](): ProcessBody<T> {
    return (yield this as Wait<unknown>) as T;
  }
}

class Delay extends Wait<void> {
  readonly #delayMicros: Micros;

  constructor(delayMicros: Micros) {
    super();
    this.#delayMicros = delayMicros;
  }

  start(clock: Clock, waiter: Waiter<void>): () => void {
    const event = clock.after(this.#delayMicros, (resumed: Waiter<void>) => resumed.resume(undefined), waiter);
    return () => clock.cancel(event);
  }
}

/** Waits for so long. */
export function delay(delayMicros: Micros): Wait<void> {
  return new Delay(delayMicros);
}

/** Which of several waits ended first, and its value. */
export interface First<T> {
  readonly index: number;
  readonly value: T;
}

class FirstOf<T> extends Wait<First<T>> {
  readonly #waits: readonly Wait<T>[];

  constructor(waits: readonly Wait<T>[]) {
    super();
    this.#waits = waits;
  }

  start(clock: Clock, waiter: Waiter<First<T>>): () => void {
    const withdrawals: (() => void)[] = [];
    const withdrawOthers = (index: number): void => {
      withdrawals.forEach((withdraw, i) => {
        if (i !== index) withdraw();
      });
    };
    this.#waits.forEach((wait, index) => {
      withdrawals.push(
        wait.start(clock, {
          resume: (value) => {
            withdrawOthers(index);
            waiter.resume({ index, value });
          },
          fail: (error) => {
            withdrawOthers(index);
            waiter.fail(error);
          },
        }),
      );
    });
    return () => withdrawOthers(-1);
  }
}

/** Waits for the first of several; the others are given up. With a `delay` among them it is a time limit. */
export function firstOf<T>(...waits: Wait<T>[]): Wait<First<T>> {
  return new FirstOf(waits);
}
