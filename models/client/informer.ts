/**
 * Informers: local copies of all objects of a resource, filled by a list and kept up to date by a watch, and the
 * handlers that hear of each change. A factory shares one informer for each resource among all parts of a component.
 *
 * Source: client-go tools/cache (reflector.go, shared_informer.go), informers/factory.go. Not modelled: the periodic
 * resync (12 h or more; correctness does not rest on it) and the reflector's own watch time-out, which loses no event.
 */
import { MICROS_PER_MILLI, MICROS_PER_SECOND, type Micros, type Simulation } from '../../engine/index.ts';
import type { KubeObject, LabelSelector, Status } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';
import type { Client, FieldSelector, ObjectList, Watch, WatchEvent } from './client.ts';
import { type KeysOf, ObjectStore } from './object-store.ts';

/** What hears of changes; it runs after the change is in the informer. */
export interface InformerHandler<T extends KubeObject> {
  readonly added?: (object: T) => void;
  readonly updated?: (old: T, current: T) => void;
  /** The last state, as the watch says it, and the one that the informer had. */
  readonly deleted?: (object: T, known: T) => void;
}

export interface InformerOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: FieldSelector;
  readonly labelSelector?: LabelSelector;
}

/** Back-off between tries to list and watch: from 0.8 s to 30 s, doubling, jitter 1. Source: reflector.go. */
const RETRY_FIRST_MICROS = 800 * MICROS_PER_MILLI;
const RETRY_LAST_MICROS = 30 * MICROS_PER_SECOND;
/** After so long without a failure the back-off begins anew. */
const RETRY_RESET_MICROS = 120 * MICROS_PER_SECOND;

const GONE = 410;

