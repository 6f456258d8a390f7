/** The controllers together: services and endpoints, owners and dependents, namespaces, Nodes. */
import { describe, expect, it } from 'vitest';
import type { OwnerReference } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  EVENTS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../objects/resources.ts';
import type { Service } from '../objects/service.ts';
import type { Deployment } from '../objects/workloads.ts';
import { enabledControllers } from './controller-manager.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';

function deployment(replicas: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      progressDeadlineSeconds: 600,
    },
  };
}

function service(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'ns' },
    spec: {
      selector: { app: 'web' },
      clusterIP: '10.96.0.9',
      ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
  };
}

function node(name: string): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function cluster(caches: 'informers' | 'store' | 'server' = 'server'): MemoryCluster {
  const world = new MemoryCluster({}, caches);
  for (let i = 0; i < 3; i++) world.api.create(NODES, node(`node-${i}`));
  world.advance(1);
  return world;
}

function messages(world: MemoryCluster, reason: string): string[] {
  const events = world.api.list(EVENTS).filter((event) => event.reason === reason);
  return events.map((event) => event.message ?? '');
}

function ready(world: MemoryCluster): number[] {
  return world.api
    .list(ENDPOINT_SLICES)
    .map((slice) => (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready === true).length);
}

describe('endpoints', () => {
  it('list the ready Pods of a Service, with their Nodes and zones', () => {
    const world = cluster();
    world.api.create(SERVICES, service());
    world.advance(1);
    expect(world.api.list(ENDPOINT_SLICES)).toMatchObject([{ endpoints: null, ports: null }]);
    world.api.create(DEPLOYMENTS, deployment(4));
    world.advance(10);
    const slices = world.api.list(ENDPOINT_SLICES);
    expect(slices).toHaveLength(1);
    expect(slices[0]?.ports).toEqual([{ name: 'http', protocol: 'TCP', port: 8080 }]);
    expect(slices[0]?.endpoints?.[0]).toMatchObject({ zone: 'zone-a', conditions: { ready: true, serving: true } });
    expect(ready(world)).toEqual([4]);
    expect(world.api.list(ENDPOINTS)[0]?.subsets?.[0]?.addresses).toHaveLength(4);
  });

  it('keep a terminating Pod in its slice, not ready, until it is gone', () => {
    const world = cluster();
    world.api.create(SERVICES, service());
    world.api.create(DEPLOYMENTS, deployment(2));
    world.advance(10);
    world.api.patch(DEPLOYMENTS, 'ns', 'web', (d) => ({ ...d, spec: { ...d.spec, replicas: 1 } }), 'main');
    world.advance(0.3);
    expect(world.api.list(ENDPOINT_SLICES)[0]?.endpoints).toHaveLength(2);
    expect(ready(world)).toEqual([1]);
    expect(world.api.list(ENDPOINTS)[0]?.subsets?.[0]?.addresses).toHaveLength(1);
    world.advance(3);
    expect(world.api.list(ENDPOINT_SLICES)[0]?.endpoints).toHaveLength(1);
  });

  it('move a Pod that is not ready to the addresses that are not ready', () => {
    const world = cluster();
    world.api.create(SERVICES, service());
    world.api.create(DEPLOYMENTS, deployment(3));
    world.advance(10);
    world.nodes.setReady(world.api.list(PODS)[0] as Pod, false);
    world.advance(2);
    expect(ready(world)).toEqual([2]);
    expect(world.api.list(ENDPOINTS)[0]?.subsets?.[0]?.notReadyAddresses).toHaveLength(1);
  });

  it('are packed at most 100 to a slice', () => {
    const world = cluster();
    world.api.create(SERVICES, service());
    world.api.create(DEPLOYMENTS, deployment(250));
    world.advance(30);
    const sizes = world.api.list(ENDPOINT_SLICES).map((slice) => slice.endpoints?.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(250);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });

  it('go with their Service', () => {
    const world = cluster();
    world.api.create(SERVICES, service());
    world.advance(2);
    world.api.delete(SERVICES, 'ns', 'web');
    world.advance(2);
    expect([world.api.list(ENDPOINTS), world.api.list(ENDPOINT_SLICES)]).toEqual([[], []]);
  });
});

function configMap(name: string, ownerReferences: OwnerReference[] = [], finalizers: string[] = []) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns', ownerReferences, finalizers },
  };
}

function ownedBy(name: string, uid: string, blockOwnerDeletion = false): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion };
}

