/**
 * Whether a Pod that has gone took up room on a Node: it was on one, or nominated to one.
 * Source: the deletion hints of plugins/noderesources, nodeports and nodevolumelimits in v1.34.
 */
import type { Pod } from '../../objects/pod.ts';

export function heldNode(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) || Boolean(pod.status?.nominatedNodeName);
}
