/** Deployments and ReplicaSets at work on a small cluster: rollouts, scaling, rollback, limits at every write. */
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../engine/index.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../objects/resources.ts';
import type { Deployment, DeploymentSpec, ReplicaSet } from '../../objects/workloads.ts';
import type { Controller } from '../controller.ts';
import { isPodReady } from '../pod-facts.ts';
import { REPLICA_SET_KIND } from '../replicaset/replica-kind.ts';
import { ReplicaSetController } from '../replicaset/replicaset-controller.ts';
import { FakeNodes } from '../testing/fake-nodes.ts';
import { MemoryApi } from '../testing/memory-api.ts';
import { memoryContext, type NotedEvent } from '../testing/memory-context.ts';
import { DeploymentController } from './deployment-controller.ts';
import { REVISION_ANNOTATION } from './replica-set-facts.ts';

function deployment(image: string, spec: Partial<DeploymentSpec> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns' },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
  };
}

class World {
  readonly sim = new Simulation({ seed: 'controllers' });
  readonly api = new MemoryApi(this.sim);
  readonly events: NotedEvent[] = [];
  readonly nodes: FakeNodes;
  readonly controllers: readonly Controller[];

  constructor() {
    this.controllers = [
      new DeploymentController(memoryContext(this.sim, this.api, this.events), 5),
      new ReplicaSetController(memoryContext(this.sim, this.api, this.events), REPLICA_SET_KIND, 5),
    ];
    for (const controller of this.controllers) controller.run();
    this.nodes = new FakeNodes(this.sim, this.api);
  }

  advance(seconds: number): void {
    this.sim.runUntil({ timeMicros: this.sim.nowMicros + seconds * 1e6 });
  }

  get web(): Deployment {
    return this.api.get(DEPLOYMENTS, 'ns', 'web') as Deployment;
  }

  change(spec: (current: DeploymentSpec) => Partial<DeploymentSpec>): void {
    this.api.patch(DEPLOYMENTS, 'ns', 'web', (d) => ({ ...d, spec: { ...d.spec, ...spec(d.spec) } }), 'main');
  }

  setImage(image: string): void {
    this.change((spec) => ({
      template: { ...spec.template, spec: { containers: [{ name: 'c', image }] } },
    }));
  }

  sizes(): number[] {
    return this.api.list(REPLICA_SETS).map((set) => set.spec.replicas ?? 0);
  }

  messages(reason: string): string[] {
    return this.events.filter((event) => event.reason === reason).map((event) => event.message);
  }

