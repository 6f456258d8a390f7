/**
 * The index against the plain rules with every plugin of the default profile, while everything changes (`testing/churning-world.ts`).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../../../engine/index.ts';
import { readSchedulerConfiguration } from '../config/scheduler-configuration.ts';
import type { PodDecision } from '../decision/decision.ts';
import { PodScheduler } from '../decision/schedule-pod.ts';
import { Nominator } from '../framework/nominator.ts';
import { podInfo } from '../framework/pod-info.ts';
import { buildProfile } from '../profile/build-profile.ts';
import { volumeObjects } from '../volumes/volume-plugins.ts';
import type { StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { skip, unschedulable } from '../framework/status.ts';
import type { PluginRegistry } from '../profile/registry.ts';
import { type Mix, World } from '../testing/churning-world.ts';
import { NodeIndex } from './node-index.ts';

function summaryOf(decision: PodDecision, scheduler: PodScheduler, stream: RandomStream): unknown {
  const common = {
    evaluated: decision.evaluated,
    next: scheduler.nextStart,
    draws: stream.draws,
    result: decision.result,
  };
  if (decision.result !== 'scheduled') return common;
  return { ...common, node: decision.node.name, feasible: decision.feasible, total: decision.total };
}

/** @returns decisions that the index took, of how many that found a Node */
function compareUnderChurn(
  seed: number,
  nodes: number,
  steps: number,
  percentage: number,
  own: PluginRegistry = new Map(),
  mix: Mix = 'any',
  { templates = 6, isCalm = false }: { readonly templates?: number; readonly isCalm?: boolean } = {},
): { answered: number; scheduled: number } {
  const world = new World(seed, nodes, mix, templates);
  const configuration = readSchedulerConfiguration({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    percentageOfNodesToScore: percentage,
    profiles: [
      {
        schedulerName: 'default-scheduler',
        plugins: { multiPoint: { enabled: [...own.keys()].map((name) => ({ name, weight: 3 })) } },
      },
    ],
  });
  const [profileConfiguration] = configuration.profiles;
  if (profileConfiguration === undefined) throw new Error('there is no profile');
  const { cache, listers } = world;
  const stream = (name: string): RandomStream => new RandomStream(String(seed), 0, name);
  const parts = { cache, listers, nominator: new Nominator(), stream, volumes: volumeObjects(listers) };
  const profile = buildProfile(profileConfiguration, parts, own);
  const index = new NodeIndex(cache, listers, { classesMax: 5 });
  const streams = [stream('ties'), stream('ties')] as const;
  const options = { percentageOfNodesToScore: percentage, tieBreak: 'random' } as const;
  const plain = new PodScheduler(cache, { ...options, stream: streams[0] });
  const indexed = new PodScheduler(cache, { ...options, stream: streams[1], index });
  let answered = 0;
  let scheduled = 0;
  for (let step = 0; step < steps; step++) {
    const pod = world.nextPod();
    const info = podInfo(pod, cache.classes);
    const before = index.answered;
    const decision = plain.schedule(profile, info);
    const found = summaryOf(indexed.schedule(profile, info), indexed, streams[1]);
    expect(found).toEqual(summaryOf(decision, plain, streams[0]));
    if (decision.result === 'scheduled') {
      scheduled++;
      answered += index.answered - before;
      world.place(pod, decision.node.name);
    }
    for (let i = world.random.below(3); i > 0; i--) {
      if (isCalm) world.calmChurn();
      else world.churn();
    }
  }
  return { answered, scheduled };
}

test('index and plain rules decide alike while Nodes, Pods, namespaces and owners change', () => {
  let answered = 0;
  let scheduled = 0;
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, nodes) => {
      const counts = compareUnderChurn(seed, nodes, 40, 100);
      answered += counts.answered;
      scheduled += counts.scheduled;
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(answered).toBeGreaterThan(scheduled * 0.9);
});

const PER_POD: StateKey<number> = { name: 'Picky' };

/** Looks at the single Pod, remembers it between PreFilter and Filter, and says nothing of what it depends on. */
const picky = (): FilterPlugin & PreFilterPlugin & PreScorePlugin & ScorePlugin => ({
  name: 'Picky',
  preFilter(state, { pod }) {
    const length = Number(pod.metadata.name.slice(1)) % 7;
    if (length === 0) return skip('Picky');
    state.write(PER_POD, length);
    return undefined;
  },
  filter: (state, _pod, node) =>
    (state.read(PER_POD) + node.pods.length) % 5 === 0 ? unschedulable('Picky', 'picky') : undefined,
  preScore: (_state, { pod }) => (pod.metadata.name.endsWith('3') ? skip('Picky') : undefined),
  score: (_state, { pod }, node) => (pod.metadata.name.length * 7 + node.name.length * 13 + node.pods.length) % 101,
});

