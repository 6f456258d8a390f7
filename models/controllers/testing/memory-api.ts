/**
 * A small API server in memory for the tests of controllers: one store, no admission, no defaulting, a fixed latency.
 * Tests of whole clusters use `models/apiserver`; this one lets a controller be tested with nothing else.
 */
import type { Simulation } from '../../../engine/index.ts';
import type { ApiResult, Client, DeleteOptions, Done, Watch, WatchEvent, WatchOptions } from '../../client/client.ts';
import type { KubeObject, ObjectMeta, Status } from '../../objects/meta.ts';
import type { Namespace } from '../../objects/cluster-objects.ts';
import type { Pod } from '../../objects/pod.ts';
import { NAMESPACES, PODS, type Resource } from '../../objects/resources.ts';
import type { CacheHandler, ObjectCache } from '../controller-context.ts';
import { keyOf } from '../pod-facts.ts';
import type { TestApi, TestWrite } from './test-api.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ClusterClock, formatTimestamp } from '../../cluster-clock.ts';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

interface Table {
  readonly resource: Resource;
  readonly objects: Map<string, KubeObject>;
  readonly handlers: CacheHandler<KubeObject>[];
  readonly indexes: Map<
    string,
    { keysOf: (object: KubeObject) => readonly string[]; shelves: Map<string, Map<string, KubeObject>> }
  >;
}

type WithParts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

function failure(code: number, reason: string, message: string): { ok: false; status: Status } {
  return {
    ok: false,
    status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message },
  };
}

export class MemoryApi implements TestApi {
  /** Every write in order, for tests of invariants. */
  readonly history: TestWrite[] = [];
  readonly #sim: Simulation;
  readonly #latencyMicros: number;
  readonly #tables = new Map<string, Table>();
  readonly #clock: ClusterClock;
  #revision = 0;

  constructor(sim: Simulation, latencyMicros = 2_000) {
    this.#sim = sim;
    this.#clock = new ClusterClock(sim);
    this.#latencyMicros = latencyMicros;
  }

  nowSeconds(): number {
    return this.#clock.nowSeconds();
  }

  nowTimestamp(): string {
    return this.#clock.nowTimestamp();
  }

