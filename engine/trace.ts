/**
 * The trace: the run's record. Components emit records of named kinds; each is folded into the rolling digest, and
 * listeners (recorders, timelines, invariants) see it as it happens. The last records can be kept, to say what led up to
 * a failure.
 */
import { Digest } from './digest.ts';
import type { Micros } from './time.ts';

/** What happened, when, to what. `detail` is kind-specific and small. */
export interface TraceRecord {
  readonly timeMicros: Micros;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string | number;
}

export type TraceListener = (record: TraceRecord) => void;

/** `emit` a record, `listen` to all; `digest` is the hash of everything so far. */
export class Trace {
  readonly digest = new Digest();
  #listeners: readonly TraceListener[] = [];
  readonly #now: () => Micros;
  #kept: TraceRecord[] = [];
  #keep = 0;
  #oldest = 0;
  #records = 0;
  #observed = false;

  constructor(now: () => Micros) {
    this.#now = now;
  }

  /** Records emitted so far. */
  get records(): number {
    return this.#records;
  }

  /** Records that something happened now. Listeners are called in the order in which they were added. */
  emit(kind: string, subject: string, detail: string | number = ''): void {
    const timeMicros = this.#now();
    const digest = this.digest;
    this.#records++;
    digest.foldInteger(timeMicros);
    digest.foldString(kind);
    digest.foldString(subject);
    if (typeof detail === 'number') digest.foldNumber(detail);
    else digest.foldString(detail);
    if (this.#observed) this.#show({ timeMicros, kind, subject, detail });
  }

  /** As `emit` with the subject "place/name", a text that is made only when somebody listens. */
  emitIn(kind: string, place: string, name: string, detail: string | number = ''): void {
    const timeMicros = this.#now();
    const digest = this.digest;
    this.#records++;
    digest.foldInteger(timeMicros);
    digest.foldString(kind);
    digest.foldPath(place, name);
    if (typeof detail === 'number') digest.foldNumber(detail);
    else digest.foldString(detail);
    if (this.#observed) this.#show({ timeMicros, kind, subject: `${place}/${name}`, detail });
  }

  /** Adds a listener for all kinds, or for the given ones. Returns a function that takes it off again. */
  listen(listener: TraceListener, kinds?: readonly string[]): () => void {
    const wanted = kinds === undefined ? undefined : new Set(kinds);
    const added: TraceListener =
      wanted === undefined
        ? (record) => listener(record)
        : (record) => {
            if (wanted.has(record.kind)) listener(record);
          };
    this.#listeners = [...this.#listeners, added];
    this.#observed = true;
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== added);
      this.#observed = this.#keep > 0 || this.#listeners.length > 0;
    };
  }

  /** Keeps the last `count` records from now on; 0 keeps none. */
  keepLast(count: number): void {
    this.#kept = [];
    this.#oldest = 0;
    this.#keep = count;
    this.#observed = count > 0 || this.#listeners.length > 0;
  }

  /** The kept records, oldest first. */
  lastRecords(): TraceRecord[] {
    return [...this.#kept.slice(this.#oldest), ...this.#kept.slice(0, this.#oldest)];
  }

  #show(record: TraceRecord): void {
    if (this.#kept.length < this.#keep) {
      this.#kept.push(record);
    } else if (this.#keep > 0) {
      this.#kept[this.#oldest] = record;
      this.#oldest = (this.#oldest + 1) % this.#keep;
    }
    for (const listener of this.#listeners) listener(record);
  }
}

/** A record as one line of text, for messages: `12.000034s pod-bound default/web-1 node-7`. */
export function describeRecord(record: TraceRecord): string {
  const seconds = (record.timeMicros / 1e6).toFixed(6);
  const detail = record.detail === '' ? '' : ` ${record.detail}`;
  return `${seconds}s ${record.kind} ${record.subject}${detail}`;
}
