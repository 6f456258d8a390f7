/**
 * What an update of a Node means for scheduling: the cluster events it is, in the order in which the queue hears of them.
 * Source: pkg/scheduler/framework/events.go NodeSchedulingPropertiesChange.
 */
import type { Condition, ResourceList } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import {
  type ClusterEvent,
  clusterEvent,
  UPDATE_NODE_ALLOCATABLE,
  UPDATE_NODE_ANNOTATION,
  UPDATE_NODE_CONDITION,
  UPDATE_NODE_LABEL,
  UPDATE_NODE_TAINT,
} from './cluster-event.ts';
import { compareQuantity, sameValue } from './object-rules.ts';

/** No event when nothing that matters has changed. A Node that is uncordoned counts as one whose taints changed. */
export function nodeChangeEvents(oldNode: Node, newNode: Node): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (action: number): number => events.push(clusterEvent('Node', action));
  if (oldNode.spec?.unschedulable === true && newNode.spec?.unschedulable !== true) add(UPDATE_NODE_TAINT);
  if (!sameQuantities(oldNode.status?.allocatable ?? {}, newNode.status?.allocatable ?? {}))
    add(UPDATE_NODE_ALLOCATABLE);
  if (!sameValue(oldNode.metadata.labels ?? {}, newNode.metadata.labels ?? {})) add(UPDATE_NODE_LABEL);
  if (!sameValue(oldNode.spec?.taints ?? [], newNode.spec?.taints ?? [])) add(UPDATE_NODE_TAINT);
  if (!sameConditions(oldNode, newNode)) add(UPDATE_NODE_CONDITION);
  if (!sameValue(oldNode.metadata.annotations ?? {}, newNode.metadata.annotations ?? {})) add(UPDATE_NODE_ANNOTATION);
  return events;
}

function sameQuantities(before: ResourceList, after: ResourceList): boolean {
  if (before === after) return true;
  const names = Object.keys(before);
  if (names.length !== Object.keys(after).length) return false;
  return names.every((name) => {
    const [x, y] = [before[name], after[name]];
    return x !== undefined && y !== undefined && (x === y || compareQuantity(x, y) === 0);
  });
}

/** Only the status of each condition counts. */
function sameConditions(oldNode: Node, newNode: Node): boolean {
  const before = oldNode.status?.conditions ?? [];
  const after = newNode.status?.conditions ?? [];
  if (before === after || sayTheSameInOrder(before, after)) return true;
  return before.every((x) => saysTheSame(x, after)) && after.every((x) => saysTheSame(x, before));
}

/** As reports do that bring nothing new. */
function sayTheSameInOrder(before: readonly Condition[], after: readonly Condition[]): boolean {
  if (before.length !== after.length) return false;
  for (let i = 0; i < before.length; i++) {
    const [x, y] = [before[i] as Condition, after[i] as Condition];
    if (x !== y && (x.type !== y.type || x.status !== y.status)) return false;
  }
  return true;
}

function saysTheSame({ type, status }: Condition, others: readonly Condition[]): boolean {
  return others.some((other) => other.type === type && other.status === status);
}
