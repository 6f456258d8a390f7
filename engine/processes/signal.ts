/** A signal that processes wait for and anybody fires, any number of times; it wakes those who wait at that moment. */
import type { Clock } from '../clock.ts';
import { Wait, type Waiter } from './wait.ts';

interface Listening<T> {
  readonly clock: Clock;
  readonly waiter: Waiter<T>;
  /** Gives up what is under way: being on the list, or the event that will resume. */
  withdraw: () => void;
}

/** `yield* signal.wait()` in processes, `fire(value)` anywhere. */
export class Signal<T = void> {
  #waiting = new Set<Listening<T>>();

  /** Processes that wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Wakes all who wait, in the order in which they began to, each by an event at this instant. Returns how many. */
  fire(value: T): number {
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const each of woken) {
      const event = each.clock.after(0, (waiter: Waiter<T>) => waiter.resume(value), each.waiter);
      each.withdraw = () => each.clock.cancel(event);
    }
    return woken.size;
  }

  /** A wait for the next time it is fired. */
  wait(): Wait<T> {
    return new SignalWait((listening) => {
      this.#waiting.add(listening);
      listening.withdraw = () => this.#waiting.delete(listening);
    });
  }
}

class SignalWait<T> extends Wait<T> {
  readonly #join: (listening: Listening<T>) => void;

  constructor(join: (listening: Listening<T>) => void) {
    super();
    this.#join = join;
  }

  start(clock: Clock, waiter: Waiter<T>): () => void {
    const listening: Listening<T> = { clock, waiter, withdraw: () => {} };
    this.#join(listening);
    return () => listening.withdraw();
  }
}
