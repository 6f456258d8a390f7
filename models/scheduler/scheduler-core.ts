/** What the parts of the scheduler component share: one object of these for each scheduler. */
import type { Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { ObjectCache, Recorder } from '../controllers/controller-context.ts';
import type { Pod } from '../objects/pod.ts';
import type { Nominations } from './nominations.ts';
import type { QueueEvents } from './queue/queue-events.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { SchedulerContext } from './scheduler-context.ts';
import type { SchedulingEngine } from './scheduling-engine.ts';
import type { SchedulerObserver, SchedulingMetrics } from './scheduling-metrics.ts';

export interface SchedulerCore {
  readonly sim: Simulation;
  readonly client: Client;
  readonly context: SchedulerContext;
  readonly recorder: Recorder;
  readonly engine: SchedulingEngine;
  readonly queue: SchedulingQueue;
  readonly events: QueueEvents;
  readonly nominations: Nominations;
  readonly pods: ObjectCache<Pod>;
  readonly metrics: SchedulingMetrics;
  readonly observer: SchedulerObserver;
}

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

export function schedulerNameOf(pod: Pod): string {
  return pod.spec.schedulerName ?? DEFAULT_SCHEDULER_NAME;
}
