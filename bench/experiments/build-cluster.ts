/**
 * Builds the cluster of a run from the models, with the policy's scheduler, and gives it the face that a run knows.
 */
import type { Simulation } from '../../engine/index.ts';
import { type Cluster, createCluster } from '../../models/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { NODES, PODS, type Resource } from '../../models/objects/resources.ts';
import { type GpuSharing, gpuSharing } from '../policies/gpu-sharing/gpu-plugins.ts';
import { clusterSpecOf } from './cluster-spec-of.ts';
import type { Study } from './load.ts';
import type { Experiment, PolicySpec } from './schema.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import { registryOf, tieBreakOf } from './policies.ts';
import type { WorkloadInput } from './workload-input.ts';

type AttemptListener = (pod: Pod) => void;

/** What decides the cluster of a run. */
export interface RunInput {
  /** Of the run's case. */
  readonly experiment: Experiment;
  readonly workload: WorkloadInput;
  readonly policy: PolicySpec;
  readonly study: Study;
  /** Without the scheduler's index. */
  readonly plain?: boolean;
}

export function buildCluster(sim: Simulation, input: RunInput): SimulatedCluster {
  const { experiment, workload, policy, study, plain = false } = input;
  const attempts: AttemptListener[] = [];
  const attempted = (pod: Pod): void => {
    for (const listener of attempts) listener(pod);
  };
  const spec = clusterSpecOf(experiment, workload, policy, study.inputs);
  const gpu = gpuSharing(workload.typicalGpuPods);
  const plugins = registryOf(study, policy.name, gpu);
  const parts = { schedulerObserver: { attempted }, plugins, tieBreak: tieBreakOf(policy), plain };
  return faceOf(createCluster(spec, sim, parts), attempts, gpu);
}

function faceOf(cluster: Cluster, attempts: AttemptListener[], gpu: GpuSharing): SimulatedCluster {
  const { apiServer } = cluster;
  const client = apiServer.client({ userAgent: 'workload' });
  return {
    create: (resource, object, done) =>
      client.create(resource, object, (result) => {
        done?.(result.ok ? undefined : (result.status.message ?? result.status.reason ?? 'no reason given'));
      }),
    delete: (resource, namespace, name) => client.delete(resource, namespace, name),
    observe(listener) {
      for (const resource of [NODES, PODS] as readonly Resource[]) {
        for (const object of apiServer.registry.all(resource)) listener({ type: 'ADDED', resource, object });
      }
      apiServer.observe(({ resource, old, current, last }) => {
        const object = (current ?? last ?? old) as KubeObject;
        const type = old === undefined ? 'ADDED' : current === undefined ? 'DELETED' : 'MODIFIED';
        listener({ type, resource, object });
      });
    },
    observeAttempts: (listener) => void attempts.push(listener),
    queues: cluster.scheduler.queue,
    load: () => ({ ...loadOf(apiServer.counters), ...attemptsOf(cluster.scheduler.metrics) }),
    gpuDevicesOf: (pod) => gpu.states.devicesOfPod(pod),
    isSettled: () => cluster.isSettled(),
  };
}

/** Of the whole run: counters have no past to cut off. */
function loadOf(counters: Cluster['apiServer']['counters']): Record<string, number | null> {
  const { requests, writeLatencies, watchEvents, etcdWrites, etcdBatches } = counters;
  const sum = (of: typeof requests, field: 'requests' | 'latencyMicros'): number =>
    of.reduce((total, one) => total + one[field], 0);
  // Leases are mostly computed instead of sent, and so have no latency.
  const sent = requests.filter(({ resource }) => resource !== 'leases');
  const answered = sum(sent, 'requests');
  return {
    apiRequests: sum(requests, 'requests'),
    apiLatencyMeanMicros: answered === 0 ? null : sum(sent, 'latencyMicros') / answered,
    apiWriteLatencyP50Micros: quantileOfCounts(writeLatencies, 0.5),
    apiWriteLatencyP99Micros: quantileOfCounts(writeLatencies, 0.99),
    watchEvents,
    etcdWrites,
    etcdCommits: etcdBatches,
  };
}

/** The value of which the share of all is not larger (nearest rank); null without any. */
function quantileOfCounts(counts: ReadonlyMap<number, number>, share: number): number | null {
  const ascending = [...counts].sort(([a], [b]) => a - b);
  const rank = Math.ceil(share * ascending.reduce((sum, [, count]) => sum + count, 0));
  let passed = 0;
  for (const [value, count] of ascending) {
    passed += count;
    if (passed >= rank) return value;
  }
  return null;
}

/** Of the whole run, as in scheduler_schedule_attempts_total by result. */
function attemptsOf({ attempts }: Cluster['scheduler']['metrics']): Record<string, number> {
  return {
    attemptsScheduled: attempts.scheduled,
    attemptsUnschedulable: attempts.unschedulable,
    attemptsError: attempts.error,
  };
}
