/**
 * The store inside an informer: the objects of one resource by namespace and name, and any number of indexes over them.
 * Objects are held by reference, and listed by namespace in the order in which they first came.
 * Source of the idea: client-go tools/cache (thread_safe_store.go).
 */
import type { KubeObject } from '../objects/meta.ts';

export type KeysOf<T> = (object: T) => readonly string[];

interface ObjectIndex<T> {
  readonly keysOf: KeysOf<T>;
  readonly shelves: Map<string, Map<string, T>>;
}

const NOTHING: readonly never[] = [];

export class ObjectStore<T extends KubeObject> {
  readonly #namespaces = new Map<string, Map<string, T>>();
  readonly #indexes = new Map<string, ObjectIndex<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#namespaces.get(namespace ?? '')?.get(name);
  }

  /** Puts an object in and returns what it replaced. */
  put(object: T): T | undefined {
    const { namespace = '', name } = object.metadata;
    let names = this.#namespaces.get(namespace);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(namespace, names);
    }
    const old = names.get(name);
    names.set(name, object);
    if (old === undefined) this.#size++;
    for (const index of this.#indexes.values()) refile(index, old, object);
    return old;
  }

  /** Takes the object of that name out and returns it. */
  remove(namespace: string | undefined, name: string): T | undefined {
    const names = this.#namespaces.get(namespace ?? '');
    const old = names?.get(name);
    if (names === undefined || old === undefined) return undefined;
    names.delete(name);
    if (names.size === 0) this.#namespaces.delete(namespace ?? '');
    this.#size--;
    for (const index of this.#indexes.values()) for (const key of index.keysOf(old)) unfile(index, key, old);
    return old;
  }

  *list(): Generator<T> {
    for (const names of this.#namespaces.values()) yield* names.values();
  }

  /** Files every object, those there are and those to come, under its keys. The same name again changes nothing. */
  addIndex(name: string, keysOf: KeysOf<T>): void {
    if (this.#indexes.has(name)) return;
    const index: ObjectIndex<T> = { keysOf, shelves: new Map() };
    this.#indexes.set(name, index);
    for (const object of this.list()) refile(index, undefined, object);
  }

  /** @throws RangeError for an index that nobody has added */
  byIndex(name: string, key: string): Iterable<T> {
    const index = this.#indexes.get(name);
    if (index === undefined) {
      throw new RangeError(
        `index '${name}' is not there; there are: ${[...this.#indexes.keys()].join(', ') || 'none'}`,
      );
    }
    return index.shelves.get(key)?.values() ?? NOTHING;
  }
}

/** What tells one object from its namesakes on a shelf, which may hold several namespaces. */
function identityOf(object: KubeObject): string {
  const { uid, namespace = '', name } = object.metadata;
  return uid ?? `${namespace}/${name}`;
}

function refile<T extends KubeObject>(index: ObjectIndex<T>, old: T | undefined, object: T): void {
  const keys = index.keysOf(object);
  const identity = identityOf(object);
  if (old !== undefined) {
    const isSame = identityOf(old) === identity;
    const oldKeys = index.keysOf(old);
    if (!isSame || oldKeys !== keys)
      for (const key of oldKeys) if (!isSame || !keys.includes(key)) unfile(index, key, old);
  }
  for (const key of keys) {
    const shelf = index.shelves.get(key);
    if (shelf === undefined) index.shelves.set(key, new Map([[identity, object]]));
    else shelf.set(identity, object);
  }
}

function unfile<T extends KubeObject>(index: ObjectIndex<T>, key: string, object: T): void {
  const shelf = index.shelves.get(key);
  if (shelf === undefined) return;
  shelf.delete(identityOf(object));
  if (shelf.size === 0) index.shelves.delete(key);
}
