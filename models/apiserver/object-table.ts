/**
 * All stored objects of one resource, by namespace and name, as etcd holds them: the entry knows its key, so that a write
 * need not make it anew.
 */
import type { KeyValue } from '../etcd/requests.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export type Entry = KeyValue<KubeObject>;

export class ObjectTable {
  readonly resource: Resource;
  readonly #namespaces = new Map<string, Map<string, Entry>>();
  readonly #prefix: string;
  #size = 0;

  constructor(resource: Resource) {
    this.resource = resource;
    this.#prefix = `/registry/${resource.plural}/`;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): Entry | undefined {
    return this.#namespaces.get(this.#namespaceOf(namespace))?.get(name);
  }

  /** The key in etcd of an object that is not there yet. Source: apiserver/pkg/registry/generic/registry/store.go. */
  keyOf(namespace: string | undefined, name: string): string {
    // Joined: one flat string, where a template would keep its pieces.
    return this.resource.namespaced
      ? [this.#prefix, this.#namespaceOf(namespace), '/', name].join('')
      : [this.#prefix, name].join('');
  }

  put(namespace: string | undefined, name: string, entry: Entry): void {
    const place = this.#namespaceOf(namespace);
    let names = this.#namespaces.get(place);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(place, names);
    }
    const { size } = names;
    names.set(name, entry);
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
      for (const entry of this.#namespaces.get(this.#namespaceOf(namespace))?.values() ?? []) yield entry.value;
      return;
    }
    for (const names of this.#namespaces.values()) for (const entry of names.values()) yield entry.value;
  }

  #namespaceOf(namespace: string | undefined): string {
    return this.resource.namespaced ? (namespace ?? 'default') : '';
  }
}
