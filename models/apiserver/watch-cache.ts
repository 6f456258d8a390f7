/**
 * The recent past of one resource: the events that a watch from a revision must still see. A ring of bounded size; what
 * has fallen out is gone, and who asks for it is told so (410).
 * Source: apiserver/pkg/storage/cacher/watch_cache.go.
 */
import type { StoredChange } from './registry.ts';

export class WatchCache {
  readonly #events: StoredChange[] = [];
  /** Revisions of the events: what is overwritten long after it was made is in no cache of the processor any more. */
  readonly #revisions: number[] = [];
  readonly #capacity: number;
  #next = 0;
  /** Revision of the newest event that is no longer held. */
  #lostRevision = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(change: StoredChange): void {
    this.#lostRevision = this.#revisions[this.#next] ?? this.#lostRevision;
    this.#events[this.#next] = change;
    this.#revisions[this.#next] = change.revision;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Events after a revision, oldest first; undefined when some of them are gone. */
  after(revision: number): StoredChange[] | undefined {
    if (revision < this.#lostRevision) return undefined;
    const ordered = [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)];
    return ordered.filter((change) => change.revision > revision);
  }

  /** Oldest revision that a watch can still start from. */
  get oldestRevision(): number {
    return this.#lostRevision;
  }
}
