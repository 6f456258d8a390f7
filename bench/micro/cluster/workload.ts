/**
 * The workloads of the cluster benchmark: Deployments over equal Nodes, ten Pods for each Node, created at once. Rate limits of clients are so high that virtual time is never what is waited for; all else is the default.
 */
import { Simulation } from '../../../engine/index.ts';
import { type Cluster, createCluster } from '../../../models/cluster.ts';
import { DEPLOYMENTS, SERVICES } from '../../../models/objects/resources.ts';
import type { Service } from '../../../models/objects/service.ts';
import type { Deployment } from '../../../models/objects/workloads.ts';

/**
 * `deployments`: a hundred Pods each, no Kubernetes Events. `large`: the same Pods in 20 Deployments, so that the scheduler meets 20
 * classes of Pods. `events`: Events are stored. `services`: a Service for each Deployment, no Events.
 */
export const WORKLOADS = ['deployments', 'large', 'events', 'services'] as const;
export type Workload = (typeof WORKLOADS)[number];

export interface RowOptions {
  readonly workload: Workload;
  readonly nodes: number;
  readonly pods: number;
  /** How often the same is done before in the process, so that the compiler has done its work; 0 unless given. */
  readonly warm?: number;
}

const PODS_A_DEPLOYMENT = 100;
const LARGE_DEPLOYMENTS = 20;
/** Requests a second of each client; unlimited in effect. */
const CLIENT_QPS = 1_000_000;
const REQUESTS = ['50m', '100m', '150m', '200m', '250m'] as const;

function deployment(index: number, replicas: number): Deployment {
  const name = `app-${index}`;
  const labels = { app: name };
  const requests = { cpu: REQUESTS[index % REQUESTS.length] as string, memory: '128Mi' };
  const containers = [{ name: 'main', image: `app:${index % 20}`, resources: { requests } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

function service(index: number): Service {
  const name = `app-${index}`;
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' as const }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec };
}

/** Nodes that are Ready, and control plane components whose caches are filled. */
export function emptyCluster({ workload, nodes }: RowOptions): Cluster {
  const sim = new Simulation({ seed: 'bench' });
  const cluster = createCluster(
    {
      nodeGroups: [{ count: nodes, capacity: { cpu: '16', memory: '64Gi', pods: '110' }, zones: ['a', 'b', 'c'] }],
      events: workload === 'events',
      kubelet: { kubeAPIQPS: CLIENT_QPS, kubeAPIBurst: CLIENT_QPS },
      controllerManager: { clientQps: CLIENT_QPS, clientBurst: CLIENT_QPS },
      scheduler: {
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'KubeSchedulerConfiguration',
        clientConnection: { qps: CLIENT_QPS, burst: CLIENT_QPS },
      },
    },
    sim,
  );
  sim.runUntil({ timeMicros: 5_000_000 });
  return cluster;
}

/** Creates everything and lets time run until every Pod runs. */
export function runWorkload(cluster: Cluster, { workload, pods }: RowOptions): void {
  const { sim, kubectlClient } = cluster;
  const size = workload === 'large' ? Math.ceil(pods / LARGE_DEPLOYMENTS) : PODS_A_DEPLOYMENT;
  for (let made = 0; made < pods; made += size) {
    const index = made / size;
    if (workload === 'services') kubectlClient.create(SERVICES, service(index));
    kubectlClient.create(DEPLOYMENTS, deployment(index, Math.min(size, pods - made)));
  }
  const counts = cluster.activity.pods;
  const reason = sim.runUntil({ condition: () => counts.running >= pods, timeMicros: 3_600_000_000 });
  if (reason !== 'condition') throw new Error(`${counts.running} of ${pods} Pods run after an hour`);
}
