/** Each opcode on a small file of its own: what is in the cluster afterwards, and what is measured. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import {
  CSI_NODES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  type Resource,
  SERVICES,
} from '../../../models/objects/resources.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import { WorkloadRun } from './run-workload.ts';
import { readPerfFile } from './test-file.ts';

const TEMPLATES = {
  'node.yaml':
    'apiVersion: v1\nkind: Node\nmetadata: { name: "node-{{.Index}}-of-{{.Count}}" }\nstatus: { capacity: { cpu: "{{AddInt 2 .extra}}", memory: 8Gi, pods: "20" } }\n',
  'pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: { generateName: p-, labels: { app: x } }\nspec: { terminationGracePeriodSeconds: 0, containers: [{ name: c, image: i, resources: { requests: { cpu: 100m } } }] }\n',
  'big.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: { generateName: big- }\nspec: { priority: 10, containers: [{ name: c, image: i, resources: { requests: { cpu: 99 } } }] }\n',
  'gated.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: { generateName: g- }\nspec: { schedulingGates: [{ name: hold }], containers: [{ name: c, image: i }] }\n',
  'capitals.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: { generateName: c-, labels: { a: b } }\nspec: { containers: [{ name: c, image: i }], topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, NodeAffinityPolicy: Honor, NodeTaintsPolicy: Ignore, labelSelector: { matchLabels: { a: b } } }] }\n',
  'namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { labels: { team: devops } }\n',
  'service.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: { generateName: s- }\nspec: { selector: { a: b }, ports: [{ port: 80 }] }\n',
  'pv.yaml':
    'apiVersion: v1\nkind: PersistentVolume\nspec: { accessModes: [ReadOnlyMany], capacity: { storage: 1Gi }, csi: { driver: ebs.csi.aws.com }, persistentVolumeReclaimPolicy: Retain }\n',
  'pvc.yaml':
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { annotations: { pv.kubernetes.io/bind-completed: "true" } }\nspec: { accessModes: [ReadOnlyMany], resources: { requests: { storage: 1Gi } } }\n',
};

const ENVIRONMENT = { seed: 's', wallClock: () => 0 };

function file(operations: readonly string[], params = '{}', head = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-perf-'));
  for (const [name, text] of Object.entries(TEMPLATES)) writeFileSync(join(folder, name), text);
  const template = operations.map((operation) => `  - ${operation}\n`).join('');
  const path = join(folder, 'config.yaml');
  writeFileSync(
    path,
    `- name: T\n${head}  workloadTemplate:\n${template}  workloads:\n  - name: W\n    params: ${params}\n`,
  );
  return path;
}

function ran(operations: readonly string[], params?: string, head?: string) {
  const [workload] = readPerfFile(file(operations, params, head), { tests: [], labels: [] });
  if (workload?.plan.runs !== true) throw new Error('not modelled');
  const run = new WorkloadRun(workload, workload.plan, ENVIRONMENT);
  const result = run.run();
  const all = <T extends KubeObject>(resource: Resource<T>): T[] =>
    [...run.cluster.apiServer.registry.all(resource)] as T[];
  return { result, all };
}

const NODES_OP = '{ opcode: createNodes, count: 3 }';
const namesOf = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name);

describe('createNodes', () => {
  test('makes base Nodes with a hostname label and allocatable from capacity', () => {
    const [node, ...others] = ran(['{ opcode: createNodes, count: 3 }']).all(NODES);
    expect(others).toHaveLength(2);
    expect(node?.metadata.name).toMatch(/^node-0-[a-z0-9]{5}$/);
    expect(node?.metadata.labels?.['kubernetes.io/hostname']).toBe(node?.metadata.name);
    expect(node?.status?.allocatable).toEqual({ pods: '110', cpu: '4', memory: '32Gi' });
  });

  test('reads a template with index, count and parameters', () => {
    const operation =
      '{ opcode: createNodes, CountParam: $n, nodeTemplatePath: node.yaml, templateParams: { extra: $e } }';
    const nodes = ran([operation], '{ n: 2, e: 3 }').all(NODES) as Node[];
    expect(namesOf(nodes)).toEqual(['node-0-of-2', 'node-1-of-2']);
    expect(nodes[0]?.status?.capacity?.cpu).toBe('5');
  });

  test('labels Nodes in turn', () => {
    const operation =
      '{ opcode: createNodes, count: 3, labelNodePrepareStrategy: { labelKey: zone, labelValues: [a, b] } }';
    const nodes = ran([operation]).all(NODES);
    expect(nodes.map(({ metadata }) => metadata.labels?.zone).sort()).toEqual(['a', 'a', 'b']);
  });

  test('gives each Node a value of its own', () => {
    const nodes = ran(['{ opcode: createNodes, count: 3, uniqueNodeLabelStrategy: { labelKey: u } }']).all(NODES);
    expect(new Set(nodes.map(({ metadata }) => metadata.labels?.u)).size).toBe(3);
  });

  test('adds allocatable resources and CSINodes', () => {
    const strategy =
      '{ nodeAllocatable: { x.com/y: "39" }, csiNodeAllocatable: { d.com: { count: 7 } }, migratedPlugins: [kubernetes.io/aws-ebs] }';
    const { all } = ran([`{ opcode: createNodes, count: 2, nodeAllocatableStrategy: ${strategy} }`]);
    expect(all(NODES)[0]?.status?.allocatable).toMatchObject({ cpu: '4', 'x.com/y': '39' });
    const [csi] = all(CSI_NODES);
    expect(csi?.spec.drivers).toMatchObject([{ name: 'd.com', allocatable: { count: 7 } }]);
    expect(csi?.metadata.annotations).toEqual({
      'storage.alpha.kubernetes.io/migrated-plugins': 'kubernetes.io/aws-ebs',
    });
  });
});

test('createNamespaces makes PREFIX-INDEX with the labels of its template', () => {
  const { all } = ran(['{ opcode: createNamespaces, prefix: ns, count: 2, namespaceTemplatePath: namespace.yaml }']);
  const made = all(NAMESPACES).filter(({ metadata }) => metadata.name.startsWith('ns-'));
  expect(made.map(({ metadata }) => metadata.labels)).toEqual([
    { team: 'devops', 'kubernetes.io/metadata.name': 'ns-0' },
    { team: 'devops', 'kubernetes.io/metadata.name': 'ns-1' },
  ]);
});

describe('createPods', () => {
  test('waits until all are scheduled, in namespace-INDEX, with the default template', () => {
    const { all, result } = ran(
      [NODES_OP, '{ opcode: createPods, count: 5 }'],
      '{}',
      '  defaultPodTemplatePath: pod.yaml\n',
    );
    const pods = all(PODS) as Pod[];
    expect(pods.map(({ metadata, spec }) => [metadata.namespace, spec.nodeName !== undefined])).toEqual(
      Array.from({ length: 5 }, () => ['namespace-1', true]),
    );
    expect(pods[0]?.metadata.labels).toEqual({ app: 'x' });
    expect(result.measurements).toEqual([]);
  });

  test('measures each operation that asks for it, under its namespace', () => {
    const measured = '{ opcode: createPods, countParam: $n, countMultiplierParam: $k, collectMetrics: true }';
    const { result } = ran([NODES_OP, measured, '{ opcode: createPods, count: 2 }', measured], '{ n: 2, k: 3 }');
    expect(result.measurements.map(({ name, pods }) => [name, pods])).toEqual([
      ['T/W/namespace-1', 6],
      ['T/W/namespace-3', 6],
    ]);
    const [first] = result.measurements;
    expect(first?.items.map(({ labels }) => [labels.Metric, labels.result])).toEqual([
      ['SchedulingThroughput', undefined],
      ['scheduler_scheduling_attempt_duration_seconds', 'scheduled'],
      ['scheduler_pod_scheduling_sli_duration_seconds', undefined],
      ['SchedulingDuration', undefined],
    ]);
    expect(first?.virtualPodsPerSecond).toBeGreaterThan(0);
  });

  test('binds a volume and a claim to each Pod', () => {
    const volumes = 'persistentVolumeTemplatePath: pv.yaml, persistentVolumeClaimTemplatePath: pvc.yaml';
    const { all } = ran([
      NODES_OP,
      `{ opcode: createPods, count: 2, ${volumes} }`,
      `{ opcode: createPods, count: 2, ${volumes} }`,
    ]);
    expect(all(PERSISTENT_VOLUMES).map(({ status }) => status?.phase)).toEqual(
      Array.from({ length: 4 }, () => 'Bound'),
    );
    expect(
      all(PERSISTENT_VOLUME_CLAIMS)
        .map(({ spec }) => spec.volumeName)
        .sort(),
    ).toEqual(namesOf(all(PERSISTENT_VOLUMES)).sort());
    expect((all(PODS) as Pod[]).every(({ spec }) => spec.nodeName !== undefined && spec.volumes?.length === 1)).toBe(
      true,
    );
  });

  test('reads field names in any case', () => {
    const { all } = ran([NODES_OP, '{ opcode: createPods, count: 2, podTemplatePath: capitals.yaml }']);
    expect((all(PODS) as Pod[])[0]?.spec.topologySpreadConstraints?.[0]).toMatchObject({
      nodeAffinityPolicy: 'Honor',
      nodeTaintsPolicy: 'Ignore',
    });
  });

  test('labels batches of Pods where the operation says their size', () => {
    const { all } = ran([NODES_OP, '{ opcode: createPods, count: 5, signatureBatchSizeParam: $b }'], '{ b: 2 }');
    const labels = all(PODS)
      .map(({ metadata }) => metadata.labels?.signature)
      .sort();
    expect(labels.map((label) => label?.slice(-1))).toEqual(['0', '0', '1', '1', '2']);
  });

  test('fails after ten minutes of virtual time', () => {
    const operation = '{ opcode: createPods, count: 2, podTemplatePath: big.yaml }';
    expect(() => ran([NODES_OP, operation])).toThrow(
      'namespace namespace-1: 0 of 2 Pods were scheduled after ten minutes',
    );
  });
});

test('createPodSets creates the Pods in each namespace', () => {
  const set =
    '{ opcode: createPodSets, count: 2, namespacePrefix: ns, createPodsOp: { opcode: createPods, count: 3 } }';
  const { all } = ran([NODES_OP, '{ opcode: createNamespaces, prefix: ns, count: 2 }', set]);
  expect(
    all(PODS)
      .map(({ metadata }) => metadata.namespace)
      .sort(),
  ).toEqual(['ns-0', 'ns-0', 'ns-0', 'ns-1', 'ns-1', 'ns-1']);
});

test('createAny creates one object in its namespace', () => {
  const services = ran(['{ opcode: createAny, namespace: svc, templatePath: service.yaml }']).all(SERVICES);
  expect(services.map(({ metadata }) => metadata.namespace)).toEqual(['svc']);
});

describe('deletePods', () => {
  const create = '{ opcode: createPods, count: 10, podTemplatePath: pod.yaml }';

  test('deletes all Pods of a namespace before the next operation', () => {
    const { all } = ran([NODES_OP, create, '{ opcode: deletePods, namespace: namespace-1 }']);
    expect(all(PODS)).toEqual([]);
  });

  test('deletes so many a second in the background', () => {
    const remove = '{ opcode: deletePods, namespace: namespace-1, deletePodsPerSecond: 2, skipWaitToCompletion: true }';
    expect(ran([NODES_OP, create, remove, '{ opcode: sleep, duration: 2.1s }']).all(PODS)).toHaveLength(6);
  });

  test('leaves Pods with other labels', () => {
    const other = '{ opcode: createPods, count: 1, namespace: namespace-1 }';
    const remove = '{ opcode: deletePods, namespace: namespace-1, labelSelector: { app: x } }';
    expect(ran([NODES_OP, create, other, remove]).all(PODS)).toHaveLength(1);
  });
});

describe('churn', () => {
  test('create makes an object of each template at each interval, up to the number', () => {
    const churn =
      '{ opcode: churn, mode: create, number: 3, intervalMilliseconds: 200, templatePaths: [big.yaml, service.yaml] }';
    const { all } = ran([NODES_OP, churn, '{ opcode: sleep, duration: 5s }']);
    expect([all(PODS).length, all(SERVICES).length]).toEqual([3, 3]);
    expect(all(PODS)[0]?.metadata.namespace).toBe('namespace-1');
  });

  test('recreate creates for so many intervals and deletes in the next', () => {
    const churn =
      '{ opcode: churn, mode: recreate, number: 2, intervalMilliseconds: 1000, templatePaths: [service.yaml] }';
    const services = (duration: string): number =>
      ran([churn, `{ opcode: sleep, duration: ${duration} }`]).all(SERVICES).length;
    expect([services('1.5s'), services('2.5s'), services('3.5s'), services('4.5s'), services('5.5s')]).toEqual([
      1, 2, 1, 0, 1,
    ]);
  });
});

describe('barrier', () => {
  const gated = '{ opcode: createPods, count: 3, podTemplatePath: gated.yaml, skipWaitToCompletion: true }';

  test('waits for Pods that nobody has waited for', () => {
    const left = '{ opcode: createPods, count: 9, skipWaitToCompletion: true }';
    const pods = ran([NODES_OP, left, '{ opcode: barrier }']).all(PODS) as Pod[];
    expect(pods.filter(({ spec }) => spec.nodeName !== undefined)).toHaveLength(9);
  });

  test('of stage Attempted is content with gated Pods, of stage Scheduled is not', () => {
    expect(ran([NODES_OP, gated, '{ opcode: barrier, stageRequirement: Attempted }']).all(PODS)).toHaveLength(3);
    expect(() => ran([NODES_OP, gated, '{ opcode: barrier }'])).toThrow('0 of 3 Pods were scheduled after ten minutes');
  });
});

test('metrics between start and stop are those of the namespaces named', () => {
  const start = '{ opcode: startCollectingMetrics, name: part, namespaces: [namespace-2] }';
  const pods = '{ opcode: createPods, count: 4 }';
  const { result } = ran([NODES_OP, start, pods, pods, '{ opcode: stopCollectingMetrics }']);
  expect(result.measurements.map(({ name, pods }) => [name, pods])).toEqual([['T/W/part', 4]]);
});

test('the same seed gives the same digest and items', () => {
  const operations = [NODES_OP, '{ opcode: createPods, count: 20, collectMetrics: true }'];
  const [a, b] = [ran(operations).result, ran(operations).result];
  expect([b.digest, b.measurements]).toEqual([a.digest, a.measurements]);
});