/** Declares what it looks at, and normalises scores by a rule of its own. */
const fewestPods = (): ScorePlugin => ({
  name: 'FewestPods',
  dependsOn: { requested: true },
  score: (_state, _pod, node) => node.pods.length,
  normalizeScore(_state, _pod, _nodes, scores) {
    const most = Math.max(...scores);
    scores.forEach((score, i) => (scores[i] = most === 0 ? 100 : 100 - Math.floor((100 * score) / most)));
  },
});

test.each([
  ['that declares nothing', new Map([['Picky', picky]])],
  ['with a rule of its own to normalise scores', new Map([['FewestPods', fewestPods]])],
])('a plugin %s is asked anew, and the index stands in for the others', (_what, own) => {
  let answered = 0;
  let scheduled = 0;
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 100), (seed, nodes, percentage) => {
      const counts = compareUnderChurn(seed, nodes * 10, 30, percentage, own);
      answered += counts.answered;
      scheduled += counts.scheduled;
    }),
    { numRuns: 12, seed: 9 },
  );
  expect(answered).toBeGreaterThan(scheduled * 0.9);
});

/** Looks at images by rules of its own, in a verdict that Pods on the Node decide too. */
const imageFan = (): FilterPlugin & ScorePlugin => ({
  name: 'ImageFan',
  dependsOn: { node: ['images'], requested: true },
  filter: (_state, _pod, { images, pods }) =>
    ((images.get('sidecar:1')?.nodes ?? 0) + pods.length) % 4 === 3 ? unschedulable('ImageFan', 'full') : undefined,
  score: (_state, _pod, { images }) => ((images.get('sidecar:1')?.nodes ?? 0) * 7) % 101,
});

/** The same by the Node alone. */
const imageScorer = (): ScorePlugin => ({
  name: 'ImageScorer',
  dependsOn: { node: ['images'] },
  score: (_state, _pod, { images }) => (images.size * 13 + (images.get('app:2')?.nodes ?? 0)) % 101,
});

test.each([
  ['and the Pods', new Map([['ImageFan', imageFan]])],
  ['alone', new Map([['ImageScorer', imageScorer]])],
])('index and plain rules decide alike with a plugin that looks at the images of a Node %s', (_what, own) => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), fc.boolean(), (seed, nodes, isCalm) => {
      const counts = compareUnderChurn(seed, nodes, 40, 100, own, 'any', { isCalm });
      expect(counts.answered).toBeGreaterThan(counts.scheduled / 2);
    }),
    { numRuns: 60, seed: 13 },
  );
});

test('a plugin that draws random numbers is asked by the plain path only', () => {
  const random = (_args: unknown, handle: Handle): FilterPlugin => {
    const stream = handle.stream('scheduler/random');
    return { name: 'Random', filter: () => (stream.below(4) < 4 ? undefined : unschedulable('Random', 'unlucky')) };
  };
  const world = compareUnderChurn(1, 20, 20, 100, new Map([['Random', random]]));
  expect(world.answered).toBe(0);
});

test('index and plain rules decide alike for classes that share all but one point', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 14 }), fc.constantFrom(0, 100), (seed, nodes, percentage) => {
      compareUnderChurn(seed, nodes, 40, percentage, new Map(), 'twins');
    }),
    { numRuns: 100, seed: 10 },
  );
});

test('index and plain rules look at the same sample of a larger cluster', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(130, 250), (seed, nodes) => {
      compareUnderChurn(seed, nodes, 25, 0);
    }),
    { numRuns: 12, seed: 8 },
  );
});

test('index and plain rules decide alike for few classes while Services and labels come back to what they were', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 2 }), (seed, nodes, templates) => {
      compareUnderChurn(seed, nodes, 80, 100, new Map(), 'any', { templates, isCalm: true });
    }),
    { numRuns: 150, seed: 12 },
  );
});

test('a plugin whose podParts are no JSON is named', () => {
  const broken = (): FilterPlugin => ({
    name: 'Broken',
    dependsOn: { requested: true, podParts: () => 1n },
    filter: () => undefined,
  });
  const run = (): unknown => compareUnderChurn(1, 5, 3, 100, new Map([['Broken', broken]]));
  expect(run).toThrow(/Broken.*dependsOn\.podParts/s);
});
