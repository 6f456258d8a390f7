/** The surroundings of a controller in a test: caches and clients of the API server in memory, noted Events. */
import type { Simulation } from '../../../engine/index.ts';
import type { KubeObject } from '../../objects/meta.ts';
import { controllerKeys, CONTROLLER_INDEX } from '../claims.ts';
import { RateLimitingQueue } from '../../client/work-queue.ts';
import type { ControllerContext } from '../controller-context.ts';
import type { MemoryApi } from './memory-api.ts';

/** An Event as a test reads it. */
export interface NotedEvent {
  readonly object: KubeObject;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export function memoryContext(sim: Simulation, api: MemoryApi, events: NotedEvent[]): ControllerContext {
  return {
    sim,
    client: api.client('test'),
    nowSeconds: () => api.nowSeconds(),
    nowTimestamp: () => api.nowTimestamp(),
    cache: (resource) => {
      const cache = api.cache(resource);
      cache.addIndex(CONTROLLER_INDEX, controllerKeys);
      return cache;
    },
    queue: (_name, retry) => new RateLimitingQueue(sim, retry),
    recorder: () => ({
      event: (object, type, reason, message) => events.push({ object, type, reason, message }),
    }),
  };
}
