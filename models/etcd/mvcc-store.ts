/**
 * etcd's store: many versions of every key under one revision counter. A request, or a whole transaction, that writes
 * raises the revision by one; reads may go back to any revision that has not been compacted; watches are told of all
 * events from a revision on. Values are references; nothing is serialised. Time plays no part here.
 *
 * Sources: etcd website, docs/v3.6/learning/data_model.md and api.md; server/etcdserver/apply.go and storage/mvcc/kvstore_txn.go.
 */
import { EtcdError } from './errors.ts';
import { KeyIndex, type Version } from './key-index.ts';
import type { KeyRange } from './key-range.ts';
import { compareHolds } from './compare.ts';
import { rangeOf } from './range.ts';
import { checkKey, checkPut, checkTransaction } from './request-checks.ts';
import type {
  DeleteRangeResponse,
  KeyValue,
  PutOptions,
  PutRequest,
  PutResponse,
  RangeOptions,
  RangeRequest,
  RangeResponse,
  Request,
  Response,
  StoreEvent,
  TransactionRequest,
  TransactionResponse,
} from './requests.ts';

/** Who wants to know which keys a lease has; see lessor.ts. */
export interface LeaseKeys {
  has(lease: number): boolean;
  attach(lease: number, key: string): void;
  detach(lease: number, key: string): void;
}

/** Is told the events of one revision, in order. */
export type RevisionListener<V> = (events: readonly StoreEvent<V>[], revision: number) => void;

const NO_LEASES: LeaseKeys = { has: () => false, attach: () => {}, detach: () => {} };

export class MvccStore<V> {
  readonly #keys = new KeyIndex<V>();
  readonly #listeners = new Set<RevisionListener<V>>();
  /** Versions of the revisions that have not been compacted, in the order in which they were written. */
  #log: Version<V>[] = [];
  #leases: LeaseKeys = NO_LEASES;
  #revision = 1;
  #compactRevision = -1;
  #writes = 0;
  /** What the request at work has written; its revision is #revision + 1 once there is something. */
  #written: Version<V>[] = [];

  /** Revision of the last write; a fresh store is at 1. */
  get revision(): number {
    return this.#revision;
  }

  /** Revision up to which the past has been forgotten; -1 before the first compaction. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Puts and deletions of keys so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Versions that are kept, for what a compaction would free. */
  get versions(): number {
    return this.#log.length;
  }

  useLeases(leases: LeaseKeys): void {
    this.#leases = leases;
  }

  /** The present state of one key; cheaper than `range`. */
  get(key: string): KeyValue<V> | undefined {
    const newest = this.#keys.newest(key);
    return newest === undefined || newest.version === 0 ? undefined : newest;
  }

  /** @throws EtcdError for an empty key, or a revision that is compacted or to come */
  range(range: KeyRange, options: RangeOptions = {}): RangeResponse<V> {
    checkKey(range);
    return this.#range({ kind: 'range', ...range, ...options });
  }

