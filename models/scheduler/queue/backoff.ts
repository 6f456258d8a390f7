/**
 * How long a Pod that failed has to wait, and the two queues in which it does: one for Pods that plugins rejected, which
 * may be popped early, and one for Pods whose attempt ended in an error, which may not.
 *
 * All expiries are whole seconds of wall time, so that Pods of one second leave together, by priority.
 * Source: pkg/scheduler/backend/queue/backoff_queue.go.
 */
import { MICROS_PER_SECOND, type Micros } from '../../../engine/index.ts';
import { PodHeap, type QueueSort } from './pod-heap.ts';
import { hasNoRejections, type QueuedPod } from './queued-pod.ts';

/** Pods whose back-off ends within one such window count as equal in time. */
export const BACKOFF_WINDOW_MICROS = MICROS_PER_SECOND;

export interface BackoffOptions {
  /** KubeSchedulerConfiguration podInitialBackoffSeconds, default 1 s. */
  readonly initialBackoffMicros: Micros;
  /** KubeSchedulerConfiguration podMaxBackoffSeconds, default 10 s. */
  readonly maxBackoffMicros: Micros;
  /** Wall time in microseconds since some whole second at virtual time 0. */
  readonly wallStartMicros: Micros;
}

/** The duration after that many failures: doubles each time up to the maximum; 0 for a Pod that never failed. */
export function backoffDurationMicros(failures: number, options: BackoffOptions): Micros {
  if (failures === 0) return 0;
  let durationMicros = options.initialBackoffMicros;
  for (let i = 1; i < failures; i++) {
    if (durationMicros > options.maxBackoffMicros - durationMicros) return options.maxBackoffMicros;
    durationMicros += durationMicros;
  }
  return durationMicros;
}

export class BackoffQueue {
  readonly #options: BackoffOptions;
  readonly #rejected: PodHeap;
  readonly #errors = new PodHeap((a, b) => a.expiryWallMicros - b.expiryWallMicros);

  constructor(options: BackoffOptions, sort: QueueSort) {
    this.#options = options;
    this.#rejected = new PodHeap((a, b) => a.expiryWallMicros - b.expiryWallMicros || sort(a, b));
  }

  get length(): number {
    return this.#rejected.length + this.#errors.length;
  }

  /** Pods that may be popped before their time. */
  get rejectedLength(): number {
    return this.#rejected.length;
  }

  /** Computes the expiry anew from the Pod's counts and timestamp; to be called at each failure. */
  beginBackoff(queued: QueuedPod): void {
    const failures = queued.consecutiveErrors > 0 ? queued.consecutiveErrors : queued.unschedulableCount;
    const durationMicros = backoffDurationMicros(failures, this.#options);
    queued.backoffExpiryWallMicros =
      durationMicros === 0 ? -1 : toWindow(this.#options.wallStartMicros + queued.timestampMicros + durationMicros);
  }

  /** Still waiting, also throughout the second in which the back-off ends. */
  isBackingOff(queued: QueuedPod, nowMicros: Micros): boolean {
    return queued.backoffExpiryWallMicros >= toWindow(this.#options.wallStartMicros + nowMicros);
  }

  add(queued: QueuedPod): void {
    if (hasNoRejections(queued)) {
      queued.place = 'errorBackoff';
      this.#errors.add(queued);
    } else {
      queued.place = 'backoff';
      this.#rejected.add(queued);
    }
  }

  remove(queued: QueuedPod): void {
    (queued.place === 'errorBackoff' ? this.#errors : this.#rejected).remove(queued);
    queued.place = 'none';
  }

  /** The first of the rejected Pods, before its time. */
  popEarly(): QueuedPod | undefined {
    const queued = this.#rejected.pop();
    if (queued !== undefined) queued.place = 'none';
    return queued;
  }

  /** Takes out one Pod whose back-off is over, or undefined. */
  popCompleted(nowMicros: Micros): QueuedPod | undefined {
    for (const heap of [this.#rejected, this.#errors]) {
      const head = heap.peek();
      if (head !== undefined && !this.isBackingOff(head, nowMicros)) {
        heap.pop();
        head.place = 'none';
        return head;
      }
    }
    return undefined;
  }

  /** The first whole second of wall time, in virtual time, at which a flush finds something; -1 if nothing waits. */
  nextFlushMicros(): Micros {
    let firstWallMicros = -1;
    for (const heap of [this.#rejected, this.#errors]) {
      const head = heap.peek();
      if (head !== undefined && (firstWallMicros < 0 || head.backoffExpiryWallMicros < firstWallMicros)) {
        firstWallMicros = head.backoffExpiryWallMicros;
      }
    }
    return firstWallMicros < 0 ? -1 : firstWallMicros + BACKOFF_WINDOW_MICROS - this.#options.wallStartMicros;
  }

  *values(): Iterable<QueuedPod> {
    yield* this.#rejected.values();
    yield* this.#errors.values();
  }
}

function toWindow(wallMicros: Micros): Micros {
  return wallMicros - (wallMicros % BACKOFF_WINDOW_MICROS);
}
