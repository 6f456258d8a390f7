/**
 * Events live for an hour after they were last written. kube-apiserver binds them to leases of etcd that many share, a new
 * one each minute, so an Event may live up to a minute longer, and those of one lease go together.
 * Source: apiserver/pkg/storage/etcd3/lease_manager.go, pkg/controlplane/apiserver/options/options.go (--event-ttl).
 */
import { type Micros, MICROS_PER_SECOND, type Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';

/** A lease is shared by what is written within so long. */
const LEASE_MICROS = 60 * MICROS_PER_SECOND;

interface SharedLease {
  readonly endMicros: Micros;
  readonly events: Map<string, KubeObject>;
}

export class EventExpiry {
  readonly #sim: Simulation;
  readonly #ttlMicros: Micros;
  readonly #expire: (event: KubeObject) => void;
  /** Oldest first. */
  readonly #leases: SharedLease[] = [];
  readonly #leaseOf = new Map<string, SharedLease>();

  /** @param expire removes an Event from the store */
  constructor(sim: Simulation, ttlSeconds: number, expire: (event: KubeObject) => void) {
    this.#sim = sim;
    this.#ttlMicros = ttlSeconds * MICROS_PER_SECOND;
    this.#expire = expire;
  }

  /** An Event has been written: its hour begins anew. */
  written(key: string, event: KubeObject): void {
    const lease = this.#current();
    const before = this.#leaseOf.get(key);
    if (before !== lease) before?.events.delete(key);
    lease.events.set(key, event);
    this.#leaseOf.set(key, lease);
  }

  deleted(key: string): void {
    this.#leaseOf.get(key)?.events.delete(key);
    this.#leaseOf.delete(key);
  }

  /** The lease for what is written now. */
  #current(): SharedLease {
    const endMicros = this.#sim.nowMicros + this.#ttlMicros;
    const last = this.#leases.at(-1);
    if (last !== undefined && endMicros <= last.endMicros) return last;
    const lease = { endMicros: endMicros + LEASE_MICROS, events: new Map<string, KubeObject>() };
    this.#leases.push(lease);
    this.#sim.afterInBackground(this.#ttlMicros + LEASE_MICROS, this.#onEnd);
    return lease;
  }

  readonly #onEnd = (): void => {
    const lease = this.#leases.shift();
    if (lease === undefined) return;
    for (const event of lease.events.values()) this.#expire(event);
  };
}
