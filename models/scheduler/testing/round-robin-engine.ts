/**
 * An engine for tests of everything around the scheduler: the Nodes in turn, skipping those that are full, cordoned,
 * tainted or not selected. It scores nothing and preempts nobody.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { findUntoleratedTaint, matchesRequiredNodeAffinity } from '../queue/object-rules.ts';
import type { Decision, SchedulingProfile } from '../scheduling-engine.ts';
import { CountingEngine } from './counting-engine.ts';

export class RoundRobinEngine extends CountingEngine {
  #order: Node[] = [];
  #next = 0;

  constructor() {
    super();
    for (const [name, profile] of this.profiles) {
      const own: SchedulingProfile = { ...profile, schedule: (pod) => this.#pick(pod) };
      (this.profiles as Map<string, SchedulingProfile>).set(name, own);
    }
  }

  override addNode(node: Node): void {
    super.addNode(node);
    this.#order = [...this.nodes.values()];
  }

  override updateNode(old: Node, node: Node): void {
    super.updateNode(old, node);
    const index = this.#order.findIndex(({ metadata }) => metadata.name === node.metadata.name);
    if (index >= 0) this.#order[index] = node;
  }

  #fits(pod: Pod, node: Node): boolean {
    if (node.spec?.unschedulable === true) return false;
    if (findUntoleratedTaint(node.spec?.taints, pod.spec.tolerations) !== undefined) return false;
    if (!matchesRequiredNodeAffinity(pod, node)) return false;
    return this.podsOn(node.metadata.name).size < Number(node.status?.allocatable?.['pods'] ?? 0);
  }

  #pick(pod: Pod): Decision {
    const count = this.#order.length;
    for (let tried = 1; tried <= count; tried++) {
      const node = this.#order[this.#next++ % count] as Node;
      if (!this.#fits(pod, node)) continue;
      return { result: 'scheduled', nodeName: node.metadata.name, evaluated: tried, feasible: 1, state: 0 };
    }
    return {
      result: 'unschedulable',
      message: `0/${count} nodes are available.`,
      unschedulablePlugins: new Set(['NodeResourcesFit', 'TaintToleration', 'NodeAffinity']),
      pendingPlugins: new Set<string>(),
      evaluated: count,
    };
  }
}
