/** Reads that others build on: lists, pages, watches from a revision, selections, bookmarks, computed objects. */
import { describe, expect, test } from 'vitest';
import type { ObjectList, WatchEvent, WatchOptions } from '../client/client.ts';
import type { ConfigMap, Lease } from '../objects/cluster-objects.ts';
import type { Pod } from '../objects/pod.ts';
import { CONFIG_MAPS, EVENTS, LEASES, PODS } from '../objects/resources.ts';
import { aConfigMap, aPod, ServerWorld } from './testing/server-world.ts';

function withMaps(...names: string[]): ServerWorld {
  const world = new ServerWorld();
  for (const name of names) world.stored<ConfigMap>((done) => world.client.create(CONFIG_MAPS, aConfigMap(name), done));
  return world;
}

const namesOf = (list: unknown): string[] => (list as ObjectList<ConfigMap>).items.map(({ metadata }) => metadata.name);

function label(world: ServerWorld, name: string, labels: Record<string, string>): ConfigMap {
  return world.stored<ConfigMap>((done) =>
    world.client.patch(
      CONFIG_MAPS,
      'default',
      name,
      (map) => ({ ...map, metadata: { ...map.metadata, labels } }),
      done,
    ),
  );
}

/** What a watch sees, as "TYPE name". */
function watch(world: ServerWorld, options: WatchOptions): string[] {
  const seen: string[] = [];
  world.client.watch(CONFIG_MAPS, options, (event: WatchEvent<ConfigMap>) => {
    if (event.type === 'BOOKMARK') seen.push(`BOOKMARK ${event.resourceVersion}`);
    else if (event.type === 'ERROR') seen.push(`ERROR ${event.status.code} ${event.status.message}`);
    else seen.push(`${event.type} ${event.object.metadata.name}`);
  });
  world.sim.runUntil({ idle: true });
  return seen;
}

describe('a list', () => {
  test('comes in the order of the keys, with the revision of the store', () => {
    const world = withMaps('b', 'a', 'c');
    const list = world.list(CONFIG_MAPS) as ObjectList<ConfigMap>;
    expect(namesOf(list)).toEqual(['a', 'b', 'c']);
    expect(list.resourceVersion).toBe(list.items[2]?.metadata.resourceVersion);
  });

  test('shows on each page the state of the first', () => {
    const world = withMaps('a', 'b', 'c');
    const first = world.list(CONFIG_MAPS, { limit: 2 }) as ObjectList<ConfigMap>;
    world.stored((done) => world.client.create(CONFIG_MAPS, aConfigMap('bb'), done));
    world.stored((done) => world.client.delete(CONFIG_MAPS, 'default', 'c', {}, done));
    const second = world.list(CONFIG_MAPS, { limit: 2, continue: first.continue as string }) as ObjectList<ConfigMap>;
    expect([namesOf(first), namesOf(second)]).toEqual([['a', 'b'], ['c']]);
    expect([second.resourceVersion, second.continue]).toEqual([first.resourceVersion, undefined]);
  });

  test('cannot be continued after five minutes', () => {
    const world = withMaps('a', 'b');
    const first = world.list(CONFIG_MAPS, { limit: 1 }) as ObjectList<ConfigMap>;
    world.sim.runUntil({ timeMicros: 301_000_000 });
    const late = world.list(CONFIG_MAPS, { limit: 1, continue: first.continue as string });
    expect(late).toMatchObject({ code: 410, reason: 'Expired' });
  });

  test('is refused for a field by which the kind cannot be selected', () => {
    const refused = new ServerWorld().list(CONFIG_MAPS, { fieldSelector: { 'spec.nodeName': 'a' } });
    expect(refused).toMatchObject({ code: 400, message: 'field label not supported: spec.nodeName' });
  });
});

