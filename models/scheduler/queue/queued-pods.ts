/** The Pods of a queue by namespace and name, found without making a key of the two. */
import type { Pod } from '../../objects/pod.ts';
import { namespaceOf, type QueuedPod } from './queued-pod.ts';

/** With more namespaces than this, those without Pods are forgotten. */
const NAMESPACES_KEPT = 16;

export class QueuedPods {
  readonly #namespaces = new Map<string, Map<string, QueuedPod>>();

  find(pod: Pod): QueuedPod | undefined {
    return this.#namespaces.get(namespaceOf(pod))?.get(pod.metadata.name);
  }

  /** By "namespace/name". */
  get(key: string): QueuedPod | undefined {
    const slash = key.indexOf('/');
    return this.#namespaces.get(key.slice(0, slash))?.get(key.slice(slash + 1));
  }

  set(queued: QueuedPod): void {
    const namespace = namespaceOf(queued.pod);
    let byName = this.#namespaces.get(namespace);
    if (byName === undefined) {
      byName = new Map();
      this.#namespaces.set(namespace, byName);
    }
    byName.set(queued.pod.metadata.name, queued);
  }

  delete(pod: Pod): void {
    const namespace = namespaceOf(pod);
    const byName = this.#namespaces.get(namespace);
    if (byName === undefined) return;
    byName.delete(pod.metadata.name);
    if (byName.size === 0 && this.#namespaces.size > NAMESPACES_KEPT) this.#namespaces.delete(namespace);
  }
}
