/**
 * The order in which Nodes are looked at: one Node of each zone in turn, zones in the order in which they first appeared,
 * Nodes of a zone in the order in which they were added.
 *
 * Source: pkg/scheduler/backend/cache/node_tree.go, component-helpers/node/topology/helpers.go GetZoneKey.
 */
import type { Node } from '../../objects/node.ts';

/** Region and zone of a Node as one text; '' when it names neither. */
export function zoneKeyOf(node: Node): string {
  const labels = node.metadata.labels;
  if (labels === undefined) return '';
  // A legacy label counts before the stable one, as long as it is there.
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? '';
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? '';
  if (region === '' && zone === '') return '';
  return `${region}:\0:${zone}`;
}

export class NodeTree {
  /** Zone to the names of its Nodes; both in order. */
  readonly #zones = new Map<string, Set<string>>();

  add(node: Node): void {
    const zone = zoneKeyOf(node);
    let names = this.#zones.get(zone);
    if (names === undefined) {
      names = new Set();
      this.#zones.set(zone, names);
    }
    names.add(node.metadata.name);
  }

  /** A zone that becomes empty is forgotten, and comes last when it appears again. */
  remove(node: Node): void {
    const zone = zoneKeyOf(node);
    const names = this.#zones.get(zone);
    if (names === undefined) return;
    names.delete(node.metadata.name);
    if (names.size === 0) this.#zones.delete(zone);
  }

  /** A Node whose zone changes goes to the end of the new one. Returns whether the order changed. */
  update(before: Node, after: Node): boolean {
    if (before.metadata.labels === after.metadata.labels || zoneKeyOf(before) === zoneKeyOf(after)) return false;
    this.remove(before);
    this.add(after);
    return true;
  }

  order(): string[] {
    const lists = [...this.#zones.values()].map((names) => [...names]);
    const longest = lists.reduce((most, names) => Math.max(most, names.length), 0);
    const order: string[] = [];
    for (let i = 0; i < longest; i++) {
      for (const names of lists) if (i < names.length) order.push(names[i] as string);
    }
    return order;
  }
}
