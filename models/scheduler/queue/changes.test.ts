/** What updates of Pods and Nodes mean for scheduling. */
import { expect, test } from 'vitest';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { nodeChangeEvents } from './node-changes.ts';
import { podChangeEvents } from './pod-changes.ts';

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { zone: 'a' } },
  spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule' }] },
  status: { allocatable: { cpu: '1', memory: '1Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
};

const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }], schedulingGates: [{ name: 'g' }] },
};

const nodeLabels = (node: Node): string[] => nodeChangeEvents(NODE, node).map(({ label }) => label);
const podLabels = (pod: Pod): string[] => podChangeEvents(POD, pod).map(({ label }) => label);

test('a heartbeat and another spelling of an amount are no events', () => {
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: 'later' }] as const;
  expect(nodeLabels({ ...NODE, status: { allocatable: { cpu: '1000m', memory: '1024Mi' }, conditions } })).toEqual([]);
});

test('uncordoning is a change of taints; cordoning is none', () => {
  expect(nodeLabels({ ...NODE, spec: { ...NODE.spec, unschedulable: false } })).toEqual(['NodeUpdateNodeTaint']);
  const open = { ...NODE, spec: { ...NODE.spec, unschedulable: false } };
  expect(nodeChangeEvents(open, NODE)).toEqual([]);
});

test('several changes of a Node are several events, in a fixed order', () => {
  const status = {
    allocatable: { cpu: '2', memory: '1Gi' },
    conditions: [{ type: 'Ready', status: 'False' }],
  } as const;
  expect(nodeLabels({ ...NODE, spec: {}, metadata: { name: 'n', annotations: { a: 'b' } }, status })).toEqual([
    'NodeUpdateNodeTaint',
    'NodeUpdateNodeAllocatable',
    'NodeUpdateNodeLabel',
    'NodeUpdateNodeTaint',
    'NodeUpdateNodeCondition',
    'NodeUpdateNodeAnnotation',
  ]);
});

test('an update of a Pod that is nothing special is the general one', () => {
  expect(podLabels({ ...POD, metadata: { ...POD.metadata, annotations: { a: 'b' } } })).toEqual([
    'UnschedulablePodUpdate',
  ]);
});

test('fewer requests, no more gates and another toleration are events of their own', () => {
  const spec = { containers: [{ name: 'c', resources: { requests: { cpu: '500m' } } }], tolerations: [{ key: 'k' }] };
  expect(podLabels({ ...POD, spec })).toEqual([
    'UnschedulablePodUpdatePodScaleDown',
    'UnschedulablePodUpdatePodSchedulingGatesEliminated',
    'UnschedulablePodUpdatePodToleration',
  ]);
});

test('a resize that the kubelet reports is a scale-down of an assigned Pod', () => {
  const status = (cpu: string): Pod['status'] => ({
    containerStatuses: [{ name: 'c', ready: true, restartCount: 0, resources: { requests: { cpu } } }],
  });
  const assigned = { ...POD, spec: { ...POD.spec, nodeName: 'n' } };
  const [before, after] = [
    { ...assigned, status: status('3') },
    { ...assigned, status: status('2') },
  ] as [Pod, Pod];
  expect(podChangeEvents(before, after).map(({ label }) => label)).toEqual(['AssignedPodUpdatePodScaleDown']);
});
