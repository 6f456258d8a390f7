/** Which columns of timeseries.csv a trace shows as curves, and where. */
import { resourceNameParts } from './resource-names.ts';

/** One curve, or several that are stacked. */
export interface Counter {
  readonly process: 'kube-scheduler' | 'cluster';
  readonly name: string;
  /** Columns by the name of the value. */
  readonly values: Readonly<Record<string, string>>;
}

const KNOWN: readonly Counter[] = [
  { process: 'kube-scheduler', name: 'Pods without a Node', values: { pods: 'pending' } },
  {
    process: 'kube-scheduler',
    name: 'Pods in the queues',
    values: {
      active: 'queueActive',
      backoff: 'queueBackoff',
      unschedulable: 'queueUnschedulable',
      gated: 'queueGated',
    },
  },
  { process: 'cluster', name: 'Pods on Nodes', values: { pods: 'bound' } },
  { process: 'cluster', name: 'running Pods', values: { pods: 'running' } },
  { process: 'cluster', name: 'Nodes in use', values: { nodes: 'nodesInUse' } },
  ...['cpu', 'memory'].flatMap((resource) => [
    share(resource, 'utilisation', `${resource}Utilisation`),
    share(resource, 'imbalance', `${resource}Imbalance`),
    share(resource, 'stranded', `${resource}Stranded`),
  ]),
];

function share(resource: string, measure: string, column: string): Counter {
  return { process: 'cluster', name: `${resource} ${measure}`, values: { share: column } };
}

/** The curves of a table with these columns, those of further resources last. */
export function countersOf(columns: readonly string[]): Counter[] {
  const known = KNOWN.filter(({ values }) => Object.values(values).every((column) => columns.includes(column)));
  const resources = columns.flatMap((column) => {
    const parts = resourceNameParts(column);
    return parts === undefined ? [] : [share(parts.resource, parts.measure, column)];
  });
  return [...known, ...resources];
}
