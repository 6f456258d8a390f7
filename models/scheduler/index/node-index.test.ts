/** The index against the plain rules where random clusters seldom lead: many Nodes gone at once, Services that come back, classes without end. */
import { expect, test, vi } from 'vitest';
import { RandomStream } from '../../../engine/index.ts';
import type { Service } from '../../objects/service.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod, PodSpec } from '../../objects/pod.ts';
import type { ReplicaSet } from '../../objects/workloads.ts';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { readSchedulerConfiguration, type ProfileConfiguration } from '../config/scheduler-configuration.ts';
import type { TieBreak } from '../decision/choose-host.ts';
import { PodScheduler } from '../decision/schedule-pod.ts';
import { Listers } from '../framework/listers.ts';
import { Nominator } from '../framework/nominator.ts';
import type { FilterPlugin } from '../framework/plugin.ts';
import { podInfo } from '../framework/pod-info.ts';
import { buildProfile } from '../profile/build-profile.ts';
import type { PluginRegistry } from '../profile/registry.ts';
import { volumeObjects } from '../volumes/volume-plugins.ts';
import { NodeIndex } from './node-index.ts';

/** One cluster, decided by the plain rules and by the index. */
class Pair {
  readonly cache = new SchedulerCache();
  readonly listers = new Listers();
  readonly index: NodeIndex;
  readonly #profile;
  readonly #plain;
  readonly #indexed;
  #serial = 0;

  constructor(percentage: number, plugins?: unknown, own: PluginRegistry = new Map(), tieBreak: TieBreak = 'random') {
    const { cache, listers } = this;
    const configuration = readSchedulerConfiguration({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [{ schedulerName: 'default-scheduler', plugins }],
    });
    const stream = (name: string): RandomStream => new RandomStream('1', 0, name);
    const parts = { cache, listers, nominator: new Nominator(), stream, volumes: volumeObjects(listers) };
    this.#profile = buildProfile(configuration.profiles[0] as ProfileConfiguration, parts, own);
    const options = { percentageOfNodesToScore: percentage, tieBreak };
    this.index = new NodeIndex(cache, listers);
    this.#plain = new PodScheduler(cache, { ...options, stream: stream('ties') });
    this.#indexed = new PodScheduler(cache, {
      ...options,
      stream: stream('ties'),
      index: this.index,
    });
  }

  setNode(name: string, labels: Record<string, string> = {}): void {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
    };
    this.cache.updateNode(node);
  }

  pod(spec: Partial<PodSpec> = {}): Pod {
    const name = `p${this.#serial++}`;
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m', memory: '64Mi' } } }];
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, uid: name, namespace: 'default', labels: { app: 'web' } },
      spec: { schedulerName: 'default-scheduler', containers, ...spec },
    };
  }

  bind(pod: Pod, nodeName: string): Pod {
    const bound = { ...pod, spec: { ...pod.spec, nodeName } };
    this.cache.addPod(bound);
    return bound;
  }

  decideByIndex(pod: Pod): void {
    this.#indexed.schedule(this.#profile, podInfo(pod, this.cache.classes));
  }

  /** Decides by both; the Node. */
  decide(pod: Pod): string {
    const [plain, indexed] = [this.#plain, this.#indexed].map((scheduler) => {
      const decision = scheduler.schedule(this.#profile, podInfo(pod, this.cache.classes));
      const { result, evaluated } = decision;
      const [node, total, feasible] =
        decision.result === 'scheduled' ? [decision.node?.name, decision.total, decision.feasible] : [];
      return { result, evaluated, feasible, node, total, next: scheduler.nextStart };
    });
    expect(indexed).toEqual(plain);
    return plain?.node ?? '';
  }
}

test('a sample begins among the Nodes that are left when many have gone', () => {
  const pair = new Pair(0);
  for (let i = 0; i < 300; i++) pair.setNode(`n${i}`);
  pair.decide(pair.pod());
  pair.decide(pair.pod()); // next start: 288
  for (let i = 0; i < 150; i++) pair.cache.removeNode(`n${i}`);
  pair.decide(pair.pod());
});

test('a Node is found when most Nodes have gone', () => {
  const pair = new Pair(0);
  for (let i = 0; i < 160; i++) pair.setNode(`n${i}`);
  pair.decide(pair.pod()); // next start: 100
  for (let i = 0; i < 130; i++) pair.cache.removeNode(`n${i}`);
  for (let i = 0; i < 5; i++) pair.decide(pair.pod());
});

test.each([0, 100])(
  'of hundreds of equal Nodes the one whose name sorts first is found (%i %% of them looked at)',
  (percentage) => {
    const pair = new Pair(percentage, undefined, new Map(), 'first');
    for (let i = 0; i < 400; i++) pair.setNode(`n${999 - i}`);
    expect(pair.decide(pair.pod())).toBe(percentage === 100 ? 'n600' : 'n812');
    for (let i = 0; i < 10; i++) pair.bind(pair.pod(), pair.decide(pair.pod()));
  },
);

