/**
 * PrioritySort: Pods of higher priority first, then those that have waited longer.
 * Source: pkg/scheduler/framework/plugins/queuesort/priority_sort.go.
 */
import type { QueueSortPlugin } from '../framework/plugin.ts';

export function prioritySortPlugin(): QueueSortPlugin {
  return {
    name: 'PrioritySort',
    compare(a, b) {
      const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
      return byPriority === 0 ? a.timestampMicros - b.timestampMicros : byPriority;
    },
  };
}
