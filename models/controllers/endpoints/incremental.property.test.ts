/** What is made from changes alone is what would be made from all Pods: slices, subsets and times of changes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import type { EndpointSlice, Service } from '../../objects/service.ts';
import { endpointSubsets } from './endpoint-subsets.ts';
import { KeptSubsets } from './kept-subsets.ts';
import { ServicePods } from './service-pods.ts';
import { planServiceSlices, type SliceWrites } from './slice-plan.ts';
import { SlicePlanner } from './slice-planner.ts';
import { TriggerTimes } from './trigger-times.ts';

const CONTAINERS = [80, 81].map((containerPort) => [{ name: 'c', ports: [{ name: 'http', containerPort }] }]);

/** What happens to one Pod: it comes to be (again) or changes, or goes. The uid is another one for another `life`. */
const change = fc.record({
  id: fc.nat({ max: 25 }),
  life: fc.nat({ max: 1 }),
  gone: fc.integer({ min: 0, max: 9 }).map((n) => n < 2),
  ready: fc.boolean(),
  // Mostly there, on a known Node and with the same ports: what is planned from changes.
  state: fc.constantFrom('running', 'running', 'running', 'running', 'pending', 'terminating', 'Failed'),
  address: fc.integer({ min: 0, max: 9 }).map((n) => (n === 0 ? 1 : 0)),
  node: fc.integer({ min: 0, max: 40 }).map((n) => (n === 40 ? 9 : n % 3)),
  containers: fc.integer({ min: 0, max: 40 }).map((n) => (n === 40 ? 1 : 0)),
  second: fc.nat({ max: 9 }),
});
type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type PodChange = ValueOf<typeof change>;

/** Changes between two syncs, and what else happens before the second. */
const step = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  other: fc.integer({ min: 0, max: 30 }),
  zone: fc.nat({ max: 2 }),
});

const seed = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  names: fc.constantFrom(2, 26),
  maxEndpoints: fc.integer({ min: 1, max: 8 }),
  trafficDistribution: fc.constantFrom(undefined, undefined, 'PreferClose', 'PreferSameNode'),
  publishNotReadyAddresses: fc.boolean(),
});

function podOf({ id, life, ready, state, address, node, containers, second }: PodChange): Pod {
  const ip = `10.0.${address}.${id}`;
  const conditions = [
    {
      type: 'Ready',
      status: ready ? ('True' as const) : ('False' as const),
      lastTransitionTime: `2026-01-01T00:00:0${second}Z`,
    },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${id}`,
      namespace: 'ns',
      uid: `uid-${id}-${life}`,
      ...(state === 'terminating' ? { deletionTimestamp: '2026-01-01T00:00:09Z' } : {}),
    },
    spec: { nodeName: `node-${node}`, containers: CONTAINERS[containers] as Pod['spec']['containers'] },
    status:
      state === 'pending'
        ? { phase: 'Pending' }
        : { phase: state === 'Failed' ? 'Failed' : 'Running', podIP: ip, podIPs: [{ ip }], conditions },
  };
}

/** One Service with its Pods, and slices as the writes leave them. */
class World {
  service: Service;
  nodes: Node[] = [];
  nodesVersion = 0;
  pods = new ServicePods('ns/svc');
  slices = new Map<string, EndpointSlice>();
  readonly #names: number;
  #made = 0;

  constructor({ names, trafficDistribution, publishNotReadyAddresses }: ValueOf<typeof seed>) {
    this.#names = names;
    this.service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'svc', namespace: 'ns', uid: 'svc-uid', labels: { a: 'b' } },
      spec: {
        selector: { a: 'b' },
        ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }],
        publishNotReadyAddresses,
        ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
      },
    };
    for (let i = 0; i < 3; i++) this.setZone(i, i % 2);
    for (let reader = 0; reader < 2; reader++) this.pods.addReader();
  }

  nodeOf = (name: string): Node | undefined => this.nodes[Number(name.slice('node-'.length))];

  setZone(node: number, zone: number): void {
    const labels = { 'topology.kubernetes.io/zone': `zone-${zone}` };
    this.nodes[node] = { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${node}`, labels } };
    this.nodesVersion++;
  }

  /** At most one Pod has a name, as in the API server. */
  happen(changes: readonly PodChange[]): void {
    for (const one of changes) {
      const id = one.id % this.#names;
      const pod = podOf({ ...one, id });
      this.pods.delete(`uid-${id}-${1 - one.life}`);
      if (one.gone) this.pods.delete(pod.metadata.uid as string);
      else this.pods.set(pod);
    }
  }

  /** What may come between: a write that fails, a Service that changes, a slice that somebody else has changed. */
  disturb(other: number, zone: number): void {
    if (other === 0) this.setZone(0, zone);
    const [first] = this.slices.values();
    if (other === 1 && first !== undefined) {
      this.slices.set(first.metadata.name, { ...first, endpoints: (first.endpoints ?? []).slice(1) });
    }
    if (other === 2 && first !== undefined) this.slices.delete(first.metadata.name);
    if (other === 3) {
      this.service = { ...this.service, metadata: { ...this.service.metadata, labels: { a: `${zone}` } } };
    }
    if (other === 4 && first !== undefined) {
      this.slices.set(first.metadata.name, { ...first, metadata: { ...first.metadata, labels: { c: 'd' } } });
    }
  }

  write(writes: SliceWrites): void {
    for (const slice of writes.create) {
      const name = `svc-${this.#made++}`;
      this.slices.set(name, { ...slice, metadata: { ...slice.metadata, name } });
    }
    for (const slice of writes.update) this.slices.set(slice.metadata.name, { ...slice });
    for (const slice of writes.delete) this.slices.delete(slice.metadata.name);
  }
}

