/** A controller manager on the API server in memory, with fake scheduler and kubelets. */
import { Simulation } from '../../../engine/index.ts';
import { ClusterClock } from '../../cluster-clock.ts';
import { NAMESPACES } from '../../objects/resources.ts';
import { ControllerManager, type ControllerManagerOptions } from '../controller-manager.ts';
import { FakeNodes } from './fake-nodes.ts';
import { MemoryApi } from './memory-api.ts';
import { memoryContext, type NotedEvent } from './memory-context.ts';

export class MemoryCluster {
  readonly sim = new Simulation({ seed: 'controllers' });
  readonly api = new MemoryApi(this.sim);
  readonly events: NotedEvent[] = [];
  readonly manager: ControllerManager;
  readonly nodes: FakeNodes;

  constructor(options: ControllerManagerOptions = {}) {
    const context = memoryContext(this.sim, this.api, this.events);
    this.manager = new ControllerManager(
      {
        sim: this.sim,
        clock: new ClusterClock(this.sim),
        client: (userAgent) => this.api.client(userAgent),
        cache: context.cache,
        queue: context.queue,
        recorder: (_client, component) => context.recorder(component),
        startCaches: (synced) => synced(),
      },
      options,
    );
    this.manager.start();
    this.nodes = new FakeNodes(this.sim, this.api);
    this.api.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'ns' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }

  advance(seconds: number): void {
    this.sim.runUntil({ timeMicros: this.sim.nowMicros + seconds * 1e6 });
  }
}
