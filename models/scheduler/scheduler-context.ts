/**
 * What the scheduler is given besides clock and client: the shared caches (informers), a recorder of Events, and the cluster's clock
 * for timestamps. The same shapes as the controllers', so that one composition root serves both.
 */
import type { ObjectCache, Recorder } from '../controllers/controller-context.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export interface SchedulerContext {
  /** The present by the clock of the simulated cluster, as an RFC 3339 timestamp of whole seconds. */
  nowTimestamp(): string;
  cache<T extends KubeObject>(resource: Resource<T>): ObjectCache<T>;
  recorder(component: string): Recorder;
}
