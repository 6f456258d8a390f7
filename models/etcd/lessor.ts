/**
 * Leases: a time to live that keys can be bound to. When it ends, or is revoked, the keys go, all under one revision.
 * Source: etcd server/lease/lessor.go, server/etcdserver/server.go (minimum from the election time-out).
 */
import { MICROS_PER_SECOND, type Micros, type Simulation } from '../../engine/index.ts';
import { EtcdError } from './errors.ts';
import type { LeaseKeys } from './mvcc-store.ts';

/** Half as long again as an election time-out of 1 s, in whole seconds. */
const MIN_TTL_SECONDS = 2;
const MAX_TTL_SECONDS = 9_000_000_000;
/** Ended leases are looked for this often. */
const CHECK_MICROS = 500_000;

interface Lease {
  readonly id: number;
  readonly ttlSeconds: number;
  readonly keys: Set<string>;
  expiryMicros: Micros;
}

/** The only thing that a lessor asks of a store. */
export interface LeasedStore {
  deleteKeys(keys: readonly string[]): void;
}

export class Lessor implements LeaseKeys {
  readonly #sim: Simulation;
  readonly #store: LeasedStore;
  readonly #leases = new Map<number, Lease>();
  #nextId = 1;
  #isChecking = false;

  constructor(sim: Simulation, store: LeasedStore) {
    this.#sim = sim;
    this.#store = store;
  }

  /** Makes a lease. @param id 0 lets etcd choose. @throws EtcdError when it is there already or its time too long */
  grant(id: number, ttlSeconds: number): { readonly id: number; readonly ttlSeconds: number } {
    if (ttlSeconds > MAX_TTL_SECONDS) throw new EtcdError('leaseTtlTooLarge');
    if (this.#leases.has(id)) throw new EtcdError('leaseExists');
    while (this.#leases.has(this.#nextId)) this.#nextId++;
    const chosen = id === 0 ? this.#nextId++ : id;
    const granted = Math.max(ttlSeconds, MIN_TTL_SECONDS);
    const expiryMicros = this.#sim.nowMicros + granted * MICROS_PER_SECOND;
    this.#leases.set(chosen, { id: chosen, ttlSeconds: granted, keys: new Set(), expiryMicros });
    this.#check();
    return { id: chosen, ttlSeconds: granted };
  }

  /** Deletes the lease and its keys. @throws EtcdError when there is none */
  revoke(id: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw new EtcdError('leaseNotFound');
    const keys = [...lease.keys].sort((a, b) => (a < b ? -1 : 1));
    this.#store.deleteKeys(keys);
    this.#leases.delete(id);
  }

  /** Begins the lease's time anew. Returns it, or 0 when there is no such lease. */
  keepAlive(id: number): number {
    const lease = this.#leases.get(id);
    if (lease === undefined) return 0;
    lease.expiryMicros = this.#sim.nowMicros + lease.ttlSeconds * MICROS_PER_SECOND;
    return lease.ttlSeconds;
  }

  /** Whole seconds left, those granted, and the keys; undefined when there is no such lease. */
  timeToLive(
    id: number,
  ): { readonly seconds: number; readonly grantedSeconds: number; readonly keys: readonly string[] } | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    const left = Math.max(0, lease.expiryMicros - this.#sim.nowMicros);
    return { seconds: Math.floor(left / MICROS_PER_SECOND), grantedSeconds: lease.ttlSeconds, keys: [...lease.keys] };
  }

  /** Ids of all leases, the one that ends first before the others. */
  leases(): number[] {
    const all = [...this.#leases.values()].sort((a, b) => a.expiryMicros - b.expiryMicros || a.id - b.id);
    return all.map(({ id }) => id);
  }

  has(lease: number): boolean {
    return this.#leases.has(lease);
  }

  attach(lease: number, key: string): void {
    this.#leases.get(lease)?.keys.add(key);
  }

  detach(lease: number, key: string): void {
    this.#leases.get(lease)?.keys.delete(key);
  }

  /** After a change of leader no lease ends early: each begins its time anew. */
  promote(): void {
    for (const id of this.#leases.keys()) this.keepAlive(id);
  }

  #check(): void {
    if (this.#isChecking || this.#leases.size === 0) return;
    this.#isChecking = true;
    this.#sim.afterInBackground(CHECK_MICROS - (this.#sim.nowMicros % CHECK_MICROS), this.#onCheck);
  }

  readonly #onCheck = (): void => {
    this.#isChecking = false;
    const { nowMicros } = this.#sim;
    for (const lease of this.#leases.values()) if (lease.expiryMicros <= nowMicros) this.revoke(lease.id);
    this.#check();
  };
}
