/**
 * flannel: each Node has a subnet of the Pod network, its flanneld announces the Node by annotations, and every other
 * flanneld that has heard of it has a route. A Node's Pods cannot be reached from a Node that has not.
 * What each of thousands of flannelds would learn alike is kept once: when a Node was announced, and when each
 * flanneld was up to hear it.
 * Source: flannel-io/flannel pkg/subnet/kube, pkg/backend/vxlan.
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import type { Client, WatchEvent } from '../client/client.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import { parseAddress, parseSubnet, type Subnet } from '../kubelet/address-pool.ts';
import { LatencySampler } from '../kubelet/latency.ts';
import type { Condition } from '../objects/meta.ts';
import type { Node, NodeStatus } from '../objects/node.ts';
import { NODES } from '../objects/resources.ts';
import type { NetworkSettings } from './network-settings.ts';

const PREFIX = 'flannel.alpha.coreos.com/';
const MANAGED = `${PREFIX}kube-subnet-manager`;

interface NodeNetwork {
  readonly nodeName: string;
  /** As the Node lists them, from which `address` was taken. */
  addresses: NodeStatus['addresses'];
  address: string;
  podCIDR: string | undefined;
  /** Announced to the others from then on. */
  announcedMicros: Micros | undefined;
  /** flanneld of this Node: up since, and when it was last up if it is down. */
  upMicros: Micros | undefined;
  downMicros: Micros | undefined;
  /** flanneld runs and waits for its subnet. */
  waiting: boolean;
}

export type Path = 'same-node' | 'cross-node';

export interface PodNetworkOptions {
  readonly sim: Simulation;
  readonly clock: ClusterClock;
  readonly client: Client;
  readonly settings: NetworkSettings;
  /** flanneld has written the Node's network configuration. */
  readonly onConfigured: (nodeName: string) => void;
}

export class PodNetwork {
  readonly #sim: Simulation;
  readonly #clock: ClusterClock;
  readonly #client: Client;
  readonly #onConfigured: (nodeName: string) => void;
  readonly #nodes = new Map<string, NodeNetwork>();
  /** By network address; all subnets of a cluster have one length, of which there are few. */
  readonly #bySubnet = new Map<number, Map<number, NodeNetwork>>();
  readonly #byAddress = new Map<string, NodeNetwork>();
  readonly #route: LatencySampler;

  constructor(options: PodNetworkOptions) {
    this.#sim = options.sim;
    this.#clock = options.clock;
    this.#client = options.client;
    this.#onConfigured = options.onConfigured;
    this.#route = new LatencySampler(options.settings.flannelRoute, options.sim.stream('network/flannel-route'));
    options.client.watch(NODES, {}, this.#onNode);
  }

  #nodeOf(nodeName: string): NodeNetwork {
    let node = this.#nodes.get(nodeName);
    if (node === undefined) {
      node = {
        nodeName,
        addresses: undefined,
        address: '',
        podCIDR: undefined,
        announcedMicros: undefined,
        upMicros: undefined,
        downMicros: undefined,
        waiting: false,
      };
      this.#nodes.set(nodeName, node);
    }
    return node;
  }

