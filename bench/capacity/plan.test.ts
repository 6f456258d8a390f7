/** Answers against brute force on small cases: every number of Nodes, every mix, every Node, one by one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { RandomStream } from '../../engine/index.ts';
import { type Answer, answerPlan } from './answer.ts';
import { tryNodes } from './candidate.ts';
import { leastCount } from './least-count.ts';
import { type LoadedPlan, loadPlan } from './load-plan.ts';
import { mixSequence, nodesOfType } from './node-supply.ts';

function write(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  for (const [name, value] of Object.entries(files)) {
    const items = Array.isArray(value) ? value : [value];
    writeFileSync(join(folder, name), items.map((item) => stringify(item)).join('---\n'));
  }
  return folder;
}

function podObject(name: string, cpuMilli: number, memoryMib: number, nodeName?: string): unknown {
  const requests = { cpu: `${cpuMilli}m`, memory: `${memoryMib}Mi` };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'main', resources: { requests } }], ...(nodeName && { nodeName }) },
  };
}

function somePods(seed: number, count: number): unknown[] {
  const stream = new RandomStream('plan-test', seed, 'pods');
  return Array.from({ length: count }, (_, i) =>
    podObject(`pod-${i}`, 100 + stream.below(2500), 100 + stream.below(3000)),
  );
}

function load(plan: Readonly<Record<string, unknown>>, files: Readonly<Record<string, unknown>>): LoadedPlan {
  return loadPlan(join(write({ ...files, 'plan.yaml': plan }), 'plan.yaml'));
}

const BIG = { name: 'big', capacity: { cpu: 8, memory: '16Gi' }, price: 4, most: 8 };
const SMALL = { name: 'small', capacity: { cpu: 3, memory: '8Gi' }, price: 1.7, most: 8, zones: ['a', 'b', 'c'] };

function answerOf<F extends Answer['find']>(loaded: LoadedPlan, find: F): Extract<Answer, { find: F }> {
  const answer = answerPlan(loaded);
  if (answer.find !== find) throw new Error(answer.find);
  return answer as Extract<Answer, { find: F }>;
}

describe('fewest Nodes', () => {
  test.each([
    [1, 'nothing'],
    [2, 'nothing'],
    [3, 'node'],
    [4, 'node'],
    [5, 'zone'],
  ])('of one type, pods %i, loss of %s: as trying every number from 1', (seed, survive) => {
    const plan = {
      name: 'p',
      find: 'nodes',
      nodes: { types: [{ ...SMALL, most: 60 }] },
      pods: ['pods.yaml'],
      objectives: { survive },
    };
    const loaded = load(plan, { 'pods.yaml': somePods(seed, 30) });
    let least = 1;
    while (!tryNodes(loaded, nodesOfType(SMALL, least)).meets) least++;
    const { count, answer, oneLess } = answerOf(loaded, 'nodes');
    expect(count).toBe(least);
    expect(answer?.evidence.meets).toBe(true);
    expect(oneLess.map(({ evidence }) => evidence.meets)).toEqual([false]);
    expect(oneLess[0]?.evidence.failure?.why).toContain('fits nowhere');
    expect(oneLess[0]?.evidence.failure?.pod).toMatch(/^default\/pod-/);
  });

  test('of a mix in given proportions', () => {
    const given = [...nodesOfType(BIG, 4), ...nodesOfType(SMALL, 12)];
    const plan = { name: 'p', find: 'nodes', nodes: { manifests: ['nodes.yaml'] }, pods: ['pods.yaml'] };
    const loaded = load(plan, { 'nodes.yaml': given, 'pods.yaml': somePods(6, 30) });
    const supply = mixSequence(loaded.nodes);
    let least = 1;
    while (!tryNodes(loaded, supply(least)).meets) least++;
    expect(answerOf(loaded, 'nodes').count).toBe(least);
  });

  test('with head-room needs more than without', () => {
    const plan = (headroom: number): Readonly<Record<string, unknown>> => ({
      name: 'p',
      find: 'nodes',
      nodes: { types: [BIG] },
      pods: ['pods.yaml'],
      objectives: { headroom: { cpu: headroom } },
    });
    const pods = Array.from({ length: 20 }, (_, i) => podObject(`pod-${i}`, 1000, 100));
    expect(answerOf(load(plan(0), { 'pods.yaml': pods }), 'nodes').count).toBe(3);
    expect(answerOf(load(plan(0.5), { 'pods.yaml': pods }), 'nodes').count).toBe(5);
  });

  test('with a start-up objective that no number of Nodes meets has no answer', () => {
    const plan = {
      name: 'p',
      find: 'nodes',
      nodes: { types: [{ ...SMALL, most: 2 }] },
      pods: ['pods.yaml'],
      objectives: { startup: { p99: '1ms' } },
    };
    const { count, tries } = answerOf(load(plan, { 'pods.yaml': [podObject('a', 100, 100)] }), 'nodes');
    expect(count).toBeUndefined();
    expect(tries.map(({ candidate, evidence }) => [candidate, evidence.meets])).toEqual([
      ['1', false],
      ['2', false],
    ]);
    for (const { evidence } of tries) expect(evidence.startupP99Seconds[0]).toBeGreaterThan(0);
  });

  test('with a start-up objective that one Node meets is one', () => {
    const plan = {
      name: 'p',
      find: 'nodes',
      nodes: { types: [SMALL] },
      pods: ['pods.yaml'],
      objectives: { startup: { p99: '5m' } },
    };
    expect(answerOf(load(plan, { 'pods.yaml': [podObject('a', 100, 100)] }), 'nodes').count).toBe(1);
  });
});

test('a start-up objective counts the Pods that come, beside those that are there already', () => {
  const plan = {
    name: 'p',
    find: 'nodes',
    nodes: { manifests: ['nodes.yaml'] },
    pods: ['pods.yaml'],
    objectives: { startup: { p99: '5m' } },
  };
  const owned = (name: string, node?: string): unknown => {
    const pod = podObject(name, 100, 100, node) as { metadata: object };
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true };
    return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
  };
  const pods = [owned('there', 'small-0'), owned('comes')];
  const loaded = load(plan, { 'nodes.yaml': nodesOfType(SMALL, 1), 'pods.yaml': pods });
  const { count, answer } = answerOf(loaded, 'nodes');
  expect(count).toBe(1);
  expect(answer?.evidence.startupP99Seconds).toHaveLength(1);
});

describe('the cheapest mix', () => {
  test.each([7, 8, 9])('pods %i: as trying every mix', (seed) => {
    const plan = { name: 'p', find: 'cheapest', nodes: { types: [BIG, SMALL] }, pods: ['pods.yaml'] };
    const loaded = load(plan, { 'pods.yaml': somePods(seed, 14) });
    let least = Number.POSITIVE_INFINITY;
    for (let big = 0; big <= BIG.most; big++) {
      for (let small = 0; small <= SMALL.most; small++) {
        const price = big * BIG.price + small * SMALL.price;
        const nodes = [...nodesOfType(BIG, big), ...nodesOfType(SMALL, small)];
        if (price < least && tryNodes(loaded, nodes).meets) least = price;
      }
    }
    expect(answerOf(loaded, 'cheapest').pricePerHour).toBeCloseTo(least, 9);
  });

  test('that does not exist is said not to', () => {
    const plan = { name: 'p', find: 'cheapest', nodes: { types: [BIG, SMALL] }, pods: ['pods.yaml'] };
    expect(answerOf(load(plan, { 'pods.yaml': [podObject('a', 9000, 1)] }), 'cheapest').counts).toBeUndefined();
  });
});

describe('a snapshot', () => {
  const nodes = [...nodesOfType(BIG, 2), ...nodesOfType(SMALL, 3)];
  const bound = [
    podObject('a', 6000, 1000, 'big-0'),
    podObject('b', 1500, 1000, 'small-0'),
    podObject('c', 2900, 1000, 'small-1'),
    podObject('d', 500, 1000, 'small-2'),
  ];

  test('takes as many more replicas as the sum over its Nodes', () => {
    const plan = {
      name: 'p',
      find: 'replicas',
      nodes: { manifests: ['nodes.yaml'] },
      pods: ['pods.yaml'],
      template: 't.yaml',
    };
    const loaded = load(plan, { 'nodes.yaml': nodes, 'pods.yaml': bound, 't.yaml': podObject('web', 700, 512) });
    const cpuLeft = [2000, 8000, 1500, 100, 2500];
    const expected = cpuLeft.reduce((sum, left) => sum + Math.floor(left / 700), 0);
    expect(answerOf(loaded, 'replicas').count).toBe(expected);
  });

  test('can lose each Node alone of which the Pods fit on the others, and together as many as leave room', () => {
    const plan = { name: 'p', find: 'removable', nodes: { manifests: ['nodes.yaml'] }, pods: ['pods.yaml'] };
    const full = [...bound, podObject('e', 7000, 1000, 'big-1')];
    const answer = answerOf(load(plan, { 'nodes.yaml': nodes, 'pods.yaml': full }), 'removable');
    // a needs 6000 and finds at most 2500; e too; b, c and d: 1500 and 500 find room, 2900 finds none.
    expect(answer.alone.toSorted()).toEqual(['small-0', 'small-2']);
    expect(answer.needed.map(({ node }) => node).sort()).toEqual(['big-0', 'big-1', 'small-1']);
    expect(answer.together).toEqual(['small-2', 'small-0']);
  });
});

test('a condition that is not monotone is told, and the least that was seen is the answer', () => {
  const found = leastCount({ least: 1, most: 100, lookBelow: 4 }, (count) => count >= 20 || count === 17);
  expect(found.count).toBe(17);
  expect(found.againstOrder).toEqual([17]);
});
