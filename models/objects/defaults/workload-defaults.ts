/**
 * What the API server fills into the kinds that make Pods.
 * Source: pkg/apis/{apps,core,batch}/v1/defaults.go.
 */
import type { KubeObject } from '../meta.ts';
import type { PodTemplateSpec } from '../pod.ts';
import type { ReplicationController } from '../workloads.ts';
import { withField, withMissing } from './missing-fields.ts';
import { defaultTemplate } from './pod-defaults.ts';

type Fields = Readonly<Record<string, unknown>>;
type Workload = KubeObject & { readonly spec?: Fields & { readonly template?: PodTemplateSpec } };

/** The specification with its template filled in and the missing fields of `fallback`. */
function withSpec<T extends KubeObject>(object: T, fallback: Fields, change: (spec: Fields) => Fields = (s) => s): T {
  const workload = object as unknown as Workload;
  if (!workload.spec) return object;
  let spec: NonNullable<Workload['spec']> = withMissing(workload.spec, fallback);
  if (spec.template) spec = withField(spec, 'template', defaultTemplate(spec.template));
  spec = change(spec) as typeof spec;
  return withField(workload, 'spec', spec) as unknown as T;
}

/** The strategy under `name` with its type, and where that is RollingUpdate with its limits. */
function withRollingUpdate(spec: Fields, name: string, limits: Fields): Fields {
  const strategy = withMissing((spec[name] as Fields | undefined) ?? {}, { type: 'RollingUpdate' });
  const complete =
    strategy.type === 'RollingUpdate'
      ? withField(strategy, 'rollingUpdate', withMissing((strategy.rollingUpdate as Fields | undefined) ?? {}, limits))
      : strategy;
  return withField(spec, name, complete);
}

export function defaultDeployment<T extends KubeObject>(object: T): T {
  const fallback = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };
  const limits = { maxUnavailable: '25%', maxSurge: '25%' };
  return withSpec(object, fallback, (spec) => withRollingUpdate(spec, 'strategy', limits));
}

export function defaultReplicaSet<T extends KubeObject>(object: T): T {
  return withSpec(object, { replicas: 1 });
}

export function defaultDaemonSet<T extends KubeObject>(object: T): T {
  const limits = { maxUnavailable: 1, maxSurge: 0 };
  return withSpec(object, { revisionHistoryLimit: 10 }, (spec) => withRollingUpdate(spec, 'updateStrategy', limits));
}

export function defaultStatefulSet<T extends KubeObject>(object: T): T {
  const fallback = {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  };
  return withSpec(object, fallback, (spec) => withRollingUpdate(spec, 'updateStrategy', { partition: 0 }));
}

/** The labels of the template are the selector and the labels, where those are missing. */
export function defaultReplicationController<T extends KubeObject>(object: T): T {
  let result = withSpec(object, { replicas: 1 }) as unknown as ReplicationController;
  const labels = result.spec?.template?.metadata?.labels;
  if (!labels) return result as unknown as T;
  if (!result.spec.selector || Object.keys(result.spec.selector).length === 0) {
    result = { ...result, spec: { ...result.spec, selector: labels } };
  }
  if (!result.metadata.labels || Object.keys(result.metadata.labels).length === 0) {
    result = { ...result, metadata: { ...result.metadata, labels } };
  }
  return result as unknown as T;
}

const JOB = {
  completionMode: 'NonIndexed',
  suspend: false,
  backoffLimit: 6,
  podReplacementPolicy: 'TerminatingOrFailed',
};

/** Completions and parallelism are one each unless either is given. */
function defaultJobSpec(spec: Fields): Fields {
  const fallback: Record<string, unknown> = { ...JOB };
  if (spec['completions'] === undefined && spec['parallelism'] === undefined) fallback['completions'] = 1;
  fallback['parallelism'] = 1;
  if (spec['backoffLimitPerIndex'] !== undefined) fallback['backoffLimit'] = 2147483647;
  if (spec['podFailurePolicy'] !== undefined) fallback['podReplacementPolicy'] = 'Failed';
  return withMissing(spec, fallback);
}

export function defaultJob<T extends KubeObject>(object: T): T {
  return withSpec(object, {}, defaultJobSpec);
}

export function defaultCronJob<T extends KubeObject>(object: T): T {
  const fallback = {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  };
  return withSpec(object, fallback, (spec) => {
    const job = spec['jobTemplate'] as (Fields & { readonly spec?: Fields }) | undefined;
    if (!job?.spec) return spec;
    let jobSpec = job.spec as Fields & { readonly template?: PodTemplateSpec };
    if (jobSpec.template) jobSpec = withField(jobSpec, 'template', defaultTemplate(jobSpec.template));
    return withField(spec, 'jobTemplate', withField(job, 'spec', jobSpec));
  });
}
