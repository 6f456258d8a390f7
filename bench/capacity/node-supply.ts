/** Nodes to try: so many of a type, or so many in the proportions of given ones. */
import type { ResourceList } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import { ZONE } from './fit.ts';
import type { CompleteType } from './machine-type.ts';

/** Pods of a Node where its type does not say; the kubelet's default maxPods. */
const PODS_UNLESS_GIVEN = '110';

export function nodesOfType(type: CompleteType, count: number): Node[] {
  const { name, labels, zones, taints } = type;
  const capacity: ResourceList = { pods: PODS_UNLESS_GIVEN, ...type.capacity };
  const allocatable: ResourceList = { ...capacity, ...type.allocatable };
  return Array.from({ length: count }, (_, i): Node => {
    const zone: Record<string, string> = zones === undefined ? {} : { [ZONE]: zones[i % zones.length] as string };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `${name}-${i}`, labels: { 'kubernetes.io/hostname': `${name}-${i}`, ...zone, ...labels } },
      ...(taints !== undefined && { spec: { taints } }),
      status: { capacity, allocatable },
    };
  });
}

/** What makes two Nodes of one kind: everything but their names. */
function kindOf({ metadata: { labels }, spec, status }: Node): string {
  const { 'kubernetes.io/hostname': _, ...others } = labels ?? {};
  return JSON.stringify([
    Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)),
    spec?.taints,
    spec?.unschedulable,
    status?.allocatable,
  ]);
}

/**
 * Nodes in the proportions of the given ones: of every beginning of the list each kind has its share, as nearly as whole Nodes
 * can. The first `nodes.length` are the given ones; beyond these they are copied under new names.
 */
export function mixSequence(nodes: readonly Node[]): (count: number) => Node[] {
  const kinds = new Map<string, Node[]>();
  for (const node of nodes) {
    const kind = kindOf(node);
    const members = kinds.get(kind);
    if (members === undefined) kinds.set(kind, [node]);
    else members.push(node);
  }
  const order: Node[] = [];
  const taken = new Map<string, number>();
  for (let count = 1; count <= nodes.length; count++) {
    let best = '';
    let bestDeficit = Number.NEGATIVE_INFINITY;
    for (const [kind, members] of kinds) {
      const used = taken.get(kind) ?? 0;
      const deficit = members.length * count - used * nodes.length;
      if (used < members.length && deficit > bestDeficit) {
        best = kind;
        bestDeficit = deficit;
      }
    }
    const used = taken.get(best) ?? 0;
    order.push(kinds.get(best)?.[used] as Node);
    taken.set(best, used + 1);
  }
  return (count) =>
    Array.from({ length: count }, (_, i) => copyOf(order[i % order.length] as Node, Math.floor(i / order.length)));
}

function copyOf(node: Node, copy: number): Node {
  if (copy === 0) return node;
  const name = `${node.metadata.name}-copy-${copy}`;
  const labels = { ...node.metadata.labels, 'kubernetes.io/hostname': name };
  return { ...node, metadata: { ...node.metadata, name, labels } };
}