  /** Calls `listener` after each revision. Returns what ends it. */
  listen(listener: RevisionListener<V>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws EtcdError for an empty key, contradictory options, a lease that is not there, or no key to keep something of */
  put(key: string, value: V | ((revision: number) => V) | undefined, options: PutOptions = {}): PutResponse<V> {
    const request: PutRequest<V> = { kind: 'put', key, ...(value === undefined ? {} : { value }), ...options };
    checkPut(request);
    this.#requireLease(request);
    this.#requirePrevious(request);
    const response = this.#put(request);
    this.#commit();
    return response;
  }

  /** Removes all keys of the range, in their order. @throws EtcdError for an empty key */
  deleteRange(range: KeyRange): DeleteRangeResponse<V> {
    checkKey(range);
    const response = this.#deleteRange(range);
    this.#commit();
    return { ...response, revision: this.#revision };
  }

  /** Removes several keys under one revision; those that are not there are passed over. */
  deleteKeys(keys: readonly string[]): void {
    for (const key of keys) if (this.get(key) !== undefined) this.#bury(key);
    this.#commit();
  }

  /** @throws EtcdError, and then nothing is written */
  transaction(request: Omit<TransactionRequest<V>, 'kind'>): TransactionResponse<V> {
    const whole: TransactionRequest<V> = { kind: 'transaction', ...request };
    checkTransaction(whole);
    const path: boolean[] = [];
    this.#choosePath(whole, path);
    const chosen = [...onPath(whole, path.values())];
    for (const each of chosen) {
      if (each.kind !== 'put') continue;
      this.#requirePrevious(each);
      this.#requireLease(each);
    }
    for (const each of chosen) if (each.kind === 'range') this.#requireRevision(each.revision ?? 0);
    const response = this.#transaction(whole, path.values());
    this.#commit();
    return { ...response, revision: this.#revision };
  }

  /**
   * Forgets the past up to a revision; how things were at it, and since, can still be read.
   * @throws EtcdError for a revision that is compacted already or to come
   */
  compact(revision: number): void {
    if (revision <= this.#compactRevision) throw new EtcdError('compacted');
    if (revision > this.#revision) throw new EtcdError('futureRevision');
    this.#compactRevision = revision;
    let past = 0;
    for (let i = 0; i < this.#log.length; i++) {
      const version = this.#log[i] as Version<V>;
      if (version.modRevision > revision) break;
      if (version.modRevision < revision) past = i + 1;
      version.previous = undefined;
      if (version.version === 0 && this.#keys.newest(version.key) === version) this.#keys.forget(version.key);
    }
    if (past > 0) this.#log = this.#log.slice(past);
  }

  /** Events from a revision on that are still known, in order. @throws EtcdError if it has been compacted */
  eventsSince(revision: number): StoreEvent<V>[] {
    if (revision > this.#revision) return [];
    if (revision < this.#compactRevision) throw new EtcdError('compacted');
    let first = this.#log.length;
    while (first > 0 && (this.#log[first - 1] as Version<V>).modRevision >= revision) first--;
    return this.#log.slice(first).map(eventOf);
  }

  /** The revision at which the request at work reads and writes: the next one as soon as it has written. */
  get #workRevision(): number {
    return this.#written.length > 0 ? this.#revision + 1 : this.#revision;
  }

  #requireRevision(revision: number): void {
    if (revision > this.#revision) throw new EtcdError('futureRevision');
    if (revision > 0 && revision < this.#compactRevision) throw new EtcdError('compacted');
  }

  #requireLease({ lease }: PutRequest<V>): void {
    if (lease !== undefined && lease !== 0 && !this.#leases.has(lease)) throw new EtcdError('leaseNotFound');
  }

  #requirePrevious({ key, ignoreValue, ignoreLease }: PutRequest<V>): void {
    if ((ignoreValue || ignoreLease) && this.get(key) === undefined) throw new EtcdError('keyNotFound');
  }

  /** Which branch each transaction takes, outer before inner; all compares are looked at before anything is written. */
  #choosePath(request: TransactionRequest<V>, path: boolean[]): void {
    const read = (range: KeyRange): readonly KeyValue<V>[] => this.#keys.range(range, this.#revision);
    const succeeded = request.compare.every((compare) => compareHolds(compare, read(compare)));
    path.push(succeeded);
    for (const each of succeeded ? request.success : request.failure) {
      if (each.kind === 'transaction') this.#choosePath(each, path);
    }
  }

  #transaction(request: TransactionRequest<V>, path: Iterator<boolean>): TransactionResponse<V> {
    const succeeded = path.next().value as boolean;
    const responses = (succeeded ? request.success : request.failure).map((each) => this.#apply(each, path));
    return { kind: 'transaction', revision: this.#workRevision, succeeded, responses };
  }

  #apply(request: Request<V>, path: Iterator<boolean>): Response<V> {
    switch (request.kind) {
      case 'put':
        return this.#put(request);
      case 'range':
        return this.#range(request);
      case 'deleteRange':
        return this.#deleteRange(request);
      default:
        return this.#transaction(request, path);
    }
  }

  #range(request: RangeRequest): RangeResponse<V> {
    const { revision = 0 } = request;
    if (this.#written.length === 0) this.#requireRevision(revision);
    const versions = this.#keys.range(request, revision > 0 ? revision : this.#workRevision);
    return rangeOf(versions, request, this.#workRevision);
  }

  #put(request: PutRequest<V>): PutResponse<V> {
    const previous = this.get(request.key);
    const value = request.ignoreValue ? (previous as KeyValue<V>).value : (request.value as V);
    const lease = request.ignoreLease ? (previous as KeyValue<V>).lease : (request.lease ?? 0);
    const kv = this.#append(request.key, value, lease);
    return { kind: 'put', revision: kv.modRevision, kv, previous };
  }

  #deleteRange(range: KeyRange): DeleteRangeResponse<V> {
    const previous = this.#keys.range(range, this.#workRevision);
    for (const { key } of previous) this.#bury(key);
    return { kind: 'deleteRange', revision: this.#workRevision, previous };
  }

  #append(key: string, value: V | ((revision: number) => V), lease: number): Version<V> {
    const newest = this.#keys.newest(key);
    const isNew = newest === undefined || newest.version === 0;
    const modRevision = this.#revision + 1;
    const version: Version<V> = {
      key,
      value: typeof value === 'function' ? (value as (revision: number) => V)(modRevision) : value,
      createRevision: isNew ? modRevision : newest.createRevision,
      modRevision,
      version: isNew ? 1 : newest.version + 1,
      lease,
      previous: newest,
    };
    this.#keys.put(version);
    if (!isNew && newest.lease !== lease && newest.lease !== 0) this.#leases.detach(newest.lease, key);
    if (lease !== 0) this.#leases.attach(lease, key);
    this.#written.push(version);
    return version;
  }

  /** Ends a key's life by a version without value. */
  #bury(key: string): void {
    const newest = this.#keys.newest(key) as Version<V>;
    const modRevision = this.#revision + 1;
    const nothing = undefined as V;
    const tombstone = { key, value: nothing, createRevision: 0, modRevision, version: 0, lease: 0, previous: newest };
    this.#keys.put(tombstone);
    if (newest.lease !== 0) this.#leases.detach(newest.lease, key);
    this.#written.push(tombstone);
  }

  /** Ends the request at work: its writes become a revision, and whoever listens is told. */
  #commit(): void {
    const written = this.#written;
    if (written.length === 0) return;
    this.#revision++;
    this.#writes += written.length;
    this.#written = [];
    if (this.#listeners.size > 0) {
      const events = written.map(eventOf);
      for (const listener of this.#listeners) listener(events, this.#revision);
    }
    this.#log.push(...written);
  }
}

function eventOf<V>(version: Version<V>): StoreEvent<V> {
  const { key, modRevision } = version;
  const isDeletion = version.version === 0;
  // A transaction may have put the key before it deleted it: what counts is the revision before.
  let { previous } = version;
  while (previous?.modRevision === modRevision) previous = previous.previous;
  return {
    type: isDeletion ? 'DELETE' : 'PUT',
    key,
    revision: modRevision,
    kv: isDeletion ? undefined : version,
    previous: previous === undefined || previous.version === 0 ? undefined : previous,
  };
}

/** The requests that a transaction will do, its nested ones' among them, given the branches that they take. */
function* onPath<V>(request: TransactionRequest<V>, path: Iterator<boolean>): Generator<Request<V>> {
  const succeeded = path.next().value as boolean;
  for (const each of succeeded ? request.success : request.failure) {
    if (each.kind === 'transaction') yield* onPath(each, path);
    else yield each;
  }
}
