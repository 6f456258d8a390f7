/**
 * Deletes what belongs to owners that are gone, and carries out foreground deletion and orphaning.
 * Source: pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go. The graph of owners and dependents is the
 * caches' index by owner; only objects with an owner and objects that go cost anything.
 *
 * Not watched: Events (as in Kubernetes) and Leases (their heartbeats would cost more than they tell; a Node's Lease
 * stays when the Node goes).
 */
import type { Client } from '../../client/client.ts';
import type { KubeObject, OwnerReference } from '../../objects/meta.ts';
import { ALL_RESOURCES, EVENTS, LEASES, type Resource, resourceOfKind } from '../../objects/resources.ts';
import { CONTROLLER_INDEX, withoutOwner } from '../claims.ts';
import { Controller, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { keyOf } from '../pod-facts.ts';
import { allAtOnce, type RequestDone } from '../slow-start.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** What is collected: everything but what is said above. */
export const COLLECTED: readonly Resource[] = ALL_RESOURCES.filter(
  (resource) => resource !== EVENTS && resource !== LEASES,
);

interface Kind {
  readonly index: number;
  readonly resource: Resource;
  readonly cache: ObjectCache<KubeObject>;
}

/** How an owner stands to a dependent. */
type Standing = 'solid' | 'absent' | 'waiting';

function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** Waits for its dependents before it goes. */
function deletesDependents(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND);
}

function orphansDependents(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, ORPHAN);
}

function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const { finalizers, ...metadata } = object.metadata;
  if (!(finalizers?.includes(finalizer) ?? false)) return object;
  const left = (finalizers as readonly string[]).filter((text) => text !== finalizer);
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } };
}

export class GarbageCollector extends Controller {
  readonly #client: Client;
  readonly #kinds: readonly Kind[];
  readonly #byKind = new Map<string, Kind>();

  constructor(context: ControllerContext, workers: number, resources: readonly Resource[] = COLLECTED) {
    super(context, { name: 'garbage-collector-controller', workers });
    this.#client = context.client;
    this.#kinds = resources.map((resource, index) => ({ index, resource, cache: context.cache(resource) }));
    for (const kind of this.#kinds) {
      this.#byKind.set(kind.resource.kind, kind);
      kind.cache.addHandler({
        added: (object) => this.#added(kind, object),
        updated: (old, object) => this.#updated(kind, old, object),
        deleted: (object) => this.#deleted(object),
      });
    }
  }

