/**
 * The store inside an informer: the objects of one resource by namespace and name, and any number of indexes over them.
 * Objects are held by reference, and listed by namespace in the order in which they first came. Names and indexes file places, not
 * objects, so that a change of an object that leaves its keys alone costs nothing there; and an object whose slot the server tells is
 * found by that, without its name.
 * Source of the idea: client-go tools/cache (thread_safe_store.go).
 */
import type { KubeObject } from '../objects/meta.ts';

/** Must follow from the object alone; the same list again says at once that nothing has changed. */
export type KeysOf<T> = (object: T) => readonly string[];

/** Places by namespace, in the order in which the objects came to have the key. */
type Shelf = Map<string, Set<number>>;

interface ObjectIndex<T> {
  readonly keysOf: KeysOf<T>;
  /** Undefined until somebody asks, for an index that is made on demand. */
  shelves: Map<string, Shelf> | undefined;
}

const NOTHING: readonly never[] = [];
const UNKNOWN = -1;
const FIRST_SLOTS = 64;

export class ObjectStore<T extends KubeObject> {
  readonly #namespaces = new Map<string, Map<string, number>>();
  readonly #indexes = new Map<string, ObjectIndex<T>>();
  /** Those of the indexes that are kept up to date. */
  #kept: readonly ObjectIndex<T>[] = [];
  /** By place. */
  readonly #objects: (T | undefined)[] = [];
  /** Places that are free again. */
  readonly #free: number[] = [];
  /** Place of the object in a slot of the server, or UNKNOWN. */
  #placeOfSlot = new Int32Array(FIRST_SLOTS).fill(UNKNOWN);
  #size = 0;
  /** The namespace that was last asked for, and what is in it: most events in a row are of one. */
  #lastNamespace: string | undefined;
  #lastNames: Map<string, number> | undefined;

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    const place = this.#namesIn(namespace ?? '')?.get(name);
    return place === undefined ? undefined : this.#objects[place];
  }

  /** Puts an object in and returns what it replaced. @param slot see ObjectEvent */
  put(object: T, slot = UNKNOWN): T | undefined {
    let place = slot < this.#placeOfSlot.length && slot >= 0 ? (this.#placeOfSlot[slot] as number) : UNKNOWN;
    if (place === UNKNOWN) {
      place = this.#placeOf(object);
      if (slot >= 0) this.#noteSlot(slot, place);
    }
    const old = this.#objects[place];
    this.#objects[place] = object;
    for (const index of this.#kept) refile(index, old, object, place);
    return old;
  }

  /** Takes the object of that name out and returns it. @param slot see ObjectEvent */
  remove(namespace: string | undefined, name: string, slot = UNKNOWN): T | undefined {
    const names = this.#namespaces.get(namespace ?? '');
    const place = names?.get(name);
    if (slot >= 0 && slot < this.#placeOfSlot.length) this.#placeOfSlot[slot] = UNKNOWN;
    if (names === undefined || place === undefined) return undefined;
    const old = this.#objects[place] as T;
    names.delete(name);
    if (names.size === 0) {
      this.#namespaces.delete(namespace ?? '');
      this.#lastNamespace = undefined;
    }
    this.#objects[place] = undefined;
    this.#free.push(place);
    this.#size--;
    for (const index of this.#kept) for (const key of index.keysOf(old)) unfile(index, key, old, place);
    return old;
  }

  /** Slots are to be learnt anew: events have been missed, in which they may have gone to other objects. */
  forgetSlots(): void {
    this.#placeOfSlot.fill(UNKNOWN);
  }

  *list(): Generator<T> {
    for (const names of this.#namespaces.values()) for (const place of names.values()) yield this.#objects[place] as T;
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

  #namesIn(namespace: string): Map<string, number> | undefined {
    if (namespace !== this.#lastNamespace) {
      this.#lastNamespace = namespace;
      this.#lastNames = this.#namespaces.get(namespace);
    }
    return this.#lastNames;
  }

  /** The place of the object of that name, made for it if it is new. */
  #placeOf({ metadata: { namespace = '', name } }: T): number {
    let names = this.#namesIn(namespace);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(namespace, names);
      this.#lastNamespace = undefined;
    }
    let place = names.get(name);
    if (place === undefined) {
      place = this.#free.pop() ?? this.#objects.length;
      names.set(name, place);
      this.#size++;
    }
    return place;
  }

  #noteSlot(slot: number, place: number): void {
    const { length } = this.#placeOfSlot;
    if (slot >= length) {
      const grown = new Int32Array(Math.max(slot + 1, length + (length >> 1))).fill(UNKNOWN, length);
      grown.set(this.#placeOfSlot);
      this.#placeOfSlot = grown;
    }
    this.#placeOfSlot[slot] = place;
  }

  #fill(index: ObjectIndex<T>): Map<string, Shelf> {
    const shelves = new Map<string, Shelf>();
    index.shelves = shelves;
    this.#kept = [...this.#kept, index];
    for (const names of this.#namespaces.values()) {
      for (const place of names.values()) refile(index, undefined, this.#objects[place] as T, place);
    }
    return shelves;
  }

  #objectsOn(shelf: Shelf): readonly T[] {
    let objects: T[] | undefined;
    for (const places of shelf.values()) {
      for (const place of places) {
        const object = this.#objects[place] as T;
        // Most shelves hold one: a list that is not pushed to has no room for more.
        if (objects === undefined) objects = [object];
        else objects.push(object);
      }
    }
    return objects ?? NOTHING;
  }
}

function refile<T extends KubeObject>(index: ObjectIndex<T>, old: T | undefined, object: T, place: number): void {
  const keys = index.keysOf(object);
  if (old === undefined) {
    for (const key of keys) file(index, key, object, place);
    return;
  }
  const oldKeys = index.keysOf(old);
  // Another object of the same name comes last on its shelves, as a new one does.
  const isSame = old.metadata.uid === object.metadata.uid;
  if (isSame && oldKeys === keys) return;
  for (const key of oldKeys) if (!isSame || !keys.includes(key)) unfile(index, key, old, place);
  for (const key of keys) file(index, key, object, place);
}

function file<T extends KubeObject>(index: ObjectIndex<T>, key: string, object: T, place: number): void {
  const shelves = index.shelves as Map<string, Shelf>;
  const { namespace = '' } = object.metadata;
  let shelf = shelves.get(key);
  if (shelf === undefined) {
    shelf = new Map();
    shelves.set(key, shelf);
  }
  const places = shelf.get(namespace);
  if (places === undefined) shelf.set(namespace, new Set([place]));
  else places.add(place);
}

function unfile<T extends KubeObject>(index: ObjectIndex<T>, key: string, object: T, place: number): void {
  const shelves = index.shelves as Map<string, Shelf>;
  const { namespace = '' } = object.metadata;
  const shelf = shelves.get(key);
  const places = shelf?.get(namespace);
  if (shelf === undefined || places === undefined) return;
  places.delete(place);
  if (places.size > 0) return;
  shelf.delete(namespace);
  if (shelf.size === 0) shelves.delete(key);
}
