/**
 * The index against the plain rules with every plugin of the default profile, while everything changes: Pods come, end and go,
 * Nodes are added, removed, cordoned, relabelled, tainted, resized, namespaces relabelled, Services and owners appear.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../../../engine/index.ts';
import type { Node, Taint } from '../../objects/node.ts';
import type { Affinity, Pod, PodSpec, TopologySpreadConstraint } from '../../objects/pod.ts';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { readSchedulerConfiguration } from '../config/scheduler-configuration.ts';
import type { PodDecision } from '../decision/decision.ts';
import { PodScheduler } from '../decision/schedule-pod.ts';
import { Listers } from '../framework/listers.ts';
import { Nominator } from '../framework/nominator.ts';
import { podInfo } from '../framework/pod-info.ts';
import { buildProfile } from '../profile/build-profile.ts';
import { volumeObjects } from '../volumes/volume-plugins.ts';
import type { StateKey } from '../framework/cycle-state.ts';
import type { Handle } from '../framework/handle.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { skip, unschedulable } from '../framework/status.ts';
import type { PluginRegistry } from '../profile/registry.ts';
import { NodeIndex } from './node-index.ts';

const ZONES = ['a', 'b', 'c', ''];
const APPS = ['web', 'db', 'cache'];
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

interface Template {
  readonly spec: PodSpec;
  readonly labels: Record<string, string>;
  readonly namespace: string;
  readonly owner: string | undefined;
}

/** `twins`: classes of Pods that differ in one point, so that they share what that point does not touch. */
type Mix = 'any' | 'twins';

class World {
  readonly random: RandomStream;
  readonly cache = new SchedulerCache();
  readonly listers = new Listers();
  readonly pods: Pod[] = [];
  readonly nodes = new Map<string, Node>();
  readonly templates: Template[];
  #serial = 0;

