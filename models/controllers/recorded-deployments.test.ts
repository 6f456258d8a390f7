/**
 * The golden recordings of a real control plane, as far as they are about Deployments: what users wrote is written at the
 * same times, and whenever the recorded cluster had come to rest, the simulated one must have come to the same state.
 * What is compared and what is chance is said in the recordings' FORMAT.md; names are compared without their hashes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../objects/meta.ts';
import { DEPLOYMENTS, EVENTS, NODES, PODS, REPLICA_SETS } from '../objects/resources.ts';
import type { Deployment, ReplicaSet } from '../objects/workloads.ts';
import { REVISION_ANNOTATION } from './deployment/replica-set-facts.ts';
import { isPodReady } from './pod-facts.ts';
import { semanticEqual } from './semantic-equal.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';

const shared = process.env.CLOCKWORK_SHARED ?? resolve(import.meta.dirname, '../../../shared');
const folder = resolve(shared, 'conformance/controlplane');

interface WatchLine {
  readonly k: string;
  readonly t: number;
  readonly rv: number;
  readonly res: string;
  readonly type: string;
  readonly obj: KubeObject;
}

function recording(name: string): WatchLine[] {
  const text = gunzipSync(readFileSync(resolve(folder, `${name}.jsonl.gz`))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WatchLine)
    .filter((line) => line.k === 'watch')
    .sort((x, y) => x.rv - y.rv);
}

function userAnnotations(object: KubeObject): Record<string, string> {
  const entries = Object.entries(object.metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('deployment.kubernetes.io/')));
}

/** What a user did to a Deployment, and when. */
interface UserWrite {
  readonly atSeconds: number;
  readonly name: string;
  readonly deployment: Deployment | undefined;
  readonly policy?: 'Background' | 'Foreground' | 'Orphan';
}

function userWrites(lines: readonly WatchLine[]): UserWrite[] {
  const writes: UserWrite[] = [];
  const known = new Map<string, Deployment>();
  for (const line of lines) {
    if (line.res !== 'deployments') continue;
    const deployment = line.obj as Deployment;
    const { name, deletionTimestamp } = deployment.metadata;
    const old = known.get(name);
    if (line.type === 'DELETED') {
      known.delete(name);
      if (old?.metadata.deletionTimestamp === undefined) {
        writes.push({ atSeconds: line.t, name, deployment: undefined, policy: 'Background' });
      }
      continue;
    }
    known.set(name, deployment);
    if (deletionTimestamp !== undefined) {
      const policy = deployment.metadata.finalizers?.includes('orphan') ? 'Orphan' : 'Foreground';
      if (old?.metadata.deletionTimestamp === undefined) {
        writes.push({ atSeconds: line.t, name, deployment: undefined, policy });
      }
      continue;
    }
    const same =
      old !== undefined &&
      semanticEqual(old.spec, deployment.spec) &&
      semanticEqual(userAnnotations(old), userAnnotations(deployment));
    if (!same) writes.push({ atSeconds: line.t, name, deployment });
  }
  return writes;
}

/** The state at rest of all Deployments, in words. */
interface Picture {
  readonly deployments: unknown[];
  readonly replicaSets: unknown[];
  readonly pods: string[];
}

