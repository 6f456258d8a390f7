/**
 * The API server: the one door to the cluster's state. Requests arrive after their way through the network, are handled
 * against the registry when etcd commits them, and are answered; watchers are told of every change.
 *
 * A write is checked, admitted and stored in one step, at its commit. The real server checks earlier and compares again in
 * etcd's transaction, with the same outcome.
 */
import { type Distribution, type Micros, millisToMicros, sampler, type Simulation } from '../../engine/index.ts';
import type { ApiResult, Client, ListOptions, ListResult, WatchEvent, WatchOptions } from '../client/client.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import { CommitPipeline, type Proposal } from '../etcd/commit-pipeline.ts';
import { RevisionCounter } from '../etcd/revision-counter.ts';
import { applyDefaults, computeQos, validate, validateUpdate } from '../objects/index.ts';
import type { KubeObject, Status } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { ALL_RESOURCES, EVENTS, type Resource, resourceOfKind } from '../objects/resources.ts';
import { ApiClient, type ClientOptions } from './api-client.ts';
import { type ApiServerOptions, type ApiServerSettings, apiServerOptions } from './api-options.ts';
import { EventExpiry } from './event-expiry.ts';
import { fieldReader } from './fields.ts';
import { ListPages } from './list-pages.ts';
import { Registry, type StoredChange } from './registry.ts';
import { type RequestCount, RequestCounters, type Verb } from './request-counters.ts';
import { nodePorts, serviceAddresses } from './service-addresses.ts';
import { badRequest, expired, notFound } from './status-errors.ts';
import { WatchCache } from './watch-cache.ts';
import { selectionTest, type Watcher, Watchers } from './watchers.ts';

/** Bookmarks are sent this often. Source: apiserver/pkg/storage/cacher/cacher.go (bookmarkFrequency). */
const BOOKMARK_MICROS = 60_000_000;

/** What the server has done so far, for metrics. */
export interface ApiCounters {
  readonly requests: readonly RequestCount[];
  /** Writes by how long they took, see RequestCounters. */
  readonly writeLatencies: ReadonlyMap<Micros, number>;
  readonly watchEvents: number;
  readonly etcdWrites: number;
  /** Commits, each of one or more writes. */
  readonly etcdBatches: number;
}

type Compute = (stored: KubeObject) => KubeObject;

type Attached<T extends KubeObject> =
  | { readonly ok: true; readonly watcher: Watcher<T> }
  | { readonly ok: false; readonly status: Status };

/** The watches of a resource, and the past that new ones may ask for. */
interface WatchedResource {
  readonly watchers: Watchers<KubeObject>;
  readonly cache: WatchCache;
  /** Objects by the Node that they name, as long as nothing has changed: thousands of kubelets ask at the same time. */
  byNode: ReadonlyMap<string, readonly KubeObject[]> | undefined;
  /** By namespace: where its objects are in etcd below "/registry/", as the trace names them. */
  readonly places: Map<string, string>;
}

export class ApiServer {
  readonly options: ApiServerOptions;
  readonly registry: Registry;
  readonly requests = new RequestCounters();
  readonly #sim: Simulation;
  readonly #revisions = new RevisionCounter();
  readonly #commits: CommitPipeline;
  readonly #watched = new Map<string, WatchedResource>();
  readonly #pages: ListPages;
  readonly #eventExpiry: EventExpiry;
  readonly #computed = new Map<string, Compute>();
  readonly #observers: ((change: StoredChange) => void)[] = [];
  readonly #network: () => Micros;
  readonly #processing: () => Micros;
  readonly #watchDelay: () => Micros;
  #isSeeding = false;
  #hasBookmarks = false;

