/**
 * The API server's store of objects: what create, update, patch and delete do to it, at the instant at which etcd applies
 * them. Checks, admission and the write are one step, as the transaction of the real server makes them one.
 *
 * Source: apiserver/pkg/registry/generic/registry/store.go, apiserver/pkg/storage/etcd3/store.go.
 */
import type { RandomStream } from '../../engine/index.ts';
import type { ApiResult, DeleteOptions } from '../client/client.ts';
import type { RevisionCounter } from '../etcd/revision-counter.ts';
import type { KubeObject, ObjectMeta } from '../objects/meta.ts';
import type { Pod, PodSpec, PodStatus } from '../objects/pod.ts';
import { atRevision, createdMetadata, withMetadata, withParts } from '../objects/object-copies.ts';
import { podOf } from '../objects/pod-copies.ts';
import { NAMESPACES, PODS, PRIORITY_CLASSES, type Resource } from '../objects/resources.ts';
import type { PriorityClass } from '../objects/cluster-objects.ts';
import { type AdmissionLookup, type AdmissionOptions, admitCreation, admitNamespace } from './admission.ts';
import { type DeletionClock, planDeletion } from './deletion.ts';
import { hasGeneration, raisesGeneration } from './generation.ts';
import { generateName as makeName, makeUid } from './object-names.ts';
import { NO_SLOT, ObjectTable } from './object-table.ts';
import { semanticEqual } from '../objects/semantic-equal.ts';
import {
  alreadyExists,
  type FieldCause,
  invalid,
  modified,
  notFound,
  otherUid,
  wrongRevision,
  wrongUid,
} from './status-errors.ts';
import { isSplit, prepareCreation, prepareUpdate, releaseOnDelete, type StrategyContext } from './strategies.ts';

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
  /** See ObjectTable. */
  readonly slot: number;
}

export interface RegistryOptions extends DeletionClock {
  readonly revisions: RevisionCounter;
  readonly admission: AdmissionOptions;
  readonly strategies: StrategyContext;
  readonly names: RandomStream;
  readonly uids: RandomStream;
  /** Fills in what Kubernetes fills in. Must give the same part for the same part, so that templates go on being shared. */
  applyDefaults<T extends KubeObject>(resource: Resource<T>, object: T): T;
  validate<T extends KubeObject>(resource: Resource<T>, object: T): readonly FieldCause[];
  /** What is wrong with the change itself, besides what `validate` says of its result. */
  validateUpdate<T extends KubeObject>(resource: Resource<T>, next: T, old: T): readonly FieldCause[];
  onChange(change: StoredChange): void;
}

/** Attempts at a generated name that is free. Source: registry/generic/registry/store.go (maxNameGenerationCreateAttempts). */
const NAME_ATTEMPTS = 8;

