/**
 * One Node's kubelet: its Pods, its images, its addresses, its clients. Many thousands of these exist at once, so it
 * holds only what differs between Nodes; code, settings and streams are the fleet's. What happens to a Pod is in
 * `pod-lifecycle.ts`; this file takes in news and keeps the books of the Node.
 */
import type { Micros, ScheduledEvent } from '../../engine/index.ts';
import type { Client, Watch, WatchEvent } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { AddressPool } from './address-pool.ts';
import { type Amounts, admissionFailure, allocatableOf, amountsOf } from './admission.ts';
import { ImagePuller } from './image-puller.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { hexOf } from './made-up-digest.ts';
import { isEcho } from './pod-status.ts';
import { newPodWorker, type PodWorker, takePod } from './pod-worker.ts';
import { PodWorkers } from './pod-workers.ts';

export class Kubelet {
  // What most steps of Pods ask for comes first: it lies together in memory, which is what such a step waits for.
  readonly fleet: KubeletFleet;
  /** False while the machine or the kubelet is down: nothing is taken in, nothing sent. */
  running = false;
  readonly workers = new PodWorkers(this);
  readonly images: ImagePuller;
  readonly recorder: EventRecorder | undefined;
  /** Offset of this Node's relist ticks within the second. */
  readonly relistPhaseMicros: Micros;
  #addresses: AddressPool | undefined;
  #containers = 0;
  readonly #idPrefix: string;
  readonly client: Client;
  hostIP = '';
  hostIPs: readonly { readonly ip: string }[] = [];
  readonly nodeName: string;
  /** Requests of the Pods that have been admitted and have not ended. */
  readonly used: Amounts = { milliCpu: 0, memoryBytes: 0, pods: 0, extended: undefined };
  /** What the Node has to give. */
  allocatable: Amounts;
  networkReady = false;
  /** Pods of the first instant, which are admitted together, oldest first. */
  #initial: Pod[] | undefined;
  statusReport: ScheduledEvent | undefined;
  /** Reports that have been sent. */
  reports = 0;
  node: Node;
  #watch: Watch | undefined;

  constructor(fleet: KubeletFleet, node: Node, relistPhaseMicros: Micros) {
    this.fleet = fleet;
    this.node = node;
    this.nodeName = node.metadata.name;
    this.relistPhaseMicros = relistPhaseMicros;
    this.client = fleet.clientFor(`kubelet/${this.nodeName}`);
    this.recorder = fleet.settings.events
      ? new EventRecorder({
          sim: fleet.sim,
          client: fleet.clientFor(`kubelet-events/${this.nodeName}`),
          clock: fleet.clock,
          component: 'kubelet',
          host: this.nodeName,
        })
      : undefined;
    this.images = new ImagePuller(fleet.imageService);
    this.#idPrefix = [fleet.runtime.idPrefix, hexOf(this.nodeName)].join('');
    this.allocatable = allocatableOf(node, fleet.settings.maxPods);
    this.#readAddress();
  }

  updateNode(node: Node): void {
    const before = this.node.status;
    const { status } = node;
    this.node = node;
    if (status?.allocatable !== before?.allocatable || status?.capacity !== before?.capacity) {
      this.allocatable = allocatableOf(node, this.fleet.settings.maxPods);
    }
    if (status?.addresses !== before?.addresses) this.#readAddress();
    if (this.#addresses !== undefined && this.#addresses.cidr !== node.spec?.podCIDR) this.#addresses = undefined;
  }

  #readAddress(): void {
    const hostIP = this.node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    if (hostIP !== this.hostIP) {
      this.hostIP = hostIP;
      this.hostIPs = hostIP === '' ? [] : [{ ip: hostIP }];
    }
  }

  /** Begins to watch the Pods that are bound to this Node. */
  start(): void {
    this.running = true;
    this.#initial = [];
    this.fleet.sim.after(0, Kubelet.#admitInitial, this);
    const options = { fieldSelector: { 'spec.nodeName': this.nodeName } };
    this.#watch = this.client.watch(PODS, options, (event: WatchEvent<Pod>) => this.#onPod(event));
  }

  /** The machine stops: containers are gone, nothing is reported. */
  stop(): void {
    this.running = false;
    this.#watch?.stop();
    this.#watch = undefined;
    for (const worker of this.workers.values()) this.fleet.lifecycle.abandon(worker);
  }

  static readonly #admitInitial = (kubelet: Kubelet): void => {
    const pods = kubelet.#initial ?? [];
    kubelet.#initial = undefined;
    pods.sort((a, b) => (createdBefore(a, b) ? -1 : createdBefore(b, a) ? 1 : 0));
    for (const pod of pods) kubelet.#add(pod);
  };

