/** Each check finds what it is for. */
import { expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { PodStore } from '../kubelet/testing/pod-store.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { NODES, PODS } from '../objects/resources.ts';
import { ClusterChecks } from './cluster-checks.ts';

function world(): { put: (type: 'ADDED' | 'MODIFIED', object: KubeObject) => void } {
  const sim = new Simulation({ seed: 'checks' });
  const store = new PodStore(sim);
  const checks = new ClusterChecks(sim, store.client('checks'));
  expect(checks.events).toBe(0);
  return {
    put: (type, object) => {
      store.put(object.kind === 'Pod' ? PODS : NODES, object, type);
      sim.runUntil({ idle: true });
    },
  };
}

function pod(name: string, resourceVersion: string, nodeName: string | undefined, cpu: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [{ name: 'c', resources: { requests: { cpu } } }],
    },
    status: { phase: 'Running' },
  };
}

const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', resourceVersion: '1' },
  status: { allocatable: { cpu: '1', pods: '10' } },
} as KubeObject;

test('a healthy order of events passes', () => {
  const { put } = world();
  put('ADDED', NODE);
  put('ADDED', pod('a', '2', 'n', '600m'));
  put('MODIFIED', pod('a', '3', 'n', '600m'));
});

test('a Node that runs more than its allocatable is found', () => {
  const { put } = world();
  put('ADDED', NODE);
  put('ADDED', pod('a', '2', 'n', '600m'));
  expect(() => put('ADDED', pod('b', '3', 'n', '600m'))).toThrow('node n runs 1200 of cpu, allocatable 1000');
});

test('a Pod that changes its Node is found', () => {
  const { put } = world();
  put('ADDED', pod('a', '2', 'n', '1m'));
  expect(() => put('MODIFIED', pod('a', '3', 'm', '1m'))).toThrow('moved from n to m');
});

test('a change that is told twice is found', () => {
  const { put } = world();
  put('ADDED', pod('a', '2', 'n', '1m'));
  expect(() => put('MODIFIED', pod('a', '2', 'n', '1m'))).toThrow('each change once');
});

test('a change of what was never added is found', () => {
  const { put } = world();
  expect(() => put('MODIFIED', pod('a', '2', 'n', '1m'))).toThrow('unknown');
});
