/**
 * The golden recording of a DaemonSet on a real control plane: Nodes change and users write at the recorded times, and
 * whenever the recorded cluster had come to rest, status, revisions and placement must agree.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../objects/resources.ts';
import type { ControllerRevision, DaemonSet } from '../objects/workloads.ts';
import { targetNode } from './daemonset/daemon-pod.ts';
import { semanticEqual } from './semantic-equal.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';

const shared = process.env.CLOCKWORK_SHARED ?? resolve(import.meta.dirname, '../../../shared');
const file = resolve(shared, 'conformance/controlplane/s06-daemonset.jsonl.gz');
/** Longer than a Pod takes to become ready. */
const QUIET_SECONDS = 1.6;

interface WatchLine {
  readonly k: string;
  readonly t: number;
  readonly rv: number;
  readonly res: string;
  readonly type: string;
  readonly obj: KubeObject;
}

function lines(): WatchLine[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WatchLine)
    .filter((line) => line.k === 'watch')
    .sort((x, y) => x.rv - y.rv);
}

function picture(sets: DaemonSet[], revisions: ControllerRevision[], pods: Pod[]): unknown {
  return {
    status: sets.map((set) => set.status),
    revisions: revisions.map((revision) => revision.revision).sort(),
    pods: pods.map((pod) => `${targetNode(pod)} ${pod.spec.containers[0]?.image}`).sort(),
  };
}

/** Puts a recorded Node, as it was written by users and kubelets, into the cluster. */
function applyNode(world: MemoryCluster, line: WatchLine): boolean {
  const node = line.obj as Node;
  const { name, labels = {} } = node.metadata;
  const known = world.api.get(NODES, undefined, name);
  if (line.type === 'DELETED') {
    world.api.delete(NODES, undefined, name);
    return true;
  }
  const { podCIDR: _cidr, podCIDRs: _cidrs, ...spec } = node.spec ?? {};
  const status = node.status ?? {};
  if (known === undefined) {
    world.api.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec, status });
    return true;
  }
  const { podCIDR: _known, podCIDRs: _all, ...before } = known.spec ?? {};
  if (semanticEqual(known.metadata.labels, labels) && semanticEqual(before, spec)) return false;
  const change = (n: Node): Node => ({
    ...n,
    metadata: { ...n.metadata, labels },
    spec: { ...n.spec, ...spec, taints: spec.taints ?? [] },
  });
  world.api.patch(NODES, undefined, name, change, 'main');
  return true;
}

function applyDaemonSet(world: MemoryCluster, line: WatchLine): boolean {
  const { metadata, spec } = line.obj as DaemonSet;
  const known = world.api.get(DAEMON_SETS, 'ns', metadata.name);
  if (line.type === 'DELETED') {
    world.api.delete(DAEMON_SETS, 'ns', metadata.name, { propagationPolicy: 'Background' });
    return true;
  }
  if (known === undefined) {
    const { name } = metadata;
    world.api.create(DAEMON_SETS, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: 'ns' },
      spec,
    });
    return true;
  }
  if (semanticEqual(known.spec, spec)) return false;
  world.api.patch(DAEMON_SETS, 'ns', metadata.name, (set) => ({ ...set, spec }), 'main');
  return true;
}

describe.skipIf(!existsSync(file))(
  'the recorded DaemonSet (skipped without ../shared/conformance/controlplane)',
  () => {
    it.each(['informers', 'server'] as const)(
      'comes to the same rest after each change of a Node or template (%s)',
      (caches) => {
        const recorded = lines().filter((line) =>
          ['nodes', 'daemonsets', 'controllerrevisions', 'pods'].includes(line.res),
        );
        const world = new MemoryCluster({}, caches);
        // The Nodes that the scenario begins with are not in the record.
        for (let i = 0; i < 5; i++) {
          const metadata = { name: `node-${i}`, labels: {} };
          const status = { conditions: [{ type: 'Ready', status: 'True' as const }] };
          world.api.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata, spec: {}, status });
        }
        world.advance(2);
        const state = new Map<string, KubeObject>();
        const of = <T extends KubeObject>(res: string): T[] =>
          [...state].filter(([key]) => key.startsWith(`${res}/`)).map(([, object]) => object as T);
        let compared = 0;
        recorded.forEach((line, i) => {
          const key = `${line.res}/${line.obj.metadata.name}`;
          if (line.type === 'DELETED') state.delete(key);
          else state.set(key, line.obj);
          if (line.res === 'nodes') applyNode(world, line);
          if (line.res === 'daemonsets') applyDaemonSet(world, line);
          const nextSeconds = recorded[i + 1]?.t ?? line.t + 5;
          world.sim.runUntil({ timeMicros: Math.max(world.sim.nowMicros, Math.round((nextSeconds + 2) * 1e6)) });
          if (nextSeconds - line.t < QUIET_SECONDS) return;
          // When the Pods of a Node that is gone are collected depends on when the collector looks.
          const isThere = (pod: Pod): boolean => world.api.get(NODES, undefined, targetNode(pod) ?? '') !== undefined;
          const pods = of<Pod>('pods').filter(isThere);
          const livePods = world.api.list(PODS).filter(isThere);
          const found = picture(world.api.list(DAEMON_SETS), world.api.list(CONTROLLER_REVISIONS), livePods);
          expect(found, `at ${nextSeconds} s`).toEqual(picture(of('daemonsets'), of('controllerrevisions'), pods));
          compared++;
        });
        expect(compared).toBeGreaterThan(5);
      },
    );
  },
);
