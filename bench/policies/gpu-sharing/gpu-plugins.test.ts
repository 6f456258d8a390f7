/** The shared plugin: devices that a Pod fits on, gets, keeps and gives back. */
import { expect, test } from 'vitest';
import { RandomStream } from '../../../engine/index.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { podInfo } from '../../../models/scheduler/framework/pod-info.ts';
import { LoneScheduler } from '../../studies/lone-scheduler.ts';
import { GPU_INDEX, gpuNodeObject, gpuPodObject } from './gpu-objects.ts';
import { gpuPlugins, gpuSharing } from './gpu-plugins.ts';
import { GPU_POLICIES } from './gpu-policies.ts';

function world(policy: string, gpus: number): { scheduler: LoneScheduler; devices(pod: Pod): string } {
  const shared = gpuSharing([{ cpuMilli: 1000, gpus: 1, gpuMilli: 500, gpuSpec: '', count: 1, frequency: 1 }]);
  const scheduler = new LoneScheduler({
    configuration: GPU_POLICIES[policy],
    tieBreak: 'first',
    stream: (name) => new RandomStream('test', 0, name),
    registry: gpuPlugins(shared),
  });
  for (const name of ['a', 'b']) {
    scheduler.addNode(
      gpuNodeObject({ name, cpuMilli: 64_000, memoryMib: 262_144, gpus, model: name === 'a' ? 'T4' : 'V100M32' }),
    );
  }
  const devices = (pod: Pod): string => {
    const { snapshot } = scheduler.profile.handle;
    for (const node of snapshot.nodes) {
      shared.states.of(node, snapshot);
      const found = shared.states.devicesOf(podInfo(pod, scheduler.cache.classes), node.name);
      if (found !== undefined) return `${node.name}:${found.join('-')}`;
    }
    return 'none';
  };
  return { scheduler, devices };
}

let number = 0;
function pod(gpus: number, gpuMilli: number, gpuSpec = ''): Pod {
  return gpuPodObject({ name: `pod-${number++}`, cpuMilli: 1000, memoryMib: 1024, gpus, gpuMilli, gpuSpec });
}

test('shares go to the tightest device, whole devices to the first free ones', () => {
  const { scheduler, devices } = world('gpu-best-fit', 4);
  const pods = [pod(1, 300, 'T4'), pod(2, 1000, 'T4'), pod(1, 600, 'T4'), pod(1, 500, 'T4')];
  for (const each of pods) expect(scheduler.place(each).placed).toBe(true);
  expect(pods.map(devices)).toEqual(['a:0', 'a:1-2', 'a:0', 'a:3']);
});

test('a Pod goes only to models that it allows', () => {
  const { scheduler, devices } = world('fgd', 2);
  const [first, second] = [pod(2, 1000, 'V100M32|P100'), pod(1, 10, 'V100M32')];
  expect(scheduler.place(first).placed).toBe(true);
  expect(devices(first)).toBe('b:0-1');
  const refused = scheduler.place(second);
  expect(refused.placed ? '' : refused.reason()).toBe(
    "0/2 nodes are available: 1 node(s) don't have that many GPUs of a model that the Pod allows, 1 node(s) have too little left on their GPU devices.",
  );
});

test('total free milli-GPU do not help where no device has enough', () => {
  const { scheduler } = world('gpu-best-fit', 1);
  for (let i = 0; i < 2; i++) expect(scheduler.place(pod(1, 600)).placed).toBe(true);
  expect(scheduler.place(pod(1, 500)).placed).toBe(false);
  expect(scheduler.place(pod(1, 400)).placed).toBe(true);
});

test('a Pod that leaves gives its devices back', () => {
  const { scheduler, devices } = world('gpu-best-fit', 1);
  const [first, second, third] = [pod(1, 1000, 'T4'), pod(1, 1000, 'T4'), pod(1, 1000, 'T4')];
  scheduler.place(first);
  expect(scheduler.place(second).placed).toBe(false);
  scheduler.cache.removePod({ ...first, spec: { ...first.spec, nodeName: 'a' } });
  expect(scheduler.place(third).placed).toBe(true);
  expect(devices(third)).toBe('a:0');
});

test('a bound Pod has the devices of its annotation, and without one the tightest that fit', () => {
  const { scheduler, devices } = world('gpu-best-fit', 3);
  const [annotated, bare] = [pod(1, 400), pod(1, 700)];
  const withIndex = {
    ...annotated,
    metadata: { ...annotated.metadata, annotations: { ...annotated.metadata.annotations, [GPU_INDEX]: '2' } },
  };
  for (const each of [withIndex, bare]) scheduler.cache.addPod({ ...each, spec: { ...each.spec, nodeName: 'a' } });
  const whole = [pod(1, 1000, 'T4'), pod(1, 1000, 'T4')];
  expect(whole.map((each) => scheduler.place(each).placed)).toEqual([true, false]);
  expect(devices(bare)).toBe('a:0');
  expect(whole.map(devices)).toEqual(['a:1', 'none']);
});

test('Pods that differ in their annotations alone are told apart', () => {
  const { scheduler } = world('gpu-best-fit', 1);
  const containers = pod(1, 100).spec.containers;
  const sharing = (gpuMilli: number): Pod => {
    const own = pod(1, gpuMilli);
    return { ...own, spec: { ...own.spec, containers } };
  };
  for (let i = 0; i < 2; i++) expect(scheduler.place(sharing(900)).placed).toBe(true);
  expect(scheduler.place(sharing(900)).placed).toBe(false);
  expect(scheduler.place(sharing(100)).placed).toBe(true);
});
