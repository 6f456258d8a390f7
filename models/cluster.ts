/**
 * The composition root: puts the components of a cluster together as a specification says, and is the only place that
 * sees all of them. They talk through the API server and the network alone.
 */
import { type Micros, MICROS_PER_SECOND, type Simulation } from '../engine/index.ts';
import { ApiServer } from './apiserver/api-server.ts';
import {
  COREDNS_CONTAINER,
  dnsAddon,
  FLANNEL_CONTAINER,
  flannelAddon,
  KUBE_PROXY_CONTAINER,
  proxyAddon,
} from './bootstrap/addons.ts';
import { initialObjects, missingServiceAccounts } from './bootstrap/initial-objects.ts';
import { bootstrapWithKubeadm, type KubeadmSurroundings, runControlPlane } from './bootstrap/kubeadm.ts';
import {
  nodeMaskFor,
  nodesOfGroup,
  nodeSubnet,
  plannedManifest,
  type PlannedNode,
  podCidrFor,
} from './bootstrap/node-objects.ts';
import { readyNode } from './bootstrap/ready-nodes.ts';
import { ClusterChecks } from './checks/cluster-checks.ts';
import type { Client } from './client/client.ts';
import { EventRecorder } from './client/event-recorder.ts';
import { InformerFactory } from './client/informer.ts';
import { ClusterActivity } from './cluster-activity.ts';
import { ClusterClock } from './cluster-clock.ts';
import type { ClusterSpec } from './cluster-spec.ts';
import { ControllerManager } from './controllers/controller-manager.ts';
import { managerSurroundings } from './controllers/manager-surroundings.ts';
import { ClusterDns } from './dns/cluster-dns.ts';
import { formatAddress, parseSubnet } from './kubelet/address-pool.ts';
import { KubeletFleet } from './kubelet/kubelet-fleet.ts';
import { DEFAULT_KUBELET_SETTINGS, type KubeletSettings } from './kubelet/kubelet-settings.ts';
import { type RuntimeProfile, runtimeProfile } from './kubelet/runtime-profile.ts';
import { DEFAULT_NETWORK_SETTINGS, type NetworkSettings } from './network/network-settings.ts';
import { PodNetwork } from './network/pod-network.ts';
import type { ClientRequest, RequestResult } from './network/request.ts';
import { Requests } from './network/requests.ts';
import type { KubeObject } from './objects/meta.ts';
import type { Node } from './objects/node.ts';
import type { Pod } from './objects/pod.ts';
import { KubeProxies } from './proxy/kube-proxies.ts';
import { ServiceLog } from './proxy/service-log.ts';
import { type BuiltScheduler, buildScheduler } from './scheduler/build-scheduler.ts';
import { readSchedulerConfiguration, type SchedulerConfiguration } from './scheduler/config/scheduler-configuration.ts';
import type { TieBreak } from './scheduler/decision/choose-host.ts';
import { explainPod, type PodExplanation } from './scheduler/decision/explain.ts';
import { podInfo } from './scheduler/framework/pod-info.ts';
import type { PluginRegistry } from './scheduler/profile/registry.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import type { SchedulerContext } from './scheduler/scheduler-context.ts';
import type { SchedulerObserver } from './scheduler/scheduling-metrics.ts';
import type { SchedulingEngine } from './scheduler/scheduling-engine.ts';

/** Nothing has come to another stage for so long: what is not running by then is not on its way. */
const SETTLED_MICROS: Micros = 2 * MICROS_PER_SECOND;
/** The processes that other models wait for. */
const SYSTEM_CONTAINERS: ReadonlySet<string> = new Set([FLANNEL_CONTAINER, KUBE_PROXY_CONTAINER, COREDNS_CONTAINER]);

/** What of a cluster the specification cannot say as data. */
export interface ClusterParts {
  /** Machinery that decides in place of the one that `spec.scheduler` configures. */
  readonly schedulingEngine?: SchedulingEngine;
  /** Scheduler plugins beside those of Kubernetes, by name. */
  readonly plugins?: PluginRegistry;
  /** Hears of each attempt and binding; must not change anything. */
  readonly schedulerObserver?: SchedulerObserver;
  /** Of Nodes with equal scores; `random` unless given. */
  readonly tieBreak?: TieBreak;
  /** Every scheduling decision by the plain rules, without the index: slower, and the same. */
  readonly plain?: boolean;
}

/** Everything that has been decided before the first component is made. */
interface Plan {
  readonly spec: ClusterSpec;
  readonly nodes: readonly PlannedNode[];
  readonly network: NetworkSettings;
  readonly kubelet: KubeletSettings;
  readonly runtime: RuntimeProfile;
  readonly nodeMask: number;
}

