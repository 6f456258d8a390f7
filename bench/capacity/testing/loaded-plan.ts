/** For tests: a plan over objects in memory, as `loadPlan` makes it from files. */
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { FitPolicy } from '../fit.ts';
import type { LoadedPlan } from '../load-plan.ts';
import { completeType } from '../machine-type.ts';
import { planSchema } from '../plan-schema.ts';
import { daemonsOfPods } from '../settled-pods.ts';
import { snapshotPods } from '../snapshot-pods.ts';

export interface PlanParts {
  /** Fields of the plan file but `name`. */
  readonly plan: Readonly<Record<string, unknown>>;
  readonly nodes?: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly template?: Pod;
  readonly policy?: Partial<FitPolicy>;
}

export function loadedPlan({ plan: fields, nodes = [], pods: all = [], template, policy }: PlanParts): LoadedPlan {
  const plan = planSchema.parse({ name: 'test', ...fields });
  const { bound, pods, notes } = snapshotPods(all);
  const configuration = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
  return {
    file: 'plan',
    plan,
    inputs: {},
    digest: '',
    types: (plan.nodes.types ?? []).map((type) => completeType(type)),
    nodes,
    nodeNames: new Set(nodes.map(({ metadata }) => metadata.name)),
    bound,
    pods,
    daemons: daemonsOfPods(bound, []),
    template,
    policy: { configuration, tieBreak: 'first', seed: '1', typicalGpuPods: [], ...policy },
    notes,
  };
}
