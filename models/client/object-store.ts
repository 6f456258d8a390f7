/**
 * The store inside an informer: the objects of one resource by namespace and name, and any number of indexes over them.
 * Objects are held by reference, and listed by namespace in the order in which they first came. An index files names, not
 * objects, so that a change of an object that leaves its keys alone costs nothing there.
 * Source of the idea: client-go tools/cache (thread_safe_store.go).
 */
import type { KubeObject } from '../objects/meta.ts';

/** Must follow from the object alone; the same list again says at once that nothing has changed. */
export type KeysOf<T> = (object: T) => readonly string[];

/** Names by namespace, in the order in which the objects came to have the key. */
type Shelf = Map<string, Set<string>>;

interface ObjectIndex<T> {
  readonly keysOf: KeysOf<T>;
  /** Undefined until somebody asks, for an index that is made on demand. */
  shelves: Map<string, Shelf> | undefined;
}

const NOTHING: readonly never[] = [];

export class ObjectStore<T extends KubeObject> {
  readonly #namespaces = new Map<string, Map<string, T>>();
  readonly #indexes = new Map<string, ObjectIndex<T>>();
  /** Those of the indexes that are kept up to date. */
  #kept: readonly ObjectIndex<T>[] = [];
  #size = 0;
  /** The namespace that was last asked for, and what is in it: most events in a row are of one. */
  #lastNamespace: string | undefined;
  #lastNames: Map<string, T> | undefined;

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#namesIn(namespace ?? '')?.get(name);
  }

  /** Puts an object in and returns what it replaced. */
  put(object: T): T | undefined {
    const { namespace = '', name } = object.metadata;
    let names = this.#namesIn(namespace);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(namespace, names);
      this.#lastNamespace = undefined;
    }
    const old = names.get(name);
    names.set(name, object);
    if (old === undefined) this.#size++;
    for (const index of this.#kept) refile(index, old, object);
    return old;
  }

  /** Takes the object of that name out and returns it. */
  remove(namespace: string | undefined, name: string): T | undefined {
    const names = this.#namespaces.get(namespace ?? '');
    const old = names?.get(name);
    if (names === undefined || old === undefined) return undefined;
    names.delete(name);
    if (names.size === 0) {
      this.#namespaces.delete(namespace ?? '');
      this.#lastNamespace = undefined;
    }
    this.#size--;
    for (const index of this.#kept) for (const key of index.keysOf(old)) unfile(index, key, old);
    return old;
  }

  *list(): Generator<T> {
    for (const names of this.#namespaces.values()) yield* names.values();
  }

  /**
   * Files every object, those there are and those to come, under its keys. The same name again changes nothing. One made on demand
   * costs nothing until `byIndex` first asks for it, and then begins in the order of `list`.
   */
  addIndex(name: string, keysOf: KeysOf<T>, onDemand = false): void {
    if (this.#indexes.has(name)) return;
    const index: ObjectIndex<T> = { keysOf, shelves: undefined };
    this.#indexes.set(name, index);
    if (!onDemand) this.#fill(index);
  }

  /** @throws RangeError for an index that nobody has added */
  byIndex(name: string, key: string): Iterable<T> {
    const index = this.#indexes.get(name);
    if (index === undefined) {
      throw new RangeError(
        `index '${name}' is not there; there are: ${[...this.#indexes.keys()].join(', ') || 'none'}`,
      );
    }
    const shelf = (index.shelves ?? this.#fill(index)).get(key);
    return shelf === undefined ? NOTHING : this.#objectsOn(shelf);
  }

  #namesIn(namespace: string): Map<string, T> | undefined {
    if (namespace !== this.#lastNamespace) {
      this.#lastNamespace = namespace;
      this.#lastNames = this.#namespaces.get(namespace);
    }
    return this.#lastNames;
  }

  #fill(index: ObjectIndex<T>): Map<string, Shelf> {
    const shelves = new Map<string, Shelf>();
    index.shelves = shelves;
    this.#kept = [...this.#kept, index];
    for (const object of this.list()) refile(index, undefined, object);
    return shelves;
  }

  #objectsOn(shelf: Shelf): readonly T[] {
    let objects: T[] | undefined;
    for (const [namespace, names] of shelf) {
      const inNamespace = this.#namesIn(namespace) as Map<string, T>;
      for (const name of names) {
        const object = inNamespace.get(name) as T;
        // Most shelves hold one: a list that is not pushed to has no room for more.
        if (objects === undefined) objects = [object];
        else objects.push(object);
      }
    }
    return objects ?? NOTHING;
  }
}

function refile<T extends KubeObject>(index: ObjectIndex<T>, old: T | undefined, object: T): void {
  const keys = index.keysOf(object);
  if (old === undefined) {
    for (const key of keys) file(index, key, object);
    return;
  }
  const oldKeys = index.keysOf(old);
  // Another object of the same name comes last on its shelves, as a new one does.
  const isSame = old.metadata.uid === object.metadata.uid;
  if (isSame && oldKeys === keys) return;
  for (const key of oldKeys) if (!isSame || !keys.includes(key)) unfile(index, key, old);
  for (const key of keys) file(index, key, object);
}

function file<T extends KubeObject>(index: ObjectIndex<T>, key: string, object: T): void {
  const shelves = index.shelves as Map<string, Shelf>;
  const { namespace = '', name } = object.metadata;
  let shelf = shelves.get(key);
  if (shelf === undefined) {
    shelf = new Map();
    shelves.set(key, shelf);
  }
  const names = shelf.get(namespace);
  if (names === undefined) shelf.set(namespace, new Set([name]));
  else names.add(name);
}

function unfile<T extends KubeObject>(index: ObjectIndex<T>, key: string, object: T): void {
  const shelves = index.shelves as Map<string, Shelf>;
  const { namespace = '', name } = object.metadata;
  const shelf = shelves.get(key);
  const names = shelf?.get(namespace);
  if (shelf === undefined || names === undefined) return;
  names.delete(name);
  if (names.size > 0) return;
  shelf.delete(namespace);
  if (shelf.size === 0) shelves.delete(key);
}
