/** The cache: order of Nodes, assumed Pods, Nodes that come and go under their Pods, images, and what listeners hear. */
import { expect, test } from 'vitest';
import type { Node } from '../../objects/node.ts';
import { bound, testNode, testPod } from '../testing/small-cluster.ts';
import { type CacheListener, SchedulerCache } from './scheduler-cache.ts';

const names = (cache: SchedulerCache): string[] => cache.snapshot().nodes.map(({ name }) => name);

function zoned(...nodes: [string, string][]): SchedulerCache {
  const cache = new SchedulerCache();
  for (const [name, zone] of nodes) cache.addNode(testNode(name, {}, { zone }));
  return cache;
}

test('Nodes are looked at zone by zone in turn, zones in order of first appearance', () => {
  const cache = zoned(['a1', 'a'], ['a2', 'a'], ['a3', 'a'], ['b1', 'b'], ['c1', 'c'], ['b2', 'b']);
  expect(names(cache)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  expect(cache.snapshot().nodes.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a Node whose zone changes goes to the end; one whose labels change otherwise stays', () => {
  const cache = zoned(['a1', 'a'], ['a2', 'a'], ['b1', 'b']);
  cache.updateNode({ ...testNode('a1', {}, { zone: 'a' }), spec: { unschedulable: true } });
  expect(names(cache)).toEqual(['a1', 'b1', 'a2']);
  cache.updateNode(testNode('a1', {}, { zone: 'b' }));
  expect(names(cache)).toEqual(['a2', 'b1', 'a1']);
});

test('a zone that becomes empty comes back last', () => {
  const cache = zoned(['a1', 'a'], ['b1', 'b']);
  cache.removeNode('a1');
  cache.addNode(testNode('a2', {}, { zone: 'a' }));
  expect(names(cache)).toEqual(['b1', 'a2']);
});

test('legacy zone labels count before the stable ones', () => {
  const cache = zoned(['a1', 'a'], ['b1', 'b']);
  const node = testNode('x', {}, { zone: 'b' });
  const labels = { ...node.metadata.labels, 'failure-domain.beta.kubernetes.io/zone': 'a' };
  cache.addNode({ ...node, metadata: { ...node.metadata, labels } });
  cache.addNode(testNode('y', {}, { zone: 'b' }));
  expect(names(cache)).toEqual(['a1', 'b1', 'x', 'y']);
});

test('an assumed Pod counts until it is forgotten, and stays once it is confirmed', () => {
  const cache = zoned(['n', 'a']);
  const [pod, other] = [bound(testPod('p', { cpu: '1' }), 'n'), bound(testPod('q', { cpu: '2' }), 'n')];
  const milliCpu = (): unknown => cache.snapshot().get('n')?.requested.milliCpu;
  cache.assumePod(pod, 'n');
  cache.assumePod(other, 'n');
  expect([milliCpu(), cache.isAssumed(pod)]).toEqual([3000, true]);
  cache.addPod(pod);
  cache.forgetPod(pod);
  cache.forgetPod(other);
  expect([milliCpu(), cache.isAssumed(pod), cache.podCount]).toEqual([1000, false, 1]);
  expect(() => cache.assumePod(pod, 'n')).toThrow(/cannot be assumed/);
});

test('Pods outlive their Node and count again when it comes back', () => {
  const cache = zoned(['n', 'a']);
  const pod = bound(testPod('p', { cpu: '1' }), 'n');
  cache.addPod(pod);
  cache.removeNode('n');
  expect(cache.snapshot().get('n')).toBeUndefined();
  cache.addNode(testNode('n'));
  expect(cache.snapshot().get('n')?.requested.milliCpu).toBe(1000);
  cache.removeNode('n');
  cache.removePod(pod);
  cache.addNode(testNode('n'));
  expect(cache.snapshot().get('n')?.requested.milliCpu).toBe(0);
});

test('a Pod that is resized in place counts with the greater of its sizes', () => {
  const cache = zoned(['n', 'a']);
  const pod = bound(testPod('p', { cpu: '1', memory: '1Gi' }), 'n');
  cache.addPod(pod);
  const resources = { requests: { cpu: '1500m', memory: '512Mi' } };
  const containerStatuses = [{ name: 'c', ready: true, restartCount: 0, resources }];
  cache.updatePod({ ...pod, status: { containerStatuses } });
  const requested = cache.snapshot().get('n')?.requested;
  expect([requested?.milliCpu, requested?.memory]).toEqual([1500, 2 ** 30]);
});

test('a host port that two Pods share is free as soon as one has left', () => {
  const cache = zoned(['n', 'a']);
  const pods = ['p', 'q'].map((name) => {
    const containers = [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8080 }] }];
    return bound(testPod(name, {}, { containers }), 'n');
  });
  for (const pod of pods) cache.addPod(pod);
  const port = { ip: '10.0.0.1', protocolPort: 'TCP/8080' };
  expect(cache.snapshot().get('n')?.usedPorts.conflicts(port)).toBe(true);
  cache.removePod(pods[0] as (typeof pods)[number]);
  expect(cache.snapshot().get('n')?.usedPorts.conflicts(port)).toBe(false);
});

