/**
 * Bandwidth shared by flows: processor sharing. Every transfer gets an equal part of the link, less where its own cap is
 * lower; what capped transfers leave is shared by the others (max-min fairness).
 *
 * Transfers of one cap always have the same rate, so each such class keeps one running count of bytes served to each of its
 * transfers and a heap of the counts at which they end: a start or an end costs O(caps + log transfers), whatever the number.
 */
import { Heap } from 'heap-js';
import type { Clock } from '../clock.ts';
import { Wait, type Waiter } from '../processes/wait.ts';
import type { Handler, ScheduledEvent } from '../scheduled-event.ts';
import { MICROS_PER_SECOND, type Micros } from '../time.ts';

/** One transfer. Opaque to callers, who keep it only to cancel it. */
export interface Transfer {
  readonly sequence: number;
  /** Count of its class at which it ends. */
  readonly endsAtBytes: number;
  readonly cap: CapClass;
  readonly handler: Handler;
  readonly a: unknown;
  readonly b: unknown;
  active: boolean;
}

interface CapClass {
  readonly capBytesPerMicro: number;
  readonly transfers: Heap<Transfer>;
  active: number;
  /** Bytes served to each of its transfers since the class was last empty. */
  servedBytes: number;
  bytesPerMicro: number;
}

const byEnd = (x: Transfer, y: Transfer): number => x.endsAtBytes - y.endsAtBytes || x.sequence - y.sequence;

/** Bytes a second that transfers share; give processes `transfer(link, bytes)`. */
export class SharedLink {
  readonly #clock: Clock;
  readonly #bytesPerMicro: number;
  /** By cap, lowest first: the order in which a link is shared out. */
  readonly #classes: CapClass[] = [];
  #active = 0;
  #sequence = 0;
  #lastMicros: Micros;
  #next: ScheduledEvent | undefined;
  #nextClass: CapClass | undefined;

  /** @throws RangeError unless the bandwidth is positive */
  constructor(clock: Clock, options: { readonly bytesPerSecond: number }) {
    requirePositive(options.bytesPerSecond, 'bytesPerSecond');
    this.#clock = clock;
    this.#bytesPerMicro = options.bytesPerSecond / MICROS_PER_SECOND;
    this.#lastMicros = clock.nowMicros;
  }

  /** Transfers under way. */
  get active(): number {
    return this.#active;
  }

  /**
   * Starts a transfer and calls `handler(a, b)` at its end, which is at the first whole µs by which it has all its bytes.
   * @param capBytesPerSecond most that this transfer can use, for example the link at its other end
   */
  transfer<A, B>(
    bytes: number,
    handler: Handler<A, B>,
    a?: A,
    b?: B,
    capBytesPerSecond: number = Number.POSITIVE_INFINITY,
  ): Transfer {
    if (!(bytes >= 0 && Number.isFinite(bytes))) {
      throw new RangeError(`bytes are ${bytes}; accepted are finite numbers of 0 or more`);
    }
    if (capBytesPerSecond !== Number.POSITIVE_INFINITY) requirePositive(capBytesPerSecond, 'capBytesPerSecond');
    this.#serve();
    const cap = this.#classOf(capBytesPerSecond / MICROS_PER_SECOND);
    const transfer: Transfer = {
      sequence: this.#sequence++,
      endsAtBytes: cap.servedBytes + bytes,
      cap,
      handler,
      a,
      b,
      active: true,
    };
    cap.transfers.add(transfer);
    cap.active++;
    this.#active++;
    this.#share();
    return transfer;
  }

  /** Stops a transfer; its handler is not called. Gives the bytes that were missing, or 0 if it had ended. */
  cancel(transfer: Transfer): number {
    if (!transfer.active) return 0;
    this.#serve();
    const missing = Math.max(0, transfer.endsAtBytes - transfer.cap.servedBytes);
    this.#leave(transfer);
    this.#share();
    return missing;
  }

  /** Brings the counts up to now. */
  #serve(): void {
    const spanMicros = this.#clock.nowMicros - this.#lastMicros;
    this.#lastMicros = this.#clock.nowMicros;
    if (spanMicros === 0) return;
    for (const cap of this.#classes) cap.servedBytes += spanMicros * cap.bytesPerMicro;
  }