  #enqueue(kind: Kind, object: KubeObject): void {
    this.queue.add(`${kind.index}:${keyOf(object)}`);
  }

  #kindOf(owner: OwnerReference): Kind | undefined {
    const kind = this.#byKind.get(owner.kind);
    if (kind === undefined) return undefined;
    return resourceOfKind(owner.apiVersion, owner.kind) === kind.resource ? kind : undefined;
  }

  #ownerInCache(object: KubeObject, owner: OwnerReference): KubeObject | undefined {
    const kind = this.#kindOf(owner);
    const namespace = kind?.resource.namespaced ? object.metadata.namespace : undefined;
    const found = kind?.cache.get(namespace, owner.name);
    return found?.metadata.uid === owner.uid ? found : undefined;
  }

  #added(kind: Kind, object: KubeObject): void {
    this.#checkOwners(kind, object);
    if (object.metadata.deletionTimestamp !== undefined) this.#going(kind, object);
  }

  /** An owner that the caches do not show may never have been, or be gone. */
  #checkOwners(kind: Kind, object: KubeObject): void {
    const owners = object.metadata.ownerReferences;
    if (owners === undefined) return;
    for (const owner of owners) {
      const found = this.#ownerInCache(object, owner);
      if (found === undefined || deletesDependents(found)) {
        this.#enqueue(kind, object);
        return;
      }
    }
  }

  #updated(kind: Kind, old: KubeObject, object: KubeObject): void {
    const before = old.metadata;
    const after = object.metadata;
    if (before.ownerReferences !== after.ownerReferences) {
      this.#checkOwners(kind, object);
      this.#wakeWaiting(old);
    }
    const started = before.deletionTimestamp === undefined && after.deletionTimestamp !== undefined;
    if (started || (after.deletionTimestamp !== undefined && before.finalizers !== after.finalizers)) {
      this.#going(kind, object);
    }
  }

  #going(kind: Kind, object: KubeObject): void {
    if (orphansDependents(object)) {
      this.#enqueue(kind, object);
    } else if (deletesDependents(object)) {
      for (const { kind: dependentKind, object: dependent } of this.#dependents(object)) {
        this.#enqueue(dependentKind, dependent);
      }
      this.#enqueue(kind, object);
    }
  }

  #deleted(object: KubeObject): void {
    for (const { kind, object: dependent } of this.#dependents(object)) this.#enqueue(kind, dependent);
    this.#wakeWaiting(object);
  }

  /** Owners that wait for this object have one less to wait for. */
  #wakeWaiting(object: KubeObject): void {
    const owners = object.metadata.ownerReferences;
    if (owners === undefined) return;
    for (const owner of owners) {
      const found = this.#ownerInCache(object, owner);
      if (found !== undefined && deletesDependents(found)) this.#enqueue(this.#kindOf(owner) as Kind, found);
    }
  }

  #dependents(owner: KubeObject): { kind: Kind; object: KubeObject }[] {
    const found: { kind: Kind; object: KubeObject }[] = [];
    const uid = owner.metadata.uid ?? '';
    for (const kind of this.#kinds) {
      for (const object of kind.cache.byIndex(CONTROLLER_INDEX, uid)) found.push({ kind, object });
    }
    return found;
  }

  protected override sync(key: string, done: SyncDone): void {
    const colon = key.indexOf(':');
    const kind = this.#kinds[Number(key.slice(0, colon))] as Kind;
    const { namespace, name } = splitKey(key.slice(colon + 1));
    const cached = kind.cache.get(namespace, name);
    if (cached === undefined) done();
    else if (orphansDependents(cached)) this.#orphan(kind, cached, done);
    else if (deletesDependents(cached)) this.#waitForDependents(kind, cached, done);
    else this.#collect(kind, cached, done);
  }

  /** Takes itself out of its dependents, then goes. */
  #orphan(kind: Kind, owner: KubeObject, done: SyncDone): void {
    const release = (entry: { kind: Kind; object: KubeObject }, released: RequestDone): void => {
      const { namespace, name } = entry.object.metadata;
      const change = (current: KubeObject): KubeObject => withoutOwner(current, owner.metadata.uid);
      this.#client.patch(entry.kind.resource, namespace, name, change, (result) =>
        released(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
      );
    };
    allAtOnce(this.#dependents(owner), release, (error) => {
      if (error === undefined) this.#removeFinalizer(kind, owner, ORPHAN, done);
      else done(error);
    });
  }

  #waitForDependents(kind: Kind, owner: KubeObject, done: SyncDone): void {
    const uid = owner.metadata.uid ?? '';
    const blocking = this.#dependents(owner).filter(({ object }) =>
      object.metadata.ownerReferences?.some((o) => o.uid === uid && o.blockOwnerDeletion === true),
    );
    if (blocking.length === 0) {
      this.#removeFinalizer(kind, owner, FOREGROUND, done);
      return;
    }
    for (const { kind: dependentKind, object } of blocking) {
      if (object.metadata.deletionTimestamp === undefined) this.#enqueue(dependentKind, object);
    }
    done();
  }

  #removeFinalizer(kind: Kind, object: KubeObject, finalizer: string, done: SyncDone): void {
    const { namespace, name, uid } = object.metadata;
    const change = (current: KubeObject): KubeObject =>
      current.metadata.uid === uid ? withoutFinalizer(current, finalizer) : current;
    this.#client.patch(kind.resource, namespace, name, change, (result) =>
      done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
    );
  }

  /** Deletes the object if no owner is left; else takes the owners that are gone out of it. */
  #collect(kind: Kind, cached: KubeObject, done: SyncDone): void {
    const { namespace, name, uid } = cached.metadata;
    this.#client.get(kind.resource, namespace, name, (result) => {
      if (!result.ok) {
        done(result.status.reason === 'NotFound' ? undefined : messageOf(result));
        return;
      }
      const object = result.object;
      const owners = object.metadata.ownerReferences ?? [];
      if (object.metadata.uid !== uid || owners.length === 0 || object.metadata.deletionTimestamp !== undefined) {
        done();
        return;
      }
      this.#standings(object, owners, (standings, error) => {
        if (error === undefined) this.#act(kind, object, owners, standings, done);
        else done(error);
      });
    });
  }

  /** Asks the API server for each owner that the caches do not show. */
  #standings(
    object: KubeObject,
    owners: readonly OwnerReference[],
    answer: (standings: readonly Standing[], error?: string) => void,
  ): void {
    const standings: Standing[] = owners.map(() => 'solid');
    const ask = (index: number, asked: RequestDone): void => {
      const owner = owners[index] as OwnerReference;
      const resource = resourceOfKind(owner.apiVersion, owner.kind);
      if (resource === undefined) {
        // A kind that is not served: Kubernetes cannot tell either, and leaves the object alone.
        asked();
        return;
      }
      const namespace = resource.namespaced ? object.metadata.namespace : undefined;
      this.#client.get(resource, namespace, owner.name, (result) => {
        if (!result.ok && result.status.reason !== 'NotFound') {
          asked(messageOf(result));
          return;
        }
        if (!result.ok || result.object.metadata.uid !== owner.uid) standings[index] = 'absent';
        else if (deletesDependents(result.object)) standings[index] = 'waiting';
        asked();
      });
    };
    const indexes = owners.map((_owner, i) => i);
    allAtOnce(indexes, ask, (error) => answer(standings, error));
  }

  #act(
    kind: Kind,
    object: KubeObject,
    owners: readonly OwnerReference[],
    standings: readonly Standing[],
    done: SyncDone,
  ): void {
    const { namespace, name, uid } = object.metadata;
    const answered = (result: {
      readonly ok: boolean;
      readonly status?: { readonly reason?: string; readonly message?: string };
    }): void =>
      done(
        result.ok || result.status?.reason === 'NotFound' ? undefined : (result.status?.message ?? 'request failed'),
      );
    if (standings.includes('solid')) {
      const gone = owners.filter((_owner, i) => standings[i] !== 'solid');
      if (gone.length === 0) {
        done();
        return;
      }
      const change = (current: KubeObject): KubeObject =>
        gone.reduce((fresh, owner) => withoutOwner(fresh, owner.uid), current);
      this.#client.patch(kind.resource, namespace, name, change, answered);
      return;
    }
    const waiting = standings.includes('waiting') && this.#dependents(object).length > 0;
    const propagationPolicy =
      waiting || hasFinalizer(object, FOREGROUND)
        ? 'Foreground'
        : hasFinalizer(object, ORPHAN)
          ? 'Orphan'
          : 'Background';
    const preconditions = uid === undefined ? {} : { uid };
    this.#client.delete(kind.resource, namespace, name, { propagationPolicy, preconditions }, answered);
  }
}
