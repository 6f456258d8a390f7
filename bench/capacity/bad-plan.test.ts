/** What is refused in a plan: with file, line, field, what was found and what is accepted. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerPlan, questionOf } from './answer.ts';
import { loadPlan } from './load-plan.ts';

const PODS = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec: { containers: [{ name: main, image: nginx, resources: { requests: { cpu: 1 } } }] }
`;
const NODES = `apiVersion: v1
kind: Node
metadata: { name: worker-1 }
status: { allocatable: { cpu: 4, memory: 8Gi, pods: 110 } }
`;

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  for (const [name, text] of Object.entries({ 'pods.yaml': PODS, 'nodes.yaml': NODES, ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function messageOf(plan: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = folderOf({ ...files, 'plan.yaml': plan });
  try {
    loadPlan(join(folder, 'plan.yaml'));
  } catch (error) {
    expect((error as Error).name).toBe('BadInputError');
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  throw new Error('accepted');
}

const TYPE = 'types: [{ name: big, capacity: { cpu: 8, memory: 16Gi } }]';
const find = (kind: string, rest: string): string => `name: p\nfind: ${kind}\n${rest}\n`;

describe('the plan file', () => {
  test.each([
    ['an empty file', '', 'plan.yaml: is empty; accepted is one plan'],
    [
      'two plans',
      `${find('nodes', 'nodes: {}')}---\nname: q\n`,
      'plan.yaml:5: a second document begins here; accepted is one plan',
    ],
    ['YAML that is broken', 'name: [', 'plan.yaml:1: is not valid YAML'],
    [
      'another question',
      find('most', 'nodes: {}'),
      'plan.yaml:2: find: found "most"; accepted: nodes, cheapest, replicas, removable',
    ],
    [
      'a field that there is not',
      find('nodes', 'nodez: {}'),
      'plan.yaml:3: nodez: there is no such field; accepted: name, description, find',
    ],
    [
      'an objective that there is not',
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nobjectives: { survive: rack }`),
      'plan.yaml:5: objectives.survive: found "rack"; accepted: nothing, node, zone',
    ],
    [
      'head-room above 1',
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nobjectives: { headroom: { cpu: 20 } }`),
      'plan.yaml:5: objectives.headroom.cpu: found 20; accepted: a number from 0 to 1',
    ],
    [
      'a start-up that is no time',
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nobjectives: { startup: { p99: soon } }`),
      'plan.yaml:5: objectives.startup.p99: found "soon"; accepted: a duration such as 30s',
    ],
    [
      'runs of none',
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nruns: 0`),
      'plan.yaml:5: runs: found 0; accepted: a whole number from 1',
    ],
    [
      'an amount that is none',
      find('nodes', 'nodes: { types: [{ name: big, capacity: { cpu: many } }] }\npods: [pods.yaml]'),
      'plan.yaml:3: nodes.types[0].capacity.cpu: found "many"; accepted: a quantity that is not negative',
    ],
    [
      'a price below nothing',
      find('nodes', 'nodes: { types: [{ type: m5.large, price: -1 }] }\npods: [pods.yaml]'),
      'plan.yaml:3: nodes.types[0].price: found -1; accepted: a number from 0',
    ],
    [
      'a type without amounts',
      find('nodes', 'nodes: { types: [{ name: big }] }\npods: [pods.yaml]'),
      'plan.yaml:3: nodes.types[0].capacity: found neither type nor capacity; accepted: a type, or name and capacity',
    ],
    [
      'an unknown type',
      find('nodes', 'nodes: { types: [{ type: m5.lage }] }\npods: [pods.yaml]'),
      'plan.yaml:3: nodes.types[0].type: found m5.lage, which the catalogue does not have; accepted: m5.large',
    ],
    [
      'a name of two types',
      find('cheapest', 'nodes: { types: [{ type: m5.large }, { type: c5.large, name: m5-large }] }\npods: [pods.yaml]'),
      'plan.yaml:3: nodes.types[1].name: found m5-large a second time',
    ],
    [
      'no price with find cheapest',
      find('cheapest', `nodes: { ${TYPE} }\npods: [pods.yaml]`),
      'plan.yaml:3: nodes.types[0].price: found none with find cheapest; accepted: a number from 0',
    ],
  ])('refuses %s', (_, plan, message) => {
    expect(messageOf(plan)).toContain(message);
  });
});

describe('the question', () => {
  test.each([
    [find('nodes', 'nodes: {}'), 'plan.yaml:3: nodes: found neither types nor manifests; accepted: one of them'],
    [
      find('nodes', `nodes: { ${TYPE}, manifests: [nodes.yaml] }`),
      'nodes: found both types and manifests; accepted: one of them',
    ],
    [
      find('nodes', 'nodes: { types: [{ type: m5.large }, { type: c5.large }] }\npods: [pods.yaml]'),
      'nodes.types: found 2 types with find nodes; accepted: one; for several: find cheapest',
    ],
    [
      find('cheapest', 'nodes: { manifests: [nodes.yaml] }'),
      'nodes.manifests: found manifests with find cheapest; accepted: types',
    ],
    [find('nodes', `nodes: { ${TYPE} }`), 'pods: found none with find nodes; accepted: files with the Pods to place'],
    [
      find('nodes', 'nodes: { manifests: [nodes.yaml] }'),
      'pods: found no Pod with find nodes; accepted: files with the Pods to place',
    ],
    [
      find('removable', `nodes: { ${TYPE} }`),
      'nodes.types: found types with find removable; accepted: manifests: the snapshot',
    ],
    [
      find('replicas', 'nodes: { manifests: [nodes.yaml] }'),
      'template: found none with find replicas; accepted: a file with one Pod',
    ],
    [
      find('removable', 'nodes: { manifests: [nodes.yaml] }\ntemplate: pods.yaml'),
      'plan.yaml:4: template: found one with find removable; accepted: only with find replicas',
    ],
    [
      find('removable', 'nodes: { manifests: [nodes.yaml] }\nobjectives: { headroom: { cpu: 0.1 } }'),
      'plan.yaml:4: objectives.headroom: found headroom with find removable; accepted: only with find nodes and find cheapest',
    ],
    [
      find('replicas', 'nodes: { manifests: [nodes.yaml] }\ntemplate: pods.yaml\nobjectives: { survive: node }'),
      'objectives.survive: found survive with find replicas',
    ],
    [
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nobjectives: { survive: zone }`),
      'plan.yaml:3: nodes.types[0]: found no zones with objectives.survive zone; accepted: zones: a list of names',
    ],
    [
      find('nodes', 'nodes: { manifests: [nodes.yaml] }\npods: [pods.yaml]\nobjectives: { survive: zone }'),
      'objectives.survive: found zone, and no Node has the label topology.kubernetes.io/zone; accepted: nothing, node',
    ],
  ])('%j is refused', (plan, message) => {
    expect(messageOf(plan)).toContain(message);
  });
});

describe('the files that it names', () => {
  const plan = find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]`);

  test.each([
    ['is not there', find('nodes', `nodes: { ${TYPE} }\npods: [none.yaml]`), {}, 'none.yaml: no such file or folder'],
    [
      'has a kind that plans do not know',
      plan,
      { 'pods.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n' },
      'pods.yaml:2: kind: found ServiceAccount, which plans do not know; accepted: Node, Pod, Deployment',
    ],
    [
      'has a priority class that there is not',
      plan,
      { 'pods.yaml': PODS.replace('spec: {', 'spec: { priorityClassName: high,') },
      'pods.yaml:3: metadata.name: pods "a" is forbidden: no PriorityClass with name high was found',
    ],
    [
      'has two Pods of one name',
      plan,
      {
        'pods.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: a }
spec: { replicas: 1, selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: main, image: a }] } } }
---
${PODS.replace('name: a', 'name: a-0')}`,
      },
      'pods.yaml:8: metadata.name: a second Pod would be called default/a-0',
    ],
    [
      'has a field that Kubernetes does not have',
      plan,
      { 'pods.yaml': PODS.replace('image:', 'imag:') },
      'pods.yaml:4: spec.containers[0].imag:',
    ],
    [
      'has two Pods for a template',
      find('replicas', 'nodes: { manifests: [nodes.yaml] }\ntemplate: two.yaml'),
      { 'two.yaml': `${PODS}---\n${PODS.replace('name: a', 'name: b')}` },
      'two.yaml: found 2 Pods; accepted is one',
    ],
    [
      'is no KubeSchedulerConfiguration',
      `${plan}policy: { name: mine, scheduler: s.yaml }\n`,
      { 's.yaml': 'kind: Pod\n' },
      's.yaml',
    ],
  ])('a file that %s', (_, text, files, message) => {
    expect(messageOf(text, files)).toContain(message);
  });
});

test('a search that is too wide says what makes it so', () => {
  const types = [1, 2, 3].map((i) => `{ name: t${i}, capacity: { cpu: 1, memory: 8Gi }, price: ${i} }`);
  const wide = (extra: string): (() => unknown) => {
    const plan = find('cheapest', `nodes: { types: [${types.join(', ')}] }\npods: [pods.yaml]\n${extra}`);
    const many = Array.from({ length: 300 }, (_, i) => PODS.replace('name: a', `name: a${i}`)).join('---\n');
    const loaded = loadPlan(join(folderOf({ 'plan.yaml': plan, 'pods.yaml': many }), 'plan.yaml'));
    return () => answerPlan(loaded);
  };
  expect(wide('')).toThrow(/plan\.yaml: nodes\.types: found more than a million mixes; accepted: fewer types/);
  const few = find(
    'cheapest',
    `nodes: { types: [{ type: m5.large }, { type: c5.large }] }\npods: [pods.yaml]\nmostTries: 1\nobjectives: { headroom: { cpu: 0.9 } }`,
  );
  const loaded = loadPlan(join(folderOf({ 'plan.yaml': few }), 'plan.yaml'));
  expect(() => answerPlan(loaded)).toThrow(
    /plan\.yaml: mostTries: found no answer after 1 mixes; accepted: more of them/,
  );
});

describe('--try', () => {
  function lookAt(plan: string, candidate: string): () => unknown {
    const folder = folderOf({ 'plan.yaml': plan });
    return () => questionOf(loadPlan(join(folder, 'plan.yaml'))).look(candidate);
  }

  test.each([
    [
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nmost: 50`),
      'many',
      '--try is many; accepted: a whole number from 0 to 50',
    ],
    [
      find('nodes', `nodes: { ${TYPE} }\npods: [pods.yaml]\nmost: 50`),
      '51',
      '--try is 51; accepted: a whole number from 0 to 50',
    ],
    [
      find('cheapest', 'nodes: { types: [{ type: m5.large }, { type: c5.large }] }\npods: [pods.yaml]'),
      'm5-large=x',
      '--try is m5-large=x; accepted: m5-large=N,c5-large=N',
    ],
    [
      find('replicas', 'nodes: { manifests: [nodes.yaml] }\ntemplate: pods.yaml'),
      '-1',
      '--try is -1; accepted: a whole number from 0 to 20000',
    ],
    [
      find('removable', 'nodes: { manifests: [nodes.yaml] }'),
      'worker-2',
      '--try is worker-2: found worker-2; accepted: each Node once, such as worker-1',
    ],
  ])('%j, %s', (plan, candidate, message) => {
    expect(lookAt(plan, candidate)).toThrow(message);
  });
});
