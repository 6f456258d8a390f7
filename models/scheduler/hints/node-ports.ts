/** Events that may cure a rejection by NodePorts. Source: plugins/nodeports/node_ports.go. */
import type { ContainerPort, Pod } from '../../objects/pod.ts';
import { ADD, DELETE } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';
import { heldNode } from './held-node.ts';

/** Host ports of containers and of sidecars (restartable init containers). */
function* hostPorts(pod: Pod): Iterable<ContainerPort> {
  for (const container of pod.spec.containers) {
    for (const port of container.ports ?? []) if ((port.hostPort ?? 0) > 0) yield port;
  }
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy !== 'Always') continue;
    for (const port of container.ports ?? []) if ((port.hostPort ?? 0) > 0) yield port;
  }
}

/** An absent or empty address is every address of the Node. */
const addressOf = (port: ContainerPort): string => port.hostIP || '0.0.0.0';

function conflict(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false;
  const [x, y] = [addressOf(a), addressOf(b)];
  return x === y || x === '0.0.0.0' || y === '0.0.0.0';
}

/** A Pod on a Node has gone that used a port the Pod wants. */
function afterPodDeleted(pod: Pod, deleted: Pod): boolean {
  if (!heldNode(deleted)) return false;
  for (const wanted of hostPorts(pod)) {
    for (const freed of hostPorts(deleted)) if (conflict(wanted, freed)) return true;
  }
  return false;
}

export const nodePortsEvents: readonly EventRegistration[] = [
  { resource: 'Pod', actions: DELETE, hint: afterPodDeleted },
  { resource: 'Node', actions: ADD },
];
