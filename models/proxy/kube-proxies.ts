/**
 * kube-proxy on every Node, played only when a connection asks: each proxy programs the changes it has heard of, at
 * least minSyncPeriod after the end of its last programming, and what it has programmed by now follows from the times
 * of the changes alone. The result is as if each proxy had done it all along.
 * Source: pkg/proxy/iptables/proxier.go, pkg/proxy/runner.
 */
import { type Micros, millisToMicros, type Simulation, secondsToMicros } from '../../engine/index.ts';
import type { NetworkSettings } from '../network/network-settings.ts';
import type { Labels } from '../objects/meta.ts';
import type { Service, ServicePort } from '../objects/service.ts';
import { categorizeEndpoints, endpointsOfPort, type ProxyEndpoint, usesLocal } from './endpoint-categories.ts';
import type { ServiceKey, ServiceLog } from './service-log.ts';

/** sessionAffinity ClientIP without a timeout of its own. Source: core/v1/types.go. */
const AFFINITY_SECONDS = 10_800;

interface Affinity {
  readonly text: string;
  readonly untilMicros: Micros;
}

interface Proxy {
  readonly nodeName: string;
  /** Rules exist from then on. */
  readyMicros: Micros;
  /** Changes in the rules as programmed. */
  programmed: number;
  lastEndMicros: Micros;
  /** When the process ended; its rules stay as they were. */
  stoppedMicros: Micros | undefined;
  affinities: Map<string, Affinity> | undefined;
}

export type ProxyVerdict =
  | { readonly kind: 'endpoint'; readonly endpoint: ProxyEndpoint; readonly service: ServiceKey }
  /** No rule for this address: the packet goes out as it is. */
  | { readonly kind: 'none' }
  /** The Service has no endpoints: refused at once. */
  | { readonly kind: 'reject'; readonly service: ServiceKey }
  /** A Local policy with no endpoint on this Node, or no rules yet: nothing answers. */
  | { readonly kind: 'drop'; readonly service: ServiceKey };

const NO_RULE: ProxyVerdict = { kind: 'none' };

export interface Flow {
  readonly clientAddress: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

export class KubeProxies {
  readonly #sim: Simulation;
  readonly #log: ServiceLog;
  readonly #syncMicros: Micros;
  readonly #minSyncMicros: Micros;
  readonly #proxies = new Map<string, Proxy>();
  readonly #labelsOf: (nodeName: string) => Labels | undefined;

  constructor(
    sim: Simulation,
    log: ServiceLog,
    settings: NetworkSettings,
    labelsOf: (nodeName: string) => Labels | undefined,
  ) {
    this.#sim = sim;
    this.#log = log;
    this.#syncMicros = millisToMicros(settings.proxySyncMillis);
    this.#minSyncMicros = secondsToMicros(settings.minSyncPeriodSeconds);
    this.#labelsOf = labelsOf;
  }

  /** How far the slowest running proxy can be behind. */
  static keepMicros(settings: NetworkSettings): Micros {
    return 2 * (secondsToMicros(settings.minSyncPeriodSeconds) + millisToMicros(settings.proxySyncMillis)) + 1_000_000;
  }

