/** A kubelet with its Pods, alone: what it reports when, for starts, failures, probes and ends. */
import { describe, expect, test } from 'vitest';
import { secondsToMicros, Simulation } from '../../engine/index.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { KubeEvent } from '../objects/cluster-objects.ts';
import type { Node } from '../objects/node.ts';
import type { Container, Pod, PodSpec } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { BEHAVIOUR_PREFIX } from './container-behaviour.ts';
import { KubeletFleet } from './kubelet-fleet.ts';
import { DEFAULT_KUBELET_SETTINGS, type KubeletSettings } from './kubelet-settings.ts';
import { runtimeProfile } from './runtime-profile.ts';
import { PodStore } from './testing/pod-store.ts';

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'n', labels: { disk: 'ssd' } },
  spec: { podCIDR: '10.244.7.0/24' },
  status: {
    allocatable: { cpu: '2', memory: '4Gi', pods: '3' },
    addresses: [{ type: 'InternalIP', address: '192.168.0.1' }],
  },
};

interface Bench {
  readonly sim: Simulation;
  readonly store: PodStore;
  readonly fleet: KubeletFleet;
  run(seconds: number): void;
  create(name: string, spec?: Partial<PodSpec>, behaviour?: Record<string, string>): void;
}

const CONTAINER: Container = { name: 'c', image: 'app:1', imagePullPolicy: 'IfNotPresent' };

function bench(settings: Partial<KubeletSettings> = {}, networkReady = true): Bench {
  const sim = new Simulation({ seed: 'kubelet' });
  const store = new PodStore(sim);
  const fleet = new KubeletFleet({
    sim,
    clock: new ClusterClock(sim),
    settings: { ...DEFAULT_KUBELET_SETTINGS, ...settings },
    runtime: runtimeProfile('containerd'),
    images: { preloaded: ['app:1'], missing: ['nosuch'], sizeBytes: { big: 400_000_000 } },
    clientFor: (userAgent) => store.client(userAgent),
  });
  fleet.add(NODE, networkReady).start();
  let created = 0;
  return {
    sim,
    store,
    fleet,
    run: (seconds) => sim.runUntil({ timeMicros: sim.nowMicros + secondsToMicros(seconds) }),
    create: (name, spec = {}, behaviour = {}) => {
      const annotations = Object.fromEntries(
        Object.entries(behaviour).map(([key, value]) => [BEHAVIOUR_PREFIX + key, value]),
      );
      const stamp = String(created++).padStart(2, '0');
      const pod: Pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', annotations, creationTimestamp: `2030-01-01T00:00:${stamp}Z` },
        spec: { containers: [CONTAINER], nodeName: 'n1', restartPolicy: 'Always', ...spec },
      };
      store.create(PODS, pod);
    },
  };
}

function condition(pod: Pod | undefined, type: string): string | undefined {
  return pod?.status?.conditions?.find((candidate) => candidate.type === type)?.status;
}

function reasons(store: PodStore): string[] {
  return store.history
    .filter(({ object, type }) => object.kind === 'Event' && type === 'ADDED')
    .map(({ object }) => (object as KubeEvent).reason as string);
}

