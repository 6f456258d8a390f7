/**
 * What clients of the API server may rely on: names, conflicts, watches, graceful deletion, binding.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { ApiResult, Client, WatchEvent } from '../client/client.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { Namespace, ServiceAccount } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { ApiServer } from './api-server.ts';

const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
const account: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'default' },
};
const aPod = (name: string, generateName?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...(generateName === undefined ? {} : { generateName }) },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
});

describe('API server', () => {
  let sim: Simulation;
  let server: ApiServer;
  let client: Client;

  beforeEach(() => {
    sim = new Simulation({ seed: 'api' });
    server = new ApiServer(sim, new ClusterClock(sim));
    server.seed([namespace, account]);
    client = server.client({ userAgent: 'test' });
  });

  function answer<T extends KubeObject>(ask: (done: (result: ApiResult<T>) => void) => void): ApiResult<T> {
    let result: ApiResult<T> | undefined;
    ask((given) => {
      result = given;
    });
    sim.runUntil({ idle: true });
    return result as ApiResult<T>;
  }

  const stored = <T extends KubeObject>(ask: (done: (result: ApiResult<T>) => void) => void): T => {
    const result = answer(ask);
    if (!result.ok) throw new Error(result.status.message);
    return result.object;
  };

  test('counts each write by the time that it took, refused ones too', () => {
    for (const name of ['a', 'b', 'a']) answer<Pod>((done) => client.create(PODS, aPod(name), done));
    const { requests, writeLatencies } = server.counters;
    expect(requests).toMatchObject([{ verb: 'create', resource: 'pods', requests: 3, refused: 1 }]);
    const counted = [...writeLatencies];
    expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
    expect(counted.reduce((sum, [micros, count]) => sum + micros * count, 0)).toBe(requests[0]?.latencyMicros);
    expect(Math.min(...writeLatencies.keys())).toBeGreaterThan(0);
  });

  test('a created Pod has a uid, a revision, defaults and the phase Pending', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    expect(pod.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(pod.spec.restartPolicy).toBe('Always');
    expect(pod.spec.priority).toBe(0);
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    expect(pod.spec.tolerations).toHaveLength(2);
  });

  test('a second object of that name is refused with 409 AlreadyExists', () => {
    stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    const second = answer<Pod>((done) => client.create(PODS, aPod('a'), done));
    expect(second).toMatchObject({
      ok: false,
      status: { code: 409, reason: 'AlreadyExists', message: 'pods "a" already exists' },
    });
  });

  test('generateName gives five letters of the safe alphabet', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('', 'web-'), done));
    expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('an update with an old revision is refused with 409 Conflict', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    stored<Pod>((done) =>
      client.patch(PODS, 'default', 'a', (p) => ({ ...p, metadata: { ...p.metadata, labels: { x: 'y' } } }), done),
    );
    const late = answer<Pod>((done) =>
      client.update(PODS, { ...pod, metadata: { ...pod.metadata, labels: { x: 'z' } } }, done),
    );
    expect(late).toMatchObject({ ok: false, status: { code: 409, reason: 'Conflict' } });
  });

  test('an update that changes nothing writes nothing', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    const same = stored<Pod>((done) => client.update(PODS, { ...pod, metadata: { ...pod.metadata } }, done));
    expect(same.metadata.resourceVersion).toBe(pod.metadata.resourceVersion);
  });

  test('a watch by nodeName sees a Pod from its binding on', () => {
    const seen: string[] = [];
    client.watch(PODS, { fieldSelector: { 'spec.nodeName': 'n1' } }, (event: WatchEvent<Pod>) => {
      seen.push(event.type);
    });
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    stored<Pod>((done) => client.bind(pod, 'n1', done));
    stored<Pod>((done) =>
      client.patch(
        PODS,
        'default',
        'a',
        (p) => ({ ...p, status: { ...p.status, phase: 'Running' as const } }),
        done,
        'status',
      ),
    );
    expect(seen).toEqual(['ADDED', 'MODIFIED']);
  });

  test('a second binding is refused', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    stored<Pod>((done) => client.bind(pod, 'n1', done));
    expect(answer<Pod>((done) => client.bind(pod, 'n2', done))).toMatchObject({ ok: false, status: { code: 409 } });
  });

  test('a bound Pod is deleted after its grace, an unbound one at once', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    stored<Pod>((done) => client.create(PODS, aPod('b'), done));
    stored<Pod>((done) => client.bind(pod, 'n1', done));
    const ending = stored<Pod>((done) => client.delete(PODS, 'default', 'a', {}, done));
    expect(ending.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(ending.metadata.deletionTimestamp).toBe('2030-01-01T00:00:30Z');
    stored<Pod>((done) => client.delete(PODS, 'default', 'b', {}, done));
    expect(answer<Pod>((done) => client.get(PODS, 'default', 'b', done)).ok).toBe(false);
    expect(answer<Pod>((done) => client.get(PODS, 'default', 'a', done)).ok).toBe(true);
  });

  test('a later DELETE may only shorten the grace', () => {
    const pod = stored<Pod>((done) => client.create(PODS, aPod('a'), done));
    stored<Pod>((done) => client.bind(pod, 'n1', done));
    stored<Pod>((done) => client.delete(PODS, 'default', 'a', { gracePeriodSeconds: 20 }, done));
    const longer = stored<Pod>((done) => client.delete(PODS, 'default', 'a', { gracePeriodSeconds: 60 }, done));
    expect(longer.metadata.deletionGracePeriodSeconds).toBe(20);
    const shorter = stored<Pod>((done) => client.delete(PODS, 'default', 'a', { gracePeriodSeconds: 5 }, done));
    expect(shorter.metadata.deletionGracePeriodSeconds).toBe(5);
  });

  test('the default namespace may not be deleted', () => {
    const refused = answer((done) =>
      client.delete(
        { ...PODS, plural: 'namespaces', kind: 'Namespace', namespaced: false } as never,
        undefined,
        'default',
        {},
        done,
      ),
    );
    expect(refused).toMatchObject({ ok: false, status: { code: 403 } });
  });
});
