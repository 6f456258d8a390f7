/**
 * The metrics of a run: name, unit, which direction is good, and how the terminal shows a value. Definitions are in
 * results/README.md; names end in their unit where they have one.
 */
import { formatDuration } from './duration.ts';

export interface Metric {
  readonly name: string;
  /** As documented and shown. */
  readonly unit:
    | 'µs'
    | 'Pods'
    | 'Nodes'
    | 'fraction'
    | 'Pods/s'
    | 'attempts'
    | 'milli-GPU'
    | 'requests'
    | 'events'
    | 'writes'
    | '';
  readonly better: 'lower' | 'higher' | undefined;
  /** In the table of the terminal; all metrics are in the files. */
  readonly shown: boolean;
  readonly title: string;
}

function metric(name: string, unit: Metric['unit'], better: Metric['better'], title: string, shown = true): Metric {
  return { name, unit, better, title, shown };
}

export const METRICS: readonly Metric[] = [
  metric('pods', 'Pods', undefined, 'Pods', false),
  metric('podsScheduled', 'Pods', 'higher', 'Pods placed'),
  metric('podsUnscheduled', 'Pods', 'lower', 'Pods not placed'),
  metric('podsStarted', 'Pods', 'higher', 'Pods that ran', false),
  metric('schedulingLatencyMeanMicros', 'µs', 'lower', 'scheduling latency, mean', false),
  metric('schedulingLatencyP50Micros', 'µs', 'lower', 'scheduling latency, p50'),
  metric('schedulingLatencyP90Micros', 'µs', 'lower', 'scheduling latency, p90', false),
  metric('schedulingLatencyP99Micros', 'µs', 'lower', 'scheduling latency, p99'),
  metric('schedulingLatencyMaxMicros', 'µs', 'lower', 'scheduling latency, max', false),
  metric('startupLatencyMeanMicros', 'µs', 'lower', 'Pod start-up latency, mean', false),
  metric('startupLatencyP50Micros', 'µs', 'lower', 'Pod start-up latency, p50'),
  metric('startupLatencyP90Micros', 'µs', 'lower', 'Pod start-up latency, p90', false),
  metric('startupLatencyP99Micros', 'µs', 'lower', 'Pod start-up latency, p99'),
  metric('startupLatencyMaxMicros', 'µs', 'lower', 'Pod start-up latency, max', false),
  metric('schedulingThroughput', 'Pods/s', 'higher', 'scheduling throughput'),
  metric('schedulingAttempts', 'attempts', 'lower', 'scheduling attempts', false),
  metric('podsPreempted', 'Pods', 'lower', 'Pods preempted'),
  metric('podsEvicted', 'Pods', 'lower', 'Pods evicted'),
  metric('pendingMean', 'Pods', 'lower', 'Pods pending, mean', false),
  metric('pendingMax', 'Pods', 'lower', 'Pods pending, max'),
  metric('nodesInUseMean', 'Nodes', 'lower', 'Nodes in use, mean'),
  metric('nodesInUseMax', 'Nodes', 'lower', 'Nodes in use, max'),
  metric('cpuUtilisationMean', 'fraction', 'higher', 'CPU requested, mean', false),
  metric('cpuUtilisationMax', 'fraction', 'higher', 'CPU requested, max'),
  metric('memoryUtilisationMean', 'fraction', 'higher', 'memory requested, mean', false),
  metric('memoryUtilisationMax', 'fraction', 'higher', 'memory requested, max'),
  metric('cpuImbalanceMean', 'fraction', 'lower', 'CPU imbalance of Nodes, mean'),
  metric('memoryImbalanceMean', 'fraction', 'lower', 'memory imbalance of Nodes, mean'),
  metric('cpuStrandedMean', 'fraction', 'lower', 'CPU stranded, mean'),
  metric('memoryStrandedMean', 'fraction', 'lower', 'memory stranded, mean'),
  metric('nodeCost', '', 'lower', 'cost of Nodes'),
  metric('nodeCostInUse', '', 'lower', 'cost of Nodes in use'),
  metric('apiRequests', 'requests', 'lower', 'API requests', false),
  metric('apiLatencyMeanMicros', 'µs', 'lower', 'API latency, mean', false),
  metric('watchEvents', 'events', 'lower', 'watch events sent', false),
  metric('etcdWrites', 'writes', 'lower', 'etcd writes', false),
  metric('gpuAllocation', 'fraction', 'higher', 'GPUs allocated'),
  metric('gpuFragmentation', 'fraction', 'lower', 'GPUs fragmented'),
  metric('gpuFragmentationOfIdle', 'fraction', 'lower', 'idle GPUs fragmented'),
  metric('gpuAllocatedMilli', 'milli-GPU', 'higher', 'GPUs allocated at the end', false),
  metric('warmUpMicros', 'µs', undefined, 'warm-up left out', false),
  metric('warmUpFound', 'fraction', undefined, 'runs with a clear end of warm-up', false),
  metric('virtualMicros', 'µs', undefined, 'virtual time', false),
];

/** A value as the terminal shows it: at most four significant digits, with its unit. */
export function formatMetric(value: number, unit: Metric['unit']): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'µs') return formatMicros(value);
  if (unit === 'fraction') return `${significant(value * 100, 3)} %`;
  return significant(value, 4);
}

function formatMicros(micros: number): string {
  const size = Math.abs(micros);
  if (size >= 600e6) return (micros < 0 ? '-' : '') + formatDuration(Math.round(size / 1e6) * 1e6);
  if (size >= 1e6) return `${significant(micros / 1e6, 4)} s`;
  if (size >= 1e3) return `${significant(micros / 1e3, 4)} ms`;
  return `${significant(micros, 4)} µs`;
}

function significant(value: number, digits: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  const rounded = Number(value.toPrecision(digits));
  return String(Object.is(rounded, -0) ? 0 : rounded);
}
