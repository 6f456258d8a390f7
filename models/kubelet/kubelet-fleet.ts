/**
 * All kubelets of a cluster: what they share (code, settings, runtime, registry, streams) and the Nodes they run on.
 * A Node's own news (its subnet, its labels, its end) comes by one watch for all of them, with the same result as if
 * each had watched its own Node.
 */
import { type Micros, type RandomStream, type Simulation, secondsToMicros } from '../../engine/index.ts';
import type { Client, WatchEvent } from '../client/client.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { Node } from '../objects/node.ts';
import type { Pod, PodStatus } from '../objects/pod.ts';
import { NODES, PODS } from '../objects/resources.ts';
import { ContainerProbes } from './container-probes.ts';
import { ContainerStarter } from './container-start.ts';
import { ImageCatalogue, type ImageCatalogueSpec } from './image-catalogue.ts';
import type { ImageService } from './image-puller.ts';
import { KnownImages } from './known-images.ts';
import { Kubelet } from './kubelet.ts';
import type { KubeletSettings } from './kubelet-settings.ts';
import { LatencySampler } from './latency.ts';
import { NodeReporter } from './node-reporter.ts';
import { PodLifecycle } from './pod-lifecycle.ts';
import { PodShapes } from './pod-shape.ts';
import { StatusParts } from './pod-status.ts';
import { PodTermination } from './pod-termination.ts';
import type { ContainerRun, PodWorker } from './pod-worker.ts';
import type { RuntimeProfile } from './runtime-profile.ts';
import { StaticPods } from './static-pods.ts';
import { withBuiltStatus } from './usual-status.ts';

export interface KubeletFleetOptions {
  readonly sim: Simulation;
  readonly clock: ClusterClock;
  readonly settings: KubeletSettings;
  readonly runtime: RuntimeProfile;
  readonly images?: ImageCatalogueSpec;
  /** A client with the limits of one kubelet, for a user agent. */
  readonly clientFor: (userAgent: string) => Client;
}

/** What the rest of the cluster hears of processes in containers; flannel, kube-proxy and CoreDNS are such processes. */
export interface ProcessListener {
  containerStarted?(pod: Pod, container: string, nodeName: string): void;
  containerStopped?(pod: Pod, container: string, nodeName: string): void;
}

interface Samplers {
  readonly sandbox: LatencySampler;
  readonly hostNetworkSandbox: LatencySampler;
  readonly createContainer: LatencySampler;
  readonly startContainer: LatencySampler;
  readonly stopContainer: LatencySampler;
}

export class KubeletFleet {
  readonly sim: Simulation;
  readonly clock: ClusterClock;
  readonly settings: KubeletSettings;
  readonly runtime: RuntimeProfile;
  readonly images: KnownImages;
  readonly clientFor: (userAgent: string) => Client;
  readonly samplers: Samplers;
  readonly jitter: RandomStream;
  readonly imageService: ImageService;
  readonly relistPeriodMicros: Micros;
  readonly shapes: PodShapes;
  readonly parts = new StatusParts();
  readonly lifecycle: PodLifecycle;
  readonly starter: ContainerStarter;
  readonly termination: PodTermination;
  readonly probes: ContainerProbes;
  readonly staticPods: StaticPods;
  readonly reporter: NodeReporter;
  readonly kubelets = new Map<string, Kubelet>();
  readonly #listeners: ProcessListener[] = [];
  readonly #phases: RandomStream;

  constructor(options: KubeletFleetOptions) {
    const { sim, settings, runtime } = options;
    this.sim = sim;
    this.clock = options.clock;
    this.settings = settings;
    this.runtime = runtime;
    this.clientFor = options.clientFor;
    const catalogue = new ImageCatalogue(options.images);
    this.images = new KnownImages(catalogue);
    this.shapes = new PodShapes(this.images);
    const sampler = (what: 'sandbox' | 'hostNetworkSandbox' | 'createContainer' | 'startContainer' | 'stopContainer') =>
      new LatencySampler(runtime[what], sim.stream(`kubelet/${what}`));
    this.samplers = {
      sandbox: sampler('sandbox'),
      hostNetworkSandbox: sampler('hostNetworkSandbox'),
      createContainer: sampler('createContainer'),
      startContainer: sampler('startContainer'),
      stopContainer: sampler('stopContainer'),
    };
    this.jitter = sim.stream('kubelet/jitter');
    this.#phases = sim.stream('kubelet/relist-phase');
    this.relistPeriodMicros = secondsToMicros(settings.relistPeriodSeconds);
    this.imageService = {
      sim,
      settings,
      registryRoundTrip: new LatencySampler(runtime.registryRoundTrip, sim.stream('kubelet/registry')),
      preloaded: this.images.preloaded(),
      onPulled: (worker, run, failure, pullMicros, withWaitMicros) =>
        this.starter.onPulled(worker, run, failure, pullMicros, withWaitMicros),
      // A Node's list of images has changed: its status says so at the next report.
      onArrival: (kubelet) => this.reporter.planReport(kubelet),
    };
    this.lifecycle = new PodLifecycle(this);
    this.starter = new ContainerStarter(this);
    this.termination = new PodTermination(this);
    this.probes = new ContainerProbes(this);
    this.staticPods = new StaticPods(this);
    this.reporter = new NodeReporter(this);
  }

  /** Begins to follow the Nodes. */
  start(): void {
    this.clientFor('kubelet-nodes').watch(NODES, {}, this.#onNode);
  }

  readonly #onNode = (event: WatchEvent<Node>): void => {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') {
      const kubelet = this.kubelets.get(event.object.metadata.name);
      if (kubelet === undefined) return;
      kubelet.updateNode(event.object);
      this.reporter.onNode(kubelet);
    }
  };

  /**
   * Puts a kubelet on a machine. The Node object exists already, or the kubelet registers it (`reporter.register`).
   * `networkReady`: a CNI configuration is there from the start.
   */
  add(node: Node, networkReady: boolean): Kubelet {
    const name = node.metadata.name;
    if (this.kubelets.has(name)) throw new RangeError(`node '${name}' is there twice; names of Nodes must differ`);
    const kubelet = new Kubelet(this, node, this.#phases.below(this.relistPeriodMicros));
    kubelet.networkReady = networkReady;
    this.kubelets.set(name, kubelet);
    return kubelet;
  }

  listen(listener: ProcessListener): void {
    this.#listeners.push(listener);
  }

  onContainerStarted(worker: PodWorker, run: ContainerRun): void {
    for (const listener of this.#listeners) {
      listener.containerStarted?.(worker.pod, run.container.name, worker.kubelet.nodeName);
    }
  }

  onContainerStopped(worker: PodWorker, run: ContainerRun): void {
    for (const listener of this.#listeners) {
      listener.containerStopped?.(worker.pod, run.container.name, worker.kubelet.nodeName);
    }
  }

  /**
   * PATCH of pods/NAME/status. Nothing is written over a Pod of the same name that is another one, and nothing after a
   * newer status has been sent: requests may overtake each other, and the status manager sends the latest only.
   */
  sendStatus(worker: PodWorker, status: PodStatus): void {
    const { kubelet, uid } = worker;
    if (worker.isStatic && !this.staticPods.hasMirror(worker)) return;
    const { namespace, name } = worker.pod.metadata;
    const change = (current: Pod): Pod =>
      worker.sent === status && (current.metadata.uid === uid || worker.isStatic)
        ? withBuiltStatus(current, status, worker.base)
        : current;
    kubelet.client.patch(PODS, namespace, name, change, undefined, 'status');
  }
}