function planOf(spec: ClusterSpec): Plan {
  const runtime = runtimeProfile(spec.runtime ?? 'containerd');
  const nodes: PlannedNode[] = [];
  (spec.nodeGroups ?? []).forEach((group, index) => {
    nodes.push(...nodesOfGroup(group, index, nodes.length, runtime));
  });
  for (const node of spec.nodes ?? []) nodes.push(plannedManifest(node, nodes.length));
  const podCidr = podCidrFor(nodes.length, spec.network?.podCidr);
  return {
    spec,
    nodes,
    runtime,
    network: { ...DEFAULT_NETWORK_SETTINGS, ...spec.network, podCidr },
    kubelet: { ...DEFAULT_KUBELET_SETTINGS, ...spec.kubelet, events: spec.events ?? spec.kubelet?.events ?? true },
    nodeMask: nodeMaskFor(nodes.length, podCidr),
  };
}

export interface ClusterCounters {
  readonly nodes: number;
  readonly pods: ClusterActivity['pods'];
  readonly requests: Requests['counters'];
  readonly events: number;
}

/** A simulated cluster: `createCluster` makes one, `sim.runUntil` or `runUntilSettled` lets time run. */
export class Cluster {
  readonly sim: Simulation;
  readonly spec: ClusterSpec;
  readonly clock: ClusterClock;
  readonly apiServer: ApiServer;
  /** A user's client, without a rate limit: a person never meets kubectl's. */
  readonly kubectlClient: Client;
  readonly fleet: KubeletFleet;
  readonly network: PodNetwork;
  readonly proxies: KubeProxies;
  readonly dns: ClusterDns;
  readonly controllerManager: ControllerManager;
  readonly scheduler: Scheduler;
  readonly activity: ClusterActivity;
  readonly checks: ClusterChecks | undefined;
  readonly #requests: Requests;
  readonly #plan: Plan;
  /** Undefined when the machinery that decides was handed in. */
  #builtScheduler: BuiltScheduler | undefined;

  constructor(spec: ClusterSpec, sim: Simulation, parts: ClusterParts = {}) {
    const plan = planOf(spec);
    this.#plan = plan;
    this.sim = sim;
    this.spec = spec;
    this.clock = new ClusterClock(sim);
    this.apiServer = new ApiServer(sim, this.clock, { serviceCidr: plan.network.serviceCidr, ...spec.apiServer });
    this.activity = new ClusterActivity(sim);
    this.apiServer.observe((change) => this.activity.onChange(change.resource, change.old, change.current));
    this.#seed();
    this.kubectlClient = this.apiServer.client({ userAgent: 'kubectl' });
    this.checks =
      spec.checks === true ? new ClusterChecks(sim, this.apiServer.client({ userAgent: 'checks' })) : undefined;
    this.fleet = this.#makeFleet();
    this.network = new PodNetwork({
      sim,
      clock: this.clock,
      client: this.apiServer.client({ userAgent: 'flanneld' }),
      settings: plan.network,
      onConfigured: (nodeName) => this.#onNetworkConfigured(nodeName),
    });
    this.proxies = this.#makeProxies();
    this.dns = new ClusterDns(this.apiServer.client({ userAgent: 'coredns' }), plan.network.clusterDomain);
    const { fleet, network, proxies, dns } = this;
    this.#requests = new Requests({ sim, settings: plan.network, fleet, network, proxies, dns });
    this.controllerManager = this.#makeControllerManager();
    this.scheduler = this.#makeScheduler(parts);
    this.#listenToProcesses();
    this.fleet.start();
    this.controllerManager.start();
    this.#bootstrap();
  }

  /** What the store begins with. */
  #seed(): void {
    const { spec, nodes, network, nodeMask } = this.#plan;
    const apiAddress = formatAddress(parseSubnet(network.serviceCidr).network + 1);
    const objects: KubeObject[] = [...initialObjects(apiAddress)];
    if (spec.bootstrap !== 'kubeadm') {
      nodes.forEach((planned, index) => {
        const podCIDR = nodeSubnet(network.podCidr, nodeMask, index);
        objects.push(readyNode(planned, podCIDR, this.clock, spec.schedulableControlPlane ?? false));
      });
      objects.push(...this.#systemObjects());
    }
    const all = [...objects, ...(spec.objects ?? [])];
    this.apiServer.seed(spec.bootstrap === 'kubeadm' ? all : [...all, ...missingServiceAccounts(all)]);
  }

