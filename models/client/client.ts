/**
 * What a component may ask of the API server: the contract between every component and `models/apiserver`.
 *
 * A request is asynchronous in virtual time: it waits for the client's rate limiter, travels, is admitted, commits
 * in etcd and comes back; `done` runs when the answer arrives. Requests never return a value directly, and no
 * component holds a reference to the insides of another.
 */
import type { KubeObject, LabelSelector, Status } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import type { Resource } from '../objects/resources.ts';

/** The answer to a request for one object. */
export type ApiResult<T> = { readonly ok: true; readonly object: T } | { readonly ok: false; readonly status: Status };

export type Done<T> = (result: ApiResult<T>) => void;

export interface ObjectList<T> {
  readonly items: readonly T[];
  /** The store's revision at which the list was read. */
  readonly resourceVersion: string;
  readonly continue?: string;
}

/** The answer to a list request. */
export type ListResult<T> =
  | { readonly ok: true; readonly list: ObjectList<T> }
  | { readonly ok: false; readonly status: Status };

export type FieldSelector = Readonly<Record<string, string>>;

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: LabelSelector;
  /** For example { 'spec.nodeName': 'node-1' }. */
  readonly fieldSelector?: FieldSelector;
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: LabelSelector;
  readonly fieldSelector?: FieldSelector;
  /** Events after this revision. Absent: synthetic ADDED events for the current state first. */
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: boolean;
}

/** A change of an object. */
export interface ObjectEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /**
   * A number that is the same for every state of this object and, until its deletion is told, no other's of its resource: spares whoever
   * keeps copies the look-up of names. A server may leave it out.
   */
  readonly slot?: number;
}

export type WatchEvent<T> =
  | ObjectEvent<T>
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly status: Status };

export interface Watch {
  stop(): void;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** One component's client, with a user agent and a rate limiter of its own. */
export interface Client {
  readonly userAgent: string;
  create<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void;
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, done: Done<T>): void;
  list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions,
    done: (
      result: { readonly ok: true; readonly list: ObjectList<T> } | { readonly ok: false; readonly status: Status },
    ) => void,
  ): void;
  /** PUT: refused with 409 Conflict when `metadata.resourceVersion` is given and is not the stored one. Ignores status where the kind has the subresource. */
  update<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void;
  /** PUT …/status: changes nothing but status (and is refused as `update` is). */
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void;
  /**
   * PATCH: the server applies `change` to the object as stored at that moment; no conflict is possible. `change` is
   * pure and returns the same object to say that nothing changes (then nothing is written).
   */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    done?: Done<T>,
    subresource?: 'status' | 'scale',
  ): void;
  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
    done?: Done<T>,
  ): void;
  /** POST pods/NAME/binding. `uid` is the precondition. */
  bind(pod: Pod, nodeName: string, done?: Done<Pod>): void;
  /** POST pods/NAME/eviction. */
  evict(namespace: string, name: string, done?: Done<Pod>, options?: DeleteOptions): void;
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watch;
}
