/**
 * Requests of Pods: the name is looked up at a CoreDNS Pod through the kube-dns Service, the connection goes through
 * the rules of the client's Node, over the Pod network, to a Pod that answers. Every step is a record of the trace.
 */
import { type Micros, type RandomStream, type Simulation, secondsToMicros } from '../../engine/index.ts';
import type { ClusterDns } from '../dns/cluster-dns.ts';
import type { DnsAnswer } from '../dns/dns-records.ts';
import { candidateNames } from '../dns/resolver.ts';
import { parseAddress } from '../kubelet/address-pool.ts';
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts';
import { LatencySampler } from '../kubelet/latency.ts';
import { podKey, type PodWorker } from '../kubelet/pod-worker.ts';
import type { Flow, KubeProxies, ProxyVerdict } from '../proxy/kube-proxies.ts';
import type { NetworkSettings } from './network-settings.ts';
import type { PodNetwork } from './pod-network.ts';
import type { ClientRequest, RequestFailure, RequestResult } from './request.ts';

const DNS_PORT = 53;

export interface RequestSurroundings {
  readonly sim: Simulation;
  readonly settings: NetworkSettings;
  readonly fleet: KubeletFleet;
  readonly network: PodNetwork;
  readonly proxies: KubeProxies;
  readonly dns: ClusterDns;
}

interface Exchange {
  readonly request: ClientRequest;
  readonly done: (result: RequestResult) => void;
  readonly startedMicros: Micros;
  readonly subject: string;
  readonly client: PodWorker;
  readonly clientAddress: string;
  readonly names: readonly string[];
  nameIndex: number;
  attempt: number;
  dnsQueries: number;
}

/** Where a packet arrives, after so long. */
interface Hop {
  readonly worker: PodWorker;
  readonly delayMicros: Micros;
}

export class Requests {
  readonly #around: RequestSurroundings;
  readonly #sameNode: LatencySampler;
  readonly #crossNode: LatencySampler;
  readonly #service: LatencySampler;
  readonly #dnsQuery: LatencySampler;
  readonly #shuffle: RandomStream;
  #sent = 0;
  #answered = 0;
  #failed = 0;

  constructor(around: RequestSurroundings) {
    this.#around = around;
    const { sim, settings } = around;
    this.#sameNode = new LatencySampler(settings.sameNode, sim.stream('network/same-node'));
    this.#crossNode = new LatencySampler(settings.crossNode, sim.stream('network/cross-node'));
    this.#service = new LatencySampler(settings.service, sim.stream('network/service'));
    this.#dnsQuery = new LatencySampler(settings.dnsQuery, sim.stream('network/dns-query'));
    this.#shuffle = sim.stream('dns/loadbalance');
  }

  get counters(): { readonly sent: number; readonly answered: number; readonly failed: number } {
    return { sent: this.#sent, answered: this.#answered, failed: this.#failed };
  }

  /** Sends a request; `done` runs when the answer or the failure has come. */
  send(request: ClientRequest, done: (result: RequestResult) => void): void {
    const { sim, fleet, settings } = this.#around;
    const { fromPod, host, port, path = '' } = request;
    const subject = podKey(fromPod);
    this.#sent++;
    sim.trace.emit('request.send', subject, `${host}:${port}${path}`);
    const kubelet = fleet.kubelets.get(fromPod.spec.nodeName ?? '');
    const client = kubelet?.workers.get(fromPod.metadata.uid ?? '');
    const onHost = fromPod.spec.hostNetwork === true;
    const clientAddress = client === undefined ? '' : onHost ? client.kubelet.hostIP : client.address;
    if (client === undefined || clientAddress === '' || client.stage === 'stopped') {
      this.#failed++;
      const message = `pod ${subject} has no address`;
      sim.after(0, done, { ok: false, failure: 'NoClientAddress', message, latencyMicros: 0, dnsQueries: 0 });
      return;
    }
    const isAddress = parseAddress(host) !== undefined;
    const namespace = fromPod.metadata.namespace ?? 'default';
    const exchange: Exchange = {
      request,
      done,
      startedMicros: sim.nowMicros,
      subject,
      client,
      clientAddress,
      names: isAddress ? [] : candidateNames(host, namespace, settings.clusterDomain),
      nameIndex: 0,
      attempt: 0,
      dnsQueries: 0,
    };
    if (isAddress) this.#connect(exchange, host);
    else if (!usesClusterDns(fromPod.spec.dnsPolicy, onHost)) {
      this.#fail(
        exchange,
        'OutsideCluster',
        `pod ${subject} uses the name servers of its Node, which are not modelled`,
      );
    } else this.#query(exchange);
  }

