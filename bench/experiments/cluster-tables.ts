/** The columns of pods.csv, nodes.csv and timeseries.csv; results/README.md documents them. */
import type { Column } from '../../results/index.ts';
import { nodeResourceColumns, podResourceColumns, resourceGauges } from './resource-names.ts';

const text = (name: string): Column => ({ name, type: 'text' });
const number = (name: string, unit?: string): Column =>
  unit === undefined ? { name, type: 'number' } : { name, type: 'number', unit };

/** One row for each Pod that was ever in the cluster. */
export const POD_COLUMNS: readonly Column[] = [
  text('pod'),
  text('node'),
  text('phase'),
  number('createdMicros', 'µs'),
  number('scheduledMicros', 'µs'),
  number('runningMicros', 'µs'),
  number('deletedMicros', 'µs'),
  number('attempts'),
  number('cpuMillis', 'millicores'),
  number('memoryBytes', 'bytes'),
  text('reason'),
];

/** One row for each Node, as at the end of the run. */
export const NODE_COLUMNS: readonly Column[] = [
  text('node'),
  text('zone'),
  number('pods'),
  number('podsMax'),
  number('cpuRequestedMillis', 'millicores'),
  number('cpuAllocatableMillis', 'millicores'),
  number('memoryRequestedBytes', 'bytes'),
  number('memoryAllocatableBytes', 'bytes'),
];

/** What is recorded over time; the first column of the file is timeMicros. */
export const GAUGES = [
  'pending',
  'bound',
  'running',
  'queueActive',
  'queueBackoff',
  'queueUnschedulable',
  'queueGated',
  'nodesInUse',
  'cpuUtilisation',
  'memoryUtilisation',
  'cpuImbalance',
  'memoryImbalance',
  'cpuStranded',
  'memoryStranded',
] as const;

/** Names of the columns of each table of runs whose Nodes have these resources beside CPU and memory. */
export function tableColumns(resources: readonly string[]): Readonly<Record<TableName, readonly string[]>> {
  const names = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);
  return {
    pods: [...names(POD_COLUMNS), ...resources.flatMap(podResourceColumns)],
    nodes: [...names(NODE_COLUMNS), ...resources.flatMap(nodeResourceColumns)],
    timeseries: ['timeMicros', ...GAUGES, ...resources.flatMap(resourceGauges)],
  };
}

export type TableName = 'pods' | 'nodes' | 'timeseries';
