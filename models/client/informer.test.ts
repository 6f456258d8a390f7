/** Informers against a client whose answers are scripted: order of news, indexes, relisting. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { ConfigMap } from '../objects/cluster-objects.ts';
import { CONFIG_MAPS, NODES, PODS } from '../objects/resources.ts';
import { Informer, InformerFactory } from './informer.ts';
import { refusal, ScriptedClient } from './testing/scripted-client.ts';

function configMap(name: string, resourceVersion: string, shelf = 'a', namespace = 'default'): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, uid: `uid-${namespace}-${name}`, resourceVersion, labels: { shelf } },
  };
}

const shelfOf = (object: ConfigMap): readonly string[] => [object.metadata.labels?.['shelf'] ?? ''];

function synced(items: ConfigMap[]) {
  const sim = new Simulation({ seed: 'informer' });
  const client = new ScriptedClient();
  const informer = new Informer(sim, client, CONFIG_MAPS);
  const heard: string[] = [];
  informer.addHandler({
    added: (object) => heard.push(`+${object.metadata.name}`),
    updated: (old, now) =>
      heard.push(`${now.metadata.name}:${old.metadata.resourceVersion}>${now.metadata.resourceVersion}`),
    deleted: (object) => heard.push(`-${object.metadata.name}`),
  });
  informer.addIndex('shelf', shelfOf);
  informer.start();
  client.answerList(items, '10');
  return { sim, client, informer, heard };
}

const names = (objects: Iterable<ConfigMap>): string[] => [...objects].map((object) => object.metadata.name);

describe('an informer', () => {
  test('lists first and then watches from the revision of the list', () => {
    const { client, informer, heard } = synced([configMap('x', '3'), configMap('y', '4')]);
    expect(heard).toEqual(['+x', '+y']);
    expect(informer.hasSynced).toBe(true);
    expect(client.watches[0]?.options.resourceVersion).toBe('10');
  });

  test('has an object in its store before it tells of it, and no longer when it tells of its end', () => {
    const { client, informer } = synced([]);
    const seen: boolean[] = [];
    const look = (): void => void seen.push(informer.get('default', 'x') !== undefined);
    informer.addHandler({ added: look, deleted: look });
    client.watches[0]?.send({ type: 'ADDED', object: configMap('x', '11') });
    client.watches[0]?.send({ type: 'DELETED', object: configMap('x', '12') });
    expect(seen).toEqual([true, false]);
  });

  test('hands over the old and the new object of a change', () => {
    const { client, heard } = synced([configMap('x', '3')]);
    client.watches[0]?.send({ type: 'MODIFIED', object: configMap('x', '11') });
    expect(heard).toEqual(['+x', 'x:3>11']);
  });

  test('files objects under their present keys only', () => {
    const { client, informer } = synced([configMap('x', '3'), configMap('y', '4')]);
    expect(names(informer.byIndex('shelf', 'a'))).toEqual(['x', 'y']);
    client.watches[0]?.send({ type: 'MODIFIED', object: configMap('x', '11', 'b') });
    expect(names(informer.byIndex('shelf', 'a'))).toEqual(['y']);
    expect(names(informer.byIndex('shelf', 'b'))).toEqual(['x']);
    client.watches[0]?.send({ type: 'DELETED', object: configMap('x', '12', 'b') });
    expect(names(informer.byIndex('shelf', 'b'))).toEqual([]);
  });

  test('keeps an index that is made on demand up to date from the first question on', () => {
    const { client, informer } = synced([configMap('x', '3'), configMap('y', '4')]);
    informer.addIndex('lazy', shelfOf, true);
    client.watches[0]?.send({ type: 'ADDED', object: configMap('z', '11') });
    expect(names(informer.byIndex('lazy', 'a'))).toEqual(['x', 'y', 'z']);
    client.watches[0]?.send({ type: 'MODIFIED', object: configMap('x', '12', 'b') });
    client.watches[0]?.send({ type: 'DELETED', object: configMap('y', '13') });
    expect([names(informer.byIndex('lazy', 'a')), names(informer.byIndex('lazy', 'b'))]).toEqual([['z'], ['x']]);
  });

  test('shows an object as it is now on a shelf where it has long been', () => {
    const { client, informer } = synced([configMap('x', '3'), configMap('y', '4')]);
    client.watches[0]?.send({ type: 'MODIFIED', object: configMap('x', '11') });
    const found = [...informer.byIndex('shelf', 'a')].map(({ metadata }) => metadata.resourceVersion);
    expect(found).toEqual(['11', '4']);
  });

  test('keeps namesakes of two namespaces apart on one shelf', () => {
    const { informer } = synced([configMap('x', '3'), configMap('x', '4', 'a', 'other')]);
    expect([...informer.byIndex('shelf', 'a')]).toHaveLength(2);
    expect(informer.get('other', 'x')?.metadata.resourceVersion).toBe('4');
  });

  test('refuses an index that nobody added', () => {
    expect(() => synced([]).informer.byIndex('colour', 'a')).toThrow("index 'colour' is not there; there are: shelf");
  });

  test('tells a late handler of what is there', () => {
    const { informer } = synced([configMap('x', '3')]);
    const heard: string[] = [];
    informer.addHandler({ added: (object) => heard.push(object.metadata.name) });
    expect(heard).toEqual(['x']);
  });

  test('lists anew after 410 Gone, between 0.8 and 1.6 s later, and tells the difference', () => {
    const { sim, client, heard } = synced([configMap('x', '3'), configMap('y', '4'), configMap('z', '5')]);
    client.watches[0]?.send({ type: 'ERROR', status: refusal(410, 'Expired').status });
    sim.runUntil({ timeMicros: 799_999 });
    expect(client.requests).toHaveLength(0);
    sim.runUntil({ timeMicros: 1_600_000 });
    heard.length = 0;
    client.answerList([configMap('w', '20'), configMap('x', '3'), configMap('y', '21')], '30');
    expect(heard).toEqual(['+w', 'x:3>3', 'y:4>21', '-z']);
    expect(client.watches[1]?.options.resourceVersion).toBe('30');
  });

  test('watches again from the last revision seen when the connection breaks', () => {
    const { sim, client } = synced([]);
    client.watches[0]?.send({ type: 'BOOKMARK', resourceVersion: '77' });
    client.watches[0]?.send({ type: 'ERROR', status: refusal(503, 'ServiceUnavailable').status });
    sim.runUntil({ idle: true });
    expect(client.requests).toHaveLength(0);
    expect(client.watches[1]?.options.resourceVersion).toBe('77');
  });

  test('waits twice as long after each failed list, to 30 s', () => {
    const sim = new Simulation({ seed: 'retries' });
    const client = new ScriptedClient();
    new Informer(sim, client, CONFIG_MAPS).start();
    for (const baseMicros of [800_000, 1_600_000, 3_200_000, 6_400_000, 12_800_000, 25_600_000, 30_000_000]) {
      const before = sim.nowMicros;
      client.answer(refusal(500, 'InternalError'));
      sim.runUntil({ idle: true });
      expect(sim.nowMicros - before).toBeGreaterThanOrEqual(baseMicros);
      expect(sim.nowMicros - before).toBeLessThanOrEqual(baseMicros * 2);
    }
  });
});

describe('an informer factory', () => {
  test('shares one informer for each resource and says when all have synced', () => {
    const client = new ScriptedClient();
    const factory = new InformerFactory(new Simulation({ seed: 'factory' }), client);
    expect(factory.informer(PODS)).toBe(factory.informer(PODS));
    factory.informer(NODES);
    let calls = 0;
    factory.onSynced(() => calls++);
    factory.start();
    client.answerList([], '1');
    expect([calls, factory.hasSynced]).toEqual([0, false]);
    client.answerList([], '1');
    expect([calls, factory.hasSynced]).toEqual([1, true]);
  });
});
