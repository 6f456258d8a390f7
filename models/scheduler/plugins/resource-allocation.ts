/**
 * How much of each scored resource would be requested on a Node, and the three ways in which NodeResourcesFit turns that into
 * a score. All in 64-bit integers, overflow included.
 *
 * Source: pkg/scheduler/framework/plugins/noderesources/{resource_allocation,least_allocated,most_allocated,
 * requested_to_capacity_ratio}.go, plugins/helper/shape_score.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { ResourceWeight, ScoringStrategy, UtilizationPoint } from '../config/plugin-args.ts';
import { type Amounts, amountOf } from '../framework/amounts.ts';
import { addInt64, divideInt64, type Int64, multiplyInt64, subtractInt64 } from '../framework/int64.ts';
import { isScalarResource } from '../framework/resource-names.ts';
import { MAX_NODE_SCORE } from './normalize.ts';

/** Scores one resource of which `requested` would be taken of `allocatable`, which is not 0. */
export type ResourceScore = (requested: Int64, allocatable: Int64) => Int64;

/** What would be requested and what is allocatable. */
export interface Allocation {
  requested: Int64;
  /** 0: the resource is left out. */
  allocatable: Int64;
}

const KIND_CPU = 0;
const KIND_MEMORY = 1;
const KIND_EPHEMERAL = 2;
const KIND_SCALAR = 3;

/** A resource to be scored, with what can be said of its name beforehand. */
export interface ScoredResource {
  readonly name: string;
  readonly weight: number;
  readonly kind: number;
  /** Skipped for Pods that do not ask for it. */
  readonly skippedUnlessRequested: boolean;
}

export function scoredResource({ name, weight }: ResourceWeight): ScoredResource {
  const kinds = ['cpu', 'memory', 'ephemeral-storage'];
  const kind = kinds.includes(name) ? kinds.indexOf(name) : KIND_SCALAR;
  return { name, weight: weight === 0 ? 1 : weight, kind, skippedUnlessRequested: isScalarResource(name) };
}

/**
 * Fills `into` for one resource of one Node.
 * @param nonZero whether cpu and memory of the Pods on the Node count with the defaults for missing requests
 */
export function allocate(
  resource: ScoredResource,
  podRequests: Amounts,
  node: NodeInfo,
  nonZero: boolean,
  into: Allocation,
): void {
  const asked = amountOf(podRequests, resource.name);
  into.requested = 0;
  into.allocatable = 0;
  if (asked === 0 && resource.skippedUnlessRequested) return;
  const { allocatable, requested } = node;
  switch (resource.kind) {
    case KIND_CPU:
      into.allocatable = allocatable.milliCpu;
      into.requested = addInt64(nonZero ? node.nonZeroMilliCpu : requested.milliCpu, asked);
      return;
    case KIND_MEMORY:
      into.allocatable = allocatable.memory;
      into.requested = addInt64(nonZero ? node.nonZeroMemory : requested.memory, asked);
      return;
    case KIND_EPHEMERAL:
      into.allocatable = allocatable.ephemeralStorage;
      into.requested = addInt64(requested.ephemeralStorage, asked);
      return;
    default: {
      const offered = allocatable.scalars?.get(resource.name);
      if (offered === undefined) return;
      into.allocatable = offered;
      into.requested = addInt64(requested.scalars?.get(resource.name) ?? 0, asked);
    }
  }
}

/** The freer the better; asked for beyond capacity: 0. */
export const leastAllocated: ResourceScore = (requested, allocatable) =>
  requested > allocatable
    ? 0
    : divideInt64(multiplyInt64(subtractInt64(allocatable, requested), MAX_NODE_SCORE), allocatable);

/** The fuller the better; asked for beyond capacity counts as full. */
export const mostAllocated: ResourceScore = (requested, allocatable) =>
  divideInt64(multiplyInt64(requested > allocatable ? allocatable : requested, MAX_NODE_SCORE), allocatable);

/** Scores of shapes go to 10. */
const SHAPE_SCORE_FACTOR = 10;
const MAX_UTILIZATION = 100;

/** The value of a broken line at a utilisation in percent; level before the first and after the last point. */
function brokenLine(points: readonly UtilizationPoint[]): (utilization: Int64) => Int64 {
  const shape = points.map(({ utilization, score }) => ({ utilization, score: score * SHAPE_SCORE_FACTOR }));
  return (utilization) => {
    const i = shape.findIndex((point) => utilization <= point.utilization);
    if (i < 0) return shape[shape.length - 1]?.score ?? 0;
    const to = shape[i] as UtilizationPoint;
    if (i === 0) return to.score;
    const from = shape[i - 1] as UtilizationPoint;
    const along = multiplyInt64(to.score - from.score, subtractInt64(utilization, from.utilization));
    return addInt64(from.score, divideInt64(along, to.utilization - from.utilization));
  };
}

/** By a shape over the utilisation; asked for beyond capacity counts as 100 %. */
export function requestedToCapacityRatio(shape: readonly UtilizationPoint[]): ResourceScore {
  const line = brokenLine(shape);
  return (requested, allocatable) =>
    requested > allocatable
      ? line(MAX_UTILIZATION)
      : line(divideInt64(multiplyInt64(requested, MAX_UTILIZATION), allocatable));
}

/** Scores a Node for a Pod by all resources of a strategy together. */
export type NodeScore = (podRequests: Amounts, node: NodeInfo) => number;

/** The weighted mean over the resources that the Node has. */
export function nodeScoreOf(strategy: ScoringStrategy): NodeScore {
  const resources = strategy.resources.map(scoredResource);
  const isRatio = strategy.type === 'RequestedToCapacityRatio';
  const score = isRatio
    ? requestedToCapacityRatio(strategy.shape)
    : strategy.type === 'MostAllocated'
      ? mostAllocated
      : leastAllocated;
  const allocation: Allocation = { requested: 0, allocatable: 0 };
  return (podRequests, node) => {
    let sum: Int64 = 0;
    let weights: Int64 = 0;
    for (const resource of resources) {
      allocate(resource, podRequests, node, true, allocation);
      if (allocation.allocatable === 0) continue;
      const own = score(allocation.requested, allocation.allocatable);
      // The ratio strategy leaves out a resource that scores 0, weight and all.
      if (isRatio && own <= 0) continue;
      sum = addInt64(sum, multiplyInt64(own, resource.weight));
      weights = addInt64(weights, resource.weight);
    }
    if (weights === 0) return 0;
    if (isRatio) return Math.round(Number(sum) / Number(weights));
    return Number(divideInt64(sum, weights));
  };
}
