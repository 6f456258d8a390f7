/** Rules that no recording holds: quantities, ports, mounts, selectors, and changes of stored objects. */
import { expect, test } from 'vitest';
import { applyDefaults } from '../defaults/apply-defaults.ts';
import { fieldErrorText } from '../field-error.ts';
import type { KubeObject } from '../meta.ts';
import type { Container, Pod, PodSpec } from '../pod.ts';
import { DEPLOYMENTS, NODES, PODS, PRIORITY_CLASSES, type Resource, SERVICES } from '../resources.ts';
import { validate, validateUpdate } from './validate.ts';

const CONTAINER: Container = { name: 'c', image: 'x' };

function pod(spec: Partial<PodSpec> = {}, container: Partial<Container> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ ...CONTAINER, ...container }], ...spec },
  };
}

function problems<T extends KubeObject>(resource: Resource<T>, object: T): string[] {
  return validate(resource, applyDefaults(resource, object)).map(fieldErrorText);
}

test('a Pod of the plainest kind is valid', () => {
  expect(problems(PODS, pod())).toEqual([]);
});

test.each([
  [
    { resources: { requests: { cpu: '-1' } } },
    'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ],
  [
    { resources: { requests: { cpu: 'much' } } },
    `spec.containers[0].resources.requests[cpu]: Invalid value: "much": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  ],
  [
    { resources: { limits: { 'nvidia.com/gpu': '500m' } } },
    'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
  ],
  [
    { ports: [{ containerPort: 70000 }] },
    'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [{ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  [{ livenessProbe: {} }, 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
] as [Partial<Container>, string][])('a container %j is refused', (container, message) => {
  expect(problems(PODS, pod({}, container))).toContain(message);
});

test('a toleration for every key needs the operator Exists', () => {
  expect(problems(PODS, pod({ tolerations: [{ operator: 'Equal' }] }))[0]).toMatch(
    /^spec\.tolerations\[0\]\.operator: Invalid value: "Equal": operator must be Exists when `key` is empty/,
  );
});

test('a Service with two ports needs their names', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { ports: [{ port: 80 }, { port: 81 }] },
  };
  expect(problems(SERVICES, service)).toEqual([
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
  ]);
});

test('taints of a Node are unique', () => {
  const taint = { key: 'a', value: 'b', effect: 'NoSchedule' as const };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { taints: [taint, taint] } };
  expect(problems(NODES, node)[0]).toMatch(/^spec\.taints\[1\]: Duplicate value: /);
});

test('names of priority classes that begin with system- are reserved', () => {
  const priorityClass = (name: string, value: number) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
  });
  expect(problems(PRIORITY_CLASSES, priorityClass('system-mine', 5))).toHaveLength(1);
  expect(problems(PRIORITY_CLASSES, priorityClass('system-node-critical', 2_000_001_000))).toEqual([]);
  expect(problems(PRIORITY_CLASSES, priorityClass('mine', 2_000_000_000))).toHaveLength(1);
});

function changeProblems(old: Pod, next: Pod): string[] {
  return validateUpdate(PODS, next, old).map(fieldErrorText);
}

test('the image of a Pod may change, its requests may not', () => {
  const old = pod();
  expect(changeProblems(old, pod({}, { image: 'y' }))).toEqual([]);
  expect(changeProblems(old, pod({}, { resources: { requests: { cpu: '1' } } }))[0]).toMatch(
    /^spec: Forbidden: pod updates may not change fields other than /,
  );
  expect(changeProblems(old, pod({ nodeName: 'n' }))).toHaveLength(1);
});

test('a Pod may get tolerations and lose scheduling gates', () => {
  const tolerations = [{ key: 'a', operator: 'Exists' as const }];
  expect(changeProblems(pod(), pod({ tolerations }))).toEqual([]);
  expect(changeProblems(pod({ tolerations }), pod())).toHaveLength(1);
  expect(changeProblems(pod({ schedulingGates: [{ name: 'g' }] }), pod())).toEqual([]);
});

test('the selector of a Deployment does not change', () => {
  const deployment = (app: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [CONTAINER] } },
    },
  });
  expect(validateUpdate(DEPLOYMENTS, deployment('b'), deployment('a')).map(fieldErrorText)).toEqual([
    'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
  ]);
  expect(validateUpdate(DEPLOYMENTS, deployment('a'), deployment('a'))).toEqual([]);
});
