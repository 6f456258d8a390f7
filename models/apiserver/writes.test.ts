/** What writes must keep to: namespaces, generations, preconditions, finalizers, two-step deletion, evictions, addresses. */
import { describe, expect, test } from 'vitest';
import type { WatchEvent } from '../client/client.ts';
import type { Namespace } from '../objects/cluster-objects.ts';
import type { Pod } from '../objects/pod.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICATION_CONTROLLERS,
  SERVICES,
} from '../objects/resources.ts';
import type { Service } from '../objects/service.ts';
import type { Deployment, PodDisruptionBudget } from '../objects/workloads.ts';
import { aConfigMap, aPod, ServerWorld } from './testing/server-world.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

function aDeployment(replicas: number): Deployment {
  const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec };
}

/** A Pod that runs on a Node. */
function running(world: ServerWorld, name: string): Pod {
  const pod = world.stored<Pod>((done) => world.client.create(PODS, aPod(name, { app: 'web' }), done));
  world.stored((done) => world.client.bind(pod, 'node-1', done));
  const conditions = [{ type: 'Ready', status: 'True' }] as const;
  const run = (current: Pod): Pod => ({ ...current, status: { ...current.status, phase: 'Running', conditions } });
  return world.stored<Pod>((done) => world.client.patch(PODS, 'default', name, run, done, 'status'));
}

describe('namespaces', () => {
  test('must exist for what is created in them', () => {
    const world = new ServerWorld();
    const map = { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'nope' } };
    expect(world.refused((done) => world.client.create(CONFIG_MAPS, map, done))).toMatchObject({
      code: 404,
      message: 'namespaces "nope" not found',
    });
  });

  test('take nothing new while they go away, and go with their last finalizer', () => {
    const world = new ServerWorld();
    const shop: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    world.stored<Namespace>((done) => world.client.create(NAMESPACES, shop, done));
    const going = world.stored<Namespace>((done) => world.client.delete(NAMESPACES, undefined, 'shop', {}, done));
    expect(going.status?.phase).toBe('Terminating');
    const map = { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'shop' } };
    const refusal = world.refused((done) => world.client.create(CONFIG_MAPS, map, done));
    expect(refusal).toMatchObject({ code: 403, details: { causes: [{ reason: 'NamespaceTerminating' }] } });
    const finalize = (namespace: Namespace): Namespace => ({ ...namespace, spec: { finalizers: [] } });
    world.stored<Namespace>((done) => world.client.patch(NAMESPACES, undefined, 'shop', finalize, done));
    expect(world.refused((done) => world.client.get(NAMESPACES, undefined, 'shop', done)).code).toBe(404);
  });
});

describe('generation', () => {
  test('rises with the specification, not with the status', () => {
    const world = new ServerWorld();
    expect(
      world.stored<Deployment>((done) => world.client.create(DEPLOYMENTS, aDeployment(1), done)).metadata.generation,
    ).toBe(1);
    const status = (d: Deployment): Deployment => ({ ...d, status: { replicas: 1 } });
    const observed = world.stored<Deployment>((done) =>
      world.client.patch(DEPLOYMENTS, 'default', 'web', status, done, 'status'),
    );
    expect(observed.metadata.generation).toBe(1);
    const scale = (d: Deployment): Deployment => ({ ...d, spec: { ...d.spec, replicas: 3 } });
    const scaled = world.stored<Deployment>((done) => world.client.patch(DEPLOYMENTS, 'default', 'web', scale, done));
    expect([scaled.metadata.generation, scaled.status?.replicas]).toEqual([2, 1]);
  });

  test('is not there for kinds that have none', () => {
    const world = new ServerWorld();
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };
    expect(world.stored((done) => world.client.create(NODES, node, done)).metadata).not.toHaveProperty('generation');
  });

  test('of a Pod stays when it is bound and rises when it is deleted', () => {
    const world = new ServerWorld();
    expect(running(world, 'a').metadata.generation).toBe(1);
    const going = world.stored<Pod>((done) => world.client.delete(PODS, 'default', 'a', {}, done));
    expect(going.metadata.generation).toBe(2);
  });
});

