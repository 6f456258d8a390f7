/** Plans over what `kubectl get nodes,pods -A -o yaml` prints: bench/scenarios/snapshot is one, written for this. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { type Answer, answerPlan, questionOf } from './answer.ts';
import { type LoadedPlan, loadPlan } from './load-plan.ts';
import { settledPods } from './settled-pods.ts';

const scenario = (name: string): string => fileURLToPath(new URL(`../scenarios/${name}`, import.meta.url));
const CLUSTER = scenario('snapshot/cluster.yaml');

function answerOf<F extends Answer['find']>(loaded: LoadedPlan, find: F): Extract<Answer, { find: F }> {
  const answer = answerPlan(loaded);
  if (answer.find !== find) throw new Error(answer.find);
  return answer as Extract<Answer, { find: F }>;
}

/** A plan over the snapshot after a change. */
function changed(plan: object, change: (items: (Node | Pod)[]) => unknown[]): LoadedPlan {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  const list = parse(readFileSync(CLUSTER, 'utf8')) as { items: (Node | Pod)[] };
  writeFileSync(
    join(folder, 'cluster.yaml'),
    stringify({ ...list, items: change(list.items) }, { aliasDuplicateObjects: false }),
  );
  writeFileSync(join(folder, 'plan.yaml'), stringify({ name: 'p', ...plan }));
  return loadPlan(join(folder, 'plan.yaml'));
}

const isPod = (item: Node | Pod): item is Pod => item.kind === 'Pod';

describe('the Pods of a snapshot', () => {
  const loaded = loadPlan(scenario('plan-snapshot-removable.yaml'));

  test('that ended are not counted, and the reader is told', () => {
    expect(loaded.bound.map(({ metadata }) => metadata.name)).not.toContain('report-29384-z1k');
    expect(loaded.bound.map(({ metadata }) => metadata.name)).not.toContain('web-7c5ddbdf54-old');
    expect(loaded.notes).toContain('left out: 2 Pods that ended (Succeeded or Failed)');
  });

  test('that have a Node are there, the one that waits is to be placed', () => {
    expect(loaded.nodes).toHaveLength(5);
    expect(loaded.bound).toHaveLength(21);
    expect(loaded.pods.map(({ metadata }) => metadata.name)).toEqual(['batch-1']);
  });

  test('may have claims, which plans do not know and say so', () => {
    expect(loaded.notes[1]).toContain('not modelled: the PersistentVolumeClaims of 1 Pod');
    const db = loaded.bound.find(({ metadata }) => metadata.name === 'db-0');
    expect(db?.spec.volumes?.map(({ name }) => name)).toEqual(['kube-api-access-x']);
  });
});

describe('more replicas', () => {
  // Allocatable less what DaemonSets, coredns, web, api and db request: 2670, 1170, 580, 2070 and 1280 millicores.
  const free = [2670, 1170, 580, 2070, 1280];
  const fits = free.reduce((sum, millis) => sum + Math.floor(millis / 500), 0);

  test('fit as many as there is room for, whatever waits', () => {
    const { count, waiting, countsOfRuns, oneMore } = answerOf(
      loadPlan(scenario('plan-snapshot-replicas.yaml')),
      'replicas',
    );
    expect(count).toBe(fits);
    expect(countsOfRuns).toEqual(Array.from({ length: 10 }, () => fits));
    expect(waiting.map(({ pod }) => pod)).toEqual(['shop/batch-1']);
    expect(oneMore[0]?.evidence.failure?.pod).toBe(`shop/web-more-${fits}`);
  });

  test('would be fewer if Pods that ended counted: the same snapshot with them running', () => {
    const plan = {
      find: 'replicas',
      nodes: { manifests: ['cluster.yaml'] },
      template: scenario('snapshot/web-pod.yaml'),
    };
    const running = changed(plan, (items) =>
      items.map((item) =>
        isPod(item) && item.status?.phase === 'Succeeded' ? { ...item, status: { phase: 'Running' } } : item,
      ),
    );
    // It requests 1000m on the first Node.
    expect(answerOf(running, 'replicas').count).toBe(fits - 2);
  });
});