describe('the garbage collector', () => {
  it('takes ReplicaSets and Pods after a Deployment that was deleted in the background', () => {
    const world = cluster();
    world.api.create(DEPLOYMENTS, deployment(2));
    world.advance(5);
    world.api.delete(DEPLOYMENTS, 'ns', 'web', { propagationPolicy: 'Background' });
    world.advance(5);
    expect([world.api.list(REPLICA_SETS), world.api.list(PODS)]).toEqual([[], []]);
  });

  it('deletes Pods before ReplicaSet before Deployment in the foreground', () => {
    const world = cluster();
    world.api.create(DEPLOYMENTS, deployment(2));
    world.advance(5);
    world.api.delete(DEPLOYMENTS, 'ns', 'web', { propagationPolicy: 'Foreground' });
    world.advance(10);
    const gone = world.api.history.filter((write) => write.type === 'DELETED').map((write) => write.object.kind);
    expect(gone).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment']);
  });

  it('leaves the ReplicaSet of an orphaning deletion, which a like Deployment adopts', () => {
    const world = cluster();
    world.api.create(DEPLOYMENTS, deployment(2));
    world.advance(5);
    const uid = world.api.list(REPLICA_SETS)[0]?.metadata.uid;
    world.api.delete(DEPLOYMENTS, 'ns', 'web', { propagationPolicy: 'Orphan' });
    world.advance(5);
    expect(world.api.list(DEPLOYMENTS)).toEqual([]);
    expect(world.api.list(REPLICA_SETS)[0]?.metadata.ownerReferences).toBeUndefined();
    world.api.create(DEPLOYMENTS, deployment(2));
    world.advance(5);
    const sets = world.api.list(REPLICA_SETS);
    expect(sets.map((set) => set.metadata.uid)).toEqual([uid]);
    expect(sets[0]?.metadata.ownerReferences?.[0]?.uid).toBe(world.api.list(DEPLOYMENTS)[0]?.metadata.uid);
    expect(world.api.list(PODS)).toHaveLength(2);
  });

  it('deletes what is born with an owner that does not exist', () => {
    const world = cluster();
    world.api.create(CONFIG_MAPS, configMap('dangling', [ownedBy('nobody', 'no-such-uid')]));
    world.advance(3);
    expect(world.api.get(CONFIG_MAPS, 'ns', 'dangling')).toBeUndefined();
  });

  it('keeps an object as long as one of its owners is there', () => {
    const world = cluster();
    const made = ['own-a', 'own-b'].map((name) => world.api.create(CONFIG_MAPS, configMap(name)));
    const owners = made.map((result) =>
      result.ok ? ownedBy(result.object.metadata.name, result.object.metadata.uid ?? '') : undefined,
    );
    world.api.create(CONFIG_MAPS, configMap('two', owners as OwnerReference[]));
    world.advance(1);
    world.api.delete(CONFIG_MAPS, 'ns', 'own-a');
    world.advance(3);
    expect(world.api.get(CONFIG_MAPS, 'ns', 'two')?.metadata.ownerReferences).toHaveLength(1);
    world.api.delete(CONFIG_MAPS, 'ns', 'own-b');
    world.advance(3);
    expect(world.api.get(CONFIG_MAPS, 'ns', 'two')).toBeUndefined();
  });
});

describe('namespaces', () => {
  it('get a ServiceAccount and the CA', () => {
    const world = cluster();
    expect(world.api.get(SERVICE_ACCOUNTS, 'ns', 'default')).toBeDefined();
    expect(world.api.get(CONFIG_MAPS, 'ns', 'kube-root-ca.crt')).toBeDefined();
    world.api.delete(SERVICE_ACCOUNTS, 'ns', 'default');
    world.advance(1);
    expect(world.api.get(SERVICE_ACCOUNTS, 'ns', 'default')).toBeDefined();
  });

  it('are emptied, Pods first, and then let go', () => {
    const world = cluster();
    world.api.create(DEPLOYMENTS, deployment(2));
    world.api.create(SERVICES, service());
    world.advance(5);
    const from = world.api.history.length;
    world.api.delete(NAMESPACES, undefined, 'ns');
    world.advance(60);
    const gone = world.api.history.slice(from).filter((write) => write.type === 'DELETED');
    const kinds = gone.map((write) => write.object.kind);
    expect(kinds.slice(0, 2)).toEqual(['Pod', 'Pod']);
    expect(kinds.at(-1)).toBe('Namespace');
    expect(world.api.list(NAMESPACES)).toEqual([]);
    expect(world.api.list(PODS).length + world.api.list(CONFIG_MAPS).length + world.api.list(SERVICES).length).toBe(0);
  });
});

