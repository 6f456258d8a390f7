/**
 * What a controller manager needs, put together from `models/client`: shared informers, work queues, Event recorders.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import { EventRecorder, type EventsMode } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import { RateLimitingQueue } from '../client/work-queue.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { ControllerManagerSurroundings } from './controller-manager.ts';

export interface ManagerConnections {
  readonly sim: Simulation;
  readonly clock: ClusterClock;
  /** A client of the API server with a rate limiter of its own; without limits for the informers. */
  client(userAgent: string, limits?: { readonly qps: number; readonly burst: number }): Client;
  /** `stored` unless given. */
  readonly events?: EventsMode;
}

/** The informers' client is one for the whole manager, as its shared informers' is. */
export function managerSurroundings(connections: ManagerConnections): ControllerManagerSurroundings {
  const { sim, clock } = connections;
  const informers = new InformerFactory(sim, connections.client('kube-controller-manager/shared-informers'));
  return {
    sim,
    clock,
    client: (userAgent, limits) => connections.client(userAgent, limits),
    cache: (resource) => informers.informer(resource),
    queue: (_name, retry) => new RateLimitingQueue(sim, retry),
    recorder: (client, component) =>
      new EventRecorder({
        sim,
        client,
        clock,
        component,
        ...(connections.events === undefined ? {} : { events: connections.events }),
      }),
    startCaches: (synced) => {
      informers.start();
      informers.onSynced(synced);
    },
  };
}
