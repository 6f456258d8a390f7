/**
 * A Pod on its way through the scheduling queue, with all that the queue knows about its attempts.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework and pkg/scheduler/framework/types.go QueuedPodInfo.
 */
import type { Micros } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import type { PodHeapEntry } from './pod-heap.ts';

/** Where a Pod is. `none`: in flight, or not known to the queue. */
export type QueuePlace = 'none' | 'active' | 'backoff' | 'errorBackoff' | 'unschedulable';

const NO_PLUGINS: ReadonlySet<string> = new Set();

export function keyOf(pod: Pod): string {
  return `${namespaceOf(pod)}/${pod.metadata.name}`;
}

export function namespaceOf(pod: Pod): string {
  return pod.metadata.namespace ?? 'default';
}

/** A Pod without uid is told apart by its key. */
export function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? keyOf(pod);
}

export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

export class QueuedPod {
  pod: Pod;
  readonly uid: string;
  place: QueuePlace = 'none';
  /** When it was added, or last failed; orders Pods of equal priority. */
  timestampMicros: Micros;
  /** When it first entered the active queue; -1 while it never has. */
  initialAttemptMicros: Micros = -1;
  attempts = 0;
  /** Attempts that plugins rejected. Counts for the back-off. */
  unschedulableCount = 0;
  /** Attempts that ended in an error since the last one that did not. Counts for the back-off in place of the above. */
  consecutiveErrors = 0;
  /** End of the back-off in microseconds of wall time, whole seconds; -1 without a back-off. */
  backoffExpiryWallMicros: Micros = -1;
  /** Plugins that rejected the last attempt. */
  unschedulablePlugins: ReadonlySet<string> = NO_PLUGINS;
  /** Plugins that wait for something outside (only DynamicResources does, in Kubernetes). */
  pendingPlugins: ReadonlySet<string> = NO_PLUGINS;
  /** The PreEnqueue plugin that holds it back, or ''. */
  gatingPlugin = '';
  /** Its entry in the heap of its place. */
  entry: PodHeapEntry | null = null;
  /** Serial number of the last move request that has judged it. */
  judgedBy = 0;

  constructor(pod: Pod, nowMicros: Micros) {
    this.pod = pod;
    this.uid = uidOf(pod);
    this.timestampMicros = nowMicros;
  }

  /** "namespace/name". */
  get key(): string {
    return keyOf(this.pod);
  }
}

/** Forgets who rejected the Pod, as each new attempt does. */
export function clearRejections(queued: QueuedPod): void {
  queued.unschedulablePlugins = NO_PLUGINS;
  queued.pendingPlugins = NO_PLUGINS;
  queued.gatingPlugin = '';
}

/** Neither rejected nor pending: the last attempt ended in an error. */
export function hasNoRejections(queued: QueuedPod): boolean {
  return queued.unschedulablePlugins.size === 0 && queued.pendingPlugins.size === 0;
}
