/** Tests that a Pod at rest is worth as much as its worker. */
import { expect, test } from 'vitest';
import { secondsToMicros, Simulation } from '../../engine/index.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { Node } from '../objects/node.ts';
import type { Pod, PodSpec } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import type { Kubelet } from './kubelet.ts';
import { KubeletFleet } from './kubelet-fleet.ts';
import { DEFAULT_KUBELET_SETTINGS } from './kubelet-settings.ts';
import { workerOf } from './pod-workers.ts';
import { runtimeProfile } from './runtime-profile.ts';
import { PodStore } from './testing/pod-store.ts';

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'n' },
  spec: { podCIDR: '10.244.7.0/24' },
  status: {
    allocatable: { cpu: '2', memory: '4Gi', pods: '10' },
    addresses: [{ type: 'InternalIP', address: '192.168.0.1' }],
  },
};

function running(spec: Partial<PodSpec> = {}): { sim: Simulation; store: PodStore; kubelet: Kubelet; pod: () => Pod } {
  const sim = new Simulation({ seed: 'rest' });
  const store = new PodStore(sim);
  const fleet = new KubeletFleet({
    sim,
    clock: new ClusterClock(sim),
    settings: DEFAULT_KUBELET_SETTINGS,
    runtime: runtimeProfile('containerd'),
    clientFor: (userAgent) => store.client(userAgent),
  });
  const kubelet = fleet.add(NODE, true);
  kubelet.start();
  const containers = [
    { name: 'b', image: 'app:1' },
    { name: 'a', image: 'app:2' },
  ];
  const created: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers, nodeName: 'n1', restartPolicy: 'Always', ...spec },
  };
  store.create(PODS, created);
  return { sim, store, kubelet, pod: () => store.pod('p') as Pod };
}

const seconds = (sim: Simulation, count: number): void =>
  void sim.runUntil({ timeMicros: sim.nowMicros + secondsToMicros(count) });

test('a Pod comes to rest when it runs and its status is stored', () => {
  const { sim, kubelet } = running();
  seconds(sim, 1);
  expect([...kubelet.workers.busy()]).toHaveLength(1);
  seconds(sim, 60);
  expect([kubelet.workers.size, [...kubelet.workers.busy()].length]).toEqual([1, 0]);
});

test('the worker that is made anew knows what the one that never rested knows', () => {
  const { sim, kubelet, pod } = running();
  seconds(sim, 1);
  const held = kubelet.workers.get(pod().metadata.uid ?? '');
  seconds(sim, 60);
  const again = workerOf(kubelet, pod());
  for (const run of held?.runs ?? []) run.startedAtMicros -= run.startedAtMicros % 1_000_000;
  expect(again).toEqual({ ...held, isHeld: false });
  expect(again.runs[0]?.status).toBe(held?.runs[0]?.status);
});

test.each<[string, Partial<PodSpec>]>([
  ['a deadline', { activeDeadlineSeconds: 1000 }],
  ['a gate of its readiness', { readinessGates: [{ conditionType: 'x' }] }],
  ['a probe', { containers: [{ name: 'a', image: 'app:1', readinessProbe: { periodSeconds: 10 } }] }],
  ['the network of its Node', { hostNetwork: true }],
])('a Pod with %s keeps its worker', (_, spec) => {
  const { sim, kubelet } = running(spec);
  seconds(sim, 60);
  expect([...kubelet.workers.busy()]).toHaveLength(1);
});

test('a Pod at rest is found by its address, and ends as any other when it is deleted', () => {
  const { sim, store, kubelet, pod } = running();
  seconds(sim, 60);
  expect(kubelet.workers.holderOf(pod().status?.podIP ?? '')?.pod.metadata.name).toBe('p');
  store.deleteGracefully('p', 30);
  seconds(sim, 60);
  expect([kubelet.workers.size, kubelet.used.pods]).toEqual([0, 0]);
});