describe('the start of a Pod', () => {
  test('is two statuses: ContainerCreating, then Running and ready with an address', () => {
    const { store, run, create } = bench();
    create('a');
    run(5);
    const statuses = store.history.filter(({ object, type }) => object.kind === 'Pod' && type === 'MODIFIED');
    expect(statuses.map(({ object }) => (object as Pod).status?.phase)).toEqual(['Pending', 'Running']);
    const first = (statuses.at(0)?.object as Pod | undefined)?.status;
    expect(first?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
    expect(first?.podIP).toBeUndefined();
    const pod = store.pod('a');
    expect(pod?.status?.podIP).toBe('10.244.7.2');
    expect(condition(pod, 'Ready')).toBe('True');
    expect(condition(pod, 'PodReadyToStartContainers')).toBe('True');
    expect(reasons(store)).toEqual(['Pulled', 'Created', 'Started']);
  });

  test('images are pulled one at a time, each for its size over the bandwidth', () => {
    const { store, run, create } = bench();
    const pulling = (name: string): Partial<PodSpec> => ({
      containers: [{ name: 'c', image: `big:${name}`, imagePullPolicy: 'IfNotPresent' }],
    });
    create('a', pulling('1'));
    create('b', pulling('2'));
    const phases = (): unknown[] => [store.pod('a')?.status?.phase, store.pod('b')?.status?.phase].sort();
    run(18);
    expect(phases()).toEqual(['Pending', 'Running']);
    run(12);
    expect(phases()).toEqual(['Running', 'Running']);
    expect(reasons(store).filter((reason) => reason === 'Pulling')).toHaveLength(2);
  });

  test('waits for the network, unless it is in the network of the host', () => {
    const { store, fleet, run, create } = bench({}, false);
    create('a');
    create('host', { hostNetwork: true });
    run(30);
    expect(store.pod('a')?.status?.phase).toBe('Pending');
    expect(store.pod('host')?.status?.podIP).toBe('192.168.0.1');
    fleet.kubelets.get('n1')?.setNetworkReady();
    run(5);
    expect(store.pod('a')?.status?.phase).toBe('Running');
  });

  test('init containers run one after the other, and the Pod is Pending while they do', () => {
    const { store, run, create } = bench();
    const init = [
      { ...CONTAINER, name: 'i0' },
      { ...CONTAINER, name: 'i1' },
    ];
    create('a', { initContainers: init }, { 'init-seconds': '10' });
    run(6);
    const early = store.pod('a')?.status;
    expect(early?.phase).toBe('Pending');
    expect(early?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {})[0])).toEqual([
      'running',
      'waiting',
    ]);
    run(30);
    expect(store.pod('a')?.status?.phase).toBe('Running');
    expect(condition(store.pod('a'), 'Initialized')).toBe('True');
  });
});

describe('a Pod that does not start', () => {
  test('is refused with OutOfpods or OutOfcpu when the Node is full, and the older one stays', () => {
    const { store, run, create } = bench();
    const cpu = (amount: string): Partial<PodSpec> => ({
      containers: [{ ...CONTAINER, resources: { requests: { cpu: amount } } }],
    });
    create('old', cpu('1500m'));
    create('young', cpu('600m'));
    run(3);
    expect(store.pod('old')?.status?.phase).toBe('Running');
    expect(store.pod('young')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000",
    });
  });

  test('is refused for a selector that its Node does not match', () => {
    const { store, run, create } = bench();
    create('a', { nodeSelector: { disk: 'hdd' } });
    run(3);
    expect(store.pod('a')?.status?.reason).toBe('NodeAffinity');
  });

  test('an image that the registry does not have is ErrImagePull, then ImagePullBackOff', () => {
    const { store, run, create } = bench();
    create('a', { containers: [{ name: 'c', image: 'nosuch:1' }] });
    run(60);
    const waiting = store.history
      .filter(({ object, type }) => object.kind === 'Pod' && type === 'MODIFIED')
      .map(({ object }) => (object as Pod).status?.containerStatuses?.[0]?.state?.waiting?.reason);
    expect(waiting.slice(0, 3)).toEqual(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff']);
    expect(store.pod('a')?.status?.phase).toBe('Pending');
  });
});

describe('restarts', () => {
  test('the first is at once, the next wait 10 s and 20 s from the exit, within the worker’s retry', () => {
    const { sim, store, run, create } = bench();
    const started: number[] = [];
    sim.trace.listen(({ timeMicros }) => started.push(timeMicros / 1e6), ['kubelet.start']);
    create('a', {}, { 'run-seconds': '1', 'exit-code': '2' });
    run(90);
    const gaps = started.slice(1).map((time, index) => time - (started[index] as number));
    expect(gaps[0]).toBeLessThan(3);
    expect(gaps[1]).toBeGreaterThan(11);
    expect(gaps[1]).toBeLessThan(32);
    expect(gaps[2]).toBeGreaterThan(21);
    expect(gaps[2]).toBeLessThan(42);
    const status = store.pod('a')?.status;
    expect(status?.phase).toBe('Running');
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(started.length - 1);
    expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(2);
  });

  test.each([
    ['Never', '0', 'Succeeded'],
    ['Never', '3', 'Failed'],
    ['OnFailure', '0', 'Succeeded'],
  ] as const)('with policy %s and exit code %s the Pod is %s', (restartPolicy, exitCode, phase) => {
    const { store, fleet, run, create } = bench();
    create('a', { restartPolicy }, { 'run-seconds': '2', 'exit-code': exitCode });
    run(10);
    expect(store.pod('a')?.status?.phase).toBe(phase);
    expect(fleet.kubelets.get('n1')?.used.pods).toBe(0);
  });
});

