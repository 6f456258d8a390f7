/** The whole path: from a user's create to Pods that run, and from a Pod's request to the Pod that answers. */
import { describe, expect, test } from 'vitest';
import { secondsToMicros, Simulation } from '../engine/index.ts';
import { type Cluster, createCluster } from './cluster.ts';
import type { ClusterSpec } from './cluster-spec.ts';
import type { RequestResult } from './network/request.ts';
import type { Node } from './objects/node.ts';
import type { Pod } from './objects/pod.ts';
import { DEPLOYMENTS, NODES, PODS, type Resource, SERVICES } from './objects/resources.ts';
import type { Service } from './objects/service.ts';
import type { Deployment } from './objects/workloads.ts';

const SEED_CLUSTER: ClusterSpec = {
  bootstrap: 'kubeadm',
  checks: true,
  nodeGroups: [
    { count: 1, names: ['k8s-master'], controlPlane: true },
    { count: 2, names: ['k8s01', 'k8s02'] },
  ],
};

function httpd(replicas: number): Deployment {
  const labels = { app: 'httpd-app' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'httpd-app', namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'httpd', image: 'httpd' }] } },
    },
  };
}

const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'httpd-app', namespace: 'default' },
  spec: { selector: { app: 'httpd-app' }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
};

function build(spec: ClusterSpec): Cluster {
  const sim = new Simulation({ seed: 'cluster' });
  return createCluster(spec, sim);
}

function run(cluster: Cluster, seconds: number): void {
  cluster.sim.runUntil({ timeMicros: cluster.sim.nowMicros + secondsToMicros(seconds) });
}