it('plans the same slices from changes as from all Pods', () => {
  const counts = { fromChanges: 0, plans: 0 };
  fc.assert(
    fc.property(seed, (run) => {
      const world = new World(run);
      const planner = new SlicePlanner();
      for (const { changes, other, zone } of run.steps) {
        world.happen(changes);
        world.disturb(other, zone);
        const { service, pods, nodesVersion, nodeOf } = world;
        const existing = [...world.slices.values()];
        const { maxEndpoints } = run;
        const common = { service, existing, maxEndpoints, nodeOf, addressType: 'IPv4' as const };
        const plain = planServiceSlices({ ...common, pods: pods.list() });
        const list = pods.list;
        let wentThroughAll = false;
        pods.list = function* listed() {
          wentThroughAll = true;
          yield* list.call(pods);
        };
        const kept = planner.plan({ ...common, pods, nodesVersion }, pods.takeChanged(0));
        pods.list = list;
        counts.plans++;
        if (!wentThroughAll) counts.fromChanges++;
        expect(JSON.stringify(kept)).toBe(JSON.stringify(plain));
        // Now and then the write fails.
        if (other !== 5) world.write(kept);
      }
    }),
    { numRuns: 200 },
  );
  expect(counts.fromChanges / counts.plans).toBeGreaterThan(0.15);
});

it('makes the same subsets from changes as from all Pods', () => {
  fc.assert(
    fc.property(seed, (run) => {
      const world = new World(run);
      const kept = new KeptSubsets();
      for (const { changes, other, zone } of run.steps) {
        world.happen(changes);
        if (other === 3) world.disturb(other, zone);
        const { service, pods } = world;
        const subsets = kept.of(service, pods, pods.takeChanged(1));
        expect(JSON.stringify(subsets)).toBe(JSON.stringify(endpointSubsets(service, pods.list())));
        expect(kept.of(service, pods, pods.takeChanged(1))).toEqual(subsets);
      }
    }),
    { numRuns: 150 },
  );
});

it('finds the same times of changes from changes as from all Pods', () => {
  fc.assert(
    fc.property(seed, (run) => {
      const world = new World(run);
      const [fromAll, fromChanges] = [new TriggerTimes(), new TriggerTimes()];
      for (const { changes } of run.steps) {
        world.happen(changes);
        const { service, pods } = world;
        expect(fromChanges.nextOf(service, pods, pods.takeChanged(0))).toBe(fromAll.next(service, pods.list()));
      }
    }),
    { numRuns: 150 },
  );
});