  #onPod(event: WatchEvent<Pod>): void {
    if (!this.running) return;
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'ERROR') {
      throw new Error(`kubelet of ${this.nodeName}: watch of Pods failed: ${event.status.message ?? 'no message'}`);
    }
    const pod = event.object;
    const worker = this.workers.find(pod.metadata.uid ?? '');
    if (event.type === 'DELETED') {
      if (worker !== undefined) this.fleet.lifecycle.onRemoved(worker, pod);
      return;
    }
    if (worker !== undefined) this.#update(worker, pod);
    else if (this.#initial !== undefined) this.#initial.push(pod);
    else this.#add(pod);
  }

  #update(worker: PodWorker, pod: Pod): void {
    const deletedNow = pod.metadata.deletionTimestamp !== undefined;
    takePod(worker, pod);
    if (worker.sent !== undefined && isEcho(worker.sent, pod.status)) {
      worker.sent = pod.status;
      worker.base = undefined;
    }
    if (deletedNow) this.fleet.lifecycle.onDeletion(worker);
    else if (worker.shape.hasGates) this.fleet.lifecycle.planSync(worker, this.fleet.sim.nowMicros);
    else this.workers.rest(worker);
  }

  #add(pod: Pod): void {
    const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'];
    if (mirror !== undefined && this.fleet.staticPods.adoptMirror(this, pod)) return;
    const phase = pod.status?.phase;
    const worker = newPodWorker(this, pod, this.fleet.shapes.of(pod.spec), false);
    this.workers.set(worker.uid, worker);
    if (phase === 'Succeeded' || phase === 'Failed') {
      worker.stage = 'stopped';
      worker.terminal = true;
      if (pod.metadata.deletionTimestamp !== undefined) this.fleet.lifecycle.onDeletion(worker);
      return;
    }
    if (phase === 'Running') {
      this.book(worker, 1);
      this.fleet.lifecycle.adopt(worker);
    } else if (pod.metadata.deletionTimestamp === undefined) {
      const failure = admissionFailure(this, worker);
      if (failure !== undefined) this.fleet.lifecycle.reject(worker, failure.reason, failure.message);
      else this.admit(worker);
    }
    if (pod.metadata.deletionTimestamp !== undefined) this.fleet.lifecycle.onDeletion(worker);
  }

  admit(worker: PodWorker): void {
    this.book(worker, 1);
    this.fleet.lifecycle.begin(worker);
  }

  /** Adds (1) or takes away (-1) what the Pod requests. */
  book(worker: PodWorker, sign: 1 | -1): void {
    const amounts = amountsOf(worker);
    this.used.milliCpu += sign * amounts.milliCpu;
    this.used.memoryBytes += sign * amounts.memoryBytes;
    this.used.pods += sign;
    if (amounts.extended === undefined) return;
    this.used.extended ??= new Map();
    for (const [name, amount] of amounts.extended) {
      this.used.extended.set(name, (this.used.extended.get(name) ?? 0) + sign * amount);
    }
  }

  /** CNI ADD: an address, '' for Pods in the host's network, undefined when the subnet is used up. */
  allocateAddress(worker: PodWorker): string | undefined {
    if (worker.shape.onHost) return '';
    return this.#pool().allocate();
  }

  /** Takes over the address of a Pod that ran before this kubelet. */
  adoptAddress(address: string): void {
    this.#pool().adopt(address);
  }

  releaseAddress(worker: PodWorker): void {
    if (worker.address === '') return;
    this.#pool().release(worker.address);
  }

  #pool(): AddressPool {
    if (this.#addresses === undefined) {
      const cidr = this.node.spec?.podCIDR;
      if (cidr === undefined) throw new Error(`node ${this.nodeName} has no podCIDR; a Pod's address needs one`);
      this.#addresses = new AddressPool(cidr);
    }
    return this.#addresses;
  }

  /** Unique in the cluster; 64 hexadecimal digits as the runtimes print them. */
  newContainerId(): string {
    this.#containers++;
    return this.#idPrefix + suffixOf(this.#containers);
  }

  /** The first relist after now. */
  nextRelistMicros(): Micros {
    const periodMicros = this.fleet.relistPeriodMicros;
    const since = this.fleet.sim.nowMicros - this.relistPhaseMicros;
    return this.relistPhaseMicros + (Math.floor(since / periodMicros) + 1) * periodMicros;
  }

  /** The CNI configuration is there: Pods that waited for it go on at their next try. */
  setNetworkReady(): void {
    if (this.networkReady) return;
    this.networkReady = true;
    for (const worker of this.workers.busy()) {
      if (worker.stage === 'waiting' && !worker.hasSandbox) this.fleet.lifecycle.retryForNetwork(worker);
    }
  }
}

function createdBefore(a: Pod, b: Pod): boolean {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left < right;
}

/** Ends of container IDs by number: the Nodes count alike, and each text is kept once for all of them. */
const suffixes: string[] = ['00000000'];

function suffixOf(count: number): string {
  let suffix = suffixes[count];
  if (suffix === undefined) {
    suffix = count.toString(16).padStart(8, '0');
    if (count === suffixes.length) suffixes.push(suffix);
  }
  return suffix;
}
