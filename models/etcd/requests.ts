/**
 * The requests of etcd's key-value service as plain data. Revisions of 0 mean the present, absent limits mean none.
 * Source: etcd api/etcdserverpb/rpc.proto.
 */
import type { KeyRange } from './key-range.ts';

/** One key as it was at some revision. */
export interface KeyValue<V> {
  readonly key: string;
  readonly value: V;
  /** Revision of the write that began this life of the key. */
  readonly createRevision: number;
  /** Revision of the last write. */
  readonly modRevision: number;
  /** 1 at creation, one more with each write. */
  readonly version: number;
  /** 0 for none. */
  readonly lease: number;
}

export interface PutOptions {
  readonly lease?: number;
  /** Keep the value; only the lease changes. */
  readonly ignoreValue?: boolean;
  /** Keep the lease. */
  readonly ignoreLease?: boolean;
}

export interface PutRequest<V> extends PutOptions {
  readonly kind: 'put';
  readonly key: string;
  /** May be a function of the revision that the write gets, since stored objects carry it. Absent with ignoreValue. */
  readonly value?: V | ((revision: number) => V);
}

export type SortOrder = 'none' | 'ascend' | 'descend';
export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';

export interface RangeOptions {
  readonly revision?: number;
  readonly limit?: number;
  readonly sortOrder?: SortOrder;
  readonly sortTarget?: SortTarget;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeRequest extends KeyRange, RangeOptions {
  readonly kind: 'range';
}

export interface DeleteRangeRequest extends KeyRange {
  readonly kind: 'deleteRange';
}

export interface TransactionRequest<V> {
  readonly kind: 'transaction';
  readonly compare: readonly Compare<V>[];
  readonly success: readonly Request<V>[];
  readonly failure: readonly Request<V>[];
}

export type Request<V> = PutRequest<V> | RangeRequest | DeleteRangeRequest | TransactionRequest<V>;

/** Holds when it holds for every key of the range. A key that is not there has revisions, version and lease 0, and no value. */
export interface Compare<V> extends KeyRange {
  readonly target: 'version' | 'create' | 'mod' | 'lease' | 'value';
  readonly operator: '=' | '!=' | '<' | '>';
  /** A number, or the value itself for the target `value`. */
  readonly operand: number | V;
}

export interface PutResponse<V> {
  readonly kind: 'put';
  readonly revision: number;
  readonly kv: KeyValue<V>;
  readonly previous: KeyValue<V> | undefined;
}

export interface RangeResponse<V> {
  readonly kind: 'range';
  readonly revision: number;
  readonly kvs: readonly KeyValue<V>[];
  /** Keys of the range, whatever limit and bounds of revisions left out. */
  readonly count: number;
  readonly more: boolean;
}

export interface DeleteRangeResponse<V> {
  readonly kind: 'deleteRange';
  readonly revision: number;
  readonly previous: readonly KeyValue<V>[];
}

export interface TransactionResponse<V> {
  readonly kind: 'transaction';
  readonly revision: number;
  readonly succeeded: boolean;
  readonly responses: readonly Response<V>[];
}

export type Response<V> = PutResponse<V> | RangeResponse<V> | DeleteRangeResponse<V> | TransactionResponse<V>;

/** What a watch is told: a put with the key's new state, or a deletion with its revision. */
export interface StoreEvent<V> {
  readonly type: 'PUT' | 'DELETE';
  readonly key: string;
  readonly revision: number;
  /** Absent for a deletion. */
  readonly kv: KeyValue<V> | undefined;
  /** The state before, unless it has been compacted or there was none. */
  readonly previous: KeyValue<V> | undefined;
}
