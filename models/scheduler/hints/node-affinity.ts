/** Events that may cure a rejection by NodeAffinity. Source: plugins/nodeaffinity/node_affinity.go. */
import type { Node, NodeSelector } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { matchesNodeSelector, matchesRequiredNodeAffinity } from '../queue/object-rules.ts';
import { ADD, UPDATE_NODE_LABEL } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

/** `addedAffinity`: the required part of the plugin's argument of that name. A selector that cannot be parsed counts as Queue. */
export function nodeAffinityEvents(addedAffinity?: NodeSelector): readonly EventRegistration[] {
  const afterNodeChange = (pod: Pod, oldNode: Node | undefined, newNode: Node): boolean => {
    if (addedAffinity !== undefined && !matchesNodeSelector(addedAffinity, newNode)) return false;
    return (
      matchesRequiredNodeAffinity(pod, newNode) && (oldNode === undefined || !matchesRequiredNodeAffinity(pod, oldNode))
    );
  };
  return [{ resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, hint: afterNodeChange }];
}