  /** A packet from the client's Node to an address of the Pod network or of a Node; undefined: it gets lost. */
  #hop(exchange: Exchange, address: string): Hop | undefined {
    const { network, fleet } = this.#around;
    const from = exchange.client.kubelet.nodeName;
    const hostNode = network.nodeOfAddress(address);
    const to = hostNode ?? network.nodeOfPodAddress(address);
    if (to === undefined) return undefined;
    const path = hostNode === undefined ? network.path(from, to) : from === to ? 'same-node' : 'cross-node';
    const kubelet = fleet.kubelets.get(to);
    if (path === undefined || kubelet === undefined || !kubelet.running) return undefined;
    const worker = hostNode === undefined ? kubelet.workers.holderOf(address) : undefined;
    if (worker === undefined) return undefined;
    return { worker, delayMicros: (path === 'same-node' ? this.#sameNode : this.#crossNode).draw() };
  }

  #route(exchange: Exchange, address: string, port: number, protocol: 'TCP' | 'UDP'): ProxyVerdict {
    const { proxies, network, sim } = this.#around;
    const flow: Flow = { clientAddress: exchange.clientAddress, address, port, protocol };
    const isNodeAddress = network.nodeOfAddress(address) !== undefined;
    const verdict = proxies.route(exchange.client.kubelet.nodeName, flow, isNodeAddress);
    if (verdict.kind !== 'none') {
      const detail = verdict.kind === 'endpoint' ? `${verdict.service} ${verdict.endpoint.text}` : verdict.kind;
      sim.trace.emit('proxy.route', exchange.subject, `${address}:${port} ${detail}`);
    }
    return verdict;
  }

  #query(exchange: Exchange): void {
    const { settings, sim } = this.#around;
    const name = exchange.names[exchange.nameIndex] as string;
    // A and AAAA are asked for together, from one port: one flow, one server.
    exchange.dnsQueries += 2;
    sim.trace.emit('dns.query', exchange.subject, name);
    const verdict = this.#route(exchange, settings.clusterDnsAddress, DNS_PORT, 'UDP');
    const hop = verdict.kind === 'endpoint' ? this.#hop(exchange, verdict.endpoint.ip) : undefined;
    if (hop === undefined) this.#retryQuery(exchange, verdict.kind === 'reject' || verdict.kind === 'none');
    else sim.after(hop.delayMicros + this.#dnsQuery.draw(), this.#onServer, exchange, hop);
  }

  /** Nobody answers: the resolver waits its time-out, unless the Node refused at once, and asks again. */
  #retryQuery(exchange: Exchange, refused: boolean): void {
    const { settings, sim } = this.#around;
    exchange.attempt++;
    const delayMicros = refused ? 0 : secondsToMicros(settings.dnsTimeoutSeconds);
    sim.after(delayMicros, exchange.attempt < settings.dnsAttempts ? this.#onRetry : this.#onNoServer, exchange);
  }

  readonly #onRetry = (exchange: Exchange): void => this.#query(exchange);

  readonly #onNoServer = (exchange: Exchange): void =>
    this.#fail(exchange, 'DNSTimeout', `no name server answered for ${exchange.request.host}`);

  readonly #onServer = (exchange: Exchange, hop: Hop): void => {
    const { dns, sim } = this.#around;
    const answer = dns.ask(hop.worker.uid, exchange.names[exchange.nameIndex] as string);
    if (answer === undefined) this.#retryQuery(exchange, false);
    else sim.after(hop.delayMicros, this.#onAnswer, exchange, answer);
  };