  /** The kube-proxy process of a Node has started: it reads everything and programs it. */
  started(nodeName: string): void {
    const { nowMicros } = this.#sim;
    const endMicros = nowMicros + this.#syncMicros;
    const old = this.#proxies.get(nodeName);
    this.#log.unpin(nodeName);
    this.#proxies.set(nodeName, {
      nodeName,
      readyMicros: old === undefined ? endMicros : 0,
      programmed: this.#log.lengthAt(nowMicros),
      lastEndMicros: endMicros,
      stoppedMicros: undefined,
      affinities: old?.affinities,
    });
  }

  /** A kube-proxy that has been there all along (mode `ready` without system Pods). */
  assume(nodeName: string): void {
    this.#proxies.set(nodeName, {
      nodeName,
      readyMicros: 0,
      programmed: 0,
      lastEndMicros: -this.#minSyncMicros,
      stoppedMicros: undefined,
      affinities: undefined,
    });
  }

  stopped(nodeName: string): void {
    const proxy = this.#proxies.get(nodeName);
    if (proxy === undefined || proxy.stoppedMicros !== undefined) return;
    this.#advance(proxy);
    proxy.stoppedMicros = this.#sim.nowMicros;
    this.#log.pin(nodeName, proxy.programmed);
  }

  /** Plays the programmings that have ended by now. */
  #advance(proxy: Proxy): void {
    if (proxy.stoppedMicros !== undefined) return;
    const { nowMicros } = this.#sim;
    while (proxy.programmed < this.#log.length) {
      const startMicros = Math.max(this.#log.timeOf(proxy.programmed), proxy.lastEndMicros + this.#minSyncMicros);
      const endMicros = startMicros + this.#syncMicros;
      if (endMicros > nowMicros) return;
      proxy.programmed = this.#log.lengthAt(startMicros);
      proxy.lastEndMicros = endMicros;
    }
  }

  /** How many changes a Node's rules contain now; undefined without rules. */
  programmedOn(nodeName: string): number | undefined {
    const proxy = this.#proxies.get(nodeName);
    if (proxy === undefined || this.#sim.nowMicros < proxy.readyMicros) return undefined;
    this.#advance(proxy);
    return proxy.programmed;
  }

  /** What the Node's rules do with a new connection that a client on it opens. */
  route(nodeName: string, flow: Flow, isNodeAddress: boolean): ProxyVerdict {
    const key = isNodeAddress
      ? this.#log.keyOfNodePort(flow.protocol, flow.port)
      : this.#log.keyOfAddress(flow.address);
    if (key === undefined) return NO_RULE;
    const programmed = this.programmedOn(nodeName);
    if (programmed === undefined) return { kind: 'drop', service: key };
    const { service, slices } = this.#log.stateAt(key, programmed);
    if (service === undefined) return NO_RULE;
    const port = findPort(service, flow, isNodeAddress);
    if (port === undefined) return { kind: 'reject', service: key };
    const endpoints = endpointsOfPort(slices, port, nodeName);
    const categories = categorizeEndpoints(endpoints, service, nodeName, this.#labelsOf(nodeName));
    const isLocal = !isNodeAddress && service.spec.internalTrafficPolicy === 'Local' && usesLocal(service);
    const usable = (isLocal ? categories.local : categories.cluster) ?? [];
    if (usable.length === 0) return { kind: isLocal && categories.hasAny ? 'drop' : 'reject', service: key };
    const proxy = this.#proxies.get(nodeName) as Proxy;
    return { kind: 'endpoint', endpoint: this.#pick(proxy, service, key, flow, usable), service: key };
  }

  /**
   * Rule i of n is taken with probability 1/(n - i), which is one of n with equal chances; the draws are of a stream
   * of the Node's own. With ClientIP affinity a client keeps its endpoint while that is there and the time has not run
   * out.
   */
  #pick(proxy: Proxy, service: Service, key: ServiceKey, flow: Flow, usable: readonly ProxyEndpoint[]): ProxyEndpoint {
    const draw = (): ProxyEndpoint => {
      const index = this.#sim.stream(`proxy/balance/${proxy.nodeName}`).below(usable.length);
      return usable[index] as ProxyEndpoint;
    };
    if (service.spec.sessionAffinity !== 'ClientIP') return draw();
    const { nowMicros } = this.#sim;
    const seconds = service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS;
    const mapKey = `${key}/${flow.port}/${flow.clientAddress}`;
    const kept = proxy.affinities?.get(mapKey);
    const same =
      kept !== undefined && kept.untilMicros >= nowMicros ? usable.find(({ text }) => text === kept.text) : undefined;
    const chosen = same ?? draw();
    proxy.affinities ??= new Map();
    proxy.affinities.set(mapKey, { text: chosen.text, untilMicros: nowMicros + secondsToMicros(seconds) });
    return chosen;
  }
}

function findPort(service: Service, flow: Flow, isNodeAddress: boolean): ServicePort | undefined {
  return service.spec.ports?.find(
    (port) => (isNodeAddress ? port.nodePort : port.port) === flow.port && (port.protocol ?? 'TCP') === flow.protocol,
  );
}
