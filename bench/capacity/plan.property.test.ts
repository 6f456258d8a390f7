/**
 * The answers of all four questions against brute force on small random cases. The reference tries every candidate, and says by itself
 * whether a candidate does: it starts a scheduler anew for every loss, and reckons head-room and free room from sums.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { type Answer, answerPlan } from './answer.ts';
import { Fit, ZONE } from './fit.ts';
import type { LoadedPlan } from './load-plan.ts';
import { nodesOfType } from './node-supply.ts';
import { withoutNode } from './settled-pods.ts';
import { loadedPlan } from './testing/loaded-plan.ts';

const RUNS = { seed: 20, numRuns: 60 };

interface Size {
  readonly cpuMillis: number;
  readonly memoryGib: number;
}

const size = (most: number): fc.Arbitrary<Size> =>
  fc.record({
    cpuMillis: fc.integer({ min: 1, max: most }).map((n) => n * 250),
    memoryGib: fc.integer({ min: 1, max: most }),
  });

function podOf({ cpuMillis, memoryGib }: Size, name: string, nodeName?: string, daemon = false): Pod {
  const requests = { cpu: `${cpuMillis}m`, memory: `${memoryGib}Gi` };
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'daemon', uid: 'd', controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...(daemon && { ownerReferences: [owner] }) },
    spec: { containers: [{ name: 'main', image: 'main', resources: { requests } }], ...(nodeName && { nodeName }) },
  } as Pod;
}

const podsOf = (sizes: readonly Size[]): Pod[] => sizes.map((one, i) => podOf(one, `pod-${i}`));
const sizeOf = ({ spec }: Pod): Size => {
  const { cpu, memory } = spec.containers[0]?.resources?.requests ?? {};
  return { cpuMillis: Number.parseInt(String(cpu), 10), memoryGib: Number.parseInt(String(memory), 10) };
};
const isDaemon = ({ metadata }: Pod): boolean => metadata.ownerReferences !== undefined;
const total = (pods: readonly Pod[], of: keyof Size): number => pods.reduce((sum, pod) => sum + sizeOf(pod)[of], 0);

/** Nodes with what is on them. */
interface State {
  readonly nodes: readonly Node[];
  readonly bound: readonly Pod[];
}

/** The state after these Pods were placed too; undefined when one of them fits nowhere. */
function placed({ nodes, bound }: State, pods: readonly Pod[], loaded: LoadedPlan): State | undefined {
  if (pods.length === 0) return { nodes, bound };
  const fit = new Fit(nodes, bound, { ...loaded.policy, run: 0 });
  if (fit.place(pods) !== undefined) return undefined;
  const all = fit.nodes.flatMap(({ name, pods: on }) =>
    on.map(({ pod }) => ({ ...pod, spec: { ...pod.spec, nodeName: name } })),
  );
  return { nodes, bound: all };
}

function without({ nodes, bound }: State, lost: readonly string[], loaded: LoadedPlan): State | undefined {
  const rest = nodes.filter(({ metadata }) => !lost.includes(metadata.name));
  const stays = bound.filter(({ spec }) => !lost.includes(spec.nodeName as string));
  const displaced = bound.filter((pod) => lost.includes(pod.spec.nodeName as string) && !isDaemon(pod));
  // In the order of their Nodes, as they are lost.
  const again = lost.flatMap((name) => displaced.filter(({ spec }) => spec.nodeName === name));
  return placed({ nodes: rest, bound: stays }, again.map(withoutNode), loaded);
}

function zonesOf(nodes: readonly Node[]): string[][] {
  const zones = [...new Set(nodes.map(({ metadata }) => metadata.labels?.[ZONE] as string))];
  return zones.map((zone) =>
    nodes.filter(({ metadata }) => metadata.labels?.[ZONE] === zone).map(({ metadata }) => metadata.name),
  );
}

/** Whether these Nodes do, by the words of the objectives. */
function does(loaded: LoadedPlan, nodes: readonly Node[], each: readonly Size[]): boolean {
  const { survive, headroom } = loaded.plan.objectives;
  const state = placed({ nodes, bound: [] }, loaded.pods, loaded);
  if (state === undefined) return false;
  const have = (of: keyof Size): number => each.reduce((sum, one) => sum + one[of], 0);
  const left = (of: keyof Size): number => 1 - total(loaded.pods, of) / have(of);
  if (left('cpuMillis') < (headroom?.cpu ?? 0) || left('memoryGib') < (headroom?.memory ?? 0)) return false;
  const losses =
    survive === 'node' ? nodes.map(({ metadata }) => [metadata.name]) : survive === 'zone' ? zonesOf(nodes) : [];
  return losses.every((lost) => without(state, lost, loaded) !== undefined);
}

