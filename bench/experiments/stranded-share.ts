/**
 * How much of a resource is stranded: free on Nodes where another resource runs out first. A Node of which 60 % of the CPU and 10 %
 * of the memory are free has 50 % of its CPU stranded, since Pods of its own shape can use no more than 10 % of each.
 */
import type { NodeShares } from './node-shares.ts';

export class StrandedShare {
  readonly #own: NodeShares;
  readonly #others: readonly NodeShares[];
  readonly #ofRow: number[] = [];
  #total = 0;

  /** @param others the resources without which a Pod can use none of its own; the scarcest of them on a Node counts */
  constructor(own: NodeShares, ...others: readonly NodeShares[]) {
    this.#own = own;
    this.#others = others;
  }

  /** To be called after a change of any of the resources on Node `row`. */
  update(row: number): void {
    let usable = 1;
    for (const other of this.#others) usable = Math.min(usable, other.freeShare(row));
    const share = Math.max(0, this.#own.freeShare(row) - usable);
    const amount = share * this.#own.allocatable(row);
    this.#total += amount - (this.#ofRow[row] ?? 0);
    this.#ofRow[row] = amount;
  }

  /** Of what all Nodes together can give. */
  get share(): number {
    return this.#own.allocatableTotal === 0 ? 0 : Math.max(0, this.#total / this.#own.allocatableTotal);
  }
}
