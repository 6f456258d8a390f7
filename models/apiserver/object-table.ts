/**
 * All stored objects of one resource, by namespace and name.
 */
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export class ObjectTable {
  readonly resource: Resource;
  readonly #namespaces = new Map<string, Map<string, KubeObject>>();
  #size = 0;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#namespaces.get(this.#namespaceOf(namespace))?.get(name);
  }

  put(namespace: string | undefined, name: string, object: KubeObject): void {
    const place = this.#namespaceOf(namespace);
    let names = this.#namespaces.get(place);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(place, names);
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
    if (names.size === 0) this.#namespaces.delete(place);
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
