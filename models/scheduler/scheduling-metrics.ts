/**
 * What the scheduler counts and samples about itself; read from outside, never by the scheduler.
 * Names follow pkg/scheduler/metrics/metrics.go where there is one.
 */
import type { Micros } from '../../engine/index.ts';
import type { Pod } from '../objects/pod.ts';
import type { Placed } from './scheduling-engine.ts';

/** Where Pods wait, at one moment. */
export interface QueueLengths {
  readonly active: number;
  readonly backoff: number;
  readonly unschedulable: number;
  readonly gated: number;
  readonly inFlight: number;
}

export interface QueueSample extends QueueLengths {
  readonly timeMicros: Micros;
}

/** For recorders that want to know of each Pod; must not change anything. */
export interface SchedulerObserver {
  /** An attempt has ended: a Node was found (not yet bound), none was, or it could not be completed. The cycle took `cycleMicros`. */
  attempted?(
    pod: Pod,
    result: 'scheduled' | 'unschedulable' | 'error',
    evaluatedNodes: number,
    cycleMicros: Micros,
  ): void;
  /** A Node was found and Reserve and Permit had nothing against it; just before the trace says so. */
  placed?(pod: Pod, placed: Placed): void;
  /** `latencyMicros` counts from when the Pod first entered the active queue. */
  bound?(pod: Pod, nodeName: string, attempts: number, latencyMicros: Micros): void;
  /** The API has accepted the eviction. */
  preempted?(victim: Pod, preemptor: Pod): void;
}

export class SchedulingMetrics {
  /** Lengths of the queues, at each period that the scheduler was told to sample at. */
  readonly queueSamples: QueueSample[] = [];
  /** schedule_attempts_total by result; an attempt is `scheduled` once its binding has been accepted (metrics.PodScheduled in schedule_one.go). */
  readonly attempts = { scheduled: 0, unschedulable: 0, error: 0 };
  /** From first entering the active queue to bound, one sample for each Pod bound (pod_scheduling_sli_duration). */
  readonly latenciesMicros: Micros[] = [];
  /** Attempts that each bound Pod took (pod_scheduling_attempts), beside `latenciesMicros`. */
  readonly podAttempts: number[] = [];
  /** Nodes looked at in all attempts. */
  evaluatedNodes = 0;
  /** Virtual time spent in scheduling cycles. */
  busyMicros: Micros = 0;
  /** Attempts whose PostFilter chose victims (preemption_attempts_total counts these and the vain ones). */
  preemptions = 0;
  /** Pods evicted by preemption. */
  victims = 0;
  bindingErrors = 0;

  bound(latencyMicros: Micros, attempts: number): void {
    this.latenciesMicros.push(latencyMicros);
    this.podAttempts.push(attempts);
  }
}