const typeOf = (name: string, { cpuMillis, memoryGib }: Size, price?: number): Record<string, unknown> => ({
  name,
  capacity: { cpu: `${cpuMillis}m`, memory: `${memoryGib}Gi` },
  zones: ['a', 'b'],
  ...(price !== undefined && { price }),
});

const objectives = fc.record({
  survive: fc.constantFrom('nothing', 'node', 'zone'),
  headroom: fc.record({ cpu: fc.constantFrom(0, 0.1, 0.4), memory: fc.constantFrom(0, 0.25) }),
});

function answerOf<F extends Answer['find']>(loaded: LoadedPlan, find: F): Extract<Answer, { find: F }> {
  const answer = answerPlan(loaded);
  if (answer.find !== find) throw new Error(answer.find);
  return answer as Extract<Answer, { find: F }>;
}

describe('find nodes', () => {
  const MOST = 12;

  test('is the least number that does, of every number', () => {
    const seen = new Set<string>();
    const input = fc.record({ pods: fc.array(size(8), { minLength: 1, maxLength: 10 }), type: size(16), objectives });
    fc.assert(
      fc.property(input, ({ pods, type, objectives: asked }) => {
        const plan = {
          find: 'nodes',
          nodes: { types: [typeOf('n', type)] },
          pods: ['x'],
          objectives: asked,
          most: MOST,
          lookBelow: MOST,
        };
        const loaded = loadedPlan({ plan, pods: podsOf(pods) });
        const [complete] = loaded.types;
        if (complete === undefined) throw new Error('no type');
        const doing = Array.from({ length: MOST }, (_, i) =>
          does(
            loaded,
            nodesOfType(complete, i + 1),
            Array.from({ length: i + 1 }, () => type),
          ),
        );
        const least = doing.indexOf(true) + 1;
        const { count, answer, oneLess } = answerOf(loaded, 'nodes');
        // Where the greatest number does not do, the search looks no further.
        if (count === undefined) {
          expect(doing[MOST - 1]).toBe(false);
          seen.add('none');
          return;
        }
        expect(count).toBe(least);
        expect(answer?.evidence.meets).toBe(true);
        for (const { evidence } of oneLess) expect(evidence.meets).toBe(false);
        seen.add(`${asked.survive}, head-room ${asked.headroom.cpu > 0}`);
      }),
      { ...RUNS, numRuns: 90 },
    );
    for (const survive of ['nothing', 'node', 'zone']) {
      expect(seen).toContain(`${survive}, head-room true`);
      expect(seen).toContain(`${survive}, head-room false`);
    }
  });
});

describe('find cheapest', () => {
  const MOST = 4;
  const counts = Array.from(
    { length: (MOST + 1) ** 2 },
    (_, i) => [Math.floor(i / (MOST + 1)), i % (MOST + 1)] as const,
  );

  test('costs as little as the cheapest mix of all, wherever more of a type is never worse', () => {
    let [monotone, found] = [0, 0];
    const input = fc.record({
      pods: fc.array(size(8), { minLength: 1, maxLength: 7 }),
      sizes: fc.tuple(size(16), size(16)),
      prices: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      objectives,
    });
    fc.assert(
      fc.property(input, ({ pods, sizes, prices, objectives: asked }) => {
        const types = sizes.map((one, i) => ({ ...typeOf(`t${i}`, one, (prices[i] as number) / 10), most: MOST }));
        const plan = { find: 'cheapest', nodes: { types }, pods: ['x'], objectives: asked, lookBelow: MOST };
        const loaded = loadedPlan({ plan, pods: podsOf(pods) });
        const [a, b] = loaded.types;
        if (a === undefined || b === undefined) throw new Error('no types');
        const doing = new Map(
          counts.map(([na, nb]) => {
            const nodes = [...nodesOfType(a, na), ...nodesOfType(b, nb)];
            const each = [...Array.from({ length: na }, () => sizes[0]), ...Array.from({ length: nb }, () => sizes[1])];
            return [`${na},${nb}`, nodes.length > 0 && does(loaded, nodes, each)];
          }),
        );
        const price = ([na, nb]: readonly [number, number]): number => (na * prices[0] + nb * prices[1]) / 10;
        const least = Math.min(...counts.filter(([na, nb]) => doing.get(`${na},${nb}`) === true).map(price));
        const { pricePerHour, answer } = answerOf(loaded, 'cheapest');
        if (pricePerHour !== undefined) {
          found++;
          expect(pricePerHour).toBeGreaterThanOrEqual(least - 1e-9);
          expect(doing.get((answer?.candidate ?? '').replaceAll(/t\d=/g, ''))).toBe(true);
        }
        const isMonotone = counts.every(
          ([na, nb]) =>
            doing.get(`${na},${nb}`) !== true ||
            (doing.get(`${na + 1},${nb}`) !== false && doing.get(`${na},${nb + 1}`) !== false),
        );
        if (!isMonotone) return;
        monotone++;
        if (Number.isFinite(least)) expect(pricePerHour).toBeCloseTo(least, 9);
        else expect(pricePerHour).toBeUndefined();
      }),
      RUNS,
    );
    expect(monotone).toBeGreaterThan(RUNS.numRuns / 2);
    expect(found).toBeGreaterThan(RUNS.numRuns / 3);
  });
});

