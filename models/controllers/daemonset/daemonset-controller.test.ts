/** DaemonSets at work on a small cluster: placement, taints, rolling updates, roll-back. */
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../engine/index.ts';
import type { Node, Taint } from '../../objects/node.ts';
import type { Pod, PodSpec } from '../../objects/pod.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../objects/resources.ts';
import type { DaemonSet } from '../../objects/workloads.ts';
import { FakeNodes } from '../testing/fake-nodes.ts';
import { MemoryApi } from '../testing/memory-api.ts';
import { memoryContext, type NotedEvent } from '../testing/memory-context.ts';
import { targetNode } from './daemon-pod.ts';
import { DaemonSetController } from './daemonset-controller.ts';

function node(name: string, taints: readonly Taint[] = []): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: {} }, spec: { taints } };
}

class World {
  readonly sim = new Simulation({ seed: 'daemons' });
  readonly api = new MemoryApi(this.sim);
  readonly events: NotedEvent[] = [];
  readonly controller = new DaemonSetController(memoryContext(this.sim, this.api, this.events), 2);
  readonly nodes = new FakeNodes(this.sim, this.api);

  constructor(
    update: DaemonSet['spec']['updateStrategy'] = {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    },
  ) {
    this.controller.run();
    for (let i = 0; i < 5; i++) this.api.create(NODES, node(`node-${i}`));
    this.api.create(DAEMON_SETS, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'ns' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'agent:1' }] } },
        updateStrategy: update,
      },
    });
    this.advance(5);
  }

  advance(seconds: number): void {
    this.sim.runUntil({ timeMicros: this.sim.nowMicros + seconds * 1e6 });
  }

  get set(): DaemonSet {
    return this.api.get(DAEMON_SETS, 'ns', 'agent') as DaemonSet;
  }

  changeTemplate(change: (spec: PodSpec) => PodSpec): void {
    this.api.patch(
      DAEMON_SETS,
      'ns',
      'agent',
      (set) => ({
        ...set,
        spec: { ...set.spec, template: { ...set.spec.template, spec: change(set.spec.template.spec) } },
      }),
      'main',
    );
  }

  changeNode(name: string, change: (current: Node) => Node): void {
    this.api.patch(NODES, undefined, name, change, 'main');
  }

  where(): string[] {
    return this.api
      .list(PODS)
      .map((pod) => targetNode(pod) ?? '')
      .sort();
  }
}

const COMPLETE = { currentNumberScheduled: 5, desiredNumberScheduled: 5, numberReady: 5, numberAvailable: 5 };

describe('a DaemonSet', () => {
  it('has one Pod on each Node and says so', () => {
    const world = new World();
    expect(world.where()).toEqual(['node-0', 'node-1', 'node-2', 'node-3', 'node-4']);
    expect(world.set.status).toMatchObject({ ...COMPLETE, updatedNumberScheduled: 5, observedGeneration: 1 });
    expect(world.set.status?.numberUnavailable).toBeUndefined();
    expect(world.api.list(CONTROLLER_REVISIONS).map((revision) => revision.revision)).toEqual([1]);
  });

  it('follows a new Node at once, and one that goes when its Pod does', () => {
    const world = new World();
    world.api.create(NODES, node('node-5'));
    world.advance(5);
    expect(world.set.status).toMatchObject({ desiredNumberScheduled: 6, numberReady: 6 });
    world.api.delete(NODES, undefined, 'node-5');
    world.advance(5);
    expect(world.set.status).toMatchObject({ desiredNumberScheduled: 6 });
    const pod = world.api.list(PODS).find((p) => targetNode(p) === 'node-5') as Pod;
    world.api.delete(PODS, 'ns', pod.metadata.name);
    world.advance(5);
    expect(world.set.status).toMatchObject({ desiredNumberScheduled: 5, numberMisscheduled: 0 });
  });

  it('leaves a Node with a NoExecute taint, and stays on one with a NoSchedule taint', () => {
    const world = new World();
    world.changeNode('node-1', (n) => ({ ...n, spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } }));
    world.changeNode('node-2', (n) => ({ ...n, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }));
    world.advance(5);
    expect(world.where()).toEqual(['node-0', 'node-2', 'node-3', 'node-4']);
    expect(world.set.status).toMatchObject({ desiredNumberScheduled: 3, numberMisscheduled: 1 });
  });

  it('runs on an unschedulable Node', () => {
    const world = new World();
    const taints: Taint[] = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
    world.changeNode('node-2', (n) => ({ ...n, spec: { unschedulable: true, taints } }));
    const pod = world.api.list(PODS).find((p) => targetNode(p) === 'node-2') as Pod;
    world.api.delete(PODS, 'ns', pod.metadata.name);
    world.advance(5);
    expect(world.set.status).toMatchObject(COMPLETE);
  });

  it('never has more than maxUnavailable Pods missing during a rolling update', () => {
    const world = new World();
    const from = world.api.history.length;
    world.changeTemplate((spec) => ({ ...spec, containers: [{ name: 'c', image: 'agent:2' }] }));
    world.advance(30);
    expect(world.set.status).toMatchObject({ ...COMPLETE, updatedNumberScheduled: 5, observedGeneration: 2 });
    expect(world.api.list(PODS).every((pod) => pod.spec.containers[0]?.image === 'agent:2')).toBe(true);
    const missing = world.api.history
      .slice(from)
      .filter((write) => write.resource === DAEMON_SETS)
      .map((write) => (write.object as DaemonSet).status?.numberUnavailable ?? 0);
    expect(Math.max(...missing)).toBe(1);
  });

  it('rolls back to an old revision under a new number', () => {
    const world = new World();
    world.changeTemplate((spec) => ({ ...spec, containers: [{ name: 'c', image: 'agent:2' }] }));
    world.advance(30);
    world.changeTemplate((spec) => ({ ...spec, containers: [{ name: 'c', image: 'agent:1' }] }));
    world.advance(30);
    expect(world.api.list(CONTROLLER_REVISIONS).map((revision) => revision.revision)).toEqual([3, 2]);
    expect(world.set.status).toMatchObject({ ...COMPLETE, updatedNumberScheduled: 5 });
  });

  it('moves to the Nodes of its nodeSelector', () => {
    const world = new World();
    world.changeNode('node-0', (n) => ({ ...n, metadata: { ...n.metadata, labels: { disk: 'ssd' } } }));
    world.changeTemplate((spec) => ({ ...spec, nodeSelector: { disk: 'ssd' } }));
    world.advance(20);
    expect(world.where()).toEqual(['node-0']);
    expect(world.set.status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1, updatedNumberScheduled: 1 });
  });

  it('with maxSurge keeps the old Pod until the new one is available', () => {
    const world = new World({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    world.changeTemplate((spec) => ({ ...spec, containers: [{ name: 'c', image: 'agent:2' }] }));
    const from = world.api.history.length;
    world.advance(40);
    expect(world.set.status).toMatchObject({ ...COMPLETE, updatedNumberScheduled: 5 });
    const live = new Set<string>();
    let most = 0;
    world.api.history.forEach((write, i) => {
      if (write.resource !== PODS) return;
      if (write.type === 'DELETED' || write.object.metadata.deletionTimestamp) live.delete(write.object.metadata.name);
      else live.add(write.object.metadata.name);
      if (i >= from) most = Math.max(most, live.size);
    });
    expect(most).toBe(6);
  });
});
