/**
 * Nodes that are there and Ready at time 0, for the store to begin with. What a manifest says of a Node's state is
 * kept; what it leaves out is what a working Node has.
 */
import type { ClusterClock } from '../cluster-clock.ts';
import { nodeConditions } from '../kubelet/node-conditions.ts';
import { copyOf } from '../objects/field-layout.ts';
import type { Condition } from '../objects/meta.ts';
import type { Node, NodeSpec, NodeStatus, Taint } from '../objects/node.ts';
import { withParts } from '../objects/object-copies.ts';
import { CONTROL_PLANE_LABELS, CONTROL_PLANE_TAINT, type PlannedNode } from './node-objects.ts';

function networkCondition(now: string): Condition {
  return {
    type: 'NetworkUnavailable',
    status: 'False',
    reason: 'FlannelIsUp',
    message: 'Flannel is running on this node',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
}

let latest: { readonly now: string; readonly conditions: readonly Condition[] } | undefined;

/** Of a Node that works since now; one list for all of them. */
function workingConditions(now: string): readonly Condition[] {
  if (latest?.now !== now) latest = { now, conditions: [networkCondition(now), ...nodeConditions(true, now)] };
  return latest.conditions;
}

/** The Node with a subnet, conditions and, for the control plane, its label and taint. */
export function readyNode(planned: PlannedNode, podCIDR: string, clock: ClusterClock, schedulable: boolean): Node {
  const { node, controlPlane } = planned;
  const now = clock.nowTimestamp();
  const given = node.status?.conditions;
  const conditions = given?.some(({ type }) => type === 'Ready')
    ? given
    : given === undefined
      ? workingConditions(now)
      : [...workingConditions(now), ...given];
  const taints = [...(node.spec?.taints ?? [])];
  if (controlPlane && !schedulable && !taints.some(({ key }) => key === CONTROL_PLANE_TAINT.key)) {
    taints.push(CONTROL_PLANE_TAINT);
  }
  const metadata = controlPlane
    ? { ...node.metadata, labels: { ...node.metadata.labels, ...CONTROL_PLANE_LABELS } }
    : node.metadata;
  return withParts(node, metadata, specOf(node.spec ?? {}, podCIDR, taints), statusOf(node.status ?? {}, conditions));
}

function specOf(given: NodeSpec, subnet: string, taints: readonly Taint[]): NodeSpec {
  const spec = copyOf(given);
  spec.podCIDR ??= subnet;
  spec.podCIDRs ??= [spec.podCIDR];
  if (taints.length > 0) spec.taints = taints;
  return spec;
}

function statusOf(given: NodeStatus, conditions: readonly Condition[]): NodeStatus {
  const status = copyOf(given);
  status.conditions = conditions;
  return status;
}