export class Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #options: InformerOptions;
  readonly #store = new ObjectStore<T>();
  /** What hears of each kind of change, in the order in which it was added. */
  #onAdded: readonly ((object: T) => void)[] = [];
  #onUpdated: readonly ((old: T, current: T) => void)[] = [];
  #onDeleted: readonly ((object: T, known: T) => void)[] = [];
  #waiting: (() => void)[] = [];
  #watch: Watch | undefined;
  #isStarted = false;
  #hasSynced = false;
  #resourceVersion = '';
  /** The object of the last event, whose revision is not yet in `#resourceVersion`. */
  #latest: T | undefined;
  #mustList = true;
  #retryMicros: Micros = RETRY_FIRST_MICROS;
  #failedAtMicros: Micros = 0;

  constructor(sim: Simulation, client: Client, resource: Resource<T>, options: InformerOptions = {}) {
    this.#sim = sim;
    this.#client = client;
    this.resource = resource;
    this.#options = options;
  }

  /** Whether the first list has arrived and its objects have been handed to the handlers. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Objects there are. */
  get size(): number {
    return this.#store.size;
  }

  /** Revision up to which the informer has seen all; empty before the first list. */
  get resourceVersion(): string {
    return this.#latest?.metadata.resourceVersion ?? this.#resourceVersion;
  }

  /** A handler that comes late hears of what is already there as added. */
  addHandler(handler: InformerHandler<T>): void {
    const { added, updated, deleted } = handler;
    if (updated !== undefined) this.#onUpdated = [...this.#onUpdated, updated];
    if (deleted !== undefined) this.#onDeleted = [...this.#onDeleted, deleted];
    if (added === undefined) return;
    this.#onAdded = [...this.#onAdded, added];
    for (const object of this.#store.list()) added(object);
  }

  /** Lists, then watches. A second call does nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#listOrWatch();
  }

  /** Ends the watch, as when the component dies; what was seen stays. `start` lists anew. */
  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#isStarted = false;
    this.#mustList = true;
  }

  /** Runs `callback` once the informer has synced: now, if it has. */
  onSynced(callback: () => void): void {
    if (this.#hasSynced) callback();
    else this.#waiting.push(callback);
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#store.get(namespace, name);
  }

  list(): Iterable<T> {
    return this.#store.list();
  }

  /** Files every object under the keys that `keysOf` gives, from now on or from when `byIndex` first asks. */
  addIndex(name: string, keysOf: KeysOf<T>, onDemand?: boolean): void {
    this.#store.addIndex(name, keysOf, onDemand);
  }

  /** @throws RangeError for an index that nobody has added */
  byIndex(name: string, key: string): Iterable<T> {
    return this.#store.byIndex(name, key);
  }

  readonly #listOrWatch = (): void => {
    if (!this.#isStarted) return;
    if (!this.#mustList) {
      this.#openWatch();
      return;
    }
    this.#client.list(this.resource, this.#options, (result) => {
      if (!this.#isStarted) return;
      if (!result.ok) {
        this.#retry();
        return;
      }
      this.#replace(result.list);
      this.#mustList = false;
      this.#openWatch();
      this.#markSynced();
    });
  };

  #openWatch(): void {
    const { resourceVersion } = this;
    const options = { ...this.#options, resourceVersion, allowWatchBookmarks: true };
    this.#watch = this.#client.watch(this.resource, options, this.#onEvent);
  }

  readonly #onEvent = (event: WatchEvent<T>): void => {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#latest = event.object;
        this.#put(event.object, event.slot);
        break;
      case 'DELETED':
        this.#latest = event.object;
        this.#remove(event.object, event.slot);
        break;
      case 'BOOKMARK':
        this.#latest = undefined;
        this.#resourceVersion = event.resourceVersion;
        break;
      case 'ERROR':
        this.#onError(event.status);
        break;
    }
  };

  #onError(status: Status): void {
    this.#watch = undefined;
    if (status.code === GONE) this.#mustList = true;
    this.#retry();
  }

  /** What a new list says, compared with what was known: additions and changes first, then what has gone meanwhile. */
  #replace(list: ObjectList<T>): void {
    this.#latest = undefined;
    this.#resourceVersion = list.resourceVersion;
    this.#store.forgetSlots();
    if (this.#store.size === 0) {
      for (const object of list.items) this.#put(object);
      return;
    }
    const gone = new Set(this.#store.list());
    for (const object of list.items) {
      const { namespace, name } = object.metadata;
      const old = this.#store.get(namespace, name);
      if (old !== undefined) gone.delete(old);
      this.#put(object);
    }
    for (const object of gone) this.#remove(object);
  }

  #put(object: T, slot?: number): void {
    const old = this.#store.put(object, slot);
    if (old === undefined) for (const added of this.#onAdded) added(object);
    else for (const updated of this.#onUpdated) updated(old, object);
  }

  #remove(object: T, slot?: number): void {
    const { namespace, name } = object.metadata;
    const known = this.#store.remove(namespace, name, slot);
    if (known === undefined) return;
    for (const deleted of this.#onDeleted) deleted(object, known);
  }

  #markSynced(): void {
    if (this.#hasSynced) return;
    this.#hasSynced = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }

  #retry(): void {
    const { nowMicros } = this.#sim;
    if (nowMicros - this.#failedAtMicros > RETRY_RESET_MICROS) this.#retryMicros = RETRY_FIRST_MICROS;
    this.#failedAtMicros = nowMicros;
    const jitter = this.#sim.stream(`client/reflector/${this.#client.userAgent}/${this.resource.plural}`).uniform();
    this.#sim.after(Math.round(this.#retryMicros * (1 + jitter)), this.#listOrWatch);
    this.#retryMicros = Math.min(this.#retryMicros * 2, RETRY_LAST_MICROS);
  }
}

/** The informers of one component: one for each resource, shared by all who ask. */
export class InformerFactory {
  readonly #sim: Simulation;
  readonly #client: Client;
  // biome-ignore lint/suspicious/noExplicitAny: informers of all types share one table
  readonly #informers = new Map<Resource<any>, Informer<any>>();
  #isStarted = false;

  constructor(sim: Simulation, client: Client) {
    this.#sim = sim;
    this.#client = client;
  }

  /** The informer of a resource over all namespaces. One that is asked for after `start` starts at once. */
  informer<T extends KubeObject>(resource: Resource<T>): Informer<T> {
    let informer: Informer<T> | undefined = this.#informers.get(resource);
    if (informer === undefined) {
      informer = new Informer(this.#sim, this.#client, resource);
      this.#informers.set(resource, informer);
      if (this.#isStarted) informer.start();
    }
    return informer;
  }

  /** Starts all informers, in the order in which they were asked for. */
  start(): void {
    this.#isStarted = true;
    for (const informer of this.#informers.values()) informer.start();
  }

  /** Ends all watches, as when the component dies. */
  stop(): void {
    this.#isStarted = false;
    for (const informer of this.#informers.values()) informer.stop();
  }

  get hasSynced(): boolean {
    for (const informer of this.#informers.values()) if (!informer.hasSynced) return false;
    return true;
  }

  /** Runs `callback` once every informer asked for so far has synced. */
  onSynced(callback: () => void): void {
    let missing = this.#informers.size;
    if (missing === 0) {
      callback();
      return;
    }
    const arrive = (): void => {
      missing--;
      if (missing === 0) callback();
    };
    for (const informer of this.#informers.values()) informer.onSynced(arrive);
  }
}
