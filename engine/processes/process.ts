/**
 * A process: behaviour written top to bottom as a generator, for scripts in which callbacks would be hard to read. Resuming
 * one costs several times a plain callback, so hot components use callbacks.
 *
 *   sim.process(function* () {
 *     yield* delay(secondsToMicros(5));
 *     yield* acquire(disk);
 *     …
 *     disk.release();
 *   });
 */
import type { Clock } from '../clock.ts';
import { type ProcessBody, Wait, type Waiter } from './wait.ts';

/** What an interrupted process catches where it waited. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly reason: string;

  constructor(reason: string) {
    super(`interrupted: ${reason}`);
    this.reason = reason;
  }
}

type Outcome<R> =
  | { readonly state: 'returned'; readonly value: R }
  | { readonly state: 'failed'; readonly error: unknown };

/**
 * A running process; `yield* process` in another one waits for its value. An error that leaves it is thrown in those who
 * wait for it; when nobody does, it ends the run, so that none is lost.
 */
export class Process<R = unknown> extends Wait<R> {
  readonly #clock: Clock;
  readonly #body: ProcessBody<R>;
  readonly #joined = new Set<Waiter<R>>();
  #withdraw: (() => void) | undefined;
  #outcome: Outcome<R> | undefined;

  /** Starts by an event at this instant. */
  constructor(clock: Clock, body: () => ProcessBody<R>) {
    super();
    this.#clock = clock;
    this.#body = body();
    const event = clock.after(0, () => this.#continue(() => this.#body.next()));
    this.#withdraw = () => clock.cancel(event);
  }

  get running(): boolean {
    return this.#outcome === undefined;
  }

  /** What it returned. @throws its error, or an Error while it runs. */
  get value(): R {
    if (this.#outcome === undefined) throw new Error('the process is still running');
    if (this.#outcome.state === 'failed') throw this.#outcome.error;
    return this.#outcome.value;
  }

  /** Makes the process catch an Interrupted where it waits, by an event at this instant. Nothing once it has ended. */
  interrupt(reason: string): void {
    this.#clock.after(0, () => {
      if (this.#outcome !== undefined) return;
      this.#withdraw?.();
      this.#continue(() => this.#body.throw(new Interrupted(reason)));
    });
  }

  start(clock: Clock, waiter: Waiter<R>): () => void {
    if (this.#outcome !== undefined) {
      const event = clock.after(0, tell<R>, this.#outcome, waiter);
      return () => clock.cancel(event);
    }
    this.#joined.add(waiter);
    return () => this.#joined.delete(waiter);
  }

  /** Lets the body run to its next wait or its end. */
  #continue(advance: () => IteratorResult<Wait<unknown>, R>): void {
    this.#withdraw = undefined;
    let step: IteratorResult<Wait<unknown>, R>;
    try {
      step = advance();
    } catch (error) {
      this.#end({ state: 'failed', error });
      return;
    }
    if (step.done) {
      this.#end({ state: 'returned', value: step.value });
      return;
    }
    if (!(step.value instanceof Wait))
      throw new TypeError(`a process yielded ${String(step.value)}; it must yield a wait`);
    this.#withdraw = step.value.start(this.#clock, {
      resume: (value) => this.#continue(() => this.#body.next(value)),
      fail: (error) => this.#continue(() => this.#body.throw(error)),
    });
  }

  #end(outcome: Outcome<R>): void {
    this.#outcome = outcome;
    if (outcome.state === 'failed' && this.#joined.size === 0) throw outcome.error;
    for (const waiter of this.#joined) this.#clock.after(0, tell<R>, outcome, waiter);
    this.#joined.clear();
  }
}

function tell<R>(outcome: Outcome<R>, waiter: Waiter<R>): void {
  if (outcome.state === 'returned') waiter.resume(outcome.value);
  else waiter.fail(outcome.error);
}
