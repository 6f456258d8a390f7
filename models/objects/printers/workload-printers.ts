/**
 * Workloads as `kubectl get` shows them.
 * Source: pkg/printers/internalversion/printers.go.
 */
import { formatLabels, formatLabelSelector, labelSelectorRequirements } from '../label-selector.ts';
import { requirementsText } from '../label-requirement.ts';
import type { Condition, IntOrString, KubeObject, LabelSelector } from '../meta.ts';
import type { PodTemplateSpec } from '../pod.ts';
import type {
  DaemonSet,
  Deployment,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../workloads.ts';
import { age, column, columns, containerCells, NONE, span, type TablePrinter, UNSET } from './table.ts';

const WIDE = ['Containers+', 'Images+', 'Selector+'];

/** Selector as the Deployment's column has it: "<invalid>" where it is, empty where it is absent or empty. */
function selectorText(selector: LabelSelector | undefined): string {
  try {
    return requirementsText(labelSelectorRequirements(selector));
  } catch {
    return '<invalid>';
  }
}

export const deploymentPrinter: TablePrinter<Deployment> = {
  columns: columns('Name', 'Ready', 'Up-to-date', 'Available', 'Age', ...WIDE),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
      selectorText(spec.selector),
    ];
  },
};

export const replicaSetPrinter: TablePrinter<ReplicaSet> = {
  columns: columns('Name', 'Desired#', 'Current#', 'Ready#', 'Age', ...WIDE),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
      formatLabelSelector(spec.selector),
    ];
  },
};

export const replicationControllerPrinter: TablePrinter<ReplicationController> = {
  columns: columns('Name', 'Desired#', 'Current#', 'Ready#', 'Age', ...WIDE),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
      formatLabels(spec.selector),
    ];
  },
};

export const statefulSetPrinter: TablePrinter<StatefulSet> = {
  columns: columns('Name', 'Ready', 'Age', 'Containers+', 'Images+'),
  row({ metadata, spec, status }, now) {
    const ready = (status?.['readyReplicas'] as number | undefined) ?? 0;
    return [
      metadata.name,
      `${ready}/${spec.replicas ?? 0}`,
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
    ];
  },
};

export const daemonSetPrinter: TablePrinter<DaemonSet> = {
  columns: columns(
    'Name',
    'Desired#',
    'Current#',
    'Ready#',
    'Up-to-date#',
    'Available#',
    'Node Selector',
    'Age',
    ...WIDE,
  ),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatLabels(spec.template?.spec?.nodeSelector),
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
      formatLabelSelector(spec.selector),
    ];
  },
};

interface JobSpec {
  readonly completions?: number;
  readonly parallelism?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
}

interface Job extends KubeObject {
  readonly spec: JobSpec;
  readonly status?: {
    readonly succeeded?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

function jobCompletions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobStatus({ metadata, status }: Job): string {
  const has = (type: string): boolean =>
    status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  if (has('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

export const jobPrinter: TablePrinter<Job> = {
  columns: columns('Name', 'Status', 'Completions', 'Duration', 'Age', ...WIDE),
  row(job, now) {
    const { metadata, spec, status } = job;
    const { startTime, completionTime } = status ?? {};
    const elapsed = completionTime && startTime ? span(startTime, completionTime) : age(startTime, now);
    return [
      metadata.name,
      jobStatus(job),
      jobCompletions(job),
      startTime ? elapsed : '',
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template?.spec?.containers),
      formatLabelSelector(spec.selector),
    ];
  },
};

interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly jobTemplate?: { readonly spec?: JobSpec };
  };
  readonly status?: { readonly active?: readonly unknown[]; readonly lastScheduleTime?: string };
}

function booleanText(value: boolean | undefined): string {
  if (value === undefined) return UNSET;
  return value ? 'True' : 'False';
}

export const cronJobPrinter: TablePrinter<CronJob> = {
  columns: [
    ...columns('Name', 'Schedule', 'Timezone'),
    column('Suspend', 'boolean'),
    ...columns('Active#', 'Last Schedule', 'Age', ...WIDE),
  ],
  row({ metadata, spec, status }, now) {
    const job = spec.jobTemplate?.spec;
    return [
      metadata.name,
      spec.schedule,
      spec.timeZone ?? NONE,
      booleanText(spec.suspend),
      status?.active?.length ?? 0,
      status?.lastScheduleTime ? age(status.lastScheduleTime, now) : NONE,
      age(metadata.creationTimestamp, now),
      ...containerCells(job?.template?.spec?.containers),
      formatLabelSelector(job?.selector),
    ];
  },
};

const limitText = (limit: IntOrString | undefined): string => (limit === undefined ? 'N/A' : String(limit));

export const disruptionBudgetPrinter: TablePrinter<PodDisruptionBudget> = {
  columns: columns('Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions#', 'Age'),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      limitText(spec?.minAvailable),
      limitText(spec?.maxUnavailable),
      status?.disruptionsAllowed ?? 0,
      age(metadata.creationTimestamp, now),
    ];
  },
};

interface ControllerRevision extends KubeObject {
  readonly revision?: number;
}

export const controllerRevisionPrinter: TablePrinter<ControllerRevision> = {
  columns: columns('Name', 'Controller', 'Revision#', 'Age'),
  row({ metadata, revision }, now) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    const slash = owner?.apiVersion.indexOf('/') ?? -1;
    const group = owner && slash > 0 ? `.${owner.apiVersion.slice(0, slash)}` : '';
    const name = owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : NONE;
    return [metadata.name, name, revision ?? 0, age(metadata.creationTimestamp, now)];
  },
};
