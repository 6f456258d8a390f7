/**
 * The API server's store of objects: what create, update, patch and delete do to it, at the instant at which etcd applies
 * them. Checks, admission and the write are one step, as the transaction of the real server makes them one.
 *
 * Source: apiserver/pkg/registry/generic/registry/store.go, apiserver/pkg/storage/etcd3/store.go.
 */
import type { RandomStream } from '../../engine/index.ts';
import type { ApiResult, DeleteOptions } from '../client/client.ts';
import type { EtcdStore, KeyValue } from '../etcd/store.ts';
import type { KubeObject, ObjectMeta } from '../objects/meta.ts';
import { apiVersionOf, NAMESPACES, PODS, PRIORITY_CLASSES, type Resource } from '../objects/resources.ts';
import type { PriorityClass } from '../objects/cluster-objects.ts';
import { type AdmissionLookup, type AdmissionOptions, admitCreation, admitNamespace } from './admission.ts';
import { planDeletion } from './deletion.ts';
import { generateName, makeUid } from './object-names.ts';
import { semanticEqual } from './semantic-equal.ts';
import { badRequest, alreadyExists, conflict, type FieldCause, invalid, modified, notFound } from './status-errors.ts';
import { prepareCreation, prepareUpdate, releaseOnDelete, type StrategyContext } from './strategies.ts';

type Part = 'main' | 'status' | 'scale' | 'finalize';
type WithParts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** What a change was, for watches: no `old` is a creation, no `current` a deletion. */
export interface StoredChange {
  readonly resource: Resource;
  readonly old: KubeObject | undefined;
  readonly current: KubeObject | undefined;
  /** Last state of a deleted object, at the revision of the deletion. */
  readonly last: KubeObject | undefined;
  readonly revision: number;
}

export interface RegistryOptions {
  readonly store: EtcdStore<KubeObject>;
  readonly admission: AdmissionOptions;
  readonly strategies: StrategyContext;
  readonly names: RandomStream;
  readonly uids: RandomStream;
  nowTimestamp(): string;
  nowSeconds(): number;
  timestampOf(seconds: number): string;
  /** Fills in what Kubernetes fills in. Must give the same part for the same part, so that templates go on being shared. */
  applyDefaults<T extends KubeObject>(resource: Resource<T>, object: T): T;
  validate<T extends KubeObject>(resource: Resource<T>, object: T): readonly FieldCause[];
  onChange(change: StoredChange): void;
}

/** Attempts at a generated name that is free. Source: registry/generic/registry/store.go (maxNameGenerationCreateAttempts). */
const NAME_ATTEMPTS = 8;

export class Registry implements AdmissionLookup {
  readonly #options: RegistryOptions;
  readonly #tables = new Map<string, Map<string, KubeObject>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get revision(): number {
    return this.#options.store.revision;
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined {
    return this.#table(resource).get(tableKey(resource, namespace, name)) as T | undefined;
  }

  /** All objects of a resource in no particular order. */
  all<T extends KubeObject>(resource: Resource<T>): Iterable<T> {
    return this.#table(resource).values() as Iterable<T>;
  }

  nowTimestamp(): string {
    return this.#options.nowTimestamp();
  }

  count(resource: Resource): number {
    return this.#table(resource).size;
  }

  defaultPriorityClass(): PriorityClass | undefined {
    for (const object of this.all(PRIORITY_CLASSES)) if (object.globalDefault) return object;
    return undefined;
  }

