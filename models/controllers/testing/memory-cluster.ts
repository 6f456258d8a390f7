/** A controller manager on the API server in memory, with fake scheduler and kubelets. */
import { Simulation } from '../../../engine/index.ts';
import { ClusterClock } from '../../cluster-clock.ts';
import { NAMESPACES } from '../../objects/resources.ts';
import {
  ControllerManager,
  type ControllerManagerOptions,
  type ControllerManagerSurroundings,
} from '../controller-manager.ts';
import { managerSurroundings } from '../manager-surroundings.ts';
import { FakeNodes } from './fake-nodes.ts';
import { MemoryApi } from './memory-api.ts';
import { memoryContext, type NotedEvent } from './memory-context.ts';

export class MemoryCluster {
  readonly sim = new Simulation({ seed: 'controllers' });
  readonly api = new MemoryApi(this.sim);
  readonly events: NotedEvent[] = [];
  readonly manager: ControllerManager;
  readonly nodes: FakeNodes;

  /** With `informers` the caches lag behind the store and Events are stored, as in a whole cluster; without, neither. */
  constructor(options: ControllerManagerOptions = {}, caches: 'informers' | 'store' = 'store') {
    const { sim, api } = this;
    const context = memoryContext(sim, api, this.events);
    const clock = new ClusterClock(sim);
    const connections = managerSurroundings({ sim, clock, client: (userAgent) => api.client(userAgent) });
    const surroundings: ControllerManagerSurroundings = {
      ...connections,
      cache: context.cache,
      recorder: (_client, component) => context.recorder(component),
      startCaches: (synced) => synced(),
    };
    this.manager = new ControllerManager(caches === 'informers' ? connections : surroundings, options);
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
