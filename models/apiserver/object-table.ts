/**
 * All stored objects of one resource, by namespace and name.
 */
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export class ObjectTable {
  readonly resource: Resource;
  readonly #namespaces = new Map<string, Map<string, KubeObject>>();
  #size = 0;
  /** The namespace that was last asked for, and what is in it: most requests in a row are about one. */
  #lastPlace: string | undefined;
  #lastNames: Map<string, KubeObject> | undefined;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#namesIn(this.#namespaceOf(namespace))?.get(name);
  }

  put(namespace: string | undefined, name: string, object: KubeObject): void {
    const place = this.#namespaceOf(namespace);
    let names = this.#namesIn(place);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(place, names);
      this.#lastPlace = undefined;
    }
    const { size } = names;
    names.set(name, object);
    this.#size += names.size - size;
  }

  delete(namespace: string | undefined, name: string): void {
    const place = this.#namespaceOf(namespace);
    const names = this.#namespaces.get(place);
    if (names === undefined || !names.delete(name)) return;
    this.#size--;
    if (names.size > 0) return;
    this.#namespaces.delete(place);
    this.#lastPlace = undefined;
  }

  #namesIn(place: string): Map<string, KubeObject> | undefined {
    if (place !== this.#lastPlace) {
      this.#lastPlace = place;
      this.#lastNames = this.#namespaces.get(place);
    }
    return this.#lastNames;
  }

  /** All objects, or those of a namespace, in no particular order. */
  *objects(namespace?: string): Generator<KubeObject> {
    if (namespace !== undefined) {
      yield* this.#namespaces.get(this.#namespaceOf(namespace))?.values() ?? [];
      return;
    }
    for (const names of this.#namespaces.values()) yield* names.values();
  }

  #namespaceOf(namespace: string | undefined): string {
    return this.resource.namespaced ? (namespace ?? 'default') : '';
  }
}
