/**
 * Values by Pod. Names of stored objects keep the hash of their text, so a lookup by namespace and then by name is faster than one by a text
 * "namespace/name", which is made and hashed anew each time.
 */
import type { Pod } from '../../models/objects/pod.ts';

export class ByPod<T> {
  readonly #namespaces = new Map<string | undefined, Map<string, T>>();

  get({ metadata: { namespace, name } }: Pod): T | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  set({ metadata: { namespace, name } }: Pod, value: T): void {
    let ofNamespace = this.#namespaces.get(namespace);
    if (ofNamespace === undefined) this.#namespaces.set(namespace, (ofNamespace = new Map()));
    ofNamespace.set(name, value);
  }
}