  conditions(): string[] {
    return (this.web.status?.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}`).sort();
  }

  /** Most and fewest Pods that existed, and were ready and not going, at any write after the first `from`. */
  extremes(from: number): { most: number; leastReady: number } {
    const live = new Map<string, boolean>();
    let most = 0;
    let leastReady = Number.POSITIVE_INFINITY;
    this.api.history.forEach((write, i) => {
      if (write.resource !== PODS) return;
      const { object, type } = write;
      const pod = object as Parameters<typeof isPodReady>[0];
      const going = type === 'DELETED' || pod.metadata.deletionTimestamp !== undefined;
      if (going) live.delete(pod.metadata.name);
      else live.set(pod.metadata.name, isPodReady(pod));
      if (i < from) return;
      most = Math.max(most, live.size);
      leastReady = Math.min(leastReady, [...live.values()].filter(Boolean).length);
    });
    return { most, leastReady };
  }
}

function started(spec: Partial<DeploymentSpec> = {}): World {
  const world = new World();
  world.api.create(DEPLOYMENTS, deployment('nginx:1', spec));
  world.advance(10);
  return world;
}

describe('a Deployment', () => {
  it('makes one ReplicaSet and its Pods, and says that it is complete', () => {
    const world = started();
    expect(world.sizes()).toEqual([10]);
    expect(world.web.status).toMatchObject({
      observedGeneration: 1,
      replicas: 10,
      updatedReplicas: 10,
      readyReplicas: 10,
      availableReplicas: 10,
    });
    expect(world.web.status?.unavailableReplicas).toBeUndefined();
    expect(world.conditions()).toEqual([
      'Available=True MinimumReplicasAvailable',
      'Progressing=True NewReplicaSetAvailable',
    ]);
    const name = world.api.list(REPLICA_SETS)[0]?.metadata.name;
    expect(world.messages('ScalingReplicaSet')).toEqual([`Scaled up replica set ${name} from 0 to 10`]);
    expect(world.messages('SuccessfulCreate')).toHaveLength(10);
    expect(world.web.metadata.annotations?.[REVISION_ANNOTATION]).toBe('1');
  });

  it('keeps to maxSurge and maxUnavailable at every write of a rolling update', () => {
    const world = started();
    const from = world.api.history.length;
    world.setImage('nginx:2');
    world.advance(30);
    expect(world.sizes()).toEqual([0, 10]);
    const { most, leastReady } = world.extremes(from);
    expect(most).toBeLessThanOrEqual(13);
    expect(leastReady).toBeGreaterThanOrEqual(8);
    expect(world.web.metadata.annotations?.[REVISION_ANNOTATION]).toBe('2');
    expect(world.messages('ScalingReplicaSet').at(-1)).toMatch(/^Scaled down replica set web-.* from [0-9]+ to 0$/);
  });

  it('goes back to an old ReplicaSet when the template does, with a new revision', () => {
    const world = started();
    const first = world.api.list(REPLICA_SETS)[0]?.metadata.name;
    world.setImage('nginx:2');
    world.advance(30);
    world.setImage('nginx:1');
    world.advance(30);
    const sets = world.api.list(REPLICA_SETS);
    expect(sets).toHaveLength(2);
    const current = sets.find((set) => set.spec.replicas === 10) as ReplicaSet;
    expect(current.metadata.name).toBe(first);
    expect(current.metadata.annotations).toMatchObject({
      [REVISION_ANNOTATION]: '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(world.web.metadata.annotations?.[REVISION_ANNOTATION]).toBe('3');
  });

  it('takes all old Pods away before it makes new ones when it recreates', () => {
    const world = started({ strategy: { type: 'Recreate' }, replicas: 5 });
    const from = world.api.history.length;
    world.setImage('nginx:2');
    world.advance(20);
    const writes = world.api.history.slice(from).filter((write) => write.resource === PODS);
    const lastGone = writes.findLastIndex((write) => write.type === 'DELETED');
    const firstNew = writes.findIndex((write) => write.type === 'ADDED');
    expect(lastGone).toBeGreaterThan(-1);
    expect(firstNew).toBeGreaterThan(lastGone);
    expect(world.sizes()).toEqual([0, 5]);
  });

  it('scales in the middle of a rollout in proportion', () => {
    const world = started();
    world.setImage('never-ready:1');
    world.advance(5);
    expect(world.sizes()).toEqual([8, 5]);
    world.change(() => ({ replicas: 20 }));
    world.advance(5);
    expect(world.sizes()).toEqual([15, 10]);
  });

  it('does not roll out while it is paused, and says so', () => {
    const world = started();
    world.change(() => ({ paused: true }));
    world.advance(1);
    world.setImage('nginx:2');
    world.change(() => ({ replicas: 4 }));
    world.advance(5);
    expect(world.sizes()).toEqual([4]);
    expect(world.conditions()).toContain('Progressing=Unknown DeploymentPaused');
    world.change(() => ({ paused: false }));
    world.advance(20);
    expect(world.sizes()).toEqual([0, 4]);
    expect(world.conditions()).toContain('Progressing=True NewReplicaSetAvailable');
  });

  it('reports a rollout that makes no progress within its deadline', () => {
    const world = started({ progressDeadlineSeconds: 60 });
    world.setImage('never-ready:1');
    world.advance(50);
    expect(world.conditions()).toContain('Progressing=True ReplicaSetUpdated');
    world.advance(30);
    expect(world.conditions()).toContain('Progressing=False ProgressDeadlineExceeded');
  });

  it('keeps no more old ReplicaSets than its history limit', () => {
    const world = started({ revisionHistoryLimit: 1, replicas: 2 });
    for (const image of ['a', 'b', 'c']) {
      world.setImage(image);
      world.advance(20);
    }
    expect(world.sizes()).toEqual([0, 2]);
  });

  it('gives the same writes for the same seed', () => {
    const run = (): string => {
      const world = started();
      world.setImage('nginx:2');
      world.advance(20);
      return world.api.history.map((write) => `${write.type} ${write.object.metadata.name}`).join('\n');
    };
    expect(run()).toBe(run());
  });
});
