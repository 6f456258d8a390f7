/** Binding volumes through an API server in memory, with the volume controllers' part played by the test. */
import { expect, test } from 'vitest';
import { MICROS_PER_SECOND, Simulation } from '../../engine/index.ts';
import { MemoryApi } from '../controllers/testing/memory-api.ts';
import type { Pod } from '../objects/pod.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../objects/resources.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../objects/storage.ts';
import { ApiVolumeBinder } from './binding-volumes.ts';
import { BIND_COMPLETED, SELECTED_NODE } from './volumes/volume-binding.ts';

const S = MICROS_PER_SECOND;
const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: { containers: [] },
};

function world(): { sim: Simulation; api: MemoryApi; binder: ApiVolumeBinder; problems: (string | undefined)[] } {
  const sim = new Simulation({ seed: 'volumes' });
  const api = new MemoryApi(sim);
  const binder = new ApiVolumeBinder(sim, api.client('scheduler'), api.cache(PERSISTENT_VOLUME_CLAIMS));
  return { sim, api, binder, problems: [] };
}

function claim(api: MemoryApi, name: string): PersistentVolumeClaim {
  const object: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: {},
  };
  api.create(PERSISTENT_VOLUME_CLAIMS, object);
  return api.get(PERSISTENT_VOLUME_CLAIMS, 'default', name) as PersistentVolumeClaim;
}

function complete(api: MemoryApi, name: string): void {
  const own = api.get(PERSISTENT_VOLUME_CLAIMS, 'default', name) as PersistentVolumeClaim;
  const annotations = { ...own.metadata.annotations, [BIND_COMPLETED]: 'yes' };
  const bound = { ...own, metadata: { ...own.metadata, annotations }, spec: { ...own.spec, volumeName: 'pv' } };
  api.update(PERSISTENT_VOLUME_CLAIMS, bound, 'main');
}

test('a matched volume is claimed, and the binding ends when the claim is bound', () => {
  const { sim, api, binder, problems } = world();
  const volume: PersistentVolume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec: {} };
  api.create(PERSISTENT_VOLUMES, volume);
  const stored = api.get(PERSISTENT_VOLUMES, undefined, 'pv') as PersistentVolume;
  const bind = [{ claim: claim(api, 'c'), volume: stored }];
  binder.bind(POD, { bind, provision: [] }, 'n1', (problem) => problems.push(problem));
  sim.runUntil({ timeMicros: S });
  expect(api.get(PERSISTENT_VOLUMES, undefined, 'pv')?.spec.claimRef?.name).toBe('c');
  expect(problems).toEqual([]);
  complete(api, 'c');
  expect(problems).toEqual([undefined]);
  sim.runUntil({ idle: true });
  expect(sim.nowMicros).toBe(S);
});

test('a claim to be provisioned gets the Node as its annotation; taken off again, the binding fails', () => {
  const { sim, api, binder, problems } = world();
  binder.bind(POD, { bind: [], provision: [claim(api, 'c')] }, 'n1', (problem) => problems.push(problem));
  sim.runUntil({ timeMicros: S });
  const own = api.get(PERSISTENT_VOLUME_CLAIMS, 'default', 'c') as PersistentVolumeClaim;
  expect(own.metadata.annotations?.[SELECTED_NODE]).toBe('n1');
  api.update(PERSISTENT_VOLUME_CLAIMS, { ...own, metadata: { ...own.metadata, annotations: {} } }, 'main');
  expect(problems).toEqual(['provisioning failed for PVC "c"']);
});

test('nobody binds the claim: the binding fails after ten minutes', () => {
  const { sim, api, binder, problems } = world();
  binder.bind(POD, { bind: [], provision: [claim(api, 'c')] }, 'n1', (problem) => problems.push(problem));
  sim.runUntil({ timeMicros: 700 * S });
  expect(problems).toEqual(['timed out waiting for the condition']);
});

test('a claim that changed in the meantime is a conflict', () => {
  const { sim, api, binder, problems } = world();
  const stale = claim(api, 'c');
  complete(api, 'c');
  binder.bind(POD, { bind: [], provision: [stale] }, 'n1', (problem) => problems.push(problem));
  sim.runUntil({ timeMicros: S });
  expect(problems.length).toBe(1);
  expect(problems[0]).toContain('cannot be fulfilled');
});
