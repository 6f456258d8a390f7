/** Events that may cure a rejection by PodTopologySpread. Source: plugins/podtopologyspread/plugin.go. */
import type { Labels, LabelSelector } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod, TopologySpreadConstraint } from '../../objects/pod.ts';
import { matchesLabelSelector, sameValue } from '../queue/object-rules.ts';
import {
  ADD,
  DELETE,
  UPDATE_NODE_LABEL,
  UPDATE_NODE_TAINT,
  UPDATE_POD_LABEL,
  UPDATE_POD_TOLERATION,
} from '../queue/cluster-event.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

/** The hard constraints that the plugin's defaults give a Pod without constraints of its own; the system's defaults have none. */
export type DefaultHardConstraints = (pod: Pod) => readonly TopologySpreadConstraint[];

const NO_CONSTRAINTS: readonly TopologySpreadConstraint[] = [];

/** The selector with the values of `matchLabelKeys` merged in, as the plugin does. */
function selectorOf(constraint: TopologySpreadConstraint, pod: Pod): LabelSelector | undefined {
  const selector = constraint.labelSelector;
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => pod.metadata.labels?.[key] !== undefined);
  if (selector === undefined || keys.length === 0) return selector;
  const own = keys.map((key) => ({ key, operator: 'In' as const, values: [pod.metadata.labels?.[key] ?? ''] }));
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...own] };
}

function matchesAny(constraints: readonly TopologySpreadConstraint[], pod: Pod, other: Pod): boolean {
  const labels = other.metadata.labels ?? {};
  return constraints.some((constraint) => matchesLabelSelector(selectorOf(constraint, pod), labels));
}

/** The Pod itself, or a Pod on a Node in its namespace. */
function isInvolved(other: Pod, pod: Pod): boolean {
  return (
    uidOf(other) === uidOf(pod) ||
    (Boolean(other.spec.nodeName) && (other.metadata.namespace ?? 'default') === (pod.metadata.namespace ?? 'default'))
  );
}

function changedFor(constraints: readonly TopologySpreadConstraint[], pod: Pod, oldPod: Pod, newPod: Pod): boolean {
  const ownToleration =
    uidOf(pod) === uidOf(newPod) && !sameValue(oldPod.spec.tolerations ?? [], newPod.spec.tolerations ?? []);
  if (ownToleration && constraints.some((constraint) => constraint.nodeTaintsPolicy === 'Honor')) return true;
  const [before, after] = [oldPod.metadata.labels ?? {}, newPod.metadata.labels ?? {}];
  return constraints.some((constraint) => {
    const selector = selectorOf(constraint, pod);
    return matchesLabelSelector(selector, before) !== matchesLabelSelector(selector, after);
  });
}

const hasAllKeys = (constraints: readonly TopologySpreadConstraint[], labels: Labels): boolean =>
  constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);

/** A Node with all topology keys came or went, began or ceased to have them, or changed a value of one or its taints. */
function afterNodeChange(
  constraints: readonly TopologySpreadConstraint[],
  oldNode: Node | undefined,
  newNode: Node | undefined,
): boolean {
  const [before, after] = [oldNode?.metadata.labels ?? {}, newNode?.metadata.labels ?? {}];
  if (oldNode === undefined) return hasAllKeys(constraints, after);
  if (newNode === undefined) return hasAllKeys(constraints, before);
  const matches = hasAllKeys(constraints, after);
  if (matches !== hasAllKeys(constraints, before)) return true;
  if (!matches) return false;
  if (constraints.some(({ topologyKey }) => before[topologyKey] !== after[topologyKey])) return true;
  return !sameValue(oldNode.spec?.taints ?? [], newNode.spec?.taints ?? []);
}

export function podTopologySpreadEvents(defaults: DefaultHardConstraints = () => []): readonly EventRegistration[] {
  const hardConstraints = (pod: Pod): readonly TopologySpreadConstraint[] => {
    const own = pod.spec.topologySpreadConstraints ?? NO_CONSTRAINTS;
    return own.length === 0 ? defaults(pod) : own.filter((one) => one.whenUnsatisfiable === 'DoNotSchedule');
  };
  const afterPodChange = (pod: Pod, oldPod: Pod | undefined, newPod: Pod | undefined): boolean => {
    if (newPod !== undefined && !isInvolved(newPod, pod)) return false;
    if (oldPod !== undefined && !isInvolved(oldPod, pod)) return false;
    const constraints = hardConstraints(pod);
    if (oldPod !== undefined && newPod !== undefined) return changedFor(constraints, pod, oldPod, newPod);
    return matchesAny(constraints, pod, (newPod ?? oldPod) as Pod);
  };
  return [
    { resource: 'Pod', actions: ADD | DELETE | UPDATE_POD_LABEL | UPDATE_POD_TOLERATION, hint: afterPodChange },
    {
      resource: 'Node',
      actions: ADD | DELETE | UPDATE_NODE_LABEL | UPDATE_NODE_TAINT,
      hint: (pod: Pod, oldNode: Node | undefined, newNode: Node | undefined) =>
        afterNodeChange(hardConstraints(pod), oldNode, newNode),
    },
  ];
}
