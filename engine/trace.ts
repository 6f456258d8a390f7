/**
 * The trace: the run's record. Components emit records of named kinds; each is folded into a rolling 64-bit
 * digest, and listeners (recorders, timelines, invariants) see it as it happens.
 */
import type { Micros } from './time.ts';

/** What happened, when, to what. `detail` is kind-specific and small. */
export interface TraceRecord {
  readonly timeMicros: Micros;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string | number;
}

export type TraceListener = (record: TraceRecord) => void;

/** Rolling digest of two 32-bit lanes; order matters, every fold changes both. */
export class Digest {
  #low = 0x9e3779b9 | 0;
  #high = 0x85ebca6b | 0;

  foldInteger(value: number): void {
    const low = value | 0;
    const high = Math.floor(value / 4294967296) | 0;
    this.#low = Math.imul(this.#low ^ low, 0x01000193) + (this.#high >>> 15);
    this.#high = Math.imul(this.#high ^ high ^ this.#low, 0x5bd1e995) + (this.#low >>> 13);
    this.#low |= 0;
    this.#high |= 0;
  }

  foldString(text: string): void {
    this.foldInteger(text.length);
    for (let i = 0; i < text.length; i++) this.foldInteger(text.charCodeAt(i));
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');
    return hex(this.#high) + hex(this.#low);
  }
}

export class Trace {
  readonly digest = new Digest();
  readonly #listeners: TraceListener[] = [];
  readonly #now: () => Micros;

  constructor(now: () => Micros) {
    this.#now = now;
  }

  emit(kind: string, subject: string, detail: string | number = ''): void {
    const timeMicros = this.#now();
    this.digest.foldInteger(timeMicros);
    this.digest.foldString(kind);
    this.digest.foldString(subject);
    if (typeof detail === 'number') this.digest.foldInteger(detail);
    else this.digest.foldString(detail);
    if (this.#listeners.length > 0) {
      const record: TraceRecord = { timeMicros, kind, subject, detail };
      for (const listener of this.#listeners) listener(record);
    }
  }

  listen(listener: TraceListener): void {
    this.#listeners.push(listener);
  }
}
