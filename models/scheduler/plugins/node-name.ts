/**
 * NodeName: a Pod that names its Node goes there and nowhere else. (The scheduler never sees such a Pod that is not bound.)
 * Source: pkg/scheduler/framework/plugins/nodename/node_name.go.
 */
import type { FilterPlugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';

const NAME = 'NodeName';
const REJECTED = unresolvable(NAME, "node(s) didn't match the requested node name");

export function nodeName(): FilterPlugin {
  return {
    name: NAME,
    // A Pod that names its Node is not for an index, so that nothing is left that tells classes apart.
    dependsOn: { node: ['name'], podParts: () => null },
    filter(_state, { pod }, node) {
      return !pod.spec.nodeName || pod.spec.nodeName === node.name ? undefined : REJECTED;
    },
  };
}