  #leave(transfer: Transfer): void {
    const { cap } = transfer;
    transfer.active = false;
    cap.active--;
    this.#active--;
    if (cap.active === 0) {
      // An empty class begins again at 0, so that its count never grows coarse.
      this.#classes.splice(this.#classes.indexOf(cap), 1);
    }
  }

  #classOf(capBytesPerMicro: number): CapClass {
    const at = this.#classes.findIndex((cap) => cap.capBytesPerMicro >= capBytesPerMicro);
    const found = this.#classes[at];
    if (found?.capBytesPerMicro === capBytesPerMicro) return found;
    const fresh: CapClass = {
      capBytesPerMicro,
      transfers: new Heap<Transfer>(byEnd),
      active: 0,
      servedBytes: 0,
      bytesPerMicro: 0,
    };
    this.#classes.splice(at < 0 ? this.#classes.length : at, 0, fresh);
    return fresh;
  }

  /** Shares the link out and plans the next end. */
  #share(): void {
    let left = this.#bytesPerMicro;
    let transfers = this.#active;
    let soonestMicros = Number.POSITIVE_INFINITY;
    this.#nextClass = undefined;
    for (const cap of this.#classes) {
      cap.bytesPerMicro = Math.min(cap.capBytesPerMicro, left / transfers);
      left -= cap.bytesPerMicro * cap.active;
      transfers -= cap.active;
      const missing = (firstOf(cap) as Transfer).endsAtBytes - cap.servedBytes;
      const micros = Math.max(0, Math.ceil(missing / cap.bytesPerMicro - 1e-6));
      if (micros < soonestMicros) {
        soonestMicros = micros;
        this.#nextClass = cap;
      }
    }
    if (this.#next !== undefined) this.#clock.cancel(this.#next);
    this.#next = this.#nextClass === undefined ? undefined : this.#clock.after(soonestMicros, this.#end);
  }

  /** Ends the transfer that was planned to, and all others that have their bytes by now. */
  readonly #end = (): void => {
    this.#next = undefined;
    this.#serve();
    const ended: Transfer[] = [];
    // Rounding may leave the planned one a trace short of its bytes; it ends all the same.
    let planned = this.#nextClass;
    for (const cap of this.#classes.slice()) {
      for (let first = firstOf(cap); first !== undefined; first = firstOf(cap)) {
        const due = cap === planned || first.endsAtBytes <= cap.servedBytes + cap.bytesPerMicro * 1e-6;
        if (!due) break;
        if (cap === planned) planned = undefined;
        cap.transfers.pop();
        this.#leave(first);
        ended.push(first);
      }
    }
    this.#share();
    ended.sort((x, y) => x.sequence - y.sequence);
    for (const { handler, a, b } of ended) handler(a, b);
  };
}

/** The transfer of a class that ends first; cancelled ones are dropped on the way. */
function firstOf(cap: CapClass): Transfer | undefined {
  for (;;) {
    const first = cap.transfers.peek();
    if (first === undefined || first.active) return first;
    cap.transfers.pop();
  }
}

function requirePositive(value: number, field: string): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new RangeError(`${field} is ${value}; accepted are positive numbers`);
}

class TransferWait extends Wait<void> {
  readonly #link: SharedLink;
  readonly #bytes: number;
  readonly #capBytesPerSecond: number | undefined;

  constructor(link: SharedLink, bytes: number, capBytesPerSecond: number | undefined) {
    super();
    this.#link = link;
    this.#bytes = bytes;
    this.#capBytesPerSecond = capBytesPerSecond;
  }

  start(_clock: Clock, waiter: Waiter<void>): () => void {
    const resume = (resumed: Waiter<void>): void => resumed.resume(undefined);
    const transfer = this.#link.transfer(this.#bytes, resume, waiter, undefined, this.#capBytesPerSecond);
    return () => this.#link.cancel(transfer);
  }
}

/** In a process: waits until so many bytes have passed the link. */
export function transfer(link: SharedLink, bytes: number, capBytesPerSecond?: number): Wait<void> {
  return new TransferWait(link, bytes, capBytesPerSecond);
}
