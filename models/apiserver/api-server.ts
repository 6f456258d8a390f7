/**
 * The API server: the one door to the cluster's state. Requests arrive after their way through the network, are handled
 * against the registry when etcd commits them, and are answered; watchers are told of every change.
 *
 * A write is checked, admitted and stored in one step, at its commit. The real server checks earlier and compares again in
 * etcd's transaction, with the same outcome.
 */
import { type Micros, millisToMicros, type Sampler, sampler, type Simulation } from '../../engine/index.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import { CommitPipeline } from '../etcd/commit-pipeline.ts';
import { MvccStore } from '../etcd/mvcc-store.ts';
import { applyDefaults, computeQos, validate, validateUpdate } from '../objects/index.ts';
import type { KubeObject, Status } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { ALL_RESOURCES, type Resource, resourceOfKind } from '../objects/resources.ts';
import type { Client, WatchEvent, WatchOptions } from '../client/client.ts';
import { ApiClient, type ClientOptions } from './api-client.ts';
import { type ApiServerOptions, DEFAULT_API_SERVER } from './api-options.ts';
import { Registry, type StoredChange } from './registry.ts';
import { nodePorts, serviceAddresses } from './service-addresses.ts';
import { expired } from './status-errors.ts';
import { WatchCache } from './watch-cache.ts';
import { type Watcher, Watchers } from './watchers.ts';

/** What the server has done so far, for metrics. */
export interface ApiCounters {
  /** By verb and resource, for example "create pods". */
  readonly requests: ReadonlyMap<string, number>;
  readonly watchEvents: number;
  readonly etcdWrites: number;
  readonly etcdBatches: number;
}

export class ApiServer {
  readonly options: ApiServerOptions;
  readonly registry: Registry;
  readonly #sim: Simulation;
  readonly #store = new MvccStore<KubeObject>({ history: false });
  readonly #commits: CommitPipeline;
  readonly #watchers = new Map<string, Watchers<KubeObject>>();
  readonly #watchCaches = new Map<string, WatchCache>();
  readonly #observers: ((change: StoredChange) => void)[] = [];
  readonly #requests = new Map<string, number>();
  readonly #network: () => Micros;
  readonly #processing: () => Micros;
  readonly #watchDelay: () => Micros;
  #isSeeding = false;

  constructor(sim: Simulation, clock: ClusterClock, options: Partial<ApiServerOptions> = {}) {
    this.#sim = sim;
    this.options = { ...DEFAULT_API_SERVER, ...options };
    const { latency, etcd, admission, serviceCidr } = this.options;
    this.#commits = new CommitPipeline(sim, etcd);
    this.#network = this.#micros(sampler(latency.networkMillis), 'network');
    this.#processing = this.#micros(sampler(latency.processingMillis), 'processing');
    this.#watchDelay = this.#micros(sampler(latency.watchMillis), 'watch');
    this.registry = new Registry({
      store: this.#store,
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

  client(options: ClientOptions): Client {
    return new ApiClient(this.#sim, this, options);
  }

  /** Puts objects straight into the store, without latency, admission or trace: a cluster that exists before time begins. */
  seed(objects: Iterable<KubeObject>): void {
    this.#isSeeding = true;
    for (const object of objects) {
      const resource = resourceOfKind(object.apiVersion, object.kind);
      if (resource === undefined)
        throw new RangeError(`${object.apiVersion} ${object.kind} is not served; accepted are ${servedKinds()}`);
      this.registry.seed(resource, object);
    }
    this.#isSeeding = false;
  }

  /** Sees every change at its commit, at no cost in virtual time; for recorders and checks, never for components. */
  observe(listener: (change: StoredChange) => void): void {
    this.#observers.push(listener);
  }

  get counters(): ApiCounters {
    let watchEvents = 0;
    for (const watchers of this.#watchers.values()) watchEvents += watchers.sent;
    return {
      requests: this.#requests,
      watchEvents,
      etcdWrites: this.#store.writes,
      etcdBatches: this.#commits.batches,
    };
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
  commit(apply: () => void): void {
    this.#commits.propose(apply);
  }

  countRequest(verb: string, resource: Resource): void {
    const key = `${verb} ${resource.plural}`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  /** Attaches a watch now. Returns what ends it, or the refusal. */
  attach<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watcher<T> | Status {
    const watchers = this.#watchersOf(resource) as unknown as Watchers<T>;
    const { resourceVersion } = options;
    if (resourceVersion === undefined || resourceVersion === '0') {
      const watcher = watchers.add(options, handler);
      for (const object of this.registry.all(resource))
        if (watcher.matchesAll(object)) watcher.send({ type: 'ADDED', object });
      return watcher;
    }
    const missed = this.#watchCacheOf(resource).after(Number(resourceVersion));
    if (missed === undefined) {
      return expired(`too old resource version: ${resourceVersion} (${this.#watchCacheOf(resource).oldestRevision})`)
        .status;
    }
    const watcher = watchers.add(options, handler);
    for (const { old, current, last } of missed)
      watchers.replay(watcher, old as T | undefined, current as T | undefined, last as T | undefined);
    return watcher;
  }

  #changed(change: StoredChange): void {
    const { resource, old, current, last } = change;
    if (!this.#isSeeding) {
      this.#watchCacheOf(resource).add(change);
      const subject = (current ?? last) as KubeObject;
      const { namespace, name } = subject.metadata;
      const verb = old === undefined ? 'create' : current === undefined ? 'delete' : 'update';
      this.#sim.trace.emit(
        `apiserver/${verb}`,
        namespace === undefined ? `${resource.plural}/${name}` : `${resource.plural}/${namespace}/${name}`,
        change.revision,
      );
      this.#watchersOf(resource).notify(old, current, last);
    }
    for (const observer of this.#observers) observer(change);
  }

  #watchersOf(resource: Resource): Watchers<KubeObject> {
    let watchers = this.#watchers.get(resource.plural);
    if (watchers === undefined) {
      watchers = new Watchers(this.#sim, this.#watchDelay);
      this.#watchers.set(resource.plural, watchers);
    }
    return watchers;
  }

  #watchCacheOf(resource: Resource): WatchCache {
    let cache = this.#watchCaches.get(resource.plural);
    if (cache === undefined) {
      cache = new WatchCache(this.options.watchCacheEvents);
      this.#watchCaches.set(resource.plural, cache);
    }
    return cache;
  }

  #micros(draw: Sampler, name: string): () => Micros {
    const stream = this.#sim.stream(`apiserver/latency/${name}`);
    return () => millisToMicros(draw(stream));
  }
}

function servedKinds(): string {
  return ALL_RESOURCES.map(({ kind }) => kind).join(', ');
}