describe('Nodes', () => {
  it('get ranges in order, and lose the not-ready taint when they are ready', () => {
    const world = cluster();
    // Events about Nodes are in the namespace default.
    world.api.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    world.advance(6);
    const nodes = world.api.list(NODES);
    expect(nodes.map((n) => n.spec?.podCIDR)).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
    expect(nodes.map((n) => n.spec?.taints ?? [])).toEqual([[], [], []]);
    expect(messages(world, 'RegisteredNode')).toContain('Node node-0 event: Registered Node node-0 in Controller');
  });

  it('are tainted when they are cordoned', () => {
    const world = cluster();
    world.api.patch(NODES, undefined, 'node-1', (n) => ({ ...n, spec: { ...n.spec, unschedulable: true } }), 'main');
    world.advance(1);
    expect(world.api.get(NODES, undefined, 'node-1')?.spec?.taints).toMatchObject([
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ]);
  });

  it('with a NoExecute taint lose the Pods that do not tolerate it, at once or after their time', () => {
    const world = cluster();
    const pod = (name: string, tolerations: Pod['spec']['tolerations'] = []): void => {
      const spec = { nodeName: 'node-1', containers: [{ name: 'c', image: 'x' }], tolerations };
      world.api.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' }, spec });
    };
    pod('none');
    pod('for-a-while', [{ key: 'x', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }]);
    pod('for-ever', [{ operator: 'Exists' }]);
    world.advance(2);
    const taints: Node['spec'] = { taints: [{ key: 'x', effect: 'NoExecute' }] };
    world.api.patch(NODES, undefined, 'node-1', (n) => ({ ...n, spec: { ...n.spec, ...taints } }), 'main');
    world.advance(5);
    expect(world.api.list(PODS).map((p) => p.metadata.name)).toEqual(['for-a-while', 'for-ever']);
    world.advance(30);
    expect(world.api.list(PODS).map((p) => p.metadata.name)).toEqual(['for-ever']);
    expect(messages(world, 'TaintManagerEviction')).toEqual([
      'Marking for deletion Pod ns/none',
      'Marking for deletion Pod ns/for-a-while',
    ]);
  });

  it('that are gone lose their Pods after the quarantine', () => {
    const world = cluster();
    world.api.create(DEPLOYMENTS, deployment(3));
    world.advance(5);
    world.api.delete(NODES, undefined, 'node-0');
    world.advance(30);
    const onGone = (): number => world.api.list(PODS).filter((pod) => pod.spec.nodeName === 'node-0').length;
    expect(onGone()).toBe(1);
    world.advance(40);
    expect(onGone()).toBe(0);
    expect(world.api.list(PODS)).toHaveLength(3);
  });
});

describe.each(['informers', 'server'] as const)('with caches that lag behind (%s)', (caches) => {
  it('makes exactly the Pods that are asked for, and one Event for each', () => {
    const world = cluster(caches);
    world.api.create(DEPLOYMENTS, deployment(20));
    world.api.create(SERVICES, service());
    world.advance(15);
    const made = world.api.history.filter((write) => write.resource === PODS && write.type === 'ADDED');
    expect(made).toHaveLength(20);
    expect(ready(world)).toEqual([20]);
    expect(world.api.get(DEPLOYMENTS, 'ns', 'web')?.status?.availableReplicas).toBe(20);
    const created = world.api.list(EVENTS).filter((event) => event.reason === 'SuccessfulCreate');
    expect(created.reduce((sum, event) => sum + (event.count ?? 1), 0)).toBe(20);
  });

  it('rolls out, scales down and deletes without one Pod too many', () => {
    const world = cluster(caches);
    world.api.create(DEPLOYMENTS, deployment(8));
    world.advance(10);
    const containers = [{ name: 'c', image: 'nginx:2' }];
    world.api.patch(
      DEPLOYMENTS,
      'ns',
      'web',
      (d) => ({ ...d, spec: { ...d.spec, template: { ...d.spec.template, spec: { containers } } } }),
      'main',
    );
    world.advance(40);
    world.api.patch(DEPLOYMENTS, 'ns', 'web', (d) => ({ ...d, spec: { ...d.spec, replicas: 3 } }), 'main');
    world.advance(10);
    expect(world.api.list(PODS)).toHaveLength(3);
    const made = world.api.history.filter((write) => write.resource === PODS && write.type === 'ADDED');
    expect(made).toHaveLength(16);
    world.api.delete(DEPLOYMENTS, 'ns', 'web', { propagationPolicy: 'Foreground' });
    world.advance(10);
    expect([world.api.list(DEPLOYMENTS), world.api.list(REPLICA_SETS), world.api.list(PODS)]).toEqual([[], [], []]);
  });
});

describe('--controllers', () => {
  it('takes all, one, and all but one', () => {
    expect(enabledControllers(['*'])).toContain('deployment-controller');
    expect(enabledControllers(['deployment-controller'])).toEqual(['deployment-controller']);
    expect(enabledControllers(['*', '-deployment-controller'])).not.toContain('deployment-controller');
  });

  it('refuses by name what is not modelled, and what is not known', () => {
    expect(() => enabledControllers(['statefulset-controller'])).toThrow('is not modelled yet');
    expect(() => enabledControllers(['nonsense'])).toThrow('not in the list of known controllers');
  });
});