function all<T extends Pod | Node>(cluster: Cluster, resource: Resource<T>): readonly T[] {
  const objects = [...cluster.apiServer.registry.all(resource)] as T[];
  return objects.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function podsOf(cluster: Cluster, app: string): readonly Pod[] {
  return all(cluster, PODS).filter(({ metadata }) => metadata.labels?.app === app);
}

describe('a cluster bootstrapped by kubeadm', () => {
  const cluster = build(SEED_CLUSTER);

  test('has every component running on Ready Nodes after two minutes', () => {
    run(cluster, 120);
    const nodes = all(cluster, NODES);
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['k8s-master', 'k8s01', 'k8s02']);
    for (const node of nodes) {
      expect(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
      expect(node.spec?.podCIDR).toMatch(/^10\.244\.\d\.0\/24$/);
    }
    expect(nodes.map(({ spec }) => spec?.taints?.map(({ key }) => key))).toEqual([
      ['node-role.kubernetes.io/control-plane'],
      undefined,
      undefined,
    ]);
    const pods = all(cluster, PODS);
    const names = pods.map(({ metadata }) =>
      metadata.name.replace(/-[a-z0-9]{5}$/, '').replace(/-[a-z0-9]{8,10}$/, ''),
    );
    expect(names.sort()).toEqual([
      'coredns',
      'coredns',
      'etcd-k8s-master',
      'kube-apiserver-k8s-master',
      'kube-controller-manager-k8s-master',
      'kube-flannel-ds',
      'kube-flannel-ds',
      'kube-flannel-ds',
      'kube-proxy',
      'kube-proxy',
      'kube-proxy',
      'kube-scheduler-k8s-master',
    ]);
    expect(pods.map(({ status }) => status?.phase)).toEqual(pods.map(() => 'Running'));
  });

  test('runs a Deployment: its Pods have addresses of their Nodes', () => {
    cluster.kubectlClient.create(DEPLOYMENTS, httpd(2));
    run(cluster, 60);
    const pods = podsOf(cluster, 'httpd-app');
    expect(pods.map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
    for (const pod of pods) {
      const cidr = cluster.node(pod.spec.nodeName ?? '')?.spec?.podCIDR ?? '';
      expect(pod.status?.podIP?.startsWith(cidr.slice(0, cidr.lastIndexOf('.') + 1))).toBe(true);
    }
    expect(cluster.isSettled()).toBe(true);
  });

  test('a request is resolved by name and balanced over both Pods', () => {
    cluster.kubectlClient.create(SERVICES, SERVICE);
    run(cluster, 10);
    const [fromPod] = podsOf(cluster, 'httpd-app');
    const results: RequestResult[] = [];
    const kinds = new Set<string>();
    cluster.sim.trace.listen(({ kind }) => kinds.add(kind));
    for (let i = 0; i < 40; i++) {
      cluster.request({ fromPod: fromPod as Pod, host: 'httpd-app', port: 80, path: '/' }, (r) => results.push(r));
      run(cluster, 1);
    }
    expect(results.filter(({ ok }) => ok)).toHaveLength(40);
    const servers = new Set(results.map((result) => (result.ok ? result.servedBy : result.message)));
    expect([...servers].sort()).toEqual(podsOf(cluster, 'httpd-app').map(({ metadata }) => `default/${metadata.name}`));
    for (const kind of ['dns.query', 'dns.answer', 'proxy.route', 'request.serve', 'request.done']) {
      expect(kinds).toContain(kind);
    }
  });

  test('a name that does not exist is NXDOMAIN', () => {
    const results: RequestResult[] = [];
    const [fromPod] = podsOf(cluster, 'httpd-app');
    cluster.request({ fromPod: fromPod as Pod, host: 'nosuch.default.svc.cluster.local.', port: 80 }, (r) =>
      results.push(r),
    );
    run(cluster, 5);
    expect(results[0]).toMatchObject({ ok: false, failure: 'NXDOMAIN' });
  });

  test('deleting the Deployment ends its Pods', () => {
    cluster.kubectlClient.delete(DEPLOYMENTS, 'default', 'httpd-app');
    run(cluster, 60);
    expect(podsOf(cluster, 'httpd-app')).toEqual([]);
  });
});

test('the same seed gives the same digest', () => {
  const digest = (): string => {
    const cluster = build(SEED_CLUSTER);
    run(cluster, 30);
    cluster.kubectlClient.create(DEPLOYMENTS, httpd(3));
    run(cluster, 60);
    return cluster.sim.trace.digest.toString();
  };
  expect(digest()).toBe(digest());
});

describe('a cluster of ready Nodes', () => {
  test('runs Pods from time 0 on and settles', () => {
    const cluster = build({ nodeGroups: [{ count: 5, zones: ['a', 'b'] }], checks: true });
    cluster.kubectlClient.create(DEPLOYMENTS, httpd(20));
    expect(cluster.runUntilSettled(secondsToMicros(300))).toBe(true);
    expect(cluster.counters.pods.running).toBe(20);
  });

  test('settles with Pods that fit nowhere, and says how many', () => {
    const cluster = build({ nodeGroups: [{ count: 1, capacity: { cpu: '2', memory: '4Gi', pods: '5' } }] });
    cluster.kubectlClient.create(DEPLOYMENTS, httpd(8));
    expect(cluster.runUntilSettled(secondsToMicros(300))).toBe(true);
    expect(cluster.counters.pods).toMatchObject({ running: 5, unbound: 3 });
  });

  test('has CoreDNS when asked, and every system Pod when asked', () => {
    const counts = (['none', 'dns', 'all'] as const).map((systemPods) => {
      const cluster = build({ systemPods, nodeGroups: [{ count: 1, controlPlane: true }, { count: 2 }], checks: true });
      run(cluster, 60);
      return cluster.counters.pods.running;
    });
    expect(counts).toEqual([0, 2, 2 + 4 + 3 + 3]);
  });

  test('takes over Pods that run already, with their addresses', () => {
    const running: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'old', namespace: 'default' },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'app:1' }] },
      status: { phase: 'Running', podIP: '10.244.0.2', podIPs: [{ ip: '10.244.0.2' }] },
    };
    const cluster = build({ nodeGroups: [{ count: 1, names: ['n'] }], objects: [running], checks: true });
    cluster.kubectlClient.create(DEPLOYMENTS, httpd(1));
    run(cluster, 30);
    expect(
      all(cluster, PODS)
        .map(({ status }) => status?.podIP)
        .sort(),
    ).toEqual(['10.244.0.2', '10.244.0.3']);
  });

  test('decides alike with and without the index', () => {
    const placements = (plain: boolean): unknown => {
      const sim = new Simulation({ seed: 'plain' });
      const cluster = createCluster({ nodeGroups: [{ count: 7, zones: ['a', 'b', 'c'] }] }, sim, { plain });
      cluster.kubectlClient.create(DEPLOYMENTS, httpd(30));
      run(cluster, 60);
      return [
        all(cluster, PODS).map(({ metadata, spec }) => [metadata.name, spec.nodeName]),
        sim.trace.digest.toString(),
      ];
    };
    expect(placements(true)).toEqual(placements(false));
  });
});