/** A small cluster with Pods on it, and a DaemonSet's Pod on each Node. */
const snapshot = fc
  .record({
    nodes: fc.array(size(16), { minLength: 1, maxLength: 5 }),
    pods: fc.array(fc.tuple(size(6), fc.nat(4)), { maxLength: 10 }),
  })
  .map(({ nodes: sizes, pods }) => {
    const nodes = sizes.map(
      (one, i): Node =>
        nodesOfType(
          { name: `n${i}`, capacity: { cpu: `${one.cpuMillis}m`, memory: `${one.memoryGib}Gi`, pods: '6' } },
          1,
        )[0] as Node,
    );
    const free = sizes.map((one) => ({ ...one, pods: 6 }));
    const bound: Pod[] = [];
    const put = (one: Size, at: number, name: string, daemon: boolean): void => {
      const room = free[at] as Size & { pods: number };
      if (room.cpuMillis < one.cpuMillis || room.memoryGib < one.memoryGib || room.pods < 1) return;
      free[at] = {
        cpuMillis: room.cpuMillis - one.cpuMillis,
        memoryGib: room.memoryGib - one.memoryGib,
        pods: room.pods - 1,
      };
      bound.push(podOf(one, name, nodes[at]?.metadata.name, daemon));
    };
    nodes.forEach((_, i) => put({ cpuMillis: 250, memoryGib: 1 }, i, `daemon-${i}`, true));
    pods.forEach(([one, at], i) => put(one, at % nodes.length, `pod-${i}`, false));
    return { nodes, bound, free };
  });

describe('find replicas', () => {
  test('is the sum over the Nodes of what has room in each', () => {
    fc.assert(
      fc.property(snapshot, size(6), fc.integer({ min: 1, max: 3 }), ({ nodes, bound, free }, one, runs) => {
        const template = podOf(one, 'more');
        const plan = { find: 'replicas', nodes: { manifests: ['x'] }, template: 'x', runs };
        const loaded = loadedPlan({ plan, nodes, pods: bound, template, policy: { tieBreak: 'random' } });
        const expected = free.reduce(
          (sum, { cpuMillis, memoryGib, pods }) =>
            sum + Math.min(Math.floor(cpuMillis / one.cpuMillis), Math.floor(memoryGib / one.memoryGib), pods),
          0,
        );
        const { count, oneMore, countsOfRuns } = answerOf(loaded, 'replicas');
        expect(count).toBe(expected);
        expect(countsOfRuns).toEqual(Array.from({ length: runs }, () => expected));
        expect(oneMore[0]?.evidence.failure?.pod).toBe(`default/more-${expected}`);
      }),
      { ...RUNS, numRuns: 90 },
    );
  });
});

describe('find removable', () => {
  test('are the Nodes whose Pods the others take, alone and one after the other', () => {
    let [some, all] = [0, 0];
    fc.assert(
      fc.property(snapshot, ({ nodes, bound }) => {
        const loaded = loadedPlan({ plan: { find: 'removable', nodes: { manifests: ['x'] } }, nodes, pods: bound });
        const state: State = { nodes, bound };
        const alone = nodes
          .map(({ metadata }) => metadata.name)
          .filter(
            (name) => without(state, [name], loaded) !== undefined && (nodes.length > 1 || bound.every(isDaemon)),
          );
        const answer = answerOf(loaded, 'removable');
        expect(answer.alone.toSorted()).toEqual(alone.toSorted());
        expect(answer.needed.map(({ node }) => node).sort()).toEqual(
          nodes.map(({ metadata }) => metadata.name).filter((name) => !alone.includes(name)),
        );
        const load = (name: string): number =>
          total(
            bound.filter(({ spec }) => spec.nodeName === name),
            'cpuMillis',
          );
        const order = alone.toSorted((a, b) => load(a) - load(b) || (a < b ? -1 : 1));
        let rest: State = state;
        const together = order.filter((name) => {
          const next = rest.nodes.length > 1 ? without(rest, [name], loaded) : undefined;
          rest = next ?? rest;
          return next !== undefined;
        });
        expect(answer.together).toEqual(together);
        if (together.length > 1) some++;
        if (alone.length === nodes.length) all++;
      }),
      { ...RUNS, numRuns: 90 },
    );
    expect(some).toBeGreaterThan(10);
    expect(all).toBeGreaterThan(3);
  });
});
