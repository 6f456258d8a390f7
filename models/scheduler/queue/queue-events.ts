/**
 * What the scheduler tells its queue when an informer reports a change. Kept apart from the component, so that a recording of the
 * real event handlers can be replayed against the queue alone.
 *
 * Source: pkg/scheduler/eventhandlers.go.
 */
import type { Micros } from '../../../engine/index.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import {
  ADD,
  ASSIGNED_POD_ADD,
  ASSIGNED_POD_DELETE,
  clusterEvent,
  DELETE,
  type EventResource,
  NODE_ADD,
  NODE_DELETE,
  UPDATE,
} from './cluster-event.ts';
import { nodeChangeEvents } from './node-changes.ts';
import { podChangeEvents } from './pod-changes.ts';
import { priorityOf, uidOf } from './queued-pod.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';

const nominatedNode = (pod: Pod): string => pod.status?.nominatedNodeName ?? '';

export class QueueEvents {
  readonly #queue: SchedulingQueue;

  constructor(queue: SchedulingQueue) {
    this.#queue = queue;
  }

  podAdded(pod: Pod, nowMicros: Micros): void {
    this.#queue.add(pod, nowMicros);
  }

  /** Not to be called for a Pod that is assumed on a Node. */
  podUpdated(oldPod: Pod, newPod: Pod, nowMicros: Micros): void {
    this.#queue.update(oldPod, newPod, nowMicros);
    const before = nominatedNode(oldPod);
    if (before !== '' && before !== nominatedNode(newPod)) this.#nominationLost(oldPod, nowMicros);
  }

  /** The Pod is gone, or is now on a Node (for the informer of Pods without Node that is the same). */
  podDeleted(pod: Pod, nowMicros: Micros): void {
    this.#queue.delete(pod);
    if (nominatedNode(pod) !== '') this.#nominationLost(pod, nowMicros);
  }

  assignedPodAdded(pod: Pod, nowMicros: Micros): void {
    this.#queue.moveAll(ASSIGNED_POD_ADD, undefined, pod, nowMicros);
  }

  assignedPodUpdated(oldPod: Pod, newPod: Pod, nowMicros: Micros): void {
    for (const event of podChangeEvents(oldPod, newPod)) this.#queue.moveAll(event, oldPod, newPod, nowMicros);
  }

  assignedPodDeleted(pod: Pod, nowMicros: Micros): void {
    this.#queue.moveAll(ASSIGNED_POD_DELETE, pod, undefined, nowMicros);
  }

  /** A Pod that was only assumed on its Node is no longer; it must not be woken by this itself. */
  assignedPodForgotten(pod: Pod, nowMicros: Micros): void {
    const uid = uidOf(pod);
    this.#queue.moveAll(ASSIGNED_POD_DELETE, pod, undefined, nowMicros, (other) => uidOf(other) !== uid);
  }

  nodeAdded(node: Node, nowMicros: Micros): void {
    this.#queue.moveAll(NODE_ADD, undefined, node, nowMicros);
  }

  nodeUpdated(oldNode: Node, newNode: Node, nowMicros: Micros): void {
    for (const event of nodeChangeEvents(oldNode, newNode)) this.#queue.moveAll(event, oldNode, newNode, nowMicros);
  }

  nodeDeleted(node: Node, nowMicros: Micros): void {
    this.#queue.moveAll(NODE_DELETE, node, undefined, nowMicros);
  }

  /** An object of another kind that plugins wait for; what happened follows from which of the two is absent. */
  otherChanged(
    resource: EventResource,
    oldObject: KubeObject | undefined,
    newObject: KubeObject | undefined,
    nowMicros: Micros,
  ): void {
    const action = oldObject === undefined ? ADD : newObject === undefined ? DELETE : UPDATE;
    this.#queue.moveAll(clusterEvent(resource, action), oldObject, newObject, nowMicros);
  }

  /** Pods of at most its priority had to treat a nominated Pod as if it were on the Node. */
  #nominationLost(pod: Pod, nowMicros: Micros): void {
    const priority = priorityOf(pod);
    this.#queue.moveAll(ASSIGNED_POD_DELETE, pod, undefined, nowMicros, (other) => priorityOf(other) <= priority);
  }
}