  constructor(seed: number, nodes: number, mix: Mix, templates = 6) {
    this.random = new RandomStream(String(seed), 0, 'world');
    for (const name of ['default', 'other']) this.#relabelNamespace(name);
    for (let i = 0; i < nodes; i++) this.addNode();
    const base = this.#template();
    this.templates = Array.from({ length: templates }, () => (mix === 'any' ? this.#template() : this.#twin(base)));
  }

  /** The same but for one point. */
  #twin(base: Template): Template {
    const { spec, labels } = base;
    const [constraint, ...others] = spec.topologySpreadConstraints ?? [this.#constraint()];
    const changed = (change: Partial<TopologySpreadConstraint>): Template => ({
      ...base,
      spec: {
        ...spec,
        topologySpreadConstraints: [{ ...(constraint as TopologySpreadConstraint), ...change }, ...others],
      },
    });
    const { podAffinity } = spec.affinity ?? {};
    const preferred = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (preferred !== undefined && this.chance(3)) {
      const weighted = preferred.map((term) => ({ ...term, weight: 1 + this.random.below(100) }));
      const changedAffinity = { ...podAffinity, preferredDuringSchedulingIgnoredDuringExecution: weighted };
      return { ...base, spec: { ...spec, affinity: { ...spec.affinity, podAffinity: changedAffinity } } };
    }
    switch (this.random.below(10)) {
      case 0:
        return { ...base, labels: { ...labels, app: this.pick(APPS) } };
      case 1:
        return { ...base, namespace: this.pick(['default', 'other']) };
      case 2:
        return changed({ nodeTaintsPolicy: this.pick(['Honor', 'Ignore'] as const) });
      case 3:
        return changed({ nodeAffinityPolicy: this.pick(['Honor', 'Ignore'] as const) });
      case 4:
        return changed({ labelSelector: { matchLabels: { app: this.pick(APPS) } } });
      case 5:
        return changed({ maxSkew: 1 + this.random.below(3) });
      case 6:
        return { ...base, spec: { ...spec, affinity: this.#affinity() } };
      case 7:
        return { ...base, spec: { ...spec, tolerations: [{ key: 'dedicated', operator: 'Exists' }] } };
      case 8:
        return { ...base, spec: { ...spec, nodeSelector: { disk: this.pick(['ssd', 'hdd']) } } };
      default:
        return { ...base, owner: `rs-${this.random.below(2)}` };
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.random.below(oneIn) === 0;
  }

  #labels(name: string): Record<string, string> {
    const zone = this.pick(ZONES);
    const labels: Record<string, string> = this.chance(9) ? {} : { [HOSTNAME]: name };
    if (zone !== '') labels[ZONE] = zone;
    if (this.chance(2)) labels.disk = this.pick(['ssd', 'hdd']);
    if (this.chance(2)) labels.rack = `r${this.random.below(9)}`;
    return labels;
  }

  #taints(): Taint[] {
    if (!this.chance(3)) return [];
    return [
      { key: 'dedicated', value: this.pick(APPS), effect: this.pick(['NoSchedule', 'PreferNoSchedule'] as const) },
    ];
  }

  #amounts(): Record<string, string> {
    return { cpu: this.pick(['1', '2', '4']), memory: this.pick(['2Gi', '4Gi', '8Gi']), pods: this.pick(['4', '110']) };
  }

  addNode(): void {
    const name = `n${this.#serial++}`;
    const images = this.chance(2) ? [{ names: ['app:1'], sizeBytes: 300 * 1024 * 1024 }] : [];
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: this.#labels(name) },
      spec: { taints: this.#taints() },
      status: { allocatable: this.#amounts(), images },
    };
    this.nodes.set(name, node);
    this.cache.addNode(node);
  }

  #constraint(): TopologySpreadConstraint {
    return {
      maxSkew: 1 + this.random.below(2),
      topologyKey: this.pick([HOSTNAME, ZONE, 'rack']),
      whenUnsatisfiable: this.pick(['DoNotSchedule', 'ScheduleAnyway'] as const),
      labelSelector: { matchLabels: { app: this.pick(APPS) } },
      ...(this.chance(3) ? { nodeTaintsPolicy: 'Honor' as const } : {}),
      ...(this.chance(4) ? { nodeAffinityPolicy: 'Ignore' as const } : {}),
    };
  }

  #affinity(): Affinity {
    const term = () => ({
      labelSelector: { matchLabels: { app: this.pick(APPS) } },
      topologyKey: this.pick([HOSTNAME, ZONE, 'rack']),
      ...(this.chance(3) ? { namespaceSelector: { matchLabels: { team: this.pick(['x', 'y']) } } } : {}),
    });
    const weighted = () => [{ weight: 1 + this.random.below(50), podAffinityTerm: term() }];
    return {
      ...(this.chance(3) ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term()] } } : {}),
      ...(this.chance(4)
        ? {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [term()],
              preferredDuringSchedulingIgnoredDuringExecution: weighted(),
            },
          }
        : {}),
      ...(this.chance(3)
        ? {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 7, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
              ],
            },
          }
        : {}),
    };
  }

  #template(): Template {
    const requests = { cpu: this.pick(['50m', '100m', '500m']), memory: this.pick(['64Mi', '256Mi']) };
    const ports = this.chance(6) ? [{ containerPort: 80, hostPort: 80 }] : [];
    const spec: PodSpec = {
      schedulerName: 'default-scheduler',
      priority: 0,
      containers: [
        {
          name: 'c',
          image: this.pick(['app:1', 'app:2']),
          ports,
          ...(this.chance(5) ? {} : { resources: { requests } }),
        },
      ],
      ...(this.chance(2) ? { affinity: this.#affinity() } : {}),
      ...(this.chance(2)
        ? { topologySpreadConstraints: Array.from({ length: 1 + this.random.below(2) }, () => this.#constraint()) }
        : {}),
      ...(this.chance(3) ? { tolerations: [{ key: 'dedicated', operator: 'Exists' as const }] } : {}),
      ...(this.chance(5) ? { nodeSelector: { disk: 'ssd' } } : {}),
    };
    return {
      spec,
      labels: { app: this.pick(APPS) },
      namespace: this.pick(['default', 'default', 'other']),
      owner: this.chance(2) ? `rs-${this.random.below(2)}` : undefined,
    };
  }

  nextPod(): Pod {
    const { spec, labels, namespace, owner } = this.pick(this.templates);
    const name = `p${this.#serial++}`;
    const ownerReferences =
      owner === undefined
        ? []
        : [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }];
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid: name, labels, ownerReferences }, spec };
  }

  place(pod: Pod, nodeName: string): void {
    const bound = { ...pod, spec: { ...pod.spec, nodeName } };
    this.cache.addPod(bound);
    this.pods.push(bound);
  }

  #relabelNamespace(name: string): void {
    this.listers.namespaces.set({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { team: this.pick(['x', 'y']) } },
    });
  }

  #updateNode(change: (node: Node) => Node): void {
    const name = this.pick([...this.nodes.keys()]);
    const node = change(this.nodes.get(name) as Node);
    this.nodes.set(name, node);
    this.cache.updateNode(node);
  }

  #setService(selector: Record<string, string> | undefined): void {
    const metadata = { name: 's', namespace: 'default' };
    this.listers.services.set({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector } });
  }

  #removeNode(): void {
    const name = this.pick([...this.nodes.keys()]);
    this.nodes.delete(name);
    this.cache.removeNode(name);
  }

  /** One random change that leaves the order of Nodes as it is, so that what classes share lives long. */
  calmChurn(): void {
    switch (this.random.below(3)) {
      case 0:
        return this.#updateNode((node) => {
          const { [ZONE]: _zone, ...labels } = this.#labels(node.metadata.name);
          const own = node.metadata.labels?.[ZONE];
          const kept = own === undefined ? labels : { ...labels, [ZONE]: own };
          return { ...node, metadata: { ...node.metadata, labels: kept } };
        });
      case 1:
        return this.#setService(this.chance(4) ? undefined : { app: this.pick(APPS) });
      default:
        return this.#endPod();
    }
  }

  /** One random change. */
  churn(): void {
    switch (this.random.below(12)) {
      case 0:
        return this.addNode();
      case 1: {
        // At times so many that the rotating start is beyond the end of those that are left.
        const most = this.chance(4) ? Math.floor(this.nodes.size / 2) : 1;
        for (let i = 0; i < most && this.nodes.size >= 3; i++) this.#removeNode();
        return;
      }
      case 2:
        return this.#updateNode((node) => ({
          ...node,
          spec: { ...node.spec, unschedulable: !node.spec?.unschedulable },
        }));
      case 3:
        return this.#updateNode((node) => ({
          ...node,
          metadata: { ...node.metadata, labels: this.#labels(node.metadata.name) },
        }));
      case 4:
        return this.#updateNode((node) => ({ ...node, spec: { ...node.spec, taints: this.#taints() } }));
      case 5:
        return this.#updateNode((node) => ({ ...node, status: { ...node.status, allocatable: this.#amounts() } }));
      case 6:
        return this.#relabelNamespace(this.pick(['default', 'other']));
      case 7:
        return this.#setService({ app: this.pick(APPS) });
      case 8: {
        const selector = { matchLabels: { app: this.pick(APPS) } };
        return this.listers.replicaSets.set({
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: this.pick(['rs-0', 'rs-1']), namespace: 'default' },
          spec: { selector, template: { spec: { containers: [] } } },
        });
      }
      default:
        return this.#endPod();
    }
  }

  /** Some Pod goes, or begins to end. */
  #endPod(): void {
    if (this.pods.length === 0) return;
    const at = this.random.below(this.pods.length);
    const pod = this.pods[at] as Pod;
    if (this.chance(2)) {
      this.pods.splice(at, 1);
      this.cache.removePod(pod);
      return;
    }
    const ending = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    this.pods[at] = ending;
    this.cache.updatePod(ending);
  }
}

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
