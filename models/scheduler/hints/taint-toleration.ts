/** Events that may cure a rejection by TaintToleration. Source: plugins/tainttoleration/taint_toleration.go. */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { findUntoleratedTaint } from '../queue/object-rules.ts';
import { ADD, UPDATE_NODE_TAINT, UPDATE_POD_TOLERATION } from '../queue/cluster-event.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

const isTolerated = (pod: Pod, node: Node): boolean =>
  findUntoleratedTaint(node.spec?.taints, pod.spec.tolerations) === undefined;

/** A Node whose taints the Pod did not tolerate before, and does now. */
function afterNodeChange(pod: Pod, oldNode: Node | undefined, newNode: Node): boolean {
  return (oldNode === undefined || !isTolerated(pod, oldNode)) && isTolerated(pod, newNode);
}

export const taintTolerationEvents: readonly EventRegistration[] = [
  { resource: 'Node', actions: ADD | UPDATE_NODE_TAINT, hint: afterNodeChange },
  {
    resource: 'Pod',
    actions: UPDATE_POD_TOLERATION,
    hint: (pod: Pod, _oldPod: Pod, newPod: Pod): boolean => uidOf(pod) === uidOf(newPod),
  },
];