describe('Nodes that can go', () => {
  test('leave their DaemonSet Pods behind and nothing else', () => {
    const { alone, together, needed } = answerOf(loadPlan(scenario('plan-snapshot-removable.yaml')), 'removable');
    expect(alone).toHaveLength(5);
    expect(together).toEqual(['ip-10-0-2-59.ec2.internal', 'ip-10-0-1-11.ec2.internal']);
    expect(needed).toEqual([]);
  });

  test('taken out as the answer says leave no room for a third', () => {
    const question = (): ReturnType<typeof questionOf> =>
      questionOf(loadPlan(scenario('plan-snapshot-removable.yaml')));
    const two = 'ip-10-0-2-59.ec2.internal,ip-10-0-1-11.ec2.internal';
    expect(question().look(two).evidence.meets).toBe(true);
    for (const third of ['ip-10-0-2-27', 'ip-10-0-3-35', 'ip-10-0-1-48']) {
      expect(question().look(`${two},${third}.ec2.internal`).evidence.meets).toBe(false);
    }
  });
});

describe('other Nodes for the Pods of a snapshot', () => {
  const type = { type: 'm5.xlarge', zones: ['a', 'b'] };

  test('have a Pod of each DaemonSet each, and the others move', () => {
    const loaded = changed(
      { find: 'nodes', policy: { name: 'pack' }, nodes: { types: [type] }, pods: ['cluster.yaml'] },
      (items) => items,
    );
    const { count, oneLess } = answerOf(loaded, 'nodes');
    // Of 3920 millicores on each Node 150 are the DaemonSets'. Packed in order: coredns and web 3200, api 2400, db 1500, batch 3000.
    expect(count).toBe(4);
    expect(oneLess[0]?.evidence.failure?.pod).toBe('shop/batch-1');
    const nodes = loaded.types.flatMap(({ name }) =>
      [0, 1, 2].map(
        (i): Node =>
          ({ ...(loaded.nodes[0] ?? { apiVersion: 'v1', kind: 'Node' }), metadata: { name: `${name}-${i}` } }) as Node,
      ),
    );
    const { bound, displaced } = settledPods(nodes, loaded);
    expect(
      bound.map(({ spec, metadata }) => `${metadata.name.split('-').slice(0, 2).join('-')} on ${spec.nodeName}`),
    ).toEqual(['aws-node', 'kube-proxy'].flatMap((daemon) => [0, 1, 2].map((i) => `${daemon} on m5-xlarge-${i}`)));
    expect(displaced).toHaveLength(11);
  });

  test('are not asked to hold the static Pods of the old ones', () => {
    const plan = { find: 'nodes', nodes: { types: [type] }, pods: ['cluster.yaml'] };
    const asStatic = changed(plan, (items) =>
      items.map((item) =>
        isPod(item) && item.metadata.name === 'db-0'
          ? { ...item, metadata: { ...item.metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } } }
          : item,
      ),
    );
    const { displaced } = settledPods([], asStatic);
    expect(displaced.map(({ metadata }) => metadata.name)).not.toContain('db-0');
  });

  test('that a DaemonSet does not select have no Pod of it', () => {
    const plan = { find: 'nodes', nodes: { types: [type] }, pods: ['cluster.yaml'] };
    const selecting = changed(plan, (items) =>
      items.map((item) =>
        isPod(item) && item.metadata.name.startsWith('aws-node')
          ? { ...item, spec: { ...item.spec, nodeSelector: { disk: 'fast' } } }
          : item,
      ),
    );
    const node = (name: string, labels: Record<string, string>): Node => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
    });
    const { bound } = settledPods([node('a', {}), node('b', { disk: 'fast' })], selecting);
    expect(
      bound.filter(({ metadata }) => metadata.name.startsWith('aws-node')).map(({ spec }) => spec.nodeName),
    ).toEqual(['b']);
  });
});

test('the cheapest mix for a snapshot costs less than the cluster it came from', () => {
  const { pricePerHour, counts } = answerOf(loadPlan(scenario('plan-snapshot-cheapest.yaml')), 'cheapest');
  expect(counts).toEqual({ 'm5-large': 1, 'c5-xlarge': 4, 'r5-large': 0 });
  expect(pricePerHour).toBeCloseTo(0.096 + 4 * 0.17, 12);
});
