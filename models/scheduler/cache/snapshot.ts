/**
 * The Nodes as one scheduling attempt sees them. An attempt runs in one instant of virtual time, so the snapshot shares the
 * cache's NodeInfos instead of copying them; `SchedulerCache.snapshot` brings the order up to date.
 *
 * Source: pkg/scheduler/backend/cache/snapshot.go.
 */
import type { NodeInfo } from './node-info.ts';

export interface Snapshot {
  /** Nodes that exist, in the order in which they are looked at. */
  readonly nodes: readonly NodeInfo[];
  /** The Node of that name, if it exists. */
  get(name: string): NodeInfo | undefined;
  /** Nodes with a Pod that has podAffinity or podAntiAffinity, in no meaningful (but a fixed) order. */
  readonly nodesWithAffinityPods: ReadonlySet<NodeInfo>;
  readonly nodesWithRequiredAntiAffinityPods: ReadonlySet<NodeInfo>;
}
