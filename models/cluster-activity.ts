/**
 * What of a cluster is still on its way: Pods without a Node, Pods that start or stop, desired replicas that do not
 * exist yet. Counted change by change, so that asking is cheap and may be done after every event.
 */
import type { Micros, Simulation } from '../engine/index.ts';
import type { KubeObject } from './objects/meta.ts';
import type { ContainerStatus, Pod } from './objects/pod.ts';
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
} from './objects/resources.ts';

/** Where a Pod is on its way. `failing`: a container waits for a back-off, which may go on for ever. */
export type PodStage = 'unbound' | 'starting' | 'failing' | 'running' | 'finished' | 'terminating';

export type PodCounts = Readonly<Record<PodStage, number>>;

function isFailingReason(reason: string | undefined): boolean {
  switch (reason) {
    case 'CrashLoopBackOff':
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ErrImageNeverPull':
      return true;
    default:
      return false;
  }
}

function isFailing({ status }: Pod): boolean {
  return hasFailing(status?.containerStatuses) || hasFailing(status?.initContainerStatuses);
}

function hasFailing(statuses: readonly ContainerStatus[] | undefined): boolean {
  if (statuses === undefined) return false;
  for (const { state } of statuses) if (isFailingReason(state?.waiting?.reason)) return true;
  return false;
}

export function stageOf(pod: Pod): PodStage {
  const { phase } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  if (phase === 'Succeeded' || phase === 'Failed') return 'finished';
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return 'unbound';
  if (phase === 'Running') return 'running';
  return isFailing(pod) ? 'failing' : 'starting';
}

type Workload = KubeObject & {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly replicas?: number;
    readonly observedGeneration?: number;
    readonly currentNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
  };
};

/** A controller has seen the object as it is and has made as many Pods as it wants. */
function isSatisfied(workload: Workload): boolean {
  const { status, spec, metadata } = workload;
  if (metadata.deletionTimestamp !== undefined) return false;
  if (metadata.generation !== undefined && (status?.observedGeneration ?? 0) < metadata.generation) return false;
  if (workload.kind === 'DaemonSet') return status?.currentNumberScheduled === status?.desiredNumberScheduled;
  return (status?.replicas ?? 0) === (spec?.replicas ?? 1);
}

const WORKLOADS: ReadonlySet<Resource> = new Set<Resource>([
  DEPLOYMENTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  DAEMON_SETS,
]);

export class ClusterActivity {
  readonly #sim: Simulation;
  readonly #counts: Record<PodStage, number> = {
    unbound: 0,
    starting: 0,
    failing: 0,
    running: 0,
    finished: 0,
    terminating: 0,
  };
  #unsatisfied = 0;
  #lastChangeMicros: Micros = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  get pods(): PodCounts {
    return this.#counts;
  }

  /** Workloads that want Pods made or removed. */
  get unsatisfiedWorkloads(): number {
    return this.#unsatisfied;
  }

  /** When a Pod last came to another stage, or a workload wanted something else. */
  get lastChangeMicros(): Micros {
    return this.#lastChangeMicros;
  }

  /** One change of the store; no `old` is a creation, no `current` a deletion. */
  onChange(resource: Resource, old: KubeObject | undefined, current: KubeObject | undefined): void {
    if (resource === PODS) this.#onPod(old as Pod | undefined, current as Pod | undefined);
    else if (WORKLOADS.has(resource)) this.#onWorkload(old, current);
  }

  #onPod(old: Pod | undefined, current: Pod | undefined): void {
    const before = old === undefined ? undefined : stageOf(old);
    const stage = current === undefined ? undefined : stageOf(current);
    if (stage === before) return;
    this.#lastChangeMicros = this.#sim.nowMicros;
    if (before !== undefined) this.#counts[before]--;
    if (stage !== undefined) this.#counts[stage]++;
  }

  #onWorkload(old: KubeObject | undefined, current: KubeObject | undefined): void {
    const was = old !== undefined && !isSatisfied(old);
    const is = current !== undefined && !isSatisfied(current);
    if (was === is) return;
    this.#unsatisfied += is ? 1 : -1;
    this.#lastChangeMicros = this.#sim.nowMicros;
  }
}