  #systemObjects(): KubeObject[] {
    const { spec, network } = this.#plan;
    const dns = dnsAddon(network.clusterDnsAddress);
    switch (spec.systemPods ?? 'none') {
      case 'none':
        return [];
      case 'dns':
        return dns;
      case 'all':
        return [...dns, ...proxyAddon(network.podCidr), ...flannelAddon(network.podCidr)];
    }
  }

  #makeFleet(): KubeletFleet {
    const { kubelet, runtime, spec } = this.#plan;
    return new KubeletFleet({
      sim: this.sim,
      clock: this.clock,
      settings: kubelet,
      runtime,
      ...(spec.images === undefined ? {} : { images: spec.images }),
      clientFor: (userAgent) =>
        this.apiServer.client({ userAgent, qps: kubelet.kubeAPIQPS, burst: kubelet.kubeAPIBurst }),
    });
  }

  #makeProxies(): KubeProxies {
    const { network } = this.#plan;
    const client = this.apiServer.client({ userAgent: 'kube-proxy' });
    const log = new ServiceLog(this.sim, client, KubeProxies.keepMicros(network));
    return new KubeProxies(this.sim, log, network, (name) => this.fleet.kubelets.get(name)?.node.metadata.labels);
  }

  #makeControllerManager(): ControllerManager {
    const { spec, network, nodeMask } = this.#plan;
    const surroundings = managerSurroundings({
      sim: this.sim,
      clock: this.clock,
      client: (userAgent, limits) => this.apiServer.client({ userAgent, ...limits }),
      events: spec.events === false ? 'off' : 'stored',
    });
    return new ControllerManager(surroundings, {
      clusterCidr: network.podCidr,
      nodeCidrMaskSize: nodeMask,
      ...spec.controllerManager,
    });
  }

  #makeScheduler(parts: ClusterParts): Scheduler {
    const { sim, clock } = this;
    const informers = new InformerFactory(sim, this.apiServer.client({ userAgent: 'kube-scheduler/informers' }));
    const configuration = readSchedulerConfiguration(this.spec.scheduler);
    const client = this.apiServer.client({ userAgent: 'kube-scheduler', ...configuration.clientConnection });
    const events = this.spec.events === false ? 'off' : 'stored';
    const context: SchedulerContext = {
      nowTimestamp: () => clock.nowTimestamp(),
      cache: (resource) => informers.informer(resource),
      recorder: (component) => new EventRecorder({ sim, client, clock, component, events }),
    };
    const scheduler = this.#schedulerOf(parts, client, context, configuration);
    informers.start();
    informers.onSynced(() => scheduler.start());
    return scheduler;
  }

  #schedulerOf(
    parts: ClusterParts,
    client: Client,
    context: SchedulerContext,
    configuration: SchedulerConfiguration,
  ): Scheduler {
    const { schedulingEngine: engine, plugins, schedulerObserver, tieBreak, plain } = parts;
    const observer = schedulerObserver === undefined ? {} : { observer: schedulerObserver };
    if (engine !== undefined) return new Scheduler(this.sim, client, { engine, context, ...observer });
    this.#builtScheduler = buildScheduler(this.sim, client, {
      context,
      configuration,
      cycleCost: this.spec.schedulingCost,
      ...observer,
      ...(plugins === undefined ? {} : { registry: plugins }),
      ...(tieBreak === undefined ? {} : { tieBreak }),
      ...(plain === undefined ? {} : { plain }),
    });
    return this.#builtScheduler.scheduler;
  }

  /**
   * What every plugin says of every Node about the Pod, as the scheduler sees the cluster at this moment; changes nothing. Undefined when no
   * profile serves the Pod.
   */
  explain(pod: Pod): PodExplanation | undefined {
    const name = pod.spec.schedulerName ?? 'default-scheduler';
    const profile = this.#builtScheduler?.profiles.find(({ schedulerName }) => schedulerName === name);
    if (this.#builtScheduler === undefined || profile === undefined) return undefined;
    const { cache } = this.#builtScheduler;
    return explainPod(profile, podInfo(pod, cache.classes), cache.snapshot());
  }

  /** flannel, kube-proxy and CoreDNS are processes in containers: they work while their containers run. */
  #listenToProcesses(): void {
    const { network, proxies, dns } = this;
    const isSystem = (pod: Pod): boolean => pod.metadata.namespace?.startsWith('kube-') === true;
    this.fleet.listen({
      containerStarted(pod, container, nodeName) {
        if (!SYSTEM_CONTAINERS.has(container) || !isSystem(pod)) return;
        if (container === FLANNEL_CONTAINER) network.flannelStarted(nodeName);
        else if (container === KUBE_PROXY_CONTAINER) proxies.started(nodeName);
        else if (container === COREDNS_CONTAINER) dns.serverStarted(pod.metadata.uid ?? '');
      },
      containerStopped(pod, container, nodeName) {
        if (!SYSTEM_CONTAINERS.has(container) || !isSystem(pod)) return;
        if (container === FLANNEL_CONTAINER) network.flannelStopped(nodeName);
        else if (container === KUBE_PROXY_CONTAINER) proxies.stopped(nodeName);
        else if (container === COREDNS_CONTAINER) dns.serverStopped(pod.metadata.uid ?? '');
      },
    });
  }

  #onNetworkConfigured(nodeName: string): void {
    const kubelet = this.fleet.kubelets.get(nodeName);
    if (kubelet !== undefined) this.fleet.reporter.onNetworkConfigured(kubelet);
  }

  #bootstrap(): void {
    if (this.spec.bootstrap === 'kubeadm') bootstrapWithKubeadm(this.#kubeadm(), this.#plan.nodes);
    else this.#startReadyNodes();
  }

  #kubeadm(): KubeadmSurroundings {
    const { network, spec } = this.#plan;
    return {
      sim: this.sim,
      fleet: this.fleet,
      kubeadm: this.apiServer.client({ userAgent: 'kubeadm' }),
      kubectl: this.kubectlClient,
      podCidr: network.podCidr,
      serviceCidr: network.serviceCidr,
      clusterDnsAddress: network.clusterDnsAddress,
      schedulableControlPlane: spec.schedulableControlPlane ?? false,
    };
  }

  #startReadyNodes(): void {
    const { nodes, network, nodeMask, spec } = this.#plan;
    nodes.forEach((planned, index) => {
      const podCIDR = nodeSubnet(network.podCidr, nodeMask, index);
      const kubelet = this.fleet.add(readyNode(planned, podCIDR, this.clock, true), true);
      this.network.assume(kubelet.nodeName);
      this.proxies.assume(kubelet.nodeName);
      kubelet.start();
      if (!planned.controlPlane || spec.systemPods !== 'all') return;
      runControlPlane(this.fleet, kubelet);
      this.fleet.reporter.expectNode(kubelet);
    });
  }

  /** Sends a request from a Pod; `done` runs when its answer or failure has come. */
  request(request: ClientRequest, done: (result: RequestResult) => void): void {
    this.#requests.send(request, done);
  }

  /** As `isSettled`, at this moment. */
  #isQuiet(): boolean {
    const { pods, unsatisfiedWorkloads } = this.activity;
    if (pods.starting > 0 || pods.terminating > 0 || unsatisfiedWorkloads > 0) return false;
    if (pods.unbound === 0) return true;
    const { active, backoff, inFlight, unschedulable, gated } = this.scheduler.queueLengths;
    return active + backoff + inFlight === 0 && unschedulable + gated >= pods.unbound;
  }

  /**
   * Whether nothing is on its way any more: every Pod runs, has finished, fails in a back-off or has been found
   * unschedulable; every workload has the Pods it wants; and it has been so for two seconds.
   */
  isSettled(): boolean {
    return this.#isQuiet() && this.sim.nowMicros - this.activity.lastChangeMicros >= SETTLED_MICROS;
  }

  /** Lets time run until the cluster has settled; false if the limit of virtual time comes first. */
  runUntilSettled(limitMicros: Micros): boolean {
    const isQuiet = (): boolean => this.#isQuiet();
    while (this.sim.nowMicros < limitMicros) {
      const reason = this.sim.runUntil({ condition: isQuiet, timeMicros: limitMicros });
      if (reason === 'time') break;
      const untilMicros = Math.max(this.sim.nowMicros, this.activity.lastChangeMicros + SETTLED_MICROS);
      this.sim.runUntil({ timeMicros: Math.min(limitMicros, untilMicros) });
      if (this.isSettled()) return true;
    }
    return this.isSettled();
  }

  get counters(): ClusterCounters {
    return {
      nodes: this.fleet.kubelets.size,
      pods: this.activity.pods,
      requests: this.#requests.counters,
      events: this.sim.executed,
    };
  }

  /** The Node of that name as its kubelet knows it. */
  node(name: string): Node | undefined {
    return this.fleet.kubelets.get(name)?.node;
  }
}

/**
 * Builds a cluster. Time does not run: `sim.runUntil` does that.
 * @throws RangeError for a specification that makes no sense, with the field and what is accepted
 * @throws ConfigurationError for a scheduler configuration that kube-scheduler would refuse
 */
export function createCluster(spec: ClusterSpec, sim: Simulation, parts: ClusterParts = {}): Cluster {
  return new Cluster(spec, sim, parts);
}
