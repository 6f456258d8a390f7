/** Facts about queueing hints that surprise; the rest is held by the recordings. */
import { expect, test } from 'vitest';
import type { Node, NodeSpec } from '../../objects/node.ts';
import type { Pod, PodSpec } from '../../objects/pod.ts';
import { ADD, ASSIGNED_POD_DELETE, clusterEvent, UPDATE_NODE_TAINT } from '../queue/cluster-event.ts';
import { type EventRegistration, QueueingHintMap } from '../queue/queueing-hints.ts';
import { DEFAULT_EVENTS } from './default-events.ts';
import { interPodAffinityEvents } from './inter-pod-affinity.ts';
import { nodeAffinityEvents } from './node-affinity.ts';
import { nodePortsEvents } from './node-ports.ts';
import { nodeResourcesFitEvents } from './node-resources-fit.ts';
import { podTopologySpreadEvents } from './pod-topology-spread.ts';
import { taintTolerationEvents } from './taint-toleration.ts';

function pod(name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod {
  const metadata = { name, namespace: 'default', uid: name, labels };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } };
}

function node(labels: Record<string, string>, allocatable: Record<string, string> = {}, spec: NodeSpec = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels }, spec, status: { allocatable } };
}

function ask(
  events: readonly EventRegistration[],
  resource: 'Pod' | 'Node',
  waiting: Pod,
  before: Pod | Node | undefined,
  after: Pod | Node | undefined,
): boolean {
  const hint = events.find((event) => event.resource === resource && event.hint !== undefined)?.hint;
  if (hint === undefined) throw new Error(`no hint for ${resource}`);
  return hint(waiting, before, after);
}

const requesting = (cpu: string): Partial<PodSpec> => ({
  containers: [{ name: 'c', resources: { requests: { cpu } } }],
});

test('NodeResourcesFit waits for a Node that would hold the Pod when empty, and for growth of what it asks for', () => {
  const waiting = pod('w', requesting('2'));
  const small = node({}, { cpu: '1', pods: '10', memory: '1Gi' });
  const large = node({}, { cpu: '4', pods: '10', memory: '1Gi' });
  const roomier = node({}, { cpu: '4', pods: '10', memory: '9Gi' });
  expect(ask(nodeResourcesFitEvents, 'Node', waiting, undefined, small)).toBe(false);
  expect(ask(nodeResourcesFitEvents, 'Node', waiting, undefined, large)).toBe(true);
  expect(ask(nodeResourcesFitEvents, 'Node', waiting, large, roomier)).toBe(false);
  expect(ask(nodeResourcesFitEvents, 'Node', waiting, small, large)).toBe(true);
});

test('NodeResourcesFit is woken by a Pod that was only nominated, not by one that held no Node', () => {
  const nominated: Pod = { ...pod('x'), status: { nominatedNodeName: 'n' } };
  expect(ask(nodeResourcesFitEvents, 'Pod', pod('w'), nominated, undefined)).toBe(true);
  expect(ask(nodeResourcesFitEvents, 'Pod', pod('w'), pod('x'), undefined)).toBe(false);
});

test('NodeResourcesFit minds a resize of another Pod only in what it asks for itself', () => {
  const before = pod('x', { ...requesting('2'), nodeName: 'n' });
  const after = pod('x', { ...requesting('1'), nodeName: 'n' });
  const wantsMemory = pod('w', { containers: [{ name: 'c', resources: { requests: { memory: '1Gi' } } }] });
  expect(ask(nodeResourcesFitEvents, 'Pod', pod('w', requesting('1')), before, after)).toBe(true);
  expect(ask(nodeResourcesFitEvents, 'Pod', wantsMemory, before, after)).toBe(false);
});

test('NodeAffinity wakes for a Node that came to match, not for one that matched before', () => {
  const waiting = pod('w', { nodeSelector: { disk: 'ssd' } });
  const events = nodeAffinityEvents();
  expect(ask(events, 'Node', waiting, node({ disk: 'hdd' }), node({ disk: 'ssd' }))).toBe(true);
  expect(ask(events, 'Node', waiting, node({ disk: 'ssd' }), node({ disk: 'ssd', x: '1' }))).toBe(false);
});

test('TaintToleration wakes when the last taint that is not tolerated has gone', () => {
  const taint = (key: string) => ({ key, effect: 'NoSchedule' }) as const;
  const both = node({}, {}, { taints: [taint('a'), taint('b')] });
  const one = node({}, {}, { taints: [taint('a')] });
  expect(ask(taintTolerationEvents, 'Node', pod('w'), both, one)).toBe(false);
  expect(ask(taintTolerationEvents, 'Node', pod('w'), one, node({}))).toBe(true);
});

test('NodePorts takes a port on any address to conflict with the same port on one address', () => {
  const port = (hostIP: string | undefined, nodeName?: string): Partial<PodSpec> => ({
    containers: [
      { name: 'c', ports: [{ containerPort: 80, hostPort: 80, ...(hostIP === undefined ? {} : { hostIP }) }] },
    ],
    ...(nodeName === undefined ? {} : { nodeName }),
  });
  const events = nodePortsEvents;
  expect(ask(events, 'Pod', pod('w', port(undefined)), pod('x', port('10.0.0.1', 'n')), undefined)).toBe(true);
  expect(ask(events, 'Pod', pod('w', port('10.0.0.2')), pod('x', port('10.0.0.1', 'n')), undefined)).toBe(false);
});

test('InterPodAffinity ignores Pods without Node, and namespace selectors hold only for no labels', () => {
  const term = (namespaceSelector?: object) => ({
    topologyKey: 'zone',
    labelSelector: { matchLabels: { app: 'a' } },
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
  });
  const waiting = (selector?: object): Pod =>
    pod('w', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(selector)] } } });
  const placed = pod('x', { nodeName: 'n' }, { app: 'a' });
  expect(ask(interPodAffinityEvents, 'Pod', waiting(), undefined, placed)).toBe(true);
  expect(ask(interPodAffinityEvents, 'Pod', waiting(), undefined, pod('x', {}, { app: 'a' }))).toBe(false);
  const byTeam = { matchLabels: { team: 'a' } };
  const byNoTeam = { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] };
  expect(ask(interPodAffinityEvents, 'Pod', waiting(byTeam), undefined, placed)).toBe(false);
  expect(ask(interPodAffinityEvents, 'Pod', waiting(byNoTeam), undefined, placed)).toBe(true);
});

test('PodTopologySpread without hard constraints is woken by any Node, and by no Pod', () => {
  const events = podTopologySpreadEvents();
  expect(ask(events, 'Node', pod('w'), undefined, node({}))).toBe(true);
  expect(ask(events, 'Pod', pod('w'), undefined, pod('x', { nodeName: 'n' }))).toBe(false);
});

test('plugins that want new Nodes hear of taints too, without a hint, unless they registered for them', () => {
  const hints = new QueueingHintMap(DEFAULT_EVENTS);
  const { registrations } = hints.interestedIn(clusterEvent('Node', UPDATE_NODE_TAINT));
  const withHint = registrations.filter(({ hint }) => hint !== undefined).map(({ plugin }) => plugin);
  expect(withHint).toEqual(['NodeUnschedulable', 'TaintToleration', 'PodTopologySpread']);
  expect(registrations.map(({ plugin }) => plugin)).toContain('NodeResourcesFit');
  expect(hints.wants(clusterEvent('Node', ADD))).toBe(true);
  expect(hints.pluginWants('DefaultPreemption', ASSIGNED_POD_DELETE)).toBe(true);
});
