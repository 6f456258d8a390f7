/**
 * How full Nodes were over time, worked out from the Pods of one run: a Pod holds what it requests from its binding to its
 * deletion. Where Pods ended without being deleted, the tables do not say when, and only the state at the end is shown.
 */
import type { HeatMap, HeatRow } from '../../results/index.ts';

/** Rows and columns of the picture: what a screen can show, and small however many Nodes there are. */
const ROWS = 50;
const SPANS = 90;

export interface NodeRow {
  readonly node: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Requested at the end of the run. */
  readonly cpuRequestedMillis: number;
  readonly memoryRequestedBytes: number;
  /** What it can give of other resources, and what is requested of them at the end. */
  readonly others: ReadonlyMap<string, number>;
  readonly othersRequested: ReadonlyMap<string, number>;
}

/** A Pod of the run; instants in µs, NaN for what has not come. */
export interface PodRow {
  readonly pod: string;
  readonly node: string;
  readonly phase: string;
  readonly createdMicros: number;
  readonly scheduledMicros: number;
  readonly runningMicros: number;
  readonly deletedMicros: number;
  readonly attempts: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Requested of other resources. */
  readonly others: ReadonlyMap<string, number>;
}

interface Measured {
  readonly title: string;
  allocatable(node: NodeRow): number;
  requestedAtEnd(node: NodeRow): number;
  requested(pod: PodRow): number;
}

const RESOURCES: readonly Measured[] = [
  {
    title: 'CPU requested on each Node',
    allocatable: ({ cpuMillis }) => cpuMillis,
    requestedAtEnd: ({ cpuRequestedMillis }) => cpuRequestedMillis,
    requested: ({ cpuMillis }) => cpuMillis,
  },
  {
    title: 'Memory requested on each Node',
    allocatable: ({ memoryBytes }) => memoryBytes,
    requestedAtEnd: ({ memoryRequestedBytes }) => memoryRequestedBytes,
    requested: ({ memoryBytes }) => memoryBytes,
  },
];

function measuredOther(name: string): Measured {
  return {
    title: `${name} requested on each Node`,
    allocatable: ({ others }) => others.get(name) ?? 0,
    requestedAtEnd: ({ othersRequested }) => othersRequested.get(name) ?? 0,
    requested: ({ others }) => others.get(name) ?? 0,
  };
}

/** A map for each resource that the Nodes have; of those beside CPU and memory over the Nodes that have them. */
export function heatMapsOf(
  policy: string,
  run: number,
  endMicros: number,
  nodes: readonly NodeRow[],
  pods: readonly PodRow[],
): HeatMap[] {
  const known = endMicros > 0 && !pods.some(endedUnseen);
  const others = [...new Set(nodes.flatMap((node) => [...node.others.keys()]))].sort();
  return [...RESOURCES, ...others.map(measuredOther)].flatMap((resource): HeatMap[] => {
    const having = nodes.filter((node) => resource.allocatable(node) > 0);
    if (having.length === 0) return [];
    const rows = known ? overTime(resource, endMicros, having, pods) : atEnd(resource, having);
    return [{ policy, title: resource.title, run, startMicros: 0, endMicros, rows }];
  });
}

function endedUnseen({ phase, deletedMicros }: PodRow): boolean {
  return (phase === 'Succeeded' || phase === 'Failed') && Number.isNaN(deletedMicros);
}

function atEnd(resource: Measured, nodes: readonly NodeRow[]): HeatRow[] {
  return grouped(nodes).map((group) => {
    const total = group.reduce((sum, node) => sum + resource.allocatable(node), 0);
    const used = group.reduce((sum, node) => sum + resource.requestedAtEnd(node), 0);
    return { label: labelOf(group), shares: [share(used, total)] };
  });
}

function overTime(
  resource: Measured,
  endMicros: number,
  nodes: readonly NodeRow[],
  pods: readonly PodRow[],
): HeatRow[] {
  const groups = grouped(nodes);
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ node }) => [node, index] as const)));
  const spanMicros = endMicros / SPANS;
  const held = groups.map(() => new Float64Array(SPANS));
  for (const pod of pods) {
    const group = groupOf.get(pod.node);
    if (group === undefined) continue;
    // A Pod that came with its Node was there from its creation on.
    const from = Number.isNaN(pod.scheduledMicros) ? pod.createdMicros : pod.scheduledMicros;
    const to = Number.isNaN(pod.deletedMicros) ? endMicros : pod.deletedMicros;
    addHeld(held[group] as Float64Array, resource.requested(pod), from / spanMicros, to / spanMicros);
  }
  return groups.map((group, index) => {
    const total = group.reduce((sum, node) => sum + resource.allocatable(node), 0);
    return { label: labelOf(group), shares: Array.from(held[index] as Float64Array, (used) => share(used, total)) };
  });
}

/** Adds an amount held from one instant to another, both in spans; a span that is covered in part gets that part. */
function addHeld(spans: Float64Array, amount: number, from: number, to: number): void {
  for (let span = Math.max(0, Math.floor(from)); span < spans.length && span < to; span++) {
    const part = Math.min(to, span + 1) - Math.max(from, span);
    spans[span] = (spans[span] as number) + amount * part;
  }
}

/** Neighbours in the order of the table, in at most ROWS groups of nearly equal size. */
function grouped(nodes: readonly NodeRow[]): NodeRow[][] {
  const groups = Math.min(ROWS, nodes.length);
  return Array.from({ length: groups }, (_, i) =>
    nodes.slice(Math.floor((i * nodes.length) / groups), Math.floor(((i + 1) * nodes.length) / groups)),
  );
}

function labelOf(group: readonly NodeRow[]): string {
  const first = group[0]?.node ?? '';
  const last = group[group.length - 1]?.node ?? '';
  return first === last ? first : `${first} … ${last}`;
}

function share(used: number, total: number): number {
  // Four digits are finer than the colours, and hide how sums round.
  return total > 0 ? Math.round((used / total) * 1e4) / 1e4 : 0;
}
