/**
 * Copies of Nodes as their kubelets' reports make them, for the reason that `pod-copies.ts` gives: written field by field they share one
 * hidden class, where spreads give every other Node a class of its own.
 */
import { copyOf, hasFields } from './field-layout.ts';
import type { Condition } from './meta.ts';
import type { ContainerImage, Node, NodeStatus } from './node.ts';
import { updatedStatus } from './object-copies.ts';

/** Fields of the status of a Node that runs, in the order in which registration leaves them. */
const STATUS_FIELDS = ['capacity', 'allocatable', 'addresses', 'nodeInfo', 'conditions'] as const;
const LISTED_FIELDS = [...STATUS_FIELDS, 'images'] as const;

/** The Node with these conditions, and these images unless there are none. */
export function reportedNode(node: Node, conditions: readonly Condition[], images: readonly ContainerImage[]): Node {
  return updatedStatus(node, reportedStatus(node.status ?? {}, conditions, images));
}

function reportedStatus(
  status: NodeStatus,
  conditions: readonly Condition[],
  images: readonly ContainerImage[],
): NodeStatus {
  const { capacity, allocatable, addresses, nodeInfo } = status as Required<NodeStatus>;
  const isUsual = hasFields(status, STATUS_FIELDS) || (images.length > 0 && hasFields(status, LISTED_FIELDS));
  if (isUsual) {
    return images.length > 0
      ? { capacity, allocatable, addresses, nodeInfo, conditions, images }
      : { capacity, allocatable, addresses, nodeInfo, conditions };
  }
  const copy = copyOf(status);
  copy.conditions = conditions;
  if (images.length > 0) copy.images = images;
  return copy;
}
