/** Events that may cure a rejection by NodeAffinity. Source: plugins/nodeaffinity/node_affinity.go. */
import type { Node, NodeSelector } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { matchesNodeSelector, requiredNodeMatch } from '../queue/object-rules.ts';
import { ADD, UPDATE_NODE_LABEL } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

/** `addedAffinity`: the required part of the plugin's argument of that name. A selector that cannot be parsed counts as Queue. */
export function nodeAffinityEvents(addedAffinity?: NodeSelector): readonly EventRegistration[] {
  const afterNodeChange = (pod: Pod, oldNode: Node | undefined, newNode: Node): boolean => {
    if (addedAffinity !== undefined && !matchesNodeSelector(addedAffinity, newNode)) return false;
    const match = requiredNodeMatch(pod, newNode);
    if (!match.matches) return match.errors !== undefined;
    return oldNode === undefined || !requiredNodeMatch(pod, oldNode).matches;
  };
  return [{ resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, hint: afterNodeChange }];
}
