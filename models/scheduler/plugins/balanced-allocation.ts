/**
 * NodeResourcesBalancedAllocation: better the closer to each other the Node's resources would be in use.
 * Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
 */
import type { NodeResourcesBalancedAllocationArgs } from '../config/plugin-args.ts';
import { amountOf } from '../framework/amounts.ts';
import { toFloat } from '../framework/int64.ts';
import type { PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { skip } from '../framework/status.ts';
import { MAX_NODE_SCORE } from './normalize.ts';
import { type Allocation, allocate, scoredResource } from './resource-allocation.ts';

const NAME = 'NodeResourcesBalancedAllocation';
const SKIP = skip(NAME);

/** Standard deviation of the whole population; half the distance for two. The order of additions is Go's. */
function deviation(fractions: readonly number[], total: number): number {
  const count = fractions.length;
  if (count === 2) return Math.abs(((fractions[0] as number) - (fractions[1] as number)) / 2);
  if (count < 2) return 0;
  const mean = total / count;
  let sum = 0;
  for (const fraction of fractions) sum += (fraction - mean) * (fraction - mean);
  return Math.sqrt(sum / count);
}

export function balancedAllocation(args: NodeResourcesBalancedAllocationArgs): PreScorePlugin & ScorePlugin {
  const resources = args.resources.map(scoredResource);
  const allocation: Allocation = { requested: 0, allocatable: 0 };
  const fractions: number[] = [];
  return {
    name: NAME,
    dependsOn: { node: ['allocatable'], requested: true },

    /** A Pod that asks for none of the resources would not change the balance. */
    preScore(_state, { class: { requests } }) {
      return resources.every(({ name }) => amountOf(requests, name) === 0) ? SKIP : undefined;
    },

    score(_state, { class: { requests } }, node) {
      fractions.length = 0;
      let total = 0;
      for (const resource of resources) {
        allocate(resource, requests, node, false, allocation);
        if (allocation.allocatable === 0) continue;
        const fraction = Math.min(toFloat(allocation.requested) / toFloat(allocation.allocatable), 1);
        total += fraction;
        fractions.push(fraction);
      }
      return Math.trunc((1 - deviation(fractions, total)) * MAX_NODE_SCORE);
    },
  };
}