  create<T extends KubeObject>(resource: Resource<T>, given: T): ApiResult<T> {
    const refusal = admitNamespace(this, resource, given);
    if (refusal !== undefined) return refusal;
    const name = this.#nameFor(resource, given.metadata);
    if (name === undefined) return alreadyExists(resource, given.metadata.name);
    let object = this.#options.applyDefaults(resource, given);
    const admitted = admitCreation(this, this.#options.admission, resource, object);
    if (!admitted.ok) return admitted;
    object = admitted.object;
    const causes = this.#options.validate(
      resource,
      object.metadata.name === name ? object : { ...object, metadata: { ...object.metadata, name } },
    );
    if (causes.length > 0) return invalid(resource.kind, resource.group, name, causes);
    const { resourceVersion: _given, ...metadata } = object.metadata;
    const fresh = {
      ...object,
      metadata: {
        ...metadata,
        name,
        uid: makeUid(this.#options.uids),
        creationTimestamp: this.#options.nowTimestamp(),
        ...(resource.kind === 'Event' ? {} : { generation: 1 }),
      },
    };
    const prepared = prepareCreation(this.#options.strategies, resource, fresh);
    if (!prepared.ok) return prepared;
    return { ok: true, object: this.#put(resource, prepared.object as T, undefined) };
  }

  /** Puts an object into the store as it is, without admission; for what exists before time begins. */
  seed<T extends KubeObject>(resource: Resource<T>, given: T): T {
    const object = this.#options.applyDefaults(resource, given);
    const metadata: ObjectMeta = {
      ...object.metadata,
      uid: object.metadata.uid ?? makeUid(this.#options.uids),
      creationTimestamp: object.metadata.creationTimestamp ?? this.#options.nowTimestamp(),
      generation: object.metadata.generation ?? 1,
    };
    const prepared = prepareCreation(this.#options.strategies, resource, { ...object, metadata }, true);
    if (!prepared.ok) throw new Error(prepared.status.message);
    return this.#put(resource, prepared.object as T, undefined);
  }

  update<T extends KubeObject>(resource: Resource<T>, next: T, part: Part): ApiResult<T> {
    const { namespace, name, resourceVersion, uid } = next.metadata;
    const old = this.get(resource, namespace, name);
    if (old === undefined) return notFound(resource, name);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
      return modified(resource, name);
    if (uid !== undefined && uid !== old.metadata.uid) {
      return conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    return this.#change(resource, old, next, part);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    part: Part,
  ): ApiResult<T> {
    const old = this.get(resource, namespace, name);
    if (old === undefined) return notFound(resource, name);
    const next = change(old);
    if (next === old) return { ok: true, object: old };
    return this.#change(resource, old, next, part);
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): ApiResult<T> {
    const old = this.get(resource, namespace, name);
    if (old === undefined) return notFound(resource, name);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== undefined && uid !== old.metadata.uid) {
      return conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
      return modified(resource, name);
    const plan = planDeletion(resource, old, options, this.#options);
    switch (plan.kind) {
      case 'refuse':
        return plan.refusal;
      case 'remove':
        return { ok: true, object: this.#remove(resource, old) };
      case 'keep':
        return { ok: true, object: old };
      default:
        return { ok: true, object: this.#put(resource, plan.object, old) };
    }
  }

  /** Stores what a subresource with rules of its own (binding) has made. */
  replace<T extends KubeObject>(resource: Resource<T>, old: T, next: T): T {
    return this.#put(resource, next, old);
  }

  #change<T extends KubeObject>(resource: Resource<T>, old: T, given: T, part: Part): ApiResult<T> {
    const merged = prepareUpdate(resource, old as WithParts, given as WithParts, part) as unknown as T;
    if (merged === (old as unknown) || semanticEqual(merged, old)) return { ok: true, object: old };
    let next = merged;
    if (part !== 'status') {
      next = this.#options.applyDefaults(resource, merged);
      const causes = this.#options.validate(resource, next);
      if (causes.length > 0) return invalid(resource.kind, resource.group, old.metadata.name, causes);
      // A Deployment's generation also rises with its annotations (pkg/registry/apps/deployment/strategy.go).
      const changedSpec =
        !semanticEqual((next as WithParts).spec, (old as WithParts).spec) ||
        (resource.kind === 'Deployment' && !semanticEqual(next.metadata.annotations, old.metadata.annotations));
      if (changedSpec && resource.kind !== 'Event') {
        next = { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
      }
      if (this.#isFinished(resource, next)) return { ok: true, object: this.#remove(resource, next) };
    }
    if (next.kind === undefined) return badRequest('the object has no kind');
    return { ok: true, object: this.#put(resource, next, old) };
  }

  /** An object that is being deleted goes with its last finalizer (a Pod only when its grace is over, too). */
  #isFinished(resource: Resource, object: KubeObject): boolean {
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
    if (deletionTimestamp === undefined || (finalizers?.length ?? 0) > 0) return false;
    if (resource.kind === PODS.kind) return deletionGracePeriodSeconds === 0;
    if (resource.kind === NAMESPACES.kind)
      return (
        ((object as KubeObject & { spec?: { finalizers?: readonly string[] } }).spec?.finalizers?.length ?? 0) === 0
      );
    return true;
  }

  #nameFor(resource: Resource, metadata: ObjectMeta): string | undefined {
    const { namespace, name, generateName: base } = metadata;
    if (name !== '' && name !== undefined) return this.get(resource, namespace, name) === undefined ? name : undefined;
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const made = generateName(base ?? '', this.#options.names);
      if (this.get(resource, namespace, made) === undefined) return made;
    }
    return undefined;
  }

  #put<T extends KubeObject>(resource: Resource<T>, next: T, old: T | undefined): T {
    const { namespace, name } = next.metadata;
    const key = tableKey(resource, namespace, name);
    const kv: KeyValue<KubeObject> = this.#options.store.put(storeKey(resource, key), (revision) => {
      const metadata = { ...next.metadata, resourceVersion: String(revision) };
      return {
        ...next,
        apiVersion: next.apiVersion ?? apiVersionOf(resource),
        kind: next.kind ?? resource.kind,
        metadata,
      };
    });
    const current = kv.value as T;
    this.#table(resource).set(key, current);
    this.#options.onChange({ resource, old, current, last: undefined, revision: kv.modRevision });
    return current;
  }

  #remove<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const { namespace, name } = object.metadata;
    const key = tableKey(resource, namespace, name);
    const table = this.#table(resource);
    const old = table.get(key) as T;
    this.#options.store.delete(storeKey(resource, key));
    table.delete(key);
    releaseOnDelete(this.#options.strategies, resource, old);
    const { revision } = this.#options.store;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    this.#options.onChange({ resource, old, current: undefined, last, revision });
    return last;
  }

  #table(resource: Resource): Map<string, KubeObject> {
    const known = this.#tables.get(resource.plural);
    if (known !== undefined) return known;
    const table = new Map<string, KubeObject>();
    this.#tables.set(resource.plural, table);
    return table;
  }
}

/** Key within a resource, in whose order lists come. */
export function tableKey(resource: Resource, namespace: string | undefined, name: string): string {
  return resource.namespaced ? `${namespace ?? 'default'}/${name}` : name;
}

function storeKey(resource: Resource, key: string): string {
  return `/registry/${resource.plural}/${key}`;
}
