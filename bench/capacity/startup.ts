/** Pod start-up latency of a plan's Pods on given Nodes: a run of the whole cluster, as `clockwork run` makes it. */
import { stringify } from 'yaml';
import type { Node } from '../../models/objects/node.ts';
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
    inputs: { [NODES_FILE]: list(nodes), [PODS_FILE]: list([...bound, ...displaced, ...pods]) },
    digest: '',
    sources: {},
  };
  const { result } = simulate(study, { case: { index: 0, factors: {} }, policy: 'plan', run });
  const { podsStarted, pods: all, startupLatencyP99Micros: p99 } = result.metrics;
  return podsStarted === all && typeof p99 === 'number' ? p99 / 1e6 : undefined;
}
