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
import { ServerApi } from './server-api.ts';
import type { TestApi } from './test-api.ts';
import { memoryContext, type NotedEvent } from './memory-context.ts';

export class MemoryCluster {
  readonly sim = new Simulation({ seed: 'controllers' });
  readonly api: TestApi;
  readonly events: NotedEvent[] = [];
  readonly manager: ControllerManager;
  readonly nodes: FakeNodes;

  /**
   * With `informers` the caches lag behind the store and Events are stored, as in a whole cluster; with `store` neither.
   * With `server` the API server is the real one.
   */
  constructor(options: ControllerManagerOptions = {}, caches: 'informers' | 'store' | 'server' = 'store') {
    const { sim } = this;
    const clock = new ClusterClock(sim);
    if (caches === 'server') {
      const api = new ServerApi(sim);
      this.api = api;
      const client = api.client.bind(api);
      this.manager = new ControllerManager(managerSurroundings({ sim, clock, client }), options);
    } else {
      const api = new MemoryApi(sim);
      this.api = api;
      const context = memoryContext(sim, api, this.events);
      const connections = managerSurroundings({ sim, clock, client: (userAgent) => api.client(userAgent) });
      const surroundings: ControllerManagerSurroundings = {
        ...connections,
        cache: context.cache,
        recorder: (_client, component) => context.recorder(component),
        startCaches: (synced) => synced(),
      };
      this.manager = new ControllerManager(caches === 'informers' ? connections : surroundings, options);
    }
    this.manager.start();
    this.nodes = new FakeNodes(this.sim, this.api);
    this.api.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'ns' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    if (caches === 'server') this.advance(1);
  }

  advance(seconds: number): void {
    this.sim.runUntil({ timeMicros: this.sim.nowMicros + seconds * 1e6 });
  }
}
