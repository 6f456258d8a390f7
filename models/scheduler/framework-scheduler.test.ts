/** The component with the framework's own plugins behind it, against an API server in memory. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND, Simulation } from '../../engine/index.ts';
import { MemoryApi } from '../controllers/testing/memory-api.ts';
import type { Node } from '../objects/node.ts';
import type { Pod, PodSpec } from '../objects/pod.ts';
import { NODES, PERSISTENT_VOLUME_CLAIMS, PODS, STORAGE_CLASSES } from '../objects/resources.ts';
import { SchedulerCache } from './cache/scheduler-cache.ts';
import { PodScheduler } from './decision/schedule-pod.ts';
import type { Handle, PluginRunner } from './framework/handle.ts';
import { Listers } from './framework/listers.ts';
import { Nominator } from './framework/nominator.ts';
import type { ScorePlugin } from './framework/plugin.ts';
import { frameworkEngine } from './framework-scheduler.ts';
import { feedListers } from './listers-watch.ts';
import { defaultBinder } from './plugins/default-binder.ts';
import { defaultPreemption } from './plugins/default-preemption.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { prioritySortPlugin } from './plugins/priority-sort.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { Profile, type ProfilePlugins } from './profile/profile.ts';
import { Scheduler } from './scheduler.ts';
import { volumeObjects, volumePlugins } from './volumes/volume-plugins.ts';

const S = MICROS_PER_SECOND;
const NODE_RESOURCES = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

interface World {
  readonly sim: Simulation;
  readonly api: MemoryApi;
  readonly scheduler: Scheduler;
  readonly notes: string[];
}

function world(): World {
  const sim = new Simulation({ seed: 'framework' });
  const api = new MemoryApi(sim);
  const notes: string[] = [];
  const context = {
    nowTimestamp: () => api.nowTimestamp(),
    cache: api.cache.bind(api),
    recorder: () => ({
      event: (object: { metadata: { name: string } }, _type: string, reason: string, message: string) =>
        notes.push(`${object.metadata.name} ${reason} ${message}`),
    }),
  };
  const [cache, nominator, listers] = [new SchedulerCache(), new Nominator(), new Listers()];
  feedListers(context, listers);
  const handleOf = (runner: PluginRunner): Handle => ({
    snapshot: cache.snapshot(),
    listers,
    nominator,
    classes: cache.classes,
    stream: (name) => sim.stream(name),
    runner,
  });
  const settings = { schedulerName: 'default-scheduler', weights: new Map(), percentageOfNodesToScore: undefined };
  const profile = new Profile(settings, handleOf, (handle) => pluginsOf(handle, listers));
  const stream = sim.stream('scheduler/ties');
  const podScheduler = new PodScheduler(cache, { percentageOfNodesToScore: 0, tieBreak: 'first', stream });
  const engine = frameworkEngine({ cache, nominator, profiles: [profile], podScheduler });
  const scheduler = new Scheduler(sim, api.client('scheduler'), { engine, context });
  scheduler.start();
  return { sim, api, scheduler, notes };
}

function pluginsOf(handle: Handle, listers: Listers): ProfilePlugins {
  const strategy = { type: 'LeastAllocated', resources: NODE_RESOURCES } as const;
  const fit = nodeResourcesFit({ ignoredResources: [], ignoredResourceGroups: [], scoringStrategy: strategy });
  const taints = taintToleration();
  const preemption = defaultPreemption({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 }, handle);
  const volumes = volumePlugins(volumeObjects(listers));
  const { volumeRestrictions, nodeVolumeLimits, volumeBinding, volumeZone } = volumes;
  const score: ScorePlugin[] = [taints, fit];
  return {
    preEnqueue: [schedulingGates()],
    queueSort: [prioritySortPlugin()],
    preFilter: [fit, volumeRestrictions, nodeVolumeLimits, volumeBinding, volumeZone],
    filter: [taints, fit, volumeRestrictions, nodeVolumeLimits, volumeBinding, volumeZone],
    postFilter: [preemption],
    preScore: [taints, fit, volumeBinding],
    score,
    reserve: [volumeBinding],
    permit: [],
    preBind: [volumeBinding],
    bind: [defaultBinder(undefined)],
    postBind: [],
  };
}

function addNode(api: MemoryApi, name: string, cpu: string): void {
  const status = { allocatable: { cpu, memory: '8Gi', pods: '110' } };
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, status };
  api.create(NODES, node);
}

function addPod(api: MemoryApi, name: string, cpu: string, spec: Partial<PodSpec> = {}): void {
  const containers = [{ name: 'c', resources: { requests: { cpu } } }];
  const metadata = { name, namespace: 'default' };
  api.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec } });
}

const nodeOf = (api: MemoryApi, name: string): string | undefined =>
  (api.get(PODS, 'default', name) as Pod | undefined)?.spec.nodeName;

test('Pods are spread by what is left, and what does not fit is told why', () => {
  const { sim, api, notes } = world();
  addNode(api, 'n1', '2');
  addNode(api, 'n2', '2');
  for (const name of ['a', 'b', 'c']) addPod(api, name, '1500m');
  sim.runUntil({ timeMicros: S });
  expect([nodeOf(api, 'a'), nodeOf(api, 'b'), nodeOf(api, 'c')]).toEqual(['n1', 'n2', undefined]);
  expect(notes).toContain(
    'c FailedScheduling 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  );
  addNode(api, 'n3', '2');
  sim.runUntil({ timeMicros: 5 * S });
  expect(nodeOf(api, 'c')).toBe('n3');
});

test('without any Node a Pod is Unschedulable and backs off as after an error', () => {
  const { sim, api, scheduler, notes } = world();
  addPod(api, 'a', '1');
  sim.runUntil({ timeMicros: S / 2 });
  expect(notes).toEqual(['a FailedScheduling no nodes available to schedule pods']);
  expect(scheduler.queue.get('default/a')?.place).toBe('errorBackoff');
});

test('a more important Pod takes the place of another', () => {
  const { sim, api, scheduler } = world();
  addNode(api, 'n1', '2');
  addPod(api, 'low', '1500m', { priority: 1 });
  sim.runUntil({ timeMicros: S });
  addPod(api, 'high', '1500m', { priority: 9 });
  sim.runUntil({ timeMicros: 2 * S });
  expect((api.get(PODS, 'default', 'high') as Pod).status?.nominatedNodeName).toBe('n1');
  expect(scheduler.metrics.victims).toBe(1);
  api.delete(PODS, 'default', 'low', { gracePeriodSeconds: 0 });
  sim.runUntil({ timeMicros: 15 * S });
  expect(nodeOf(api, 'high')).toBe('n1');
});

test('a claim that waits for its consumer cannot be bound without a binder: the Pod comes back with an error', () => {
  const { sim, api, notes } = world();
  addNode(api, 'n1', '2');
  api.create(STORAGE_CLASSES, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'late' },
    provisioner: 'csi.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  api.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { storageClassName: 'late' },
  });
  addPod(api, 'a', '1', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] });
  sim.runUntil({ timeMicros: S / 2 });
  expect(notes).toEqual([
    'a FailedScheduling running PreBind plugin "VolumeBinding": binding volumes: there is nothing to bind them with',
  ]);
});
