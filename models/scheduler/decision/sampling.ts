/**
 * How many feasible Nodes are enough.
 * Source: pkg/scheduler/schedule_one.go numFeasibleNodesToFind.
 */

/** In smaller clusters, and whatever the percentage, at least so many are looked for. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/** @param percentage configured percentage of Nodes to score; 0 is adaptive, fewer the more Nodes there are */
export function feasibleNodesWanted(percentage: number, nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const effective = percentage === 0 ? Math.max(50 - Math.trunc(nodes / 125), MIN_PERCENTAGE) : percentage;
  return Math.max(Math.trunc((nodes * effective) / 100), MIN_FEASIBLE_NODES);
}
