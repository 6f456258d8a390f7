/**
 * What a controller is given: the clock, its client, the shared caches, a recorder of Events. Written as the smallest
 * shapes that controllers use, so that a controller can be tested with any cache and any client.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export interface CacheHandler<T extends KubeObject> {
  readonly added?: (object: T) => void;
  readonly updated?: (old: T, current: T) => void;
  /** The last state, as the watch says it, and the one that the cache had. */
  readonly deleted?: (object: T, known: T) => void;
}

/** A local copy of all objects of one resource, kept up to date by a watch (an informer). Handlers run after the change is in it. */
export interface ObjectCache<T extends KubeObject> {
  addHandler(handler: CacheHandler<T>): void;
  get(namespace: string | undefined, name: string): T | undefined;
  list(): Iterable<T>;
  /** Files every object under the keys that `keysOf` gives; `onDemand`: from when `byIndex` first asks. */
  addIndex(name: string, keysOf: (object: T) => readonly string[], onDemand?: boolean): void;
  byIndex(name: string, key: string): Iterable<T>;
}

/** A queue of keys, each at most once, with delays after failures. */
export interface WorkQueue {
  add(key: string): void;
  addAfter(key: string, delayMicros: number): void;
  addRateLimited(key: string): void;
  forget(key: string): void;
  numRequeues(key: string): number;
  get(): string | undefined;
  done(key: string): void;
  /** Called when there may be a key to get. */
  onReady(callback: () => void): void;
}

export interface Recorder {
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** One controller's surroundings. */
export interface ControllerContext {
  readonly sim: Simulation;
  readonly client: Client;
  /** Seconds since 1970 by the clock of the simulated cluster, with fractions. */
  nowSeconds(): number;
  /** The same as an RFC 3339 timestamp of whole seconds. */
  nowTimestamp(): string;
  cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T>;
  /** A queue; the retry delays are the controller's default (5 ms · 2^n to 1000 s) unless given. */
  queue(name: string, retry?: { readonly baseMicros: number; readonly maxMicros: number }): WorkQueue;
  recorder(component: string): Recorder;
}