  #table(resource: Resource): Table {
    const name = `${resource.group}/${resource.plural}`;
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = { resource, objects: new Map(), handlers: [], indexes: new Map() };
      this.#tables.set(name, table);
    }
    return table;
  }

  list<T extends KubeObject>(resource: Resource<T>): T[] {
    return [...this.#table(resource).objects.values()] as T[];
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined {
    const key = namespace === undefined || !resource.namespaced ? name : `${namespace}/${name}`;
    return this.#table(resource).objects.get(key) as T | undefined;
  }

  /** The cache of a resource: always in step with the store. */
  cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T> {
    const table = this.#table(resource);
    return {
      addHandler: (handler) => table.handlers.push(handler as CacheHandler<KubeObject>),
      get: (namespace, name) => this.get(resource, namespace, name),
      list: () => table.objects.values() as Iterable<T>,
      addIndex: (name, keysOf) => {
        if (table.indexes.has(name)) return;
        table.indexes.set(name, { keysOf: keysOf as (object: KubeObject) => readonly string[], shelves: new Map() });
      },
      byIndex: (name, key) => (table.indexes.get(name)?.shelves.get(key)?.values() ?? []) as Iterable<T>,
    };
  }

  #index(table: Table, object: KubeObject, add: boolean): void {
    for (const { keysOf, shelves } of table.indexes.values()) {
      for (const key of keysOf(object)) {
        const shelf = shelves.get(key) ?? new Map<string, KubeObject>();
        shelves.set(key, shelf);
        if (add) shelf.set(keyOf(object), object);
        else shelf.delete(keyOf(object));
      }
    }
  }

  #write<T extends KubeObject>(table: Table, object: T, old: KubeObject | undefined): T {
    const metadata: ObjectMeta = { ...object.metadata, resourceVersion: String(++this.#revision) };
    const stored = { ...object, metadata };
    if (old !== undefined) this.#index(table, old, false);
    table.objects.set(keyOf(stored), stored);
    this.#index(table, stored, true);
    this.history.push({ resource: table.resource, type: old === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    for (const handler of table.handlers) {
      if (old === undefined) handler.added?.(stored);
      else handler.updated?.(old, stored);
    }
    return stored;
  }

  #remove(table: Table, old: KubeObject): void {
    table.objects.delete(keyOf(old));
    this.#index(table, old, false);
    this.#revision++;
    this.history.push({ resource: table.resource, type: 'DELETED', object: old });
    for (const handler of table.handlers) handler.deleted?.(old, old);
  }

  bind(pod: Pod, nodeName: string): void {
    const { namespace, name } = pod.metadata;
    this.patch(PODS, namespace, name, (p) => ({ ...p, spec: { ...p.spec, nodeName } }), 'main');
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T): ApiResult<T> {
    const { namespace, generateName } = object.metadata;
    if (resource.namespaced && namespace !== undefined) {
      const owner = this.get(NAMESPACES, undefined, namespace);
      if (owner?.metadata.deletionTimestamp !== undefined) {
        const refused = failure(403, 'Forbidden', 'unable to create new content: it is being terminated');
        return { ok: false, status: { ...refused.status, details: { causes: [{ reason: 'NamespaceTerminating' }] } } };
      }
    }
    let { name } = object.metadata;
    if (name === '' && generateName !== undefined) {
      const stream = this.#sim.stream('test/names');
      name = generateName + Array.from({ length: 5 }, () => LETTERS[stream.below(27)]).join('');
    }
    const table = this.#table(resource);
    const metadata: ObjectMeta = {
      ...object.metadata,
      name,
      uid: `uid-${this.#revision + 1}`,
      generation: 1,
      creationTimestamp: this.nowTimestamp(),
    };
    if (table.objects.has(keyOf({ ...object, metadata }))) {
      return failure(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`);
    }
    return { ok: true, object: this.#write(table, { ...object, metadata }, undefined) };
  }

  #change<T extends KubeObject>(resource: Resource<T>, old: T, next: WithParts, part: 'main' | 'status'): ApiResult<T> {
    const before = old as WithParts;
    let fresh: WithParts;
    if (part === 'status') {
      const { annotations } = next.metadata;
      const metadata = annotations === undefined ? old.metadata : { ...old.metadata, annotations };
      fresh = { ...before, metadata, status: next.status };
    } else {
      // A Deployment's generation also rises with its annotations (pkg/registry/apps/deployment/strategy.go).
      const annotated =
        resource.kind === 'Deployment' && !semanticEqual(old.metadata.annotations, next.metadata.annotations);
      const changed = annotated || !semanticEqual(before.spec, next.spec);
      const generation = (old.metadata.generation ?? 1) + (changed ? 1 : 0);
      fresh = { ...next, metadata: { ...next.metadata, generation, ...this.#fixed(old) } };
      if (before.status !== undefined) fresh = { ...fresh, status: before.status };
    }
    if (semanticEqual(fresh, old)) return { ok: true, object: old };
    const table = this.#table(resource);
    const { deletionTimestamp } = fresh.metadata;
    const isHeld = isGraceful(fresh) || (fresh.metadata.finalizers ?? []).length > 0 || isHeldNamespace(fresh);
    if (part === 'main' && deletionTimestamp !== undefined && !isHeld) {
      this.#remove(table, fresh);
      return { ok: true, object: fresh as unknown as T };
    }
    return { ok: true, object: this.#write(table, fresh as unknown as T, old) };
  }

  #fixed(old: KubeObject): Partial<ObjectMeta> {
    const { uid, creationTimestamp, resourceVersion } = old.metadata;
    return {
      ...(uid === undefined ? {} : { uid }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T, part: 'main' | 'status'): ApiResult<T> {
    const { namespace, name, resourceVersion } = object.metadata;
    const old = this.get(resource, namespace, name);
    if (old === undefined) return failure(404, 'NotFound', `${resource.plural} "${name}" not found`);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      return failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource.plural} "${name}"`);
    }
    return this.#change(resource, old, object, part);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    part: 'main' | 'status',
  ): ApiResult<T> {
    const old = this.get(resource, namespace, name);
    if (old === undefined) return failure(404, 'NotFound', `${resource.plural} "${name}" not found`);
    return this.#change(resource, old, change(old), part);
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): ApiResult<T> {
    const old = this.get(resource, namespace, name);
    if (old === undefined) return failure(404, 'NotFound', `${resource.plural} "${name}" not found`);
    const uid = options.preconditions?.uid;
    if (uid !== undefined && uid !== old.metadata.uid) return failure(409, 'Conflict', 'the uid does not match');
    const table = this.#table(resource);
    const finalizers = finalizersFor(old, options);
    const isPod = resource.kind === PODS.kind;
    const pod = old as unknown as Pod;
    const grace = isPod ? (pod.spec.nodeName ? (options.gracePeriodSeconds ?? 30) : 0) : 0;
    const isHeld = isHeldNamespace(old);
    if (finalizers.length === 0 && grace === 0 && !isHeld) {
      this.#remove(table, old);
      return { ok: true, object: old };
    }
    if (old.metadata.deletionTimestamp !== undefined && semanticEqual(finalizers, old.metadata.finalizers)) {
      return { ok: true, object: old };
    }
    const deletionTimestamp = formatTimestamp(Math.floor(this.nowSeconds()) + grace);
    const { finalizers: _old, ...rest } = old.metadata;
    const metadata: ObjectMeta = {
      ...rest,
      deletionTimestamp,
      deletionGracePeriodSeconds: grace,
      generation: (old.metadata.generation ?? 1) + 1,
      ...(finalizers.length === 0 ? {} : { finalizers }),
    };
    const fresh = isHeld ? { ...old, metadata, status: { phase: 'Terminating' } } : { ...old, metadata };
    return { ok: true, object: this.#write(table, fresh, old) };
  }

  /** Changes arrive after the latency; the watch must begin where a list of the same revision ended. */
  #watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watch {
    let isOpen = true;
    const from = Number(options.resourceVersion ?? 0);
    const tell = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void => {
      const deliver = (): void => {
        if (isOpen) handler({ type, object: object as T });
      };
      this.#sim.after(this.#latencyMicros, deliver);
    };
    this.history.forEach((write, i) => {
      if (write.resource === (resource as Resource) && i + 1 > from) tell(write.type, write.object);
    });
    this.#table(resource).handlers.push({
      added: (object) => tell('ADDED', object),
      updated: (_old, object) => tell('MODIFIED', object),
      deleted: (object) => tell('DELETED', object),
    });
    return {
      stop: () => {
        isOpen = false;
      },
    };
  }

  onChange<T extends KubeObject>(
    resource: Resource<T>,
    changed: (object: T, old: T | undefined, type: TestWrite['type']) => void,
  ): void {
    this.cache(resource).addHandler({
      added: (object) => changed(object, undefined, 'ADDED'),
      updated: (old, object) => changed(object, old, 'MODIFIED'),
      deleted: (object) => changed(object, object, 'DELETED'),
    });
  }

  /** A client whose requests arrive after the latency. */
  client(userAgent: string): Client {
    const later = <R>(run: () => R, done?: (result: R) => void): void => {
      this.#sim.after(this.#latencyMicros, () => {
        const result = run();
        if (done !== undefined) this.#sim.after(this.#latencyMicros, () => done(result));
      });
    };
    return {
      userAgent,
      create: (resource, object, done) => later(() => this.create(resource, object), done),
      get: <T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, done: Done<T>) =>
        later<ApiResult<T>>(() => {
          const object = this.get(resource, namespace, name);
          return object === undefined ? failure(404, 'NotFound', `"${name}" not found`) : { ok: true, object };
        }, done),
      list: (resource, options, done) =>
        later(() => {
          const items = this.list(resource).filter(
            (object) => options.namespace === undefined || object.metadata.namespace === options.namespace,
          );
          return { ok: true as const, list: { items, resourceVersion: String(this.#revision) } };
        }, done),
      update: (resource, object, done) => later(() => this.update(resource, object, 'main'), done),
      updateStatus: (resource, object, done) => later(() => this.update(resource, object, 'status'), done),
      patch: (resource, namespace, name, change, done, subresource) =>
        later(() => this.patch(resource, namespace, name, change, subresource === 'status' ? 'status' : 'main'), done),
      delete: (resource, namespace, name, options, done) =>
        later(() => this.delete(resource, namespace, name, options), done),
      bind: (pod, nodeName, done) =>
        later(
          () =>
            this.patch(
              PODS,
              pod.metadata.namespace,
              pod.metadata.name,
              (current) => ({ ...current, spec: { ...current.spec, nodeName } }),
              'main',
            ),
          done,
        ),
      evict: (namespace, name, done, options) => later(() => this.delete(PODS, namespace, name, options), done),
      watch: (resource, options, handler) => this.#watch(resource, options, handler),
    };
  }
}

/** A namespace that the namespace controller has not emptied yet. */
function isHeldNamespace(object: KubeObject): boolean {
  return object.kind === 'Namespace' && ((object as Namespace).spec?.finalizers ?? []).length > 0;
}

function isGraceful(object: KubeObject): boolean {
  return (object.metadata.deletionGracePeriodSeconds ?? 0) > 0;
}

function finalizersFor(object: KubeObject, options: DeleteOptions): string[] {
  const finalizers = [...(object.metadata.finalizers ?? [])];
  const wanted =
    options.propagationPolicy === 'Foreground'
      ? 'foregroundDeletion'
      : options.propagationPolicy === 'Orphan'
        ? 'orphan'
        : undefined;
  if (wanted !== undefined && !finalizers.includes(wanted)) finalizers.push(wanted);
  return finalizers;
}
