/** Kubelets in a whole cluster: static Pods and their mirrors, Leases, images in the Node's status, failing registries. */
import { describe, expect, test } from 'vitest';
import { secondsToMicros, Simulation } from '../../engine/index.ts';
import { type Cluster, createCluster } from '../cluster.ts';
import type { ClusterSpec } from '../cluster-spec.ts';
import type { Lease } from '../objects/cluster-objects.ts';
import type { Pod } from '../objects/pod.ts';
import { EVENTS, LEASES, NODES, PODS } from '../objects/resources.ts';

function build(spec: ClusterSpec): Cluster {
  return createCluster(spec, new Simulation({ seed: 'nodes' }));
}

function run(cluster: Cluster, seconds: number): void {
  cluster.sim.runUntil({ timeMicros: cluster.sim.nowMicros + secondsToMicros(seconds) });
}

function pod(cluster: Cluster, namespace: string, name: string): Pod | undefined {
  return [...cluster.apiServer.registry.all(PODS)].find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  ) as Pod | undefined;
}

const ONE_MASTER: ClusterSpec = {
  bootstrap: 'kubeadm',
  nodeGroups: [{ count: 1, names: ['m'], controlPlane: true }],
};

describe('static Pods', () => {
  test('a deleted mirror is made again, and the Pod has not been restarted', () => {
    const cluster = build(ONE_MASTER);
    run(cluster, 60);
    const before = pod(cluster, 'kube-system', 'etcd-m');
    expect(before?.status?.phase).toBe('Running');
    cluster.kubectlClient.delete(PODS, 'kube-system', 'etcd-m');
    run(cluster, 10);
    const after = pod(cluster, 'kube-system', 'etcd-m');
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(after?.status?.phase).toBe('Running');
    expect(after?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      containerID: before?.status?.containerStatuses?.[0]?.containerID,
    });
  });

  test('a control plane that may run workloads has no taint', () => {
    const cluster = build({ ...ONE_MASTER, schedulableControlPlane: true });
    run(cluster, 60);
    const [node] = [...cluster.apiServer.registry.all(NODES)];
    expect(node?.spec?.taints ?? []).toEqual([]);
    expect(node?.metadata.labels).toHaveProperty('node-role.kubernetes.io/control-plane');
  });
});

describe('Leases', () => {
  const renewals = (heartbeats: 'lazy' | 'written'): string | undefined => {
    const cluster = build({ ...ONE_MASTER, kubelet: { heartbeats } });
    run(cluster, 95);
    const [lease] = [...cluster.apiServer.registry.all(LEASES)] as Lease[];
    return lease?.spec?.renewTime;
  };

  test('are renewed every ten seconds when heartbeats are written', () => {
    expect(renewals('written')).toMatch(/^2030-01-01T00:01:(2|3)\d/);
  });

  test('are written once when heartbeats are lazy, and the renewal can be computed', () => {
    expect(renewals('lazy')).toMatch(/^2030-01-01T00:00:00/);
    const cluster = build(ONE_MASTER);
    run(cluster, 95);
    const kubelet = cluster.fleet.kubelets.get('m');
    const ageMicros = cluster.sim.nowMicros - cluster.fleet.reporter.leaseRenewedAtMicros(kubelet as never);
    expect(ageMicros).toBeLessThan(secondsToMicros(10));
  });
});

test('the images that a Node has pulled are in its status within ten seconds', () => {
  const cluster = build({ nodeGroups: [{ count: 1 }], images: { sizeBytes: { 'app:1': 12_000_000 } } });
  cluster.kubectlClient.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'app:1' }] },
  });
  run(cluster, 15);
  const [node] = [...cluster.apiServer.registry.all(NODES)];
  expect(node?.status?.images).toMatchObject([{ sizeBytes: 12_000_000 }]);
  const reasons = [...cluster.apiServer.registry.all(EVENTS)].map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']));
});

test('a cluster settles with a Pod whose image the registry does not have', () => {
  const cluster = build({ nodeGroups: [{ count: 1 }], images: { missing: ['nosuch'] } });
  cluster.kubectlClient.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nosuch:1' }] },
  });
  expect(cluster.runUntilSettled(secondsToMicros(120))).toBe(true);
  expect(cluster.counters.pods.failing).toBe(1);
});
