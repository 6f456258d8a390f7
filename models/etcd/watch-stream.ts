/**
 * A client's stream of watches: each watch is told of the events of its range from its first revision on, those of the
 * past as soon as the stream is brought up to date, then each as it happens. A watch of a past that is compacted ends.
 * Source: etcd server/etcdserver/api/v3rpc/watch.go, server/storage/mvcc/watchable_store.go.
 */
import { EtcdError } from './errors.ts';
import { isInRange, type KeyRange, TO_THE_END } from './key-range.ts';
import type { MvccStore } from './mvcc-store.ts';
import type { StoreEvent } from './requests.ts';

export interface WatchRequest extends KeyRange {
  /** Inclusive; absent or 0 begins after the present. */
  readonly startRevision?: number;
  /** The stream's next free number unless given. */
  readonly watchId?: number;
  readonly withoutPuts?: boolean;
  readonly withoutDeletions?: boolean;
}

export type WatchResponse<V> =
  | { readonly type: 'created'; readonly watchId: number; readonly revision: number }
  | { readonly type: 'refused'; readonly reason: string; readonly revision: number }
  | {
      readonly type: 'events';
      readonly watchId: number;
      readonly revision: number;
      readonly events: readonly StoreEvent<V>[];
    }
  | { readonly type: 'compacted'; readonly watchId: number; readonly compactRevision: number }
  | { readonly type: 'cancelled'; readonly watchId: number; readonly revision: number };

interface OpenWatch {
  readonly id: number;
  readonly request: WatchRequest;
  /** The first revision that has not been sent. */
  nextRevision: number;
  isBehind: boolean;
}

export class WatchStream<V> {
  readonly #store: MvccStore<V>;
  readonly #send: (response: WatchResponse<V>) => void;
  readonly #watches = new Map<number, OpenWatch>();
  readonly #stopListening: () => void;
  #nextId = 0;

  constructor(store: MvccStore<V>, send: (response: WatchResponse<V>) => void) {
    this.#store = store;
    this.#send = send;
    this.#stopListening = store.listen((events, revision) => this.#onRevision(events, revision));
  }

  /** Opens a watch. What is past is sent by the next `catchUp`. */
  create(request: WatchRequest): void {
    const { revision } = this.#store;
    const range: WatchRequest = request.key === '' ? { ...request, key: '\0' } : request;
    const { rangeEnd = '' } = range;
    if (rangeEnd !== '' && rangeEnd !== TO_THE_END && range.key >= rangeEnd) {
      this.#send({ type: 'refused', reason: 'mvcc: watcher range is empty', revision });
      return;
    }
    const { watchId: asked = 0, startRevision = 0 } = range;
    if (asked !== 0 && this.#watches.has(asked)) {
      this.#send({ type: 'refused', reason: 'mvcc: duplicate watch ID provided on the WatchStream', revision });
      return;
    }
    while (this.#watches.has(this.#nextId)) this.#nextId++;
    const id = asked === 0 ? this.#nextId++ : asked;
    const isBehind = startRevision !== 0 && startRevision <= revision;
    this.#watches.set(id, { id, request: range, nextRevision: startRevision || revision + 1, isBehind });
    this.#send({ type: 'created', watchId: id, revision });
  }

  cancel(watchId: number): void {
    if (!this.#watches.delete(watchId)) return;
    this.#send({ type: 'cancelled', watchId, revision: this.#store.revision });
  }

  /** Whether all watches have been told all; only then does etcd answer a request for progress. */
  get isUpToDate(): boolean {
    for (const watch of this.#watches.values()) if (watch.isBehind) return false;
    return true;
  }

  /** Sends the past to the watches that are behind, as etcd does every 100 ms. */
  catchUp(): void {
    for (const watch of this.#watches.values()) {
      if (!watch.isBehind) continue;
      const events = this.#past(watch);
      if (events === undefined) continue;
      watch.isBehind = false;
      watch.nextRevision = this.#store.revision + 1;
      this.#sendEvents(watch, events);
    }
  }

  close(): void {
    this.#stopListening();
    this.#watches.clear();
  }

  #past(watch: OpenWatch): StoreEvent<V>[] | undefined {
    try {
      return this.#store.eventsSince(watch.nextRevision);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#watches.delete(watch.id);
      this.#send({ type: 'compacted', watchId: watch.id, compactRevision: this.#store.compactRevision });
      return undefined;
    }
  }

  #onRevision(events: readonly StoreEvent<V>[], revision: number): void {
    for (const watch of this.#watches.values()) {
      if (watch.isBehind || watch.nextRevision > revision) continue;
      watch.nextRevision = revision + 1;
      this.#sendEvents(watch, events);
    }
  }

  #sendEvents(watch: OpenWatch, events: readonly StoreEvent<V>[]): void {
    const { request } = watch;
    const wanted = events.filter(
      ({ key, type }) => isInRange(key, request) && !(type === 'PUT' ? request.withoutPuts : request.withoutDeletions),
    );
    if (wanted.length === 0) return;
    this.#send({ type: 'events', watchId: watch.id, revision: this.#store.revision, events: wanted });
  }
}
