/** The statuses that are built at once are those that the plain rules come to, whoever else writes into the Pod. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secondsToMicros, Simulation } from '../../engine/index.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { Condition } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod, PodStatus } from '../objects/pod.ts';
import type { Kubelet } from './kubelet.ts';
import { KubeletFleet } from './kubelet-fleet.ts';
import { DEFAULT_KUBELET_SETTINGS } from './kubelet-settings.ts';
import { plainStatus, withStatus } from './pod-status.ts';
import { newPodWorker, type PodWorker } from './pod-worker.ts';
import { runtimeProfile } from './runtime-profile.ts';
import { PodStore } from './testing/pod-store.ts';
import { usualStatus, withBuiltStatus } from './usual-status.ts';

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
};

const condition = (type: string): Condition => ({ type, status: 'True', lastTransitionTime: '2030-01-01T00:00:00Z' });

const storedStatus: fc.Arbitrary<PodStatus> = fc.record(
  {
    phase: fc.constant('Pending' as const),
    qosClass: fc.constant('Burstable' as const),
    nominatedNodeName: fc.constant('n2'),
    conditions: fc.subarray([condition('PodScheduled'), condition('DisruptionTarget')]),
  },
  { requiredKeys: ['phase'] },
);

const run = fc.record({ state: fc.constantFrom('waiting' as const, 'running' as const), ready: fc.boolean() });

const scenario = fc.record({
  stored: fc.oneof(
    { weight: 3, arbitrary: fc.constant<PodStatus>({ phase: 'Pending', qosClass: 'BestEffort' }) },
    storedStatus,
  ),
  generation: fc.constantFrom(1, 1, undefined),
  hostNetwork: fc.constantFrom(undefined, undefined, true),
  containers: fc.constantFrom(['a'], ['b', 'a']),
  steps: fc.array(
    fc.record({
      seconds: fc.integer({ min: 0, max: 2 }),
      address: fc.constantFrom('', '10.0.0.1', '10.0.0.1', '10.0.0.1'),
      runs: fc.oneof(
        fc.constant([{ state: 'running' as const, ready: true }]),
        fc.array(run, { minLength: 1, maxLength: 2 }),
      ),
      stage: fc.constantFrom('idle' as const, 'idle' as const, 'stopped' as const),
      /** Somebody else writes a condition before the kubelet's status comes. */
      isChanged: fc.constantFrom(false, false, true),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

type Step = (typeof scenario extends fc.Arbitrary<infer T> ? T : never)['steps'][number];

function newKubelet(sim: Simulation): Kubelet {
  const store = new PodStore(sim);
  const fleet = new KubeletFleet({
    sim,
    clock: new ClusterClock(sim),
    settings: DEFAULT_KUBELET_SETTINGS,
    runtime: runtimeProfile('containerd'),
    clientFor: (userAgent) => store.client(userAgent),
  });
  return fleet.add(NODE, true);
}

const met: Record<string, number> = { Pending: 0, Running: 0 };

/** What is stored after the worker's report; the plain rules are asked first. */
function report(worker: PodWorker, current: Pod): Pod {
  const { parts } = worker.kubelet.fleet;
  const plain = plainStatus(worker, parts);
  const expected = withStatus(current, plain);
  const built = usualStatus(worker, parts);
  worker.sent = built ?? plain;
  if (built === undefined) return expected;
  met[built.phase ?? ''] = (met[built.phase ?? ''] ?? 0) + 1;
  const stored = withBuiltStatus(current, built, worker.pod.status);
  expect(JSON.stringify(stored)).toBe(JSON.stringify(expected));
  expect(stored).toStrictEqual(expected);
  return stored;
}

function take(worker: PodWorker, step: Step): void {
  worker.hasSandbox = step.address !== '';
  worker.address = step.address;
  worker.stage = step.stage;
  worker.runs.forEach((each, index) => {
    const { state, ready } = step.runs[index % step.runs.length] as Step['runs'][number];
    const id = state === 'running' ? `containerd://${index}` : each.id;
    Object.assign(each, { state, ready, started: ready, id, status: undefined });
  });
}

test('usual statuses are those of the plain rules', () => {
  fc.assert(
    fc.property(scenario, ({ stored, generation, hostNetwork, containers, steps }) => {
      const sim = new Simulation({ seed: 'usual' });
      const kubelet = newKubelet(sim);
      const spec = {
        containers: containers.map((name) => ({ name, image: 'app:1' })),
        ...(hostNetwork === undefined ? {} : { hostNetwork }),
      };
      const metadata = { name: 'p', namespace: 'default', ...(generation === undefined ? {} : { generation }) };
      const pods: Pod[] = [0, 1].map(() => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status: stored }));
      const workers = pods.map((pod) => newPodWorker(kubelet, pod, kubelet.fleet.shapes.of(spec), false));
      for (const worker of workers) {
        worker.startTime = kubelet.fleet.clock.nowTimestamp();
        worker.pod = report(worker, worker.pod);
      }
      for (const step of steps) {
        sim.runUntil({ timeMicros: sim.nowMicros + secondsToMicros(step.seconds) });
        for (const worker of workers) {
          take(worker, step);
          const { pod } = worker;
          const conditions = [...(pod.status?.conditions ?? []), condition('Other')];
          worker.pod = report(worker, step.isChanged ? { ...pod, status: { ...pod.status, conditions } } : pod);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(met.Pending).toBeGreaterThan(20);
  expect(met.Running).toBeGreaterThan(20);
});
