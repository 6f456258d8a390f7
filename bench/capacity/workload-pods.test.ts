/** What manifests mean in a plan: replicas of Deployments, a DaemonSet's Pod on every Node, defaults and priorities. */
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Node } from '../../models/objects/node.ts';
import { type Manifest, manifestsOf } from '../workloads/manifests.ts';
import { answerPlan } from './answer.ts';
import { settledPods } from './settled-pods.ts';
import { surroundingsOf } from './surroundings.ts';
import { loadedPlan } from './testing/loaded-plan.ts';
import { workloadPods, type WorkloadPods } from './workload-pods.ts';

function podsOf(text: string): WorkloadPods {
  const documents = parseAllDocuments(text).map((document) => ({
    file: 'x.yaml',
    line: 1,
    value: document.toJS() as unknown,
    lineOf: (): undefined => undefined,
  }));
  return workloadPods(manifestsOf(documents));
}

const TEMPLATE = `template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: web, resources: { limits: { cpu: 500m, memory: 1Gi } } }] }`;
const deployment = (metadata: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: ${metadata}
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  ${TEMPLATE}
`;

describe('a Deployment', () => {
  test('is as many Pods as it has replicas, owned by a ReplicaSet that the scheduler can look up', () => {
    const { pods, owners } = podsOf(deployment('{ name: web, namespace: shop }'));
    expect(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'shop/web-0',
      'shop/web-1',
      'shop/web-2',
    ]);
    expect(pods[0]?.metadata.labels).toEqual({ app: 'web' });
    const [owner] = owners.replicaSets;
    expect(pods[2]?.metadata.ownerReferences).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: owner?.metadata.uid, controller: true },
    ]);
  });

  test('of a cluster, with a uid, makes no Pods: they stand beside it', () => {
    expect(podsOf(deployment('{ name: web, uid: abc }')).pods).toEqual([]);
  });

  test('spreads over zones by its ReplicaSet, as the default constraints say', () => {
    const { pods, owners } = podsOf(deployment('{ name: web }'));
    const zones = ['a', 'a', 'a', 'b', 'c'];
    const nodes = zones.map(
      (zone, i): Node => ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `n${i}`, labels: { 'topology.kubernetes.io/zone': zone, 'kubernetes.io/hostname': `n${i}` } },
        status: { allocatable: { cpu: i < 3 ? '64' : '2', memory: i < 3 ? '256Gi' : '8Gi', pods: '110' } },
      }),
    );
    const placedIn = (surroundings: object): string[] => {
      const plan = { find: 'removable', nodes: { manifests: ['x'] } };
      const loaded = loadedPlan({ plan, nodes, pods, policy: { surroundings } });
      const answer = answerPlan(loaded);
      if (answer.find !== 'removable') throw new Error(answer.find);
      // What can go first is what is empty.
      return answer.together.slice(0, 2);
    };
    expect(placedIn(owners)).toEqual(['n1', 'n2']);
    expect(placedIn({})).not.toEqual(['n1', 'n2']);
  });
});

describe('a Pod', () => {
  const pod = (spec: string): string => `apiVersion: v1
kind: Pod
metadata: { name: a }
spec: { ${spec}, containers: [{ name: main, image: a, resources: { limits: { cpu: 500m } } }] }
`;

  test('that is to be created gets requests from its limits and the priority of its class', () => {
    const classes =
      'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 1000\n---\n';
    const { pods } = podsOf(classes + pod('priorityClassName: high'));
    expect(pods[0]?.spec.priority).toBe(1000);
    expect(pods[0]?.spec.containers[0]?.resources?.requests).toEqual({ cpu: '500m' });
    expect(podsOf(pod('priorityClassName: system-node-critical')).pods[0]?.spec.priority).toBe(2_000_001_000);
  });

  test('of a cluster stays as it is', () => {
    const text = pod('priority: 5').replace('name: a }', 'name: a, uid: abc }');
    expect(podsOf(text).pods[0]?.spec.containers[0]?.resources?.requests).toBeUndefined();
  });
});

describe('a DaemonSet', () => {
  const daemonSet = (metadata: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: ${metadata}
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{ matchExpressions: [{ key: gpu, operator: DoesNotExist }] }]
      containers: [{ name: main, image: web, resources: { requests: { cpu: 100m } } }]
`;
  const node = (name: string, labels: Record<string, string> = {}): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
  });
  const placesOf = (metadata: string, known: readonly string[]): (string | undefined)[] => {
    const { daemons } = podsOf(daemonSet(metadata));
    const nodes = [node('a'), node('b'), node('g', { gpu: 'yes' })];
    const { bound } = settledPods(nodes, { bound: [], nodeNames: new Set(known), daemons });
    return bound.map(({ spec }) => spec.nodeName);
  };

  test('to be created has a Pod on every Node that its affinity and tolerations allow', () => {
    expect(placesOf('{ name: agent }', ['a'])).toEqual(['a', 'b']);
  });

  test('of a cluster has its Pods there already, and one on every new Node', () => {
    expect(placesOf('{ name: agent, uid: abc }', ['a'])).toEqual(['b']);
  });
});

test('Services and namespaces are looked up too; a namespace has the label of its name', () => {
  const service: Manifest[] = [];
  const { owners } = podsOf(deployment('{ name: web }'));
  const empty = { manifests: service, createdNamespaces: ['shop'], notModelled: [] };
  const { namespaces = [], replicaSets } = surroundingsOf(empty, { pods: [], daemons: [], owners });
  expect(namespaces.find(({ metadata }) => metadata.name === 'shop')?.metadata.labels).toEqual({
    'kubernetes.io/metadata.name': 'shop',
  });
  expect(replicaSets).toEqual(owners.replicaSets);
});