  readonly #onAnswer = (exchange: Exchange, answer: DnsAnswer): void => {
    const { sim } = this.#around;
    const name = exchange.names[exchange.nameIndex] as string;
    exchange.attempt = 0;
    if (answer.code === 'NOERROR' && answer.addresses.length > 0) {
      // The loadbalance plugin permutes the answer; the client takes the first.
      const index = answer.addresses.length === 1 ? 0 : this.#shuffle.below(answer.addresses.length);
      const address = answer.addresses[index] as string;
      sim.trace.emit('dns.answer', exchange.subject, `${name} ${address}`);
      this.#connect(exchange, address);
      return;
    }
    sim.trace.emit('dns.answer', exchange.subject, `${name} ${answer.code}`);
    if (answer.code === 'CNAME') {
      this.#fail(exchange, 'OutsideCluster', `${name} is a CNAME of ${answer.target}, which is not modelled`);
      return;
    }
    exchange.nameIndex++;
    if (exchange.nameIndex < exchange.names.length) this.#query(exchange);
    else if (answer.code === 'FORWARD') {
      this.#fail(
        exchange,
        'OutsideCluster',
        `${name} is not a name of the cluster; other name servers are not modelled`,
      );
    } else this.#fail(exchange, 'NXDOMAIN', `${exchange.request.host}: no such host`);
  };

  #connect(exchange: Exchange, address: string): void {
    const { settings, sim } = this.#around;
    const { port } = exchange.request;
    const verdict = this.#route(exchange, address, port, 'TCP');
    const target = verdict.kind === 'endpoint' ? verdict.endpoint : { ip: address, port };
    if (verdict.kind === 'reject') {
      this.#fail(exchange, 'ConnectionRefused', `${address}:${port}: connection refused`);
      return;
    }
    const hop = verdict.kind === 'drop' ? undefined : this.#hop(exchange, target.ip);
    if (hop === undefined) {
      sim.after(secondsToMicros(settings.connectTimeoutSeconds), this.#onConnectTimeout, exchange, address);
      return;
    }
    sim.after(hop.delayMicros, this.#onArrival, exchange, { hop, address, target });
  }

  readonly #onConnectTimeout = (exchange: Exchange, address: string): void =>
    this.#fail(exchange, 'ConnectTimeout', `${address}:${exchange.request.port}: i/o timeout`);

  readonly #onArrival = (
    exchange: Exchange,
    arrival: { hop: Hop; address: string; target: { ip: string; port: number } },
  ): void => {
    const { sim, settings } = this.#around;
    const { hop, address, target } = arrival;
    if (hop.worker.address !== target.ip || hop.worker.stage === 'stopped') {
      sim.after(secondsToMicros(settings.connectTimeoutSeconds), this.#onConnectTimeout, exchange, address);
      return;
    }
    if (!isListening(hop.worker, target.port)) {
      this.#fail(exchange, 'ConnectionRefused', `${target.ip}:${target.port}: connection refused`, hop.delayMicros);
      return;
    }
    sim.trace.emit('request.serve', podKey(hop.worker.pod), exchange.subject);
    sim.after(this.#service.draw() + hop.delayMicros, this.#onResponse, exchange, arrival);
  };

  readonly #onResponse = (
    exchange: Exchange,
    { hop, address, target }: { hop: Hop; address: string; target: { ip: string } },
  ): void => {
    const { sim } = this.#around;
    this.#answered++;
    const servedBy = podKey(hop.worker.pod);
    sim.trace.emit('request.done', exchange.subject, servedBy);
    exchange.done({
      ok: true,
      servedBy,
      address: target.ip,
      resolvedAddress: address,
      latencyMicros: sim.nowMicros - exchange.startedMicros,
      dnsQueries: exchange.dnsQueries,
    });
  };

  #fail(exchange: Exchange, failure: RequestFailure, message: string, delayMicros = 0): void {
    this.#failed++;
    this.#around.sim.after(delayMicros, this.#onFailure, exchange, { failure, message });
  }

  readonly #onFailure = (exchange: Exchange, what: { failure: RequestFailure; message: string }): void => {
    const { sim } = this.#around;
    sim.trace.emit('request.fail', exchange.subject, what.failure);
    const latencyMicros = sim.nowMicros - exchange.startedMicros;
    exchange.done({ ok: false, ...what, latencyMicros, dnsQueries: exchange.dnsQueries });
  };
}

/** ClusterFirst means the Node's name servers for a Pod in the network of the host. */
function usesClusterDns(dnsPolicy: string | undefined, onHost: boolean): boolean {
  if (dnsPolicy === 'ClusterFirstWithHostNet') return true;
  return (dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && !onHost;
}

/** A running container that names the port, or names none at all, listens on it. */
function isListening(worker: PodWorker, port: number): boolean {
  for (const run of worker.runs) {
    if (run.state !== 'running') continue;
    const { ports } = run.container;
    if (ports === undefined || ports.length === 0) return true;
    if (ports.some(({ containerPort }) => containerPort === port)) return true;
  }
  return false;
}
