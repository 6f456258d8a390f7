/**
 * What the API server needs of etcd's store while time runs: every write of a key, and every deletion, raises the revision by one.
 * The objects themselves are in the API server's tables, the recent past in its watch caches. `mvcc-store.ts` is the store with
 * its past, ranges and leases, which recordings of etcd are replayed against; a test says that both count alike.
 */
export class RevisionCounter {
  #revision = 1;
  #writes = 0;

  /** Revision of the last write; a fresh store is at 1. */
  get revision(): number {
    return this.#revision;
  }

  /** Puts and deletions so far. */
  get writes(): number {
    return this.#writes;
  }

  /** One key is written or deleted. Returns the revision of that. */
  write(): number {
    this.#writes++;
    return ++this.#revision;
  }
}
