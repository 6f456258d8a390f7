/**
 * Adoption and release: a controller takes over orphans that match its selector and lets go of its own that no longer
 * do. Before it adopts it asks the API server, not its cache, whether it still exists.
 * Source: pkg/controller/controller_ref_manager.go.
 */
import type { Client } from '../client/client.ts';
import type { KubeObject, LabelSelector, OwnerReference } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';
import { messageOf } from './controller.ts';
import { matchesLabelSelector } from './label-match.ts';
import { controllerReference } from './pod-control.ts';
import { controllerOf } from './pod-facts.ts';
import { allAtOnce, type RequestDone } from './slow-start.ts';

/** The index of caches by the uids of an object's owners, its controller among them. */
export const CONTROLLER_INDEX = 'controller';

const orphans = new Map<string, string>();
const orphanKeys = new Map<string, readonly string[]>();

const NO_KEYS: readonly string[] = [];

/** By the list of owners, which the Pods of one ReplicaSet share. */
const keysOfOwners = new WeakMap<readonly OwnerReference[], readonly string[]>();

/** Keys for `CONTROLLER_INDEX`: the uids of all owners. The same list of owners gives the same list of keys. */
export function ownerKeys(object: KubeObject): readonly string[] {
  const owners = object.metadata.ownerReferences;
  if (owners === undefined) return NO_KEYS;
  let keys = keysOfOwners.get(owners);
  if (keys === undefined) {
    keys = owners.map((owner) => owner.uid);
    keysOfOwners.set(owners, keys);
  }
  return keys;
}

/** Keys for `CONTROLLER_INDEX` of what controllers adopt: besides the owners, the namespace's orphans. */
export function controllerKeys(object: KubeObject): readonly string[] {
  if (controllerOf(object) !== undefined) return ownerKeys(object);
  const key = orphansOf(object.metadata.namespace);
  if (object.metadata.ownerReferences !== undefined) return [...ownerKeys(object), key];
  let keys = orphanKeys.get(key);
  if (keys === undefined) {
    keys = [key];
    orphanKeys.set(key, keys);
  }
  return keys;
}

/** Key of the objects of a namespace that nothing controls. */
export function orphansOf(namespace = ''): string {
  let key = orphans.get(namespace);
  if (key === undefined) {
    key = `orphans of ${namespace}`;
    orphans.set(namespace, key);
  }
  return key;
}

export interface ClaimRequest<O extends KubeObject, T extends KubeObject> {
  readonly client: Client;
  readonly ownerResource: Resource<O>;
  readonly owner: O;
  readonly selector: LabelSelector;
  readonly resource: Resource<T>;
  /** What may be claimed: what the owner controls, and orphans. */
  readonly candidates: readonly T[];
}

/** Controlled by the owner and selected: nothing is to be done about it. */
function isOwn<O extends KubeObject, T extends KubeObject>(request: ClaimRequest<O, T>, object: T): boolean {
  return (
    controllerOf(object)?.uid === request.owner.metadata.uid &&
    matchesLabelSelector(request.selector, object.metadata.labels)
  );
}

interface Sorted<T> {
  readonly owned: T[];
  readonly release: T[];
  readonly adopt: T[];
}

function sort<O extends KubeObject, T extends KubeObject>(request: ClaimRequest<O, T>): Sorted<T> {
  const { owner, selector } = request;
  const isGoing = owner.metadata.deletionTimestamp !== undefined;
  const sorted: Sorted<T> = { owned: [], release: [], adopt: [] };
  for (const object of request.candidates) {
    const controller = controllerOf(object);
    const matches = matchesLabelSelector(selector, object.metadata.labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) sorted.owned.push(object);
      else if (!isGoing) sorted.release.push(object);
    } else if (matches && !isGoing && object.metadata.deletionTimestamp === undefined) {
      sorted.adopt.push(object);
    }
  }
  return sorted;
}

function withOwner<T extends KubeObject>(object: T, reference: OwnerReference): T {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.some((owner) => owner.uid === reference.uid)) return object;
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...owners, reference] } };
}

/** The object without its references to an owner. */
export function withoutOwner<T extends KubeObject>(object: T, uid: string | undefined): T {
  const owners = object.metadata.ownerReferences;
  if (owners === undefined || !owners.some((owner) => owner.uid === uid)) return object;
  const left = owners.filter((owner) => owner.uid !== uid);
  const { ownerReferences: _owners, ...rest } = object.metadata;
  return { ...object, metadata: left.length === 0 ? rest : { ...rest, ownerReferences: left } };
}

/** Sends the releases and adoptions; `finished` gets all that the owner now controls, and the first error. */
export function claim<O extends KubeObject, T extends KubeObject>(
  request: ClaimRequest<O, T>,
  finished: (claimed: readonly T[], error?: string) => void,
): void {
  const { client, resource, owner, candidates } = request;
  if (candidates.every((object) => isOwn(request, object))) {
    finished(candidates);
    return;
  }
  const sorted = sort(request);
  if (sorted.adopt.length === 0 && sorted.release.length === 0) {
    finished(sorted.owned);
    return;
  }
  const change = (object: T, patched: (current: T) => T, done: RequestDone, kept?: (object: T) => void): void => {
    const { namespace, name, uid } = object.metadata;
    const guarded = (current: T): T => (current.metadata.uid === uid ? patched(current) : current);
    client.patch(resource, namespace, name, guarded, (result) => {
      if (result.ok) kept?.(result.object);
      done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result));
    });
  };
  const release = (object: T, done: RequestDone): void =>
    change(object, (current) => withoutOwner(current, owner.metadata.uid), done);
  const reference = controllerReference(owner);
  const adopt = (object: T, done: RequestDone): void =>
    change(
      object,
      (current) => withOwner(current, reference),
      done,
      (adopted) => sorted.owned.push(adopted),
    );
  allAtOnce(sorted.release, release, (releaseError) => {
    if (sorted.adopt.length === 0) {
      finished(sorted.owned, releaseError);
      return;
    }
    mayAdopt(request, (refusal) => {
      if (refusal !== undefined) finished(sorted.owned, refusal);
      else allAtOnce(sorted.adopt, adopt, (error) => finished(sorted.owned, releaseError ?? error));
    });
  });
}

function mayAdopt<O extends KubeObject, T extends KubeObject>(request: ClaimRequest<O, T>, done: RequestDone): void {
  const { client, ownerResource, owner } = request;
  client.get(ownerResource, owner.metadata.namespace, owner.metadata.name, (result) => {
    if (!result.ok) done(messageOf(result));
    else if (result.object.metadata.uid !== owner.metadata.uid) {
      done(`original ${owner.kind} ${owner.metadata.name} is gone`);
    } else if (result.object.metadata.deletionTimestamp !== undefined) {
      done(`${owner.kind} ${owner.metadata.name} has just been deleted`);
    } else done();
  });
}
