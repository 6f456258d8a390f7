/**
 * kube-controller-manager: the registry of its controllers, and a process that runs those asked for. Each controller
 * has a client and a rate limiter of its own; all share the caches.
 * Source of names and defaults: cmd/kube-controller-manager/names/controller_names.go,
 * cmd/kube-controller-manager/app/{controllermanager.go,options}.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KubeObject } from '../objects/meta.ts';
import { CONTROLLER_REVISIONS, PODS, REPLICA_SETS, type Resource } from '../objects/resources.ts';
import { CONTROLLER_INDEX, controllerKeys, ownerKeys } from './claims.ts';
import type { Controller } from './controller.ts';
import type { ControllerContext, ObjectCache, Recorder, WorkQueue } from './controller-context.ts';
import { DaemonSetController } from './daemonset/daemonset-controller.ts';
import { DeploymentController } from './deployment/deployment-controller.ts';
import { EndpointSliceController } from './endpoints/endpointslice-controller.ts';
import { EndpointsController } from './endpoints/endpoints-controller.ts';
import { ServiceMembers } from './endpoints/service-members.ts';
import { GarbageCollector } from './lifecycle/garbage-collector.ts';
import { NamespaceController } from './lifecycle/namespace-controller.ts';
import { RootCaPublisher, ServiceAccountController } from './lifecycle/namespace-defaults.ts';
import { PodGarbageCollector } from './lifecycle/pod-garbage-collector.ts';
import { NodeIpamController } from './node/node-ipam-controller.ts';
import { NodeLifecycleController } from './node/node-lifecycle-controller.ts';
import { TaintEvictionController } from './node/taint-eviction-controller.ts';
import { REPLICA_SET_KIND, REPLICATION_CONTROLLER_KIND } from './replicaset/replica-kind.ts';
import { ReplicaSetController } from './replicaset/replicaset-controller.ts';

/** Flags of kube-controller-manager. */
export interface ControllerManagerOptions {
  /** --controllers: names, "*" for all, "-name" for all but one. */
  readonly controllers?: readonly string[];
  /** --kube-api-qps, of each controller's client. */
  readonly clientQps?: number;
  /** --kube-api-burst. */
  readonly clientBurst?: number;
  /** Concurrent syncs by controller name, where they differ from the defaults. */
  readonly workers?: Readonly<Record<string, number>>;
  /** --allocate-node-cidrs: without it Nodes get no ranges. */
  readonly allocateNodeCidrs?: boolean;
  readonly clusterCidr?: string;
  readonly nodeCidrMaskSize?: number;
  readonly maxEndpointsPerSlice?: number;
  /** --endpointslice-updates-batch-period. */
  readonly endpointSliceBatchPeriodMicros?: number;
  readonly terminatedPodThreshold?: number;
  /** What the ConfigMap kube-root-ca.crt of each namespace says. */
  readonly rootCaCertificate?: string;
}

export const CONTROLLER_MANAGER_DEFAULTS: Required<ControllerManagerOptions> = {
  controllers: ['*'],
  clientQps: 20,
  clientBurst: 30,
  workers: {},
  allocateNodeCidrs: true,
  clusterCidr: '10.244.0.0/16',
  nodeCidrMaskSize: 24,
  maxEndpointsPerSlice: 100,
  endpointSliceBatchPeriodMicros: 0,
  terminatedPodThreshold: 12_500,
  rootCaCertificate: '<certificate>',
};

/** What the manager needs of the rest of the cluster. */
export interface ControllerManagerSurroundings {
  readonly sim: Simulation;
  readonly clock: ClusterClock;
  client(userAgent: string, limits: { readonly qps: number; readonly burst: number }): Client;
  /** One cache of each resource for all controllers, for example from an InformerFactory. */
  cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T>;
  queue(name: string, retry?: { readonly baseMicros: number; readonly maxMicros: number }): WorkQueue;
  recorder(client: Client, component: string): Recorder;
  /** Starts the caches; `synced` runs when all of them have been filled. */
  startCaches(synced: () => void): void;
}

/** What controllers adopt: their caches know the orphans of each namespace. */
const ADOPTED: readonly Resource[] = [PODS, REPLICA_SETS, CONTROLLER_REVISIONS];

/** What controllers of one manager share. */
interface Shared {
  readonly options: Required<ControllerManagerOptions>;
  members(): ServiceMembers;
}

interface Registration {
  readonly workers: number;
  build(context: ControllerContext, workers: number, shared: Shared): Controller | undefined;
}

