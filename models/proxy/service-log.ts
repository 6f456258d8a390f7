/**
 * The changes of Services and EndpointSlices as every kube-proxy of the cluster hears of them: one log for all, in
 * which a proxy's state is no more than how far it has read. A Service's older versions are kept as long as a proxy
 * may still be using them.
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import type { Client, WatchEvent } from '../client/client.ts';
import type { EndpointSlice, Service } from '../objects/service.ts';
import { ENDPOINT_SLICES, SERVICES } from '../objects/resources.ts';

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** One Service with its slices at one moment. */
export interface ServiceState {
  readonly service: Service | undefined;
  readonly slices: readonly EndpointSlice[];
}

interface Version {
  /** Number of changes after which this is so. */
  readonly index: number;
  readonly timeMicros: Micros;
  readonly state: ServiceState;
}

const NOTHING: ServiceState = { service: undefined, slices: [] };

/** "namespace/name". */
export type ServiceKey = string;

export class ServiceLog {
  readonly #sim: Simulation;
  /** When change number i was heard. */
  readonly #times: Micros[] = [];
  readonly #versions = new Map<ServiceKey, Version[]>();
  readonly #byAddress = new Map<string, ServiceKey>();
  readonly #byNodePort = new Map<string, ServiceKey>();
  /** No proxy is further behind than this, except those that do not run. */
  readonly #keepMicros: Micros;
  /** While a stopped proxy's rules are still in its kernel, nothing older than its index is dropped. */
  readonly #pins = new Map<string, number>();

  constructor(sim: Simulation, client: Client, keepMicros: Micros) {
    this.#sim = sim;
    this.#keepMicros = keepMicros;
    client.watch(SERVICES, {}, this.#onService);
    client.watch(ENDPOINT_SLICES, {}, this.#onSlice);
  }

  get length(): number {
    return this.#times.length;
  }

  timeOf(index: number): Micros {
    return this.#times[index] as Micros;
  }

  /** How many changes had been heard at that time. */
  lengthAt(timeMicros: Micros): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as Micros) <= timeMicros) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  pin(reader: string, index: number): void {
    this.#pins.set(reader, index);
  }

  unpin(reader: string): void {
    this.#pins.delete(reader);
  }

  readonly #onService = (event: WatchEvent<Service>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const service = event.object;
    const key = `${service.metadata.namespace ?? 'default'}/${service.metadata.name}`;
    const gone = event.type === 'DELETED';
    const { clusterIP, ports } = service.spec;
    if (clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None') this.#byAddress.set(clusterIP, key);
    for (const port of ports ?? []) {
      if (port.nodePort !== undefined) this.#byNodePort.set(`${port.protocol ?? 'TCP'}/${port.nodePort}`, key);
    }
    const { slices } = this.#latest(key);
    this.#append(key, { service: gone ? undefined : service, slices });
  };

  readonly #onSlice = (event: WatchEvent<EndpointSlice>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const slice = event.object;
    const owner = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    if (owner === undefined) return;
    const key = `${slice.metadata.namespace ?? 'default'}/${owner}`;
    const { service, slices } = this.#latest(key);
    const others = slices.filter(({ metadata }) => metadata.name !== slice.metadata.name);
    this.#append(key, { service, slices: event.type === 'DELETED' ? others : [...others, slice] });
  };

  #latest(key: ServiceKey): ServiceState {
    return this.#versions.get(key)?.at(-1)?.state ?? NOTHING;
  }

  #append(key: ServiceKey, state: ServiceState): void {
    const { nowMicros } = this.#sim;
    this.#times.push(nowMicros);
    const versions = this.#versions.get(key);
    const version: Version = { index: this.#times.length, timeMicros: nowMicros, state };
    if (versions === undefined) this.#versions.set(key, [version]);
    else {
      versions.push(version);
      if (this.#pins.size === 0) this.#prune(versions);
    }
  }

  /** Drops versions that were replaced so long ago that every running proxy has the newer one. */
  #prune(versions: Version[]): void {
    const limitMicros = this.#sim.nowMicros - this.#keepMicros;
    let drop = 0;
    while (drop + 1 < versions.length && (versions[drop + 1] as Version).timeMicros < limitMicros) drop++;
    if (drop > 0) versions.splice(0, drop);
  }

  keyOfAddress(address: string): ServiceKey | undefined {
    return this.#byAddress.get(address);
  }

  keyOfNodePort(protocol: string, port: number): ServiceKey | undefined {
    return this.#byNodePort.get(`${protocol}/${port}`);
  }

  /** A Service as it was after so many changes. */
  stateAt(key: ServiceKey, index: number): ServiceState {
    const versions = this.#versions.get(key) ?? [];
    for (let i = versions.length - 1; i >= 0; i--) {
      const version = versions[i] as Version;
      if (version.index <= index) return version.state;
    }
    return NOTHING;
  }
}
