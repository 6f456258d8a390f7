/**
 * How healthy a zone is, and how fast its Nodes may be tainted: when many Nodes of a zone fail at once the fault is
 * probably the network's, and eviction slows down or stops.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (ComputeZoneState, handleDisruption).
 */
import type { ConditionStatus } from '../../objects/meta.ts';

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

export interface ZoneHealth {
  readonly notReady: number;
  readonly state: ZoneState;
}

/** Rates and thresholds; flags of kube-controller-manager. */
export interface EvictionOptions {
  /** --node-eviction-rate, Nodes a second. */
  readonly evictionRate: number;
  /** --secondary-node-eviction-rate. */
  readonly secondaryEvictionRate: number;
  /** --unhealthy-zone-threshold, a fraction. */
  readonly unhealthyZoneThreshold: number;
  /** --large-cluster-size-threshold, Nodes of a zone. */
  readonly largeClusterThreshold: number;
}

/** `ready` has the status of each Node's Ready condition; undefined counts as not ready. */
export function zoneHealth(
  ready: readonly (ConditionStatus | undefined)[],
  unhealthyZoneThreshold: number,
): ZoneHealth {
  let readyNodes = 0;
  let notReady = 0;
  for (const status of ready) {
    if (status === 'True') readyNodes++;
    else notReady++;
  }
  if (readyNodes === 0 && notReady > 0) return { notReady, state: 'FullDisruption' };
  if (notReady > 2 && notReady / (notReady + readyNodes) >= unhealthyZoneThreshold) {
    return { notReady, state: 'PartialDisruption' };
  }
  return { notReady, state: 'Normal' };
}

/** Taints a second in a zone of `nodes` Nodes that is in this state. */
export function zoneEvictionRate(state: ZoneState, nodes: number, options: EvictionOptions): number {
  if (state !== 'PartialDisruption') return options.evictionRate;
  return nodes > options.largeClusterThreshold ? options.secondaryEvictionRate : 0;
}

/** A zone as `ZoneDisruption` keeps it. `rate` is in Nodes a second; 0 stops. */
export interface ZoneEviction {
  readonly state: ZoneState;
  readonly rate: number;
}

/** Follows the states of all zones; when every zone is fully disrupted, nothing is evicted anywhere. */
export class ZoneDisruption {
  readonly #zones = new Map<string, ZoneEviction>();
  readonly #options: EvictionOptions;

  constructor(options: EvictionOptions) {
    this.#options = options;
  }

  /**
   * Takes the Ready statuses of each zone's Nodes; returns the zones in the order given. A zone whose state does not
   * change keeps its rate, even when its size changes.
   */
  update(zones: ReadonlyMap<string, readonly (ConditionStatus | undefined)[]>): ReadonlyMap<string, ZoneEviction> {
    const before = [...this.#zones.values()];
    const wasAllDisrupted = before.every((zone) => zone.state === 'FullDisruption');
    const states = new Map<string, ZoneState>();
    for (const [zone, ready] of zones) {
      states.set(zone, zoneHealth(ready, this.#options.unhealthyZoneThreshold).state);
      if (!this.#zones.has(zone)) this.#zones.set(zone, { state: 'Initial', rate: this.#options.evictionRate });
    }
    for (const zone of this.#zones.keys()) if (!states.has(zone)) this.#zones.delete(zone);
    const allDisrupted = [...states.values()].every((state) => state === 'FullDisruption');
    if (allDisrupted && wasAllDisrupted && before.length > 0) return this.#zones;
    for (const [zone, state] of states) {
      const nodes = zones.get(zone)?.length ?? 0;
      const old = this.#zones.get(zone) as ZoneEviction;
      const restarts = wasAllDisrupted && !allDisrupted;
      if (allDisrupted) this.#zones.set(zone, { state, rate: 0 });
      else if (restarts || old.state !== state) {
        this.#zones.set(zone, { state, rate: zoneEvictionRate(state, nodes, this.#options) });
      }
    }
    return this.#zones;
  }
}