const REGISTRY: Readonly<Record<string, Registration>> = {
  'deployment-controller': { workers: 5, build: (context, workers) => new DeploymentController(context, workers) },
  'replicaset-controller': {
    workers: 5,
    build: (context, workers) => new ReplicaSetController(context, REPLICA_SET_KIND, workers),
  },
  'replicationcontroller-controller': {
    workers: 5,
    build: (context, workers) => new ReplicaSetController(context, REPLICATION_CONTROLLER_KIND, workers),
  },
  'daemonset-controller': { workers: 2, build: (context, workers) => new DaemonSetController(context, workers) },
  'endpointslice-controller': {
    workers: 5,
    build: (context, workers, { options, members }) =>
      new EndpointSliceController(context, members(), {
        workers,
        maxEndpointsPerSlice: options.maxEndpointsPerSlice,
        batchPeriodMicros: options.endpointSliceBatchPeriodMicros,
      }),
  },
  'endpoints-controller': {
    workers: 5,
    build: (context, workers, { members }) => new EndpointsController(context, members(), workers),
  },
  'namespace-controller': { workers: 10, build: (context, workers) => new NamespaceController(context, workers) },
  'serviceaccount-controller': {
    workers: 1,
    build: (context, workers) => new ServiceAccountController(context, workers),
  },
  'root-ca-certificate-publisher-controller': {
    workers: 1,
    build: (context, workers, { options }) => new RootCaPublisher(context, workers, options.rootCaCertificate),
  },
  'node-ipam-controller': {
    workers: 30,
    build: (context, workers, { options }) =>
      options.allocateNodeCidrs
        ? new NodeIpamController(context, {
            workers,
            clusterCidr: options.clusterCidr,
            nodeMaskSize: options.nodeCidrMaskSize,
          })
        : undefined,
  },
  'node-lifecycle-controller': {
    workers: 8,
    build: (context, workers) => new NodeLifecycleController(context, workers),
  },
  'taint-eviction-controller': {
    workers: 8,
    build: (context, workers) => new TaintEvictionController(context, workers),
  },
  'garbage-collector-controller': { workers: 20, build: (context, workers) => new GarbageCollector(context, workers) },
  'pod-garbage-collector-controller': {
    workers: 1,
    build: (context, _workers, { options }) => new PodGarbageCollector(context, options),
  },
};

/** Controllers of Kubernetes v1.34 that are not modelled; asking for one by name is an error. */
export const NOT_MODELLED: readonly string[] = [
  'bootstrap-signer-controller',
  'certificatesigningrequest-approving-controller',
  'certificatesigningrequest-cleaner-controller',
  'certificatesigningrequest-signing-controller',
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'device-taint-eviction-controller',
  'disruption-controller',
  'endpointslice-mirroring-controller',
  'ephemeral-volume-controller',
  'horizontal-pod-autoscaler-controller',
  'job-controller',
  'kube-apiserver-serving-clustertrustbundle-publisher-controller',
  'legacy-serviceaccount-token-cleaner-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-expander-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'resourceclaim-controller',
  'resourcequota-controller',
  'selinux-warning-controller',
  'service-cidr-controller',
  'serviceaccount-token-controller',
  'statefulset-controller',
  'storage-version-migrator-controller',
  'storageversion-garbage-collector-controller',
  'token-cleaner-controller',
  'ttl-after-finished-controller',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
];

/** Names of the controllers that can be run. */
export const MODELLED_CONTROLLERS: readonly string[] = Object.keys(REGISTRY);

/**
 * The controllers that a `--controllers` list asks for.
 * @throws RangeError for a name that Kubernetes does not know, or that is asked for by name and not modelled.
 */
export function enabledControllers(wanted: readonly string[]): readonly string[] {
  for (const entry of wanted) {
    const name = entry.startsWith('-') ? entry.slice(1) : entry;
    if (entry === '*' || name in REGISTRY) continue;
    if (!NOT_MODELLED.includes(name)) {
      throw new RangeError(
        `controllers: ${JSON.stringify(entry)} is not in the list of known controllers; accepted are "*", ${MODELLED_CONTROLLERS.join(', ')}, each also with "-" before it`,
      );
    }
    if (!entry.startsWith('-')) {
      throw new RangeError(`controllers: ${name} is not modelled yet; modelled are ${MODELLED_CONTROLLERS.join(', ')}`);
    }
  }
  const all = wanted.includes('*');
  return MODELLED_CONTROLLERS.filter((name) => !wanted.includes(`-${name}`) && (all || wanted.includes(name)));
}

export class ControllerManager {
  readonly options: Required<ControllerManagerOptions>;
  readonly controllers: ReadonlyMap<string, Controller>;
  readonly #surroundings: ControllerManagerSurroundings;

  /** @throws RangeError when an option has no meaning. */
  constructor(surroundings: ControllerManagerSurroundings, options: ControllerManagerOptions = {}) {
    this.#surroundings = surroundings;
    this.options = { ...CONTROLLER_MANAGER_DEFAULTS, ...options };
    let members: ServiceMembers | undefined;
    const controllers = new Map<string, Controller>();
    for (const name of enabledControllers(this.options.controllers)) {
      const registration = REGISTRY[name] as Registration;
      const context = this.#context(name);
      const shared: Shared = {
        options: this.options,
        members: () => {
          members ??= new ServiceMembers(context);
          return members;
        },
      };
      const workers = this.options.workers[name] ?? registration.workers;
      const controller = registration.build(context, workers, shared);
      if (controller !== undefined) controllers.set(name, controller);
    }
    this.controllers = controllers;
  }

  #context(name: string): ControllerContext {
    const { sim, clock } = this.#surroundings;
    const limits = { qps: this.options.clientQps, burst: this.options.clientBurst };
    const client = this.#surroundings.client(`kube-controller-manager/${name}`, limits);
    return {
      sim,
      client,
      nowSeconds: () => clock.nowSeconds(),
      nowTimestamp: () => clock.nowTimestamp(),
      cache: (resource) => this.#cache(resource),
      queue: (queueName, retry) => this.#surroundings.queue(queueName, retry),
      recorder: (component) => this.#surroundings.recorder(client, component),
    };
  }

  #cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T> {
    const cache = this.#surroundings.cache(resource);
    cache.addIndex(CONTROLLER_INDEX, ADOPTED.includes(resource) ? controllerKeys : ownerKeys);
    return cache;
  }

  /** Fills the caches and then lets the controllers work. Call once. */
  start(): void {
    this.#surroundings.startCaches(() => {
      for (const controller of this.controllers.values()) controller.run();
    });
  }
}