function plain(text: string | undefined): string {
  return (text ?? '').replace(/-[0-9a-z]{6,10}(?=["\s]|$)/g, '-HASH');
}

function conditionsOf(deployment: Deployment): string[] {
  return (deployment.status?.conditions ?? [])
    .map((c) => `${c.type} ${c.status} ${c.reason} ${plain(c.message)}`)
    .sort();
}

function picture(deployments: Deployment[], sets: ReplicaSet[], pods: KubeObject[]): Picture {
  const revisions = (object: KubeObject): unknown => {
    const own = Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !key.startsWith('kubectl.'));
    return Object.fromEntries(own.sort());
  };
  return {
    deployments: deployments
      .map((d) => {
        const { conditions: _conditions, ...counts } = d.status ?? {};
        return { name: d.metadata.name, ...counts, conditions: conditionsOf(d), annotations: revisions(d) };
      })
      .sort((x, y) => (x.name < y.name ? -1 : 1)),
    replicaSets: sets
      .map((set) => {
        const { observedGeneration: _generation, ...counts } = set.status ?? { replicas: 0 };
        return {
          name: plain(set.metadata.name),
          replicas: set.spec.replicas,
          image: set.spec.template.spec.containers.map((container) => container.image).join(),
          counts,
          // What an empty set was last scaled for depends on when it became empty.
          annotations: set.spec.replicas === 0 ? set.metadata.annotations?.[REVISION_ANNOTATION] : revisions(set),
          owner: set.metadata.ownerReferences?.map(
            (owner) => `${owner.kind} ${owner.controller} ${owner.blockOwnerDeletion}`,
          ),
        };
      })
      .map((set) => JSON.stringify(set))
      .sort(),
    pods: pods
      .map((pod) => `${plain(pod.metadata.generateName?.replace(/-$/, ''))} ${isPodReady(pod as never)}`)
      .sort(),
  };
}

/** Longer than a Pod takes to become ready: then nothing more is to come. */
const QUIET_SECONDS = 1.8;

/** The recorded state at a time, when nothing had been written for a while; else undefined. */
function recordedPicture(lines: readonly WatchLine[], atSeconds: number): Picture | undefined {
  const state = new Map<string, WatchLine>();
  let lastWrite = 0;
  for (const line of lines) {
    if (line.t > atSeconds || !['deployments', 'replicasets', 'pods'].includes(line.res)) continue;
    lastWrite = Math.max(lastWrite, line.t);
    const key = `${line.res}/${line.obj.metadata.name}`;
    if (line.type === 'DELETED') state.delete(key);
    else state.set(key, line);
  }
  if (atSeconds - lastWrite < QUIET_SECONDS) return undefined;
  const of = <T extends KubeObject>(res: string): T[] =>
    [...state.values()].filter((line) => line.res === res).map((line) => line.obj as T);
  return picture(of<Deployment>('deployments'), of<ReplicaSet>('replicasets'), of('pods'));
}

function apply(world: MemoryCluster, write: UserWrite, namespace: string): void {
  const { name, deployment } = write;
  if (deployment === undefined) {
    world.api.delete(DEPLOYMENTS, namespace, name, { propagationPolicy: write.policy ?? 'Background' });
    return;
  }
  const annotations = userAnnotations(deployment);
  if (world.api.get(DEPLOYMENTS, namespace, name) === undefined) {
    const { labels = {} } = deployment.metadata;
    const { spec } = deployment;
    world.api.create(DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels, annotations },
      spec,
    });
    return;
  }
  world.api.patch(
    DEPLOYMENTS,
    namespace,
    name,
    (current) => {
      const kept = Object.entries(current.metadata.annotations ?? {}).filter(([key]) => key.startsWith('deployment.'));
      const metadata = { ...current.metadata, annotations: { ...Object.fromEntries(kept), ...annotations } };
      return { ...current, metadata, spec: deployment.spec };
    },
    'main',
  );
}

const SCENARIOS = [
  's01-deployment',
  's02-scale',
  's02-scale-r2',
  's03-rolling',
  's03-rolling-r2',
  's03-recreate',
  's03-surge0',
  's04-failing',
  's19-random-1',
  's19-random-3',
  's19-random-4',
];

describe.skipIf(!existsSync(folder))(
  'recorded Deployments (skipped without ../shared/conformance/controlplane)',
  () => {
    it.each(
      SCENARIOS.flatMap((name) => [
        ['the small API server', name, 'informers'] as const,
        ['the API server', name, 'server'] as const,
      ]),
    )('on %s %s comes to the same rest', (_where, name, caches) => {
      const lines = recording(name);
      const writes = userWrites(lines);
      const world = new MemoryCluster({}, caches);
      for (let i = 0; i < 5; i++) {
        const metadata = { name: `node-${i}`, labels: {} };
        world.api.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata, spec: {} });
      }
      const startSeconds = writes[0]?.atSeconds ?? 0;
      const end = Math.max(...lines.filter((line) => line.res !== 'nodes').map((line) => line.t)) + 2;
      let compared = 0;
      writes.forEach((write, i) => {
        apply(world, write, 'ns');
        const until = writes[i + 1]?.atSeconds ?? end;
        world.sim.runUntil({ timeMicros: Math.round((until - startSeconds + 5) * 1e6) });
        const expected = recordedPicture(lines, until - 0.05);
        if (expected === undefined) return;
        const found = picture(world.api.list(DEPLOYMENTS), world.api.list(REPLICA_SETS), world.api.list(PODS));
        expect(found).toEqual(expected);
        compared++;
      });
      expect(compared).toBeGreaterThan(0);
      expect(eventTexts(world)).toEqual(recordedEventTexts(lines));
    });
  },
);

const SOURCES = ['deployment-controller', 'replicaset-controller'];

/** Reasons and wording of the controllers' Events, without names and numbers, which timing decides. */
function worded(events: readonly KubeObject[]): string[] {
  const texts = events
    .map((object) => object as { source?: { component?: string }; reason?: string; message?: string; type?: string })
    .filter((event) => SOURCES.includes(event.source?.component ?? ''))
    .map((event) => {
      const message = (event.message ?? '').replace('(combined from similar events): ', '').replace(/[0-9]+/g, 'N');
      return `${event.source?.component} ${event.type} ${event.reason} ${message.replace(/(pod:|set) \S+/, '$1 NAME')}`;
    });
  return [...new Set(texts)].sort();
}

function eventTexts(world: MemoryCluster): string[] {
  return worded(world.api.list(EVENTS));
}

function recordedEventTexts(lines: readonly WatchLine[]): string[] {
  return worded(lines.filter((line) => line.res === 'events').map((line) => line.obj));
}
