/**
 * What the scheduler counts and samples about itself; read from outside, never by the scheduler.
 * Names follow pkg/scheduler/metrics/metrics.go where there is one.
 */
import type { Micros } from '../../engine/index.ts';

export class SchedulingMetrics {
  /** schedule_attempts_total by result. */
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
