/**
 * What the scheduler is given besides simulation and client: the shared caches (informers), a recorder of Events, and the cluster's
 * clock for timestamps. The same shapes as the controllers', so that one composition root serves both.
 */
import type { InformerFactory } from '../client/informer.ts';
import type { ObjectCache, Recorder } from '../controllers/controller-context.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export interface SchedulerContext {
  /** The present by the clock of the simulated cluster, as an RFC 3339 timestamp of whole seconds. */
  nowTimestamp(): string;
  cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T>;
  recorder(component: string): Recorder;
}

/** A context on informers. They are to be started after the scheduler was made, and the scheduler once they have synced. */
export function informerContext(
  informers: InformerFactory,
  clock: { nowTimestamp(): string },
  recorder: (component: string) => Recorder,
): SchedulerContext {
  return {
    nowTimestamp: () => clock.nowTimestamp(),
    cache: (resource) => informers.informer(resource),
    recorder,
  };
}
