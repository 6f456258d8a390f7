/**
 * What the Nodes of a run cost by their prices: all that were in the cluster, and each only while Pods were on it. Both are integrals
 * over virtual time, exact to the microsecond; that a provider bills begun seconds or hours is not modelled.
 */
import type { Micros } from '../../engine/index.ts';
import { TimeSeries } from '../../results/index.ts';

const MICROS_PER_HOUR = 3.6e9;
/** Prices are added up in billionths, as whole numbers, so that adding and taking away leaves nothing behind. */
const BILLION = 1e9;
const [PRESENT, IN_USE] = [0, 1] as const;

export class NodeCost {
  readonly #prices = new Map<string, number>();
  /** Price of an hour, in billionths. */
  readonly #perHour: TimeSeries;
  readonly #present = new Set<string>();

  /** @param prices of a Node for an hour, by name; Nodes without one cost nothing */
  constructor(prices: ReadonlyMap<string, number>, sampleEveryMicros: Micros) {
    for (const [node, price] of prices) this.#prices.set(node, Math.round(price * BILLION));
    this.#perHour = new TimeSeries(['present', 'inUse'], sampleEveryMicros);
  }

  /** Whether a Node is in the cluster from now on. */
  present(timeMicros: Micros, node: string, is: boolean): void {
    if (this.#present.has(node) === is) return;
    if (is) this.#present.add(node);
    else this.#present.delete(node);
    this.#add(timeMicros, PRESENT, node, is);
  }

  /** A Node has got its first Pod, or has lost its last. */
  inUse(timeMicros: Micros, node: string, is: boolean): void {
    this.#add(timeMicros, IN_USE, node, is);
  }

  #add(timeMicros: Micros, gauge: number, node: string, is: boolean): void {
    const price = this.#prices.get(node) ?? 0;
    if (price > 0) this.#perHour.add(timeMicros, gauge, is ? price : -price);
  }

  /** Of the time from an instant of the grid to the end; nothing where no Node has a price. */
  metrics(fromMicros: Micros, endMicros: Micros): Record<string, number> {
    if (this.#prices.size === 0) return {};
    this.#perHour.advance(endMicros);
    const hours = (endMicros - fromMicros) / MICROS_PER_HOUR;
    const cost = (gauge: number): number => (this.#perHour.summary(gauge, fromMicros).mean * hours) / BILLION;
    return { nodeCost: cost(PRESENT), nodeCostInUse: cost(IN_USE) };
  }
}