  constructor(sim: Simulation, clock: ClusterClock, settings: ApiServerSettings = {}) {
    this.#sim = sim;
    this.options = apiServerOptions(settings);
    const { latency, etcd, admission, serviceCidr } = this.options;
    this.#commits = new CommitPipeline(sim, etcd, () =>
      sim.trace.emit('etcd/commit', 'revision', this.#revisions.revision),
    );
    this.#pages = new ListPages(sim);
    this.#eventExpiry = new EventExpiry(sim, this.options.eventTtlSeconds, (event) => {
      this.registry.delete(EVENTS, event.metadata.namespace, event.metadata.name);
    });
    this.#network = this.#micros(latency.networkMillis, 'network');
    this.#processing = this.#micros(latency.processingMillis, 'processing');
    this.#watchDelay = this.#micros(latency.watchMillis, 'watch');
    this.registry = new Registry({
      revisions: this.#revisions,
      admission,
      strategies: {
        addresses: serviceAddresses(serviceCidr),
        nodePorts: nodePorts(),
        allocation: sim.stream('apiserver/allocation'),
        qosClassOf: (pod: Pod) => computeQos(pod.spec),
        nowTimestamp: () => clock.nowTimestamp(),
      },
      names: sim.stream('apiserver/names'),
      uids: sim.stream('apiserver/uids'),
      nowTimestamp: () => clock.nowTimestamp(),
      nowSeconds: () => clock.nowSeconds(),
      applyDefaults,
      validate,
      validateUpdate,
      onChange: (change) => this.#changed(change),
    });
  }

  get nowMicros(): Micros {
    return this.#sim.nowMicros;
  }

  client(options: ClientOptions): Client {
    return new ApiClient(this.#sim, this, options);
  }

  /** Puts objects straight into the store, without latency, admission or trace: a cluster that exists before time begins. */
  seed(objects: Iterable<KubeObject>): void {
    this.#isSeeding = true;
    for (const object of objects) {
      const resource = resourceOfKind(object.apiVersion, object.kind);
      if (resource === undefined) {
        throw new RangeError(`${object.apiVersion} ${object.kind} is not served; accepted are ${servedKinds()}`);
      }
      this.registry.seed(resource, object);
    }
    this.#isSeeding = false;
  }

  /** Sees every change at its commit, at no cost in virtual time; for recorders and checks, never for components. */
  observe(listener: (change: StoredChange) => void): void {
    this.#observers.push(listener);
  }

  /**
   * Lets reads and lists of a resource show what would be stored if every routine write had been played: for example the
   * `renewTime` of Leases. `compute` is pure and returns the same object when nothing has changed. Watches do not see it.
   */
  lazily<T extends KubeObject>(resource: Resource<T>, compute: (stored: T) => T): void {
    this.#computed.set(resource.plural, compute as unknown as Compute);
  }

  /** Counts requests that are computed instead of sent, as many as `requests` says when the counters are read. */
  countLazily(verb: Verb, resource: Resource, requests: () => number): void {
    this.requests.compute(verb, resource, requests);
  }

  get counters(): ApiCounters {
    let watchEvents = 0;
    for (const { watchers } of this.#watched.values()) watchEvents += watchers.sent;
    const { writes } = this.#revisions;
    const { requests } = this;
    const etcdBatches = this.#commits.batches;
    const writeLatencies = requests.writeLatencies();
    return { requests: requests.all(), writeLatencies, watchEvents, etcdWrites: writes, etcdBatches };
  }

  /** Way to the server and handling there. */
  arrivalMicros(): Micros {
    return this.#network() + this.#processing();
  }

  /** Way back. */
  returnMicros(): Micros {
    return this.#network();
  }

  /** Handles a write when etcd commits it. */
  commit(proposal: Proposal): void {
    this.#commits.propose(proposal);
  }

  /** Sends an answer on its way back. */
  answer<R>(done: (result: R) => void, result: R): void {
    this.#sim.after(this.#network(), done, result);
  }

  get(resource: Resource, namespace: string | undefined, name: string): ApiResult<KubeObject> {
    const stored = this.registry.get(resource, namespace, name);
    if (stored === undefined) return notFound(resource, name);
    const compute = this.#computed.get(resource.plural);
    return { ok: true, object: compute === undefined ? stored : compute(stored) };
  }

  /** A page of a list; pages after the first show the state of the first. */
  list(resource: Resource, options: ListOptions): ListResult<KubeObject> {
    if (options.continue !== undefined) return this.#pages.next(options.continue, options.limit);
    const refusal = this.#unknownField(resource, options);
    if (refusal !== undefined) return refusal;
    const items: KubeObject[] = [];
    const test = selectionTest(options);
    for (const object of this.#candidates(resource, options)) {
      if (test === undefined || test(object)) items.push(object);
    }
    items.sort(byKey);
    const compute = this.#computed.get(resource.plural);
    const shown = compute === undefined ? items : items.map(compute);
    return this.#pages.first(shown, options.limit, String(this.registry.revision));
  }

  /** Attaches a watch now. Returns it, or the refusal. */
  attach<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Attached<T> {
    const refusal = this.#unknownField(resource, options);
    if (refusal !== undefined) return refusal;
    const { watchers, cache } = this.#watchedOf(resource) as unknown as { watchers: Watchers<T>; cache: WatchCache };
    const { resourceVersion = '0' } = options;
    if (options.allowWatchBookmarks) this.#startBookmarks();
    if (resourceVersion === '0') {
      const watcher = watchers.add(options, handler);
      const test = selectionTest(options);
      for (const object of this.#candidates(resource, options) as Iterable<T>) {
        if (test !== undefined && !test(object)) continue;
        const { namespace, name } = object.metadata;
        watcher.send({ type: 'ADDED', object, slot: this.registry.slotOf(resource, namespace, name) });
      }
      return { ok: true, watcher };
    }
    const missed = cache.after(Number(resourceVersion));
    if (missed === undefined) {
      return expired(`too old resource version: ${resourceVersion} (${cache.oldestRevision})`);
    }
    const watcher = watchers.add(options, handler);
    for (const change of missed) watchers.replay(watcher, options, change);
    return { ok: true, watcher };
  }

  /** What a selection need look at: everything, or what an index finds. */
  #candidates(resource: Resource, options: ListOptions | WatchOptions): Iterable<KubeObject> {
    const nodeName = options.fieldSelector?.['spec.nodeName'];
    if (nodeName === undefined || nodeName === '') return this.registry.all(resource, options.namespace);
    const watched = this.#watchedOf(resource);
    watched.byNode ??= groupByNode(this.registry.all(resource));
    return watched.byNode.get(nodeName) ?? [];
  }

  #unknownField(
    resource: Resource,
    { fieldSelector = {} }: ListOptions | WatchOptions,
  ): ReturnType<typeof badRequest> | undefined {
    for (const field in fieldSelector) {
      if (fieldReader(resource.kind, field) === undefined) return badRequest(`field label not supported: ${field}`);
    }
    return undefined;
  }

  #changed(change: StoredChange): void {
    const { resource, old, current } = change;
    const { namespace, name } = ((current ?? old) as KubeObject).metadata;
    if (resource.kind === EVENTS.kind) {
      const key = `${namespace}/${name}`;
      if (current === undefined) this.#eventExpiry.deleted(key);
      else this.#eventExpiry.written(key, current);
    }
    const watched = this.#watchedOf(resource);
    watched.byNode = undefined;
    if (!this.#isSeeding) {
      const { watchers, cache } = watched;
      cache.add(change);
      const kind =
        old === undefined ? 'apiserver/create' : current === undefined ? 'apiserver/delete' : 'apiserver/update';
      this.#sim.trace.emitIn(kind, placeOf(resource, watched, namespace), name, change.revision);
      watchers.notify(change);
    }
    for (const observer of this.#observers) observer(change);
  }

  #watchedOf(resource: Resource): WatchedResource {
    let watched = this.#watched.get(resource.plural);
    if (watched === undefined) {
      watched = {
        watchers: new Watchers(this.#sim, resource.kind, this.#watchDelay),
        cache: new WatchCache(this.options.watchCacheEvents),
        byNode: undefined,
        places: new Map(),
      };
      this.#watched.set(resource.plural, watched);
    }
    return watched;
  }

  #startBookmarks(): void {
    if (this.#hasBookmarks) return;
    this.#hasBookmarks = true;
    this.#sim.afterInBackground(BOOKMARK_MICROS, this.#sendBookmarks);
  }

  readonly #sendBookmarks = (): void => {
    for (const { watchers } of this.#watched.values()) watchers.bookmark(this.registry.revision);
    this.#sim.afterInBackground(BOOKMARK_MICROS, this.#sendBookmarks);
  };

  #micros(distribution: Distribution, name: string): () => Micros {
    const draw = sampler(distribution, `apiServer.latency.${name}Millis`);
    const stream = this.#sim.stream(`apiserver/latency/${name}`);
    const drawMicros = (): Micros => Math.max(0, millisToMicros(draw(stream)));
    if (distribution.kind !== 'constant') return drawMicros;
    const micros = drawMicros();
    return () => micros;
  }
}

/** "pods/default", or "nodes". Source: apiserver/pkg/registry/generic/registry/store.go. */
function placeOf({ plural, namespaced }: Resource, { places }: WatchedResource, namespace = 'default'): string {
  if (!namespaced) return plural;
  let place = places.get(namespace);
  if (place === undefined) {
    place = `${plural}/${namespace}`;
    places.set(namespace, place);
  }
  return place;
}

function groupByNode(objects: Iterable<KubeObject>): ReadonlyMap<string, readonly KubeObject[]> {
  const groups = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const nodeName = fieldReader(object.kind, 'spec.nodeName')?.(object) ?? '';
    if (nodeName === '') continue;
    const group = groups.get(nodeName);
    if (group === undefined) groups.set(nodeName, [object]);
    else group.push(object);
  }
  return groups;
}

function servedKinds(): string {
  return ALL_RESOURCES.map(({ kind }) => kind).join(', ');
}

/** Items come in the order of their keys in etcd. */
function byKey(a: KubeObject, b: KubeObject): number {
  const x = `${a.metadata.namespace ?? ''}/${a.metadata.name}`;
  const y = `${b.metadata.namespace ?? ''}/${b.metadata.name}`;
  return x < y ? -1 : x > y ? 1 : 0;
}