test('a Service that comes back is counted over the labels that Nodes have now', () => {
  const pair = new Pair(100);
  const zone = (value: string, disk: string): Record<string, string> => ({
    'topology.kubernetes.io/zone': value,
    disk,
  });
  pair.setNode('n0', zone('a', 'ssd'));
  pair.setNode('n1', zone('b', 'ssd'));
  pair.setNode('n2', zone('a', 'hdd'));
  const service = (app: string): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { app } },
  });
  for (let i = 0; i < 6; i++) pair.bind(pair.pod(), 'n2');
  pair.bind(pair.pod(), 'n0');
  pair.bind(pair.pod(), 'n1');
  const spec = { nodeSelector: { disk: 'ssd' } };
  pair.listers.services.set(service('web'));
  pair.decide(pair.pod(spec));
  pair.listers.services.set(service('db'));
  pair.decide(pair.pod(spec));
  pair.setNode('n2', zone('a', 'ssd'));
  pair.listers.services.set(service('web'));
  for (let i = 0; i < 8; i++) {
    const pod = pair.pod(spec);
    pair.bind(pod, pair.decide(pod));
  }
});

test('a plugin whose podParts JSON would shorten without a word is named', () => {
  const own = (): FilterPlugin => ({
    name: 'Own',
    dependsOn: { requested: true, podParts: ({ requests }) => requests },
    filter: () => undefined,
  });
  const pair = new Pair(100, { multiPoint: { enabled: [{ name: 'Own' }] } }, new Map([['Own', own]]));
  pair.setNode('n0');
  const requests = { cpu: '100m', memory: '64Mi', 'example.com/gpu': '1' };
  const pod = pair.pod({ containers: [{ name: 'c', image: 'i', resources: { requests } }] });
  expect(() => pair.decide(pod)).toThrow(/Own.*dependsOn\.podParts.*Map/s);
});

test('a profile that does not prepare PodTopologySpread fails by the index as by the plain rules', () => {
  const plugins = { preFilter: { disabled: [{ name: 'PodTopologySpread' }] } };
  const pair = new Pair(100, plugins);
  pair.setNode('n0');
  expect(() => pair.decideByIndex(pair.pod())).toThrow(/is read before it was written/);
});

test('what is kept does not grow with the classes that were seen and are gone', () => {
  const pair = new Pair(100);
  for (let i = 0; i < 20; i++) pair.setNode(`n${i}`);
  const live: Pod[] = [];
  const labelSelector = { matchLabels: { app: 'web' } };
  const constraint = { maxSkew: 5, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' } as const;
  for (let i = 0; i < 1500; i++) {
    const plain = pair.pod({ topologySpreadConstraints: [{ ...constraint, labelSelector }] });
    const pod = { ...plain, metadata: { ...plain.metadata, labels: { app: 'web', job: `j${i}` } } };
    live.push(pair.bind(pod, pair.decide(pod)));
    if (live.length > 30) pair.cache.removePod(live.shift() as Pod);
  }
  expect(pair.index.kinds.length).toBeLessThan(600);
});

test('Services are looked through once for each change of one, whatever else changes', () => {
  const pair = new Pair(100);
  pair.setNode('n0');
  const { services, replicaSets } = pair.listers;
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { selector: { app: 'x' } },
  };
  const metadata = { name: 'rs', namespace: 'default' };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { selector: {}, template: { spec: { containers: [] } } },
  };
  pair.decideByIndex(pair.pod());
  services.set(service);
  const list = vi.spyOn(services, 'list');
  for (let i = 0; i < 10; i++) {
    replicaSets.set(set);
    pair.decideByIndex(pair.pod());
  }
  expect(list).toHaveBeenCalledTimes(1);
});

test('classes that differ in the weights of their preferred terms are weighed apart', () => {
  const pair = new Pair(100);
  const topologyKey = 'topology.kubernetes.io/zone';
  for (const zone of ['a', 'b']) pair.setNode(`n-${zone}`, { [topologyKey]: zone });
  const labelled = (app: string): Pod => {
    const pod = pair.pod();
    return { ...pod, metadata: { ...pod.metadata, labels: { app } } };
  };
  pair.bind(labelled('web'), 'n-a');
  pair.bind(labelled('db'), 'n-b');
  const term = (app: string, weight: number) => ({
    weight,
    podAffinityTerm: { topologyKey, labelSelector: { matchLabels: { app } } },
  });
  const near = (web: number, db: number): Partial<PodSpec> => ({
    affinity: {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [term('web', web), term('db', db)] },
    },
  });
  expect(pair.decide(pair.pod(near(90, 10)))).toBe('n-a');
  expect(pair.decide(pair.pod(near(10, 90)))).toBe('n-b');
});

test('classes that differ in their namespace are spread apart', () => {
  const pair = new Pair(100);
  for (const name of ['n0', 'n1']) pair.setNode(name);
  const inNamespace = (namespace: string): Pod => {
    const pod = pair.pod({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    });
    return { ...pod, metadata: { ...pod.metadata, namespace } };
  };
  pair.bind(inNamespace('default'), 'n0');
  pair.bind(inNamespace('other'), 'n1');
  expect(pair.decide(inNamespace('default'))).toBe('n1');
  expect(pair.decide(inNamespace('other'))).toBe('n0');
});