describe('probes', () => {
  const ready = { httpGet: { port: 80 }, periodSeconds: 5 };

  test('a Pod with a readiness probe runs before it is ready, and becomes ready on a tick', () => {
    const { store, run, create } = bench();
    create('a', { containers: [{ ...CONTAINER, readinessProbe: ready }] }, { 'ready-after-seconds': '7' });
    run(6);
    expect(store.pod('a')?.status?.phase).toBe('Running');
    expect(condition(store.pod('a'), 'Ready')).toBe('False');
    run(8);
    expect(condition(store.pod('a'), 'Ready')).toBe('True');
    expect(reasons(store)).toContain('Unhealthy');
  });

  test('a startup probe that never passes has its container killed and started again', () => {
    const { store, run, create } = bench();
    const startupProbe = { ...ready, failureThreshold: 2 };
    create('a', { containers: [{ ...CONTAINER, startupProbe }] }, { 'ready-after-seconds': '500' });
    run(25);
    expect(store.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
    expect(reasons(store)).toContain('Killing');
  });

  test('a liveness probe that fails from a time on restarts the container', () => {
    const { store, run, create } = bench();
    const livenessProbe = { ...ready, failureThreshold: 2 };
    create('a', { containers: [{ ...CONTAINER, livenessProbe }] }, { 'liveness-fails-after-seconds': '20' });
    run(15);
    expect(store.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    run(20);
    expect(store.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  test('nothing happens while nothing changes', () => {
    const { sim, run, create } = bench();
    create('a', { containers: [{ ...CONTAINER, readinessProbe: ready, livenessProbe: ready }] });
    run(30);
    expect(sim.pending).toBe(0);
  });
});

describe('the end of a Pod', () => {
  test('stops its containers, reports them and deletes the object', () => {
    const { store, fleet, run, create } = bench();
    create('a');
    run(5);
    store.deleteGracefully('a', 30);
    run(3);
    expect(store.pod('a')).toBeUndefined();
    const last = store.history.filter(({ object }) => object.kind === 'Pod').at(-1)?.object as Pod;
    expect(last.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(143);
    expect(fleet.kubelets.get('n1')?.workers.size).toBe(0);
    expect(fleet.kubelets.get('n1')?.used).toMatchObject({ milliCpu: 0, pods: 0 });
  });

  test('a container that ignores SIGTERM is killed at the end of the grace period', () => {
    const { store, run, create } = bench();
    create('a', {}, { 'stop-seconds': '100' });
    run(5);
    store.deleteGracefully('a', 8);
    run(7.5);
    expect(store.pod('a')).toBeDefined();
    run(2);
    const last = store.history.filter(({ object }) => object.kind === 'Pod').at(-1)?.object as Pod;
    expect(last.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137);
  });

  test('a Pod past its deadline is Failed with DeadlineExceeded', () => {
    const { store, run, create } = bench();
    create('a', { activeDeadlineSeconds: 10 });
    run(20);
    expect(store.pod('a')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });
});

test('the same seed gives the same digest', () => {
  const digest = (): string => {
    const { sim, run, create } = bench();
    for (const name of ['a', 'b', 'c']) create(name, {}, { 'run-seconds': '4', 'exit-code': '1' });
    run(120);
    return sim.trace.digest.toString();
  };
  expect(digest()).toBe(digest());
});