describe('a watch', () => {
  test('from a revision sees what came after it', () => {
    const world = withMaps('a');
    const { resourceVersion } = world.list(CONFIG_MAPS) as ObjectList<ConfigMap>;
    world.stored((done) => world.client.create(CONFIG_MAPS, aConfigMap('b'), done));
    label(world, 'a', { x: 'y' });
    world.stored((done) => world.client.delete(CONFIG_MAPS, 'default', 'b', {}, done));
    expect(watch(world, { resourceVersion })).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
  });

  test('from a revision that the cache no longer holds is told 410', () => {
    const world = new ServerWorld({ watchCacheEvents: 2 });
    for (const name of ['a', 'b', 'c'])
      world.stored((done) => world.client.create(CONFIG_MAPS, aConfigMap(name), done));
    const first = (world.list(CONFIG_MAPS) as ObjectList<ConfigMap>).items[0]?.metadata.resourceVersion as string;
    const before = String(Number(first) - 1);
    expect(watch(world, { resourceVersion: before })).toEqual([
      `ERROR 410 too old resource version: ${before} (${first})`,
    ]);
    expect(watch(world, { resourceVersion: first })).toEqual(['ADDED b', 'ADDED c']);
  });

  test('by label sees ADDED when an object begins to match and DELETED, as it was, when it ceases', () => {
    const world = withMaps('a');
    const events: WatchEvent<ConfigMap>[] = [];
    const labelSelector = { matchLabels: { app: 'web' } };
    world.client.watch(CONFIG_MAPS, { labelSelector }, (event) => events.push(event));
    label(world, 'a', { app: 'web' });
    label(world, 'a', { app: 'web', more: 'x' });
    const last = label(world, 'a', { app: 'db' });
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    const gone = events[2] as { readonly object: ConfigMap };
    expect(gone.object.metadata.labels).toEqual({ app: 'web', more: 'x' });
    expect(gone.object.metadata.resourceVersion).toBe(last.metadata.resourceVersion);
  });

  test('by an indexed field and a label passes both', () => {
    const world = new ServerWorld();
    const seen: string[] = [];
    const options = { fieldSelector: { 'spec.nodeName': 'n1' }, labelSelector: { matchLabels: { app: 'web' } } };
    world.client.watch(PODS, options, (event) => seen.push(event.type));
    for (const app of ['web', 'db']) {
      const pod = world.stored<Pod>((done) => world.client.create(PODS, aPod(app, { app }), done));
      world.stored((done) => world.client.bind(pod, 'n1', done));
    }
    expect(seen).toEqual(['ADDED']);
  });

  test('by Node begins with the Pods that are bound there now', () => {
    const world = new ServerWorld();
    const first = (): string[] => {
      const seen: string[] = [];
      world.client.watch(PODS, { fieldSelector: { 'spec.nodeName': 'n1' } }, (event) => {
        if (event.type === 'ADDED') seen.push(event.object.metadata.name);
      });
      world.sim.runUntil({ idle: true });
      return seen;
    };
    expect(first()).toEqual([]);
    for (const name of ['a', 'b']) {
      const pod = world.stored<Pod>((done) => world.client.create(PODS, aPod(name), done));
      world.stored<Pod>((done) => world.client.bind(pod, name === 'a' ? 'n1' : 'n2', done));
      expect(first()).toEqual(['a']);
    }
  });

  test('gets a bookmark each minute if it asks for them', () => {
    const world = withMaps('a');
    const { resourceVersion } = world.list(CONFIG_MAPS) as ObjectList<ConfigMap>;
    const seen = watch(world, { resourceVersion, allowWatchBookmarks: true });
    const without = watch(world, { resourceVersion });
    world.sim.runUntil({ timeMicros: 130_000_000 });
    expect(seen).toEqual([`BOOKMARK ${resourceVersion}`, `BOOKMARK ${resourceVersion}`]);
    expect(without).toEqual([]);
  });

  test('that has been stopped gets nothing, not even what is under way', () => {
    const world = withMaps();
    const seen: string[] = [];
    const opened = world.client.watch(CONFIG_MAPS, {}, (event) => seen.push(event.type));
    world.sim.runUntil({ idle: true });
    world.client.create(CONFIG_MAPS, aConfigMap('a'), () => opened.stop());
    world.sim.runUntil({ idle: true });
    expect(seen).toEqual([]);
  });
});

describe('what is computed', () => {
  test('shows in reads and lists, and its load in the counters', () => {
    const world = new ServerWorld();
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'n', namespace: 'default' },
    };
    world.stored((done) => world.client.create(LEASES, lease, done));
    world.server.lazily(LEASES, (stored) => ({ ...stored, spec: { renewTime: String(world.sim.nowMicros) } }));
    world.server.countLazily('update', LEASES, () => 42);
    expect(world.stored<Lease>((done) => world.client.get(LEASES, 'default', 'n', done)).spec?.renewTime).toMatch(
      /^\d+$/,
    );
    expect((world.list(LEASES) as ObjectList<typeof lease>).items[0]).toHaveProperty('spec.renewTime');
    const counts = world.server.counters.requests.filter(({ resource }) => resource === 'leases');
    expect(counts.map(({ verb, requests }) => [verb, requests])).toEqual([
      ['create', 1],
      ['update', 42],
      ['get', 1],
      ['list', 1],
    ]);
  });

  test('Events go an hour after they were last written', () => {
    const world = new ServerWorld();
    const event = (name: string) =>
      ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: 'default' },
        involvedObject: { kind: 'Pod', name, namespace: 'default' },
      }) as const;
    for (const name of ['once', 'again']) world.stored((done) => world.client.create(EVENTS, event(name), done));
    world.sim.runUntil({ timeMicros: 1_800_000_000 });
    world.stored((done) => world.client.patch(EVENTS, 'default', 'again', (e) => ({ ...e, count: 2 }), done));
    world.sim.runUntil({ timeMicros: 3_661_000_000 });
    expect(namesOf(world.list(EVENTS))).toEqual(['again']);
    world.sim.runUntil({ timeMicros: 5_500_000_000 });
    expect(namesOf(world.list(EVENTS))).toEqual([]);
  });
});