  readonly #onNode = (event: WatchEvent<Node>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const { metadata, spec, status } = event.object;
    const node = this.#nodeOf(metadata.name);
    if (event.type === 'DELETED') {
      node.announcedMicros = undefined;
      return;
    }
    if (status?.addresses !== node.addresses) this.#setAddresses(node, status?.addresses);
    if (spec?.podCIDR !== undefined && spec.podCIDR !== node.podCIDR) this.#setSubnet(node, spec.podCIDR);
    if (node.announcedMicros === undefined && metadata.annotations?.[MANAGED] === 'true') {
      node.announcedMicros = this.#sim.nowMicros + this.#route.draw();
    }
    if (node.waiting && node.podCIDR !== undefined) this.#configure(node);
  };

  #setAddresses(node: NodeNetwork, addresses: NodeStatus['addresses']): void {
    node.addresses = addresses;
    const address = addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    if (address === node.address) return;
    node.address = address;
    if (address !== '') this.#byAddress.set(address, node);
  }

  #setSubnet(node: NodeNetwork, podCIDR: string): void {
    node.podCIDR = podCIDR;
    const subnet: Subnet = parseSubnet(podCIDR);
    let subnets = this.#bySubnet.get(subnet.prefixLength);
    if (subnets === undefined) {
      subnets = new Map();
      this.#bySubnet.set(subnet.prefixLength, subnets);
    }
    subnets.set(subnet.network, node);
  }

  /** The flanneld process of a Node has started. */
  flannelStarted(nodeName: string): void {
    const node = this.#nodeOf(nodeName);
    node.upMicros = this.#sim.nowMicros;
    node.waiting = true;
    if (node.podCIDR !== undefined) this.#configure(node);
  }

  flannelStopped(nodeName: string): void {
    const node = this.#nodeOf(nodeName);
    if (node.upMicros === undefined) return;
    node.upMicros = undefined;
    node.downMicros = this.#sim.nowMicros;
  }

  /** flannel has been on this Node all along, and everybody knows it (mode `ready` without system Pods). */
  assume(nodeName: string): void {
    const node = this.#nodeOf(nodeName);
    node.upMicros = 0;
    node.announcedMicros = 0;
  }

  /** Annotations for the other flannelds, the condition for the scheduler's taint, the CNI configuration. */
  #configure(node: NodeNetwork): void {
    node.waiting = false;
    this.#sim.trace.emit('flannel.subnet', node.nodeName, node.podCIDR ?? '');
    const annotations = {
      [`${PREFIX}backend-data`]: JSON.stringify({ VNI: 1, VtepMAC: vtepMac(node.podCIDR ?? '') }),
      [`${PREFIX}backend-type`]: 'vxlan',
      [MANAGED]: 'true',
      [`${PREFIX}public-ip`]: node.address,
    };
    const annotate = (current: Node): Node =>
      current.metadata.annotations?.[MANAGED] === 'true'
        ? current
        : {
            ...current,
            metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
          };
    this.#client.patch(NODES, undefined, node.nodeName, annotate);
    const now = this.#clock.nowTimestamp();
    const up: Condition = {
      type: 'NetworkUnavailable',
      status: 'False',
      reason: 'FlannelIsUp',
      message: 'Flannel is running on this node',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    };
    const report = (current: Node): Node => {
      const others = (current.status?.conditions ?? []).filter(({ type }) => type !== 'NetworkUnavailable');
      return { ...current, status: { ...current.status, conditions: [up, ...others] } };
    };
    this.#client.patch(NODES, undefined, node.nodeName, report, undefined, 'status');
    this.#onConfigured(node.nodeName);
  }

  /** The Node whose subnet an address is of. */
  nodeOfPodAddress(address: string): string | undefined {
    const number = parseAddress(address);
    if (number === undefined) return undefined;
    for (const [prefixLength, subnets] of this.#bySubnet) {
      const found = subnets.get(number - (number % 2 ** (32 - prefixLength)));
      if (found !== undefined) return found.nodeName;
    }
    return undefined;
  }

  /** The Node that has this address itself. */
  nodeOfAddress(address: string): string | undefined {
    return this.#byAddress.get(address)?.nodeName;
  }

  /** How packets get from one Node to another's Pods; undefined while the first has no route. */
  path(from: string, to: string): Path | undefined {
    if (from === to) return 'same-node';
    const source = this.#nodes.get(from);
    const learnableMicros = this.#nodes.get(to)?.announcedMicros;
    if (source === undefined || learnableMicros === undefined || learnableMicros > this.#sim.nowMicros)
      return undefined;
    const isUp = source.upMicros !== undefined;
    const heard = isUp || (source.downMicros !== undefined && source.downMicros >= learnableMicros);
    return heard ? 'cross-node' : undefined;
  }
}

/** A made-up address of the VXLAN device, different for each subnet. */
function vtepMac(podCIDR: string): string {
  const { network } = parseSubnet(podCIDR);
  const bytes = [(network >>> 24) & 255, (network >>> 16) & 255, (network >>> 8) & 255, network & 255];
  return `3e:fb:${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
}
