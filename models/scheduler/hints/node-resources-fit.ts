/** Events that may cure a rejection by NodeResourcesFit. Source: plugins/noderesources/fit.go. */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { isScalarResource, podRequests, type Requests, resourceAmount } from '../queue/object-rules.ts';
import { ADD, DELETE, UPDATE_NODE_ALLOCATABLE, UPDATE_POD_SCALE_DOWN } from '../queue/cluster-event.ts';
import { effectiveRequests } from '../queue/effective-requests.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { heldNode } from './held-node.ts';

const COUNTED = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Resources that the plugin looks at. */
const counts = (name: string): boolean => COUNTED.has(name) || isScalarResource(name);

function amount(requests: Requests, name: string): number {
  return requests.get(name) ?? 0;
}

function allocatable(node: Node, name: string): number {
  return resourceAmount(name, node.status?.allocatable?.[name]);
}

/** Whether the Pod would fit the Node if that were empty. */
function fitsEmptyNode(requests: Requests, node: Node): boolean {
  if (allocatable(node, 'pods') < 1) return false;
  for (const [name, requested] of requests) {
    if (counts(name) && requested > 0 && requested > allocatable(node, name)) return false;
  }
  return true;
}

/** A Node on which the Pod fits when empty; if it was there before, something the Pod asks for, or the number of Pods, has grown. */
function afterNodeChange(pod: Pod, oldNode: Node | undefined, newNode: Node): boolean {
  const requests = podRequests(pod);
  if (!fitsEmptyNode(requests, newNode)) return false;
  if (oldNode === undefined) return true;
  if (allocatable(newNode, 'pods') > allocatable(oldNode, 'pods')) return true;
  for (const [name, requested] of requests) {
    if (counts(name) && requested > 0 && allocatable(newNode, name) > allocatable(oldNode, name)) return true;
  }
  return false;
}

/** A Pod on a Node has gone, or shrunk in something the Pod asks for; or the Pod itself asks for less. */
function afterPodEvent(pod: Pod, oldPod: Pod, newPod: Pod | undefined): boolean {
  if (newPod === undefined) return heldNode(oldPod);
  if (uidOf(newPod) === uidOf(pod)) return true;
  if (!newPod.spec.nodeName) return false;
  const before = effectiveRequests(oldPod);
  const after = effectiveRequests(newPod);
  for (const [name, requested] of podRequests(pod)) {
    if (counts(name) && requested > 0 && amount(before, name) > amount(after, name)) return true;
  }
  return false;
}

export const nodeResourcesFitEvents: readonly EventRegistration[] = [
  { resource: 'Pod', actions: DELETE | UPDATE_POD_SCALE_DOWN, hint: afterPodEvent },
  { resource: 'Node', actions: ADD | UPDATE_NODE_ALLOCATABLE, hint: afterNodeChange },
];
