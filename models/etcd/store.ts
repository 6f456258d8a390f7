/**
 * etcd's key-value store: one revision counter for all keys, transactions that compare before they write, watches from a
 * revision, compaction. Values are references; nothing is serialised. Time plays no part here: see commit-pipeline.ts.
 *
 * Sources: etcd-io/website content/en/docs/v3.6/learning/data_model.md and api.md.
 */
import { EtcdError } from './etcd-error.ts';

export interface KeyValue<V> {
  readonly key: string;
  readonly value: V;
  /** Revision of the write that began this life of the key. */
  readonly createRevision: number;
  /** Revision of the last write. */
  readonly modRevision: number;
  /** 1 at creation, one more with each write. */
  readonly version: number;
}

export type StoreEvent<V> =
  | { readonly type: 'PUT'; readonly kv: KeyValue<V>; readonly previous: KeyValue<V> | undefined }
  | { readonly type: 'DELETE'; readonly key: string; readonly modRevision: number; readonly previous: KeyValue<V> };

/** A key that does not exist compares as 0. */
export interface Compare {
  readonly key: string;
  readonly target: 'version' | 'createRevision' | 'modRevision';
  readonly operator: '=' | '!=' | '<' | '>';
  readonly operand: number;
}

/** `value` may be a function of the revision that the write gets, because objects carry it. */
export type Operation<V> =
  | { readonly put: string; readonly value: V | ((revision: number) => V) }
  | { readonly delete: string }
  | { readonly get: string };

export interface TransactionResult<V> {
  readonly succeeded: boolean;
  readonly revision: number;
  /** For each operation the key's state after it (put, get) or before it (delete). */
  readonly results: readonly (KeyValue<V> | undefined)[];
}

/** Most operations of one transaction. Source: etcd server/embed/config.go (DefaultMaxTxnOps). */
export const TRANSACTION_OPERATIONS_MAX = 128;

export interface StoreOptions {
  /** Keeps every revision until it is compacted, for watches from the past. False: only the present is kept. */
  readonly history?: boolean;
}

export class EtcdStore<V> {
  readonly #keys = new Map<string, KeyValue<V>>();
  readonly #history: StoreEvent<V>[] | null;
  readonly #watchers = new Set<(event: StoreEvent<V>) => void>();
  #revision = 1;
  #compactRevision = 0;
  #writes = 0;

  constructor(options: StoreOptions = {}) {
    this.#history = options.history === false ? null : [];
  }

  /** Revision of the last write; a fresh store is at 1. */
  get revision(): number {
    return this.#revision;
  }

  /** Keys there are. */
  get size(): number {
    return this.#keys.size;
  }

  /** Puts and deletes so far. */
  get writes(): number {
    return this.#writes;
  }

  get(key: string): KeyValue<V> | undefined {
    return this.#keys.get(key);
  }

  /** All keys with that prefix, in key order. */
  range(prefix: string): KeyValue<V>[] {
    const found: KeyValue<V>[] = [];
    for (const kv of this.#keys.values()) if (kv.key.startsWith(prefix)) found.push(kv);
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** One write, without a compare. Returns what is stored. */
  put(key: string, value: V | ((revision: number) => V)): KeyValue<V> {
    this.#revision++;
    return this.#put(key, value);
  }

  /** Removes a key. Returns what it was; the revision rises only if it was there. */
  delete(key: string): KeyValue<V> | undefined {
    if (!this.#keys.has(key)) return undefined;
    this.#revision++;
    return this.#delete(key);
  }

  /**
   * If all compares hold, the first list of operations, else the second. All writes of a transaction share one revision.
   * @throws EtcdError for too many operations, or for a key that is written twice
   */
  transaction(
    compares: readonly Compare[],
    then: readonly Operation<V>[],
    otherwise: readonly Operation<V>[] = [],
  ): TransactionResult<V> {
    const succeeded = compares.every((compare) => this.#holds(compare));
    const operations = succeeded ? then : otherwise;
    if (operations.length > TRANSACTION_OPERATIONS_MAX)
      throw new EtcdError('etcdserver: too many operations in txn request');
    const written = operations.flatMap((operation) => ('put' in operation ? [operation.put] : []));
    if (new Set(written).size < written.length) throw new EtcdError('etcdserver: duplicate key given in txn request');
    const writes = operations.some(
      (operation) => 'put' in operation || ('delete' in operation && this.#keys.has(operation.delete)),
    );
    if (writes) this.#revision++;
    const results = operations.map((operation) => {
      if ('put' in operation) return this.#put(operation.put, operation.value);
      if ('delete' in operation) return this.#delete(operation.delete);
      return this.#keys.get(operation.get);
    });
    return { succeeded, revision: this.#revision, results };
  }

  /**
   * Hands over every event of a revision from `startRevision` on: first those of the past, then each as it happens.
   * Returns what ends the watch. @throws EtcdError when that revision has been compacted, or is not kept
   */
  watch(startRevision: number, listener: (event: StoreEvent<V>) => void): () => void {
    if (startRevision <= this.#revision) {
      if (startRevision <= this.#compactRevision || this.#history === null) {
        throw new EtcdError('etcdserver: mvcc: required revision has been compacted', this.#compactRevision);
      }
      for (const event of this.#history) if (revisionOf(event) >= startRevision) listener(event);
    }
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Forgets all revisions up to this one, but not the last state of a key. @throws EtcdError for one compacted or to come */
  compact(revision: number): void {
    if (revision <= this.#compactRevision)
      throw new EtcdError('etcdserver: mvcc: required revision has been compacted', this.#compactRevision);
    if (revision > this.#revision) throw new EtcdError('etcdserver: mvcc: required revision is a future revision');
    this.#compactRevision = revision;
    if (this.#history === null) return;
    const first = this.#history.findIndex((event) => revisionOf(event) > revision);
    this.#history.splice(0, first < 0 ? this.#history.length : first);
  }

  #holds(compare: Compare): boolean {
    const actual = this.#keys.get(compare.key)?.[compare.target] ?? 0;
    switch (compare.operator) {
      case '=':
        return actual === compare.operand;
      case '!=':
        return actual !== compare.operand;
      case '<':
        return actual < compare.operand;
      default:
        return actual > compare.operand;
    }
  }

  #put(key: string, value: V | ((revision: number) => V)): KeyValue<V> {
    const previous = this.#keys.get(key);
    const revision = this.#revision;
    const kv: KeyValue<V> = {
      key,
      value: typeof value === 'function' ? (value as (revision: number) => V)(revision) : value,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
    };
    this.#keys.set(key, kv);
    this.#writes++;
    if (this.#history !== null || this.#watchers.size > 0) this.#record({ type: 'PUT', kv, previous });
    return kv;
  }

  #delete(key: string): KeyValue<V> | undefined {
    const previous = this.#keys.get(key);
    if (previous === undefined) return undefined;
    this.#keys.delete(key);
    this.#writes++;
    this.#record({ type: 'DELETE', key, modRevision: this.#revision, previous });
    return previous;
  }

  #record(event: StoreEvent<V>): void {
    this.#history?.push(event);
    for (const listener of this.#watchers) listener(event);
  }
}

function revisionOf<V>(event: StoreEvent<V>): number {
  return event.type === 'PUT' ? event.kv.modRevision : event.modRevision;
}
