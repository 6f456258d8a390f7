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
  /** In the order in which they came to the lease; some may have left it since. */
  readonly events: LeasedEvent[];
}

interface LeasedEvent {
  /** The Event as it was last written. */
  event: KubeObject;
  /** Undefined when it is gone, or has come to another lease. */
  lease: SharedLease | undefined;
}

export class EventExpiry {
  readonly #sim: Simulation;
  readonly #ttlMicros: Micros;
  readonly #expire: (event: KubeObject) => void;
  /** Oldest first. */
  readonly #leases: SharedLease[] = [];
  readonly #leased = new Map<string, LeasedEvent>();

  /** @param expire removes an Event from the store */
  constructor(sim: Simulation, ttlSeconds: number, expire: (event: KubeObject) => void) {
    this.#sim = sim;
    this.#ttlMicros = ttlSeconds * MICROS_PER_SECOND;
    this.#expire = expire;
  }

  /** An Event has been written: its hour begins anew. */
  written(key: string, event: KubeObject): void {
    const lease = this.#current();
    const before = this.#leased.get(key);
    if (before?.lease === lease) {
      before.event = event;
      return;
    }
    if (before !== undefined) before.lease = undefined;
    const leased = { event, lease };
    lease.events.push(leased);
    this.#leased.set(key, leased);
  }

  deleted(key: string): void {
    const leased = this.#leased.get(key);
    if (leased === undefined) return;
    leased.lease = undefined;
    this.#leased.delete(key);
  }

  /** The lease for what is written now. */
  #current(): SharedLease {
    const endMicros = this.#sim.nowMicros + this.#ttlMicros;
    const last = this.#leases.at(-1);
    if (last !== undefined && endMicros <= last.endMicros) return last;
    const lease: SharedLease = { endMicros: endMicros + LEASE_MICROS, events: [] };
    this.#leases.push(lease);
    this.#sim.afterInBackground(this.#ttlMicros + LEASE_MICROS, this.#onEnd);
    return lease;
  }

  readonly #onEnd = (): void => {
    const lease = this.#leases.shift();
    if (lease === undefined) return;
    for (const leased of lease.events) if (leased.lease === lease) this.#expire(leased.event);
  };
}
