/** Pod start-up latency of a plan's Pods on given Nodes: a run of the whole cluster, as `clockwork run` makes it. */
import { stringify } from 'yaml';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { checkedExperiment, type Study } from '../experiments/load.ts';
import { simulate } from '../experiments/simulate.ts';
import type { LoadedPlan } from './load-plan.ts';
import type { SettledPods } from './settled-pods.ts';

const NODES_FILE = 'inputs/nodes.yaml';
const PODS_FILE = 'inputs/pods.yaml';

/** Undefined when not every Pod came to run within an hour. */
export function startupP99Seconds(
  { plan, pods, policy }: LoadedPlan,
  nodes: readonly Node[],
  { bound, displaced }: SettledPods,
  run: number,
): number | undefined {
  const list = (items: readonly unknown[]): string =>
    stringify({ apiVersion: 'v1', kind: 'List', items }, { aliasDuplicateObjects: false, lineWidth: 0 });
  const value = {
    name: 'plan',
    seed: plan.seed,
    cluster: { nodes: [{ manifests: NODES_FILE }] },
    workload: [{ manifests: PODS_FILE }],
    policies: [{ name: 'plan', scheduler: policy.configuration, ties: policy.tieBreak }],
  };
  const document = { file: 'plan', line: 1, value, lineOf: () => 1 };
  const study: Study = {
    experiment: checkedExperiment(document),
    inputs: { [NODES_FILE]: list(nodes), [PODS_FILE]: list([...bound, ...displaced, ...pods].map(withoutOwner)) },
    digest: '',
    sources: {},
  };
  const { result } = simulate(study, { case: { index: 0, factors: {} }, policy: 'plan', run });
  // Pods that came with their Node are in no latency.
  const { podsScheduled, podsUnscheduled, podsStarted, startupLatencyP99Micros: p99 } = result.metrics;
  const allRan = podsUnscheduled === 0 && podsStarted === podsScheduled;
  return allRan && typeof p99 === 'number' ? p99 / 1e6 : undefined;
}

/** Owners are not in the simulated cluster, whose garbage collector would take their Pods. */
function withoutOwner(pod: Pod): Pod {
  const { ownerReferences: _, ...metadata } = pod.metadata;
  return { ...pod, metadata };
}
