/**
 * Which of two Pods is more important, and since when Pods run: what preemption compares.
 * Source: pkg/scheduler/util/utils.go MoreImportantPod, GetPodStartTime, GetEarliestPodStartTime.
 */
import { timestampToSeconds } from '../../objects/timestamp.ts';
import type { PodInfo } from '../framework/pod-info.ts';

/** A Pod that has not started yet counts as started now, which is later than all others. */
const NOT_STARTED = Number.POSITIVE_INFINITY;

/** Seconds since 1970. */
function startSeconds({ pod }: PodInfo): number {
  const startTime = pod.status?.startTime;
  return startTime ? timestampToSeconds(startTime) : NOT_STARTED;
}

/** Sorts the more important first: by priority, then by the earlier start. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.class.priority !== b.class.priority) return b.class.priority - a.class.priority;
  const [x, y] = [startSeconds(a), startSeconds(b)];
  return x === y ? 0 : x - y;
}

/** When the first of the Pods with the highest priority started, in seconds since 1970. */
export function earliestStartSeconds(victims: readonly PodInfo[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  let earliest = NOT_STARTED;
  for (const victim of victims) {
    const seconds = startSeconds(victim);
    const { priority } = victim.class;
    if (priority > highest) {
      highest = priority;
      earliest = seconds;
    } else if (priority === highest && seconds < earliest) earliest = seconds;
  }
  return earliest;
}