export class Registry implements AdmissionLookup {
  readonly #options: RegistryOptions;
  readonly #revisions: RevisionCounter;
  readonly #tables = new Map<string, ObjectTable>();
  #defaultPriority: PriorityClass | undefined;
  #knowsDefaultPriority = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#revisions = options.revisions;
  }

  get revision(): number {
    return this.#revisions.revision;
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined {
    return this.#table(resource).get(namespace, name) as T | undefined;
  }

  /** See ObjectTable; NO_SLOT for a name that is not there. */
  slotOf(resource: Resource, namespace: string | undefined, name: string): number {
    return this.#table(resource).slotOf(namespace, name);
  }

  /** All objects of a resource, or those of a namespace, in no particular order. */
  all<T extends KubeObject>(resource: Resource<T>, namespace?: string): Iterable<T> {
    return this.#table(resource).objects(namespace) as Iterable<T>;
  }

  nowTimestamp(): string {
    return this.#options.nowTimestamp();
  }

  count(resource: Resource): number {
    return this.#table(resource).size;
  }

  /** Every Pod asks, so it is looked for once after each change of a PriorityClass. */
  defaultPriorityClass(): PriorityClass | undefined {
    if (!this.#knowsDefaultPriority) {
      this.#knowsDefaultPriority = true;
      this.#defaultPriority = undefined;
      for (const object of this.all(PRIORITY_CLASSES)) if (object.globalDefault) this.#defaultPriority ??= object;
    }
    return this.#defaultPriority;
  }

  create<T extends KubeObject>(resource: Resource<T>, given: T): ApiResult<T> {
    const refusal = admitNamespace(this, resource, given);
    if (refusal !== undefined) return refusal;
    const table = this.#table(resource);
    const name = this.#nameFor(table, given.metadata);
    if (name === undefined) return alreadyExists(resource, given.metadata.name);
    const options = this.#options;
    const admitted = admitCreation(this, options.admission, resource, options.applyDefaults(resource, given));
    if (!admitted.ok) return admitted;
    const object = withMetadata(admitted.object, this.#newMetadata(resource, admitted.object.metadata, name));
    const causes = options.validate(resource, object);
    if (causes.length > 0) return invalid(resource.kind, resource.group, name, causes);
    const prepared = prepareCreation(options.strategies, resource, object);
    if (!prepared.ok) return prepared;
    return { ok: true, object: this.#put(table, NO_SLOT, prepared.object as T) };
  }

  /** Puts an object into the store as it is, without admission; for what exists before time begins. */
  seed<T extends KubeObject>(resource: Resource<T>, given: T): T {
    const object = this.#options.applyDefaults(resource, given);
    const { name } = given.metadata;
    const table = this.#table(resource);
    if (table.get(given.metadata.namespace, name) !== undefined) {
      throw new RangeError(`${resource.plural} "${name}" is there twice; accepted are objects of different names`);
    }
    const metadata = { ...this.#newMetadata(resource, object.metadata, name), ...object.metadata };
    const prepared = prepareCreation(this.#options.strategies, resource, withMetadata(object, metadata), true);
    if (!prepared.ok) throw new RangeError(prepared.status.message);
    return this.#put(table, NO_SLOT, withRevision(prepared.object, this.#revisions.revision + 1) as T);
  }

  update<T extends KubeObject>(resource: Resource<T>, next: T, part: Part): ApiResult<T> {
    const { namespace, name, resourceVersion, uid } = next.metadata;
    const table = this.#table(resource);
    const slot = table.slotOf(namespace, name);
    const old = table.at(slot) as T | undefined;
    if (old === undefined) return notFound(resource, name);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      return modified(resource, name);
    }
    if (uid !== undefined && uid !== old.metadata.uid) return otherUid(resource, name, uid, old.metadata.uid);
    return this.#change(table, slot, next, part);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    part: Part,
  ): ApiResult<T> {
    const table = this.#table(resource);
    const slot = table.slotOf(namespace, name);
    const old = table.at(slot) as T | undefined;
    if (old === undefined) return notFound(resource, name);
    const next = change(old);
    if (next === old) return { ok: true, object: old };
    return this.#change(table, slot, next, part);
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): ApiResult<T> {
    const table = this.#table(resource);
    const slot = table.slotOf(namespace, name);
    const old = table.at(slot) as T | undefined;
    if (old === undefined) return notFound(resource, name);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== undefined && uid !== old.metadata.uid) return wrongUid(resource, name, uid, old.metadata.uid);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      return wrongRevision(resource, name, resourceVersion, old.metadata.resourceVersion);
    }
    const plan = planDeletion(resource, old, options, this.#options, this.nextResourceVersion);
    if (plan.kind === 'refuse') return plan.refusal;
    if (plan.kind === 'keep') return { ok: true, object: old };
    if (plan.kind === 'remove') return { ok: true, object: this.#remove(table, slot) as T };
    const stored = this.#put(table, slot, plan.object);
    if (plan.kind === 'store') return { ok: true, object: stored };
    // A Pod whose time is over is marked and removed, in two writes, as the real server does.
    return { ok: true, object: this.#remove(table, slot) as T };
  }

  /** What the next write will be stored at. */
  get nextResourceVersion(): string {
    return String(this.#revisions.revision + 1);
  }

  /** Stores what a subresource with rules of its own (binding) has made, at `nextResourceVersion`. */
  replace<T extends KubeObject>(resource: Resource<T>, next: T): T {
    const table = this.#table(resource);
    return this.#put(table, table.slotOf(next.metadata.namespace, next.metadata.name), next);
  }

  #change<T extends KubeObject>(table: ObjectTable, slot: number, given: T, part: Part): ApiResult<T> {
    const resource = table.resource as Resource<T>;
    const old = table.at(slot) as T;
    if (part === 'status' && given.metadata === old.metadata && isSplit(resource)) {
      return this.#changeStatus(table, slot, (given as WithParts).status);
    }
    const merged = prepareUpdate(resource, old as WithParts, given as WithParts, part) as unknown as T;
    if (merged === old || semanticEqual(merged, old)) return { ok: true, object: old };
    const revision = this.#revisions.revision + 1;
    if (part === 'status') return { ok: true, object: this.#put(table, slot, withRevision(merged, revision)) };
    const next = this.#options.applyDefaults(resource, merged);
    const causes = this.#changeCauses(resource, next, old);
    if (causes.length > 0) return invalid(resource.kind, resource.group, old.metadata.name, causes);
    const generation = (old.metadata.generation ?? 0) + (raisesGeneration(old, next) ? 1 : 0);
    const stored = withRevision(next, revision, generation === 0 ? undefined : generation);
    if (isFinished(resource, stored)) return { ok: true, object: this.#remove(table, slot) as T };
    return { ok: true, object: this.#put(table, slot, stored) };
  }

  /** The most frequent write of all. */
  #changeStatus<T extends KubeObject & WithParts>(table: ObjectTable, slot: number, status: unknown): ApiResult<T> {
    const old = table.at(slot) as T;
    if (semanticEqual(status, old.status)) return { ok: true, object: old };
    const metadata = atRevision(old.metadata, this.nextResourceVersion);
    const next =
      table.resource === PODS
        ? (podOf(old as unknown as Pod, metadata, old.spec as PodSpec, status as PodStatus) as unknown as T)
        : withParts(old, metadata, (old as WithParts).spec, status);
    return { ok: true, object: this.#put(table, slot, next) };
  }

  #changeCauses<T extends KubeObject>(resource: Resource<T>, next: T, old: T): readonly FieldCause[] {
    const causes = this.#options.validate(resource, next);
    const more = this.#options.validateUpdate(resource, next, old);
    return more.length === 0 ? causes : [...causes, ...more];
  }

  #newMetadata(resource: Resource, given: ObjectMeta, name: string): ObjectMeta {
    const uid = makeUid(this.#options.uids);
    const resourceVersion = this.nextResourceVersion;
    const creationTimestamp = this.#options.nowTimestamp();
    return hasGeneration(resource.kind)
      ? createdMetadata(given, { name, uid, resourceVersion, generation: 1, creationTimestamp })
      : createdMetadata(given, { name, uid, resourceVersion, creationTimestamp });
  }

  #nameFor(table: ObjectTable, metadata: ObjectMeta): string | undefined {
    const { namespace, name, generateName } = metadata;
    if (name !== '' && name !== undefined) return table.get(namespace, name) === undefined ? name : undefined;
    if (generateName === undefined || generateName === '') return '';
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const made = makeName(generateName, this.#options.names);
      if (table.get(namespace, made) === undefined) return made;
    }
    return undefined;
  }

  /** Writes an object that carries its new revision already: a new one, or the next state of the one in the slot. */
  #put<T extends KubeObject>(table: ObjectTable, known: number, current: T): T {
    const { resource } = table;
    const revision = this.#revisions.write();
    const old = table.at(known);
    let slot = known;
    if (old === undefined) slot = table.add(current);
    else table.replace(slot, current);
    if (resource === PRIORITY_CLASSES) this.#knowsDefaultPriority = false;
    this.#options.onChange({ resource, old, current, last: undefined, revision, slot });
    return current;
  }

  /** Takes an object out; what is told is its last stored state, at the revision of the deletion. */
  #remove(table: ObjectTable, slot: number): KubeObject {
    const { resource } = table;
    const old = table.at(slot) as KubeObject;
    const revision = this.#revisions.write();
    table.delete(slot);
    if (resource === PRIORITY_CLASSES) this.#knowsDefaultPriority = false;
    releaseOnDelete(this.#options.strategies, resource, old);
    const last = withRevision(old, revision);
    this.#options.onChange({ resource, old, current: undefined, last, revision, slot });
    return last;
  }

  #table(resource: Resource): ObjectTable {
    let table = this.#tables.get(resource.plural);
    if (table === undefined) {
      table = new ObjectTable(resource);
      this.#tables.set(resource.plural, table);
    }
    return table;
  }
}

/** The same object at another revision, and generation if that is given. */
export function withRevision<T extends KubeObject>(object: T, revision: number, generation?: number): T {
  return withMetadata(object, atRevision(object.metadata, String(revision), generation));
}

/** An object that is being deleted goes with its last finalizer (a Pod only when its grace is over, too). */
function isFinished(resource: Resource, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers?.length ?? 0) > 0) return false;
  if (resource === PODS) return deletionGracePeriodSeconds === 0;
  if (resource !== NAMESPACES) return true;
  const { spec } = object as KubeObject & { readonly spec?: { readonly finalizers?: readonly string[] } };
  return (spec?.finalizers?.length ?? 0) === 0;
}
