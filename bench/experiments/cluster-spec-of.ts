/** What the models are asked to build for one run: the experiment's words turned into those of the composition root. */
import type { ClusterSpec, NodeGroup as ModelNodeGroup } from '../../models/cluster-spec.ts';
import type { ResourceList } from '../../models/objects/meta.ts';
import type { Study } from './load.ts';
import { schedulerConfigurationOf } from './policies.ts';
import type { CompleteNodeGroup } from './node-groups.ts';
import type { Experiment, PolicySpec } from './schema.ts';
import type { WorkloadInput } from './workload-input.ts';

/** Pods of a Node where its group does not say; the kubelet's default maxPods. */
const PODS_UNLESS_GIVEN = '110';

export function clusterSpecOf(
  experiment: Experiment,
  input: WorkloadInput,
  policy: PolicySpec,
  inputs: Study['inputs'],
): ClusterSpec {
  const { nodes: _, catalogue: __, ...settings } = experiment.cluster;
  return {
    ...settings,
    nodes: input.nodes,
    nodeGroups: input.nodeGroups.map(modelNodeGroup),
    objects: input.existing,
    scheduler: schedulerConfigurationOf(policy, inputs),
  };
}

function modelNodeGroup(group: CompleteNodeGroup): ModelNodeGroup {
  const { name, capacity, type: _, price: __, ...others } = group;
  const resources: ResourceList = { pods: PODS_UNLESS_GIVEN, ...capacity };
  return { ...others, namePrefix: `${name}-`, capacity: resources };
}
