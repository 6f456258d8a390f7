/** Who can reach whose Pods, and from when on. */
import { expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { ClusterClock } from '../cluster-clock.ts';
import { PodStore } from '../kubelet/testing/pod-store.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { NODES } from '../objects/resources.ts';
import { DEFAULT_NETWORK_SETTINGS } from './network-settings.ts';
import { PodNetwork } from './pod-network.ts';

function world(): { network: PodNetwork; store: PodStore; configured: string[]; run: () => void } {
  const sim = new Simulation({ seed: 'network' });
  const store = new PodStore(sim);
  const configured: string[] = [];
  const network = new PodNetwork({
    sim,
    clock: new ClusterClock(sim),
    client: store.client('flanneld'),
    settings: DEFAULT_NETWORK_SETTINGS,
    onConfigured: (nodeName) => configured.push(nodeName),
  });
  return {
    network,
    store,
    configured,
    run: () => sim.runUntil({ timeMicros: sim.nowMicros + 1_000_000 }),
  };
}

function node(name: string, index: number, podCIDR?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: podCIDR === undefined ? {} : { podCIDR },
    status: { addresses: [{ type: 'InternalIP', address: `172.16.0.${index}` }] },
  } as KubeObject;
}

test('flannel waits for the Node’s subnet, then announces the Node and configures the machine', () => {
  const { network, store, configured, run } = world();
  store.put(NODES, node('a', 1));
  network.flannelStarted('a');
  run();
  expect(configured).toEqual([]);
  store.put(NODES, node('a', 1, '10.244.0.0/24'));
  run();
  expect(configured).toEqual(['a']);
  const stored = store.objects.get('nodes//a') as Node;
  expect(stored.metadata.annotations?.['flannel.alpha.coreos.com/public-ip']).toBe('172.16.0.1');
  expect(stored.status?.conditions?.[0]).toMatchObject({ type: 'NetworkUnavailable', status: 'False' });
});

test('a Node’s Pods are unreachable from others until those have heard of it', () => {
  const { network, store, run } = world();
  store.put(NODES, node('a', 1, '10.244.0.0/24'));
  store.put(NODES, node('b', 2, '10.244.1.0/24'));
  run();
  expect(network.path('a', 'a')).toBe('same-node');
  expect(network.path('a', 'b')).toBeUndefined();
  network.flannelStarted('a');
  run();
  expect(network.path('a', 'b')).toBeUndefined();
  network.flannelStarted('b');
  run();
  expect(network.path('a', 'b')).toBe('cross-node');
  expect(network.path('b', 'a')).toBe('cross-node');
});

test('a Node whose flannel is down keeps its routes and learns no new ones', () => {
  const { network, store, run } = world();
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    store.put(NODES, node(name, index + 1, `10.244.${index}.0/24`));
  }
  run();
  network.flannelStarted('a');
  network.flannelStarted('b');
  run();
  network.flannelStopped('a');
  run();
  network.flannelStarted('c');
  run();
  expect(network.path('a', 'b')).toBe('cross-node');
  expect(network.path('a', 'c')).toBeUndefined();
});

test('addresses are found by subnet and by Node', () => {
  const { network, store, run } = world();
  store.put(NODES, node('a', 1, '10.244.0.0/24'));
  run();
  expect(network.nodeOfPodAddress('10.244.0.77')).toBe('a');
  expect(network.nodeOfPodAddress('10.245.0.77')).toBeUndefined();
  expect(network.nodeOfAddress('172.16.0.1')).toBe('a');
});
