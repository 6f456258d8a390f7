/**
 * NodePorts: the Pod's host ports must be free on the Node.
 * Source: pkg/scheduler/framework/plugins/nodeports/node_ports.go.
 */
import type { FilterPlugin, PreFilterPlugin } from '../framework/plugin.ts';
import { skip, unschedulable } from '../framework/status.ts';

const NAME = 'NodePorts';
const SKIP = skip(NAME);
const REJECTED = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports");

export function nodePorts(): FilterPlugin & PreFilterPlugin {
  return {
    name: NAME,
    dependsOn: { requested: true },

    preFilter(_state, pod) {
      return pod.class.hostPorts.length === 0 ? SKIP : undefined;
    },

    filter(_state, pod, { usedPorts }) {
      if (usedPorts.isEmpty) return undefined;
      for (const port of pod.class.hostPorts) if (usedPorts.conflicts(port)) return REJECTED;
      return undefined;
    },
  };
}
