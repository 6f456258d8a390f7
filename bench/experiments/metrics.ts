/**
 * The metrics of a run: name, unit, which direction is good, and how the terminal shows a value. Definitions are in
 * results/README.md; names end in their unit where they have one.
 */
import { formatDuration } from './duration.ts';
import { resourceMetrics } from './resource-names.ts';

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
    | 'commits'
    | '';
  /**
   * `neither`: policies are compared, but no direction is good in itself. Utilisation is such a metric: a policy that starts Pods
   * more slowly holds what they request for longer. Undefined: not compared.
   */
  readonly better: 'lower' | 'higher' | 'neither' | undefined;
  /** In the table of the terminal; all metrics are in the files. `unlessZero`: where there is nothing to say it is left out. */
  readonly shown: boolean | 'unlessZero';
  readonly title: string;
}

function metric(
  name: string,
  unit: Metric['unit'],
  better: Metric['better'],
  title: string,
  shown: Metric['shown'] = true,
): Metric {
  return { name, unit, better, title, shown };
}

/** All metrics that runs have, in the order in which they are shown; definitions are in results/README.md. */
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
  metric('waitingTimeMeanMicros', 'µs', 'lower', 'time without a Node, mean', false),
  metric('waitingTimeP50Micros', 'µs', 'lower', 'time without a Node, p50', false),
  metric('waitingTimeP90Micros', 'µs', 'lower', 'time without a Node, p90', false),
  metric('waitingTimeP99Micros', 'µs', 'lower', 'time without a Node, p99', false),
  metric('waitingTimeMaxMicros', 'µs', 'lower', 'time without a Node, max', false),
  metric('scheduleToRunMeanMicros', 'µs', 'lower', 'from binding to running, mean', false),
  metric('scheduleToRunP50Micros', 'µs', 'lower', 'from binding to running, p50', false),
  metric('scheduleToRunP90Micros', 'µs', 'lower', 'from binding to running, p90', false),
  metric('scheduleToRunP99Micros', 'µs', 'lower', 'from binding to running, p99', false),
  metric('scheduleToRunMaxMicros', 'µs', 'lower', 'from binding to running, max', false),
  metric('schedulingThroughput', 'Pods/s', 'higher', 'scheduling throughput'),
  metric('schedulingAttempts', 'attempts', 'lower', 'scheduling attempts', false),
  metric('attemptsScheduled', 'attempts', 'neither', 'attempts that placed a Pod', false),
  metric('attemptsUnschedulable', 'attempts', 'lower', 'attempts that found no Node', false),
  metric('attemptsError', 'attempts', 'lower', 'attempts that ended in an error', false),
  metric('podsPreempted', 'Pods', 'lower', 'Pods preempted', 'unlessZero'),
  metric('podsEvicted', 'Pods', 'lower', 'Pods evicted', 'unlessZero'),
  metric('pendingMean', 'Pods', 'lower', 'Pods pending, mean', false),
  metric('pendingMax', 'Pods', 'lower', 'Pods pending, max'),
  ...(['active', 'backoff', 'unschedulable', 'gated'] as const).flatMap((queue) => {
    const name = `queue${queue.charAt(0).toUpperCase()}${queue.slice(1)}`;
    return [
      metric(`${name}Mean`, 'Pods', 'lower', `Pods in the ${queue} queue, mean`, false),
      metric(`${name}Max`, 'Pods', 'lower', `Pods in the ${queue} queue, max`, false),
    ];
  }),
  metric('nodesInUseMean', 'Nodes', 'lower', 'Nodes in use, mean'),
  metric('nodesInUseMax', 'Nodes', 'lower', 'Nodes in use, max'),
  metric('cpuUtilisationMean', 'fraction', 'neither', 'CPU requested, mean', false),
  metric('cpuUtilisationMax', 'fraction', 'neither', 'CPU requested, max'),
  metric('memoryUtilisationMean', 'fraction', 'neither', 'memory requested, mean', false),
  metric('memoryUtilisationMax', 'fraction', 'neither', 'memory requested, max'),
  metric('cpuImbalanceMean', 'fraction', 'lower', 'CPU imbalance of Nodes, mean'),
  metric('memoryImbalanceMean', 'fraction', 'lower', 'memory imbalance of Nodes, mean'),
  metric('cpuStrandedMean', 'fraction', 'lower', 'CPU stranded, mean', 'unlessZero'),
  metric('memoryStrandedMean', 'fraction', 'lower', 'memory stranded, mean', 'unlessZero'),
  metric('nodeCost', '', 'lower', 'cost of Nodes'),
  metric('nodeCostInUse', '', 'lower', 'cost of Nodes in use'),
  metric('apiRequests', 'requests', 'lower', 'API requests', false),
  metric('apiLatencyMeanMicros', 'µs', 'lower', 'API latency, mean', false),
  metric('apiWriteLatencyP50Micros', 'µs', 'lower', 'API writes, p50', false),
  metric('apiWriteLatencyP99Micros', 'µs', 'lower', 'API writes, p99', false),
  metric('watchEvents', 'events', 'lower', 'watch events sent', false),
  metric('etcdWrites', 'writes', 'lower', 'etcd writes', false),
  metric('etcdCommits', 'commits', 'lower', 'etcd commits', false),
  metric('gpuAllocationMean', 'fraction', 'neither', 'GPUs allocated, mean'),
  metric('gpuFragmentationMean', 'fraction', 'lower', 'GPUs fragmented, mean'),
  metric('gpuFragmentationOfIdleMean', 'fraction', 'lower', 'idle GPUs fragmented, mean'),
  metric('gpuAllocation', 'fraction', 'higher', 'GPUs allocated'),
  metric('gpuFragmentation', 'fraction', 'lower', 'GPUs fragmented'),
  metric('gpuFragmentationOfIdle', 'fraction', 'lower', 'idle GPUs fragmented'),
  metric('gpuAllocatedMilli', 'milli-GPU', 'higher', 'GPUs allocated at the end', false),
  metric('warmUpMicros', 'µs', undefined, 'warm-up left out', false),
  metric('warmUpFound', 'fraction', undefined, 'runs with a clear end of warm-up', false),
  metric('virtualMicros', 'µs', undefined, 'virtual time', false),
];

/** All metrics that runs may have whose Nodes have these resources beside CPU and memory, in the order of the tables. */
export function metricsWith(resources: readonly string[]): readonly Metric[] {
  if (resources.length === 0) return METRICS;
  const after = METRICS.findIndex(({ name }) => name === 'memoryStrandedMean') + 1;
  return [...METRICS.slice(0, after), ...resources.flatMap(resourceMetrics), ...METRICS.slice(after)];
}

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
