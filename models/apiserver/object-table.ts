/**
 * All stored objects of one resource, by namespace and name. Each has a slot: a number that stays the same from its creation to its
 * deletion and is no other object's meanwhile, so that whoever follows the changes of the resource need not look names up.
 */
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

/** What `slotOf` says of a name that is not there. */
export const NO_SLOT = -1;

export class ObjectTable {
  readonly resource: Resource;
  readonly #namespaces = new Map<string, Map<string, number>>();
  readonly #objects: (KubeObject | undefined)[] = [];
  /** Slots that are free again. */
  readonly #free: number[] = [];
  #size = 0;
  /** The namespace that was last asked for, and what is in it: most requests in a row are about one. */
  #lastPlace: string | undefined;
  #lastNames: Map<string, number> | undefined;
  /** The name that was last asked for and is there, and its slot: one request asks several times. */
  #lastName: string | undefined;
  #lastNamePlace = '';
  #lastSlot = NO_SLOT;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#size;
  }

  slotOf(namespace: string | undefined, name: string): number {
    const place = this.#placeOf(namespace);
    if (name === this.#lastName && place === this.#lastNamePlace) return this.#lastSlot;
    const slot = this.#namesIn(place)?.get(name);
    if (slot === undefined) return NO_SLOT;
    this.#lastName = name;
    this.#lastNamePlace = place;
    this.#lastSlot = slot;
    return slot;
  }

  /** The object in a slot; none in NO_SLOT. */
  at(slot: number): KubeObject | undefined {
    return slot === NO_SLOT ? undefined : this.#objects[slot];
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.at(this.slotOf(namespace, name));
  }

  /** Puts a new object in, of a name that is not there. Returns its slot. */
  add(object: KubeObject): number {
    const { namespace, name } = object.metadata;
    const place = this.#placeOf(namespace);
    let names = this.#namesIn(place);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(place, names);
      this.#lastPlace = undefined;
    }
    const slot = this.#free.pop() ?? this.#objects.length;
    names.set(name, slot);
    this.#objects[slot] = object;
    this.#size++;
    return slot;
  }

  /** The next state of the object in a slot. */
  replace(slot: number, object: KubeObject): void {
    this.#objects[slot] = object;
  }

  /** Takes the object in a slot out. */
  delete(slot: number): void {
    const { namespace, name } = (this.#objects[slot] as KubeObject).metadata;
    const place = this.#placeOf(namespace);
    const names = this.#namespaces.get(place) as Map<string, number>;
    names.delete(name);
    this.#lastName = undefined;
    this.#objects[slot] = undefined;
    this.#free.push(slot);
    this.#size--;
    if (names.size > 0) return;
    this.#namespaces.delete(place);
    this.#lastPlace = undefined;
  }

  #namesIn(place: string): Map<string, number> | undefined {
    if (place !== this.#lastPlace) {
      this.#lastPlace = place;
      this.#lastNames = this.#namespaces.get(place);
    }
    return this.#lastNames;
  }

  /** All objects, or those of a namespace, in no particular order. */
  *objects(namespace?: string): Generator<KubeObject> {
    if (namespace !== undefined) {
      for (const slot of this.#namespaces.get(this.#placeOf(namespace))?.values() ?? [])
        yield this.at(slot) as KubeObject;
      return;
    }
    for (const names of this.#namespaces.values()) for (const slot of names.values()) yield this.at(slot) as KubeObject;
  }

  #placeOf(namespace: string | undefined): string {
    return this.resource.namespaced ? (namespace ?? 'default') : '';
  }
}