describe('deletion', () => {
  test('of a Pod that need not wait is two writes: it is marked, then removed', () => {
    const world = new ServerWorld();
    const pod = world.stored<Pod>((done) => world.client.create(PODS, aPod('a'), done));
    const seen: [string, string | undefined, number | undefined][] = [];
    world.client.watch(PODS, { resourceVersion: pod.metadata.resourceVersion as string }, (event: WatchEvent<Pod>) => {
      if (!('object' in event)) return;
      const { resourceVersion, deletionGracePeriodSeconds } = event.object.metadata;
      seen.push([event.type, resourceVersion, deletionGracePeriodSeconds]);
    });
    world.stored<Pod>((done) => world.client.delete(PODS, 'default', 'a', {}, done));
    const revision = Number(pod.metadata.resourceVersion);
    expect(seen).toEqual([
      ['MODIFIED', `${revision + 1}`, 0],
      ['DELETED', `${revision + 2}`, 0],
    ]);
  });

  test('with a wrong uid or revision is refused by name of the kind', () => {
    const world = new ServerWorld();
    const map = world.stored((done) => world.client.create(CONFIG_MAPS, aConfigMap('c1'), done));
    const byUid = { preconditions: { uid: 'other' } };
    expect(world.refused((done) => world.client.delete(CONFIG_MAPS, 'default', 'c1', byUid, done)).message).toBe(
      `Operation cannot be fulfilled on ConfigMap "c1": the UID in the precondition (other) does not match the UID in record (${map.metadata.uid}). The object might have been deleted and then recreated`,
    );
    const byRevision = { preconditions: { resourceVersion: '1' } };
    expect(world.refused((done) => world.client.delete(CONFIG_MAPS, 'default', 'c1', byRevision, done)).message).toBe(
      `Operation cannot be fulfilled on ConfigMap "c1": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${map.metadata.resourceVersion}). The object might have been modified`,
    );
  });

  test('waits for finalizers, which cannot be added any more', () => {
    const world = new ServerWorld();
    const held = { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/f'] } };
    world.stored((done) => world.client.create(CONFIG_MAPS, held, done));
    const going = world.stored((done) => world.client.delete(CONFIG_MAPS, 'default', 'a', {}, done));
    expect(going.metadata.deletionTimestamp).toBeDefined();
    const finalizers = (names: string[]) => (map: typeof going) => ({
      ...map,
      metadata: { ...map.metadata, finalizers: names },
    });
    const more = finalizers(['example.com/f', 'example.com/g']);
    expect(world.refused((done) => world.client.patch(CONFIG_MAPS, 'default', 'a', more, done)).code).toBe(422);
    world.stored((done) => world.client.patch(CONFIG_MAPS, 'default', 'a', finalizers([]), done));
    expect(world.refused((done) => world.client.get(CONFIG_MAPS, 'default', 'a', done)).code).toBe(404);
  });

  test('of a ReplicationController without a policy leaves its Pods to be orphaned', () => {
    const world = new ServerWorld();
    const rc = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'rc', namespace: 'default' },
      spec: { replicas: 1, selector: { app: 'web' }, template },
    };
    world.stored((done) => world.client.create(REPLICATION_CONTROLLERS, rc, done));
    const going = world.stored((done) => world.client.delete(REPLICATION_CONTROLLERS, 'default', 'rc', {}, done));
    expect(going.metadata.finalizers).toEqual(['orphan']);
  });
});

describe('eviction', () => {
  function withBudget(disruptionsAllowed: number): ServerWorld {
    const world = new ServerWorld();
    const budget: PodDisruptionBudget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'default' },
      spec: { minAvailable: 3, selector: { matchLabels: { app: 'web' } } },
    };
    world.stored<PodDisruptionBudget>((done) => world.client.create(POD_DISRUPTION_BUDGETS, budget, done));
    const status = { disruptionsAllowed, currentHealthy: 3, desiredHealthy: 3, expectedPods: 4, observedGeneration: 1 };
    const observe = (stored: PodDisruptionBudget): PodDisruptionBudget => ({ ...stored, status });
    world.stored<PodDisruptionBudget>((done) =>
      world.client.patch(POD_DISRUPTION_BUDGETS, 'default', 'web', observe, done, 'status'),
    );
    running(world, 'a');
    return world;
  }

  test('is refused with 429 when the budget allows no disruption', () => {
    const world = withBudget(0);
    expect(world.refused<Pod>((done) => world.client.evict('default', 'a', done))).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ message: 'The disruption budget web needs 3 healthy pods and has 3 currently' }] },
    });
  });

  test('takes one from the budget and begins the deletion', () => {
    const world = withBudget(1);
    world.stored<Pod>((done) => world.client.evict('default', 'a', done));
    const budget = world.stored<PodDisruptionBudget>((done) =>
      world.client.get(POD_DISRUPTION_BUDGETS, 'default', 'web', done),
    );
    expect(budget.status?.disruptionsAllowed).toBe(0);
    expect(Object.keys(budget.status?.disruptedPods ?? {})).toEqual(['a']);
    const pod = world.stored<Pod>((done) => world.client.get(PODS, 'default', 'a', done));
    expect(pod.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    });
    expect(budget.status?.conditions).toMatchObject([{ type: 'DisruptionAllowed', status: 'False' }]);
  });

  test('is put off while the budget has not been looked at', () => {
    const world = withBudget(1);
    const unseen = (stored: PodDisruptionBudget): PodDisruptionBudget => ({
      ...stored,
      spec: { ...stored.spec, minAvailable: 2 },
    });
    world.stored((done) => world.client.patch(POD_DISRUPTION_BUDGETS, 'default', 'web', unseen, done));
    expect(world.refused<Pod>((done) => world.client.evict('default', 'a', done))).toMatchObject({
      code: 429,
      details: { retryAfterSeconds: 10 },
    });
  });

  test('of a Pod that is not ready uses up nothing while the budget is kept', () => {
    const world = withBudget(0);
    const unready = (pod: Pod): Pod => ({ ...pod, status: { ...pod.status, conditions: [] } });
    world.stored<Pod>((done) => world.client.patch(PODS, 'default', 'a', unready, done, 'status'));
    expect(world.stored<Pod>((done) => world.client.evict('default', 'a', done)).metadata.generation).toBe(2);
  });
});

describe('Services', () => {
  test('get addresses above the static band and no address twice', () => {
    const world = new ServerWorld();
    const addresses = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const service: Service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `s${i}`, namespace: 'default' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      };
      const { spec } = world.stored<Service>((done) => world.client.create(SERVICES, service, done));
      addresses.add(spec.clusterIP as string);
      expect(spec.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_086);
    }
    expect(addresses.size).toBe(20);
    for (const address of addresses) expect(address).not.toMatch(/^10\.96\.0\./);
  });
});

describe('a client with limits', () => {
  test('sends its burst at once and the rest at its rate', () => {
    const world = new ServerWorld();
    const slow = world.server.client({ userAgent: 'slow', qps: 10, burst: 5 });
    let answered = 0;
    for (let i = 0; i < 15; i++) slow.create(CONFIG_MAPS, aConfigMap(`m${i}`), () => answered++);
    world.sim.runUntil({ timeMicros: 90_000 });
    expect(answered).toBe(5);
    world.sim.runUntil({ timeMicros: 1_100_000 });
    expect(answered).toBe(15);
  });
});