function withImage(name: string, sizeBytes: number): Node {
  const node = testNode(name);
  return { ...node, status: { ...node.status, images: [{ names: ['img:1'], sizeBytes }] } };
}

test('an image has the size that the first Node reported, and as many Nodes as when its own Node last changed', () => {
  const cache = new SchedulerCache();
  const image = (name: string): unknown => cache.snapshot().get(name)?.images.get('img:1');
  cache.addNode(withImage('a', 100));
  expect(image('a')).toEqual({ size: 100, nodes: 1 });
  cache.addNode(withImage('b', 200));
  expect(image('b')).toEqual({ size: 100, nodes: 2 });
  expect(image('a')).toEqual({ size: 100, nodes: 1 });
  cache.addPod(bound(testPod('p'), 'a'));
  expect(image('a')).toEqual({ size: 100, nodes: 2 });
});

test('listeners hear of each change once, after it is made', () => {
  const heard: string[] = [];
  const listener: CacheListener = {
    nodeAdded: ({ name }) => heard.push(`+${name}`),
    nodeUpdated: ({ name, node }, before) =>
      heard.push(`~${name} ${before.spec?.unschedulable} ${node.spec?.unschedulable}`),
    nodeRemoved: ({ name, exists }) => heard.push(`-${name} ${exists}`),
    podAdded: ({ name, pods }, { pod }) => heard.push(`+${pod.metadata.name}@${name} ${pods.length}`),
    podRemoved: ({ name, pods }, { pod }) => heard.push(`-${pod.metadata.name}@${name} ${pods.length}`),
    orderChanged: (nodes) => heard.push(`order ${nodes.map(({ name }) => name).join()}`),
  };
  const cache = new SchedulerCache();
  cache.addListener(listener);
  const pod = bound(testPod('p'), 'n');
  cache.addNode(testNode('n'));
  cache.snapshot();
  cache.snapshot();
  cache.assumePod(pod, 'n');
  cache.addPod(pod);
  cache.updatePod({ ...pod, status: { phase: 'Running' } });
  cache.updatePod({ ...pod, metadata: { ...pod.metadata, labels: { app: 'b' } } });
  cache.updateNode(testNode('n', {}, { spec: { unschedulable: true } }));
  cache.removePod(pod);
  cache.removeNode('n');
  cache.snapshot();
  expect(heard).toEqual([
    '+n',
    'order n',
    '+p@n 1',
    '-p@n 0',
    '+p@n 1',
    '~n undefined true',
    '-p@n 0',
    '-n false',
    'order ',
  ]);
});

test('Pods of equal specification are of one class, whatever their names and Nodes', () => {
  const { classes } = new SchedulerCache();
  const first = classes.of(testPod('p', { cpu: '1' }));
  expect(classes.of(bound(testPod('q', { cpu: '1' }), 'n'))).toBe(first);
  expect(classes.of({ ...testPod('r', { cpu: '1' }), status: { phase: 'Running' } })).toBe(first);
  expect(classes.of(testPod('s', { cpu: '2' })).id).toBe(1);
  expect(classes.of(testPod('t', { cpu: '1' }, { priority: 1 })).id).toBe(2);
  expect(classes.of(testPod('u', { cpu: '1' }, {}, { app: 'a' })).id).toBe(3);
});

test('a Pod that shares its containers with another, but not its labels, is of another class', () => {
  const { classes } = new SchedulerCache();
  const pod = testPod('p');
  const other = { ...pod, metadata: { ...pod.metadata, labels: { app: 'b' } } };
  expect(classes.of(pod).id).toBe(0);
  expect(classes.of(other).id).toBe(1);
  expect(classes.of(pod).id).toBe(0);
});
