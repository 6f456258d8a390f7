/**
 * NodeUnschedulable: no cordoned Node, unless the Pod tolerates the taint that says the same.
 * Source: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
 */
import type { FilterPlugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';
import { toleratesTaint } from '../framework/taints.ts';

const NAME = 'NodeUnschedulable';
const REJECTED = unresolvable(NAME, 'node(s) were unschedulable');
const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

export function nodeUnschedulable(): FilterPlugin {
  return {
    name: NAME,
    dependsOn: { node: ['unschedulable'], podParts: ({ spec }) => spec.tolerations },
    filter(_state, pod, { node }) {
      if (node.spec?.unschedulable !== true) return undefined;
      return toleratesTaint(pod.class.spec.tolerations, TAINT) ? undefined : REJECTED;
    },
  };
}
