/** Events that may cure a rejection by NodeUnschedulable. Source: plugins/nodeunschedulable/node_unschedulable.go. */
import type { Node, Taint } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { findUntoleratedTaint } from '../queue/object-rules.ts';
import { ADD, UPDATE_NODE_TAINT, UPDATE_POD_TOLERATION } from '../queue/cluster-event.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

const CORDON: readonly Taint[] = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];

const isCordoned = (node: Node): boolean => node.spec?.unschedulable === true;

/** A Node that is no longer cordoned, or a new one that is not. */
function afterNodeChange(_pod: Pod, oldNode: Node | undefined, newNode: Node): boolean {
  return (oldNode === undefined || isCordoned(oldNode)) && !isCordoned(newNode);
}

/** The Pod itself came to tolerate cordoned Nodes. */
function afterTolerationChange(pod: Pod, _oldPod: Pod, newPod: Pod): boolean {
  return uidOf(pod) === uidOf(newPod) && findUntoleratedTaint(CORDON, newPod.spec.tolerations) === undefined;
}

export const nodeUnschedulableEvents: readonly EventRegistration[] = [
  { resource: 'Node', actions: ADD | UPDATE_NODE_TAINT, hint: afterNodeChange },
  { resource: 'Pod', actions: UPDATE_POD_TOLERATION, hint: afterTolerationChange },
];
