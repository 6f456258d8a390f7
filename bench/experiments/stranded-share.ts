/**
 * How much of a resource is stranded: free on Nodes whose other resource runs out first. A Node of which 60 % of the CPU and 10 %
 * of the memory are free has 50 % of its CPU stranded, since Pods of its own shape can use no more than 10 % of each.
 */
import type { NodeShares } from './node-shares.ts';

export class StrandedShare {
  readonly #own: NodeShares;
  readonly #other: NodeShares;
  readonly #ofRow: number[] = [];
  #total = 0;

  constructor(own: NodeShares, other: NodeShares) {
    this.#own = own;
    this.#other = other;
  }

  /** To be called after a change of either resource on Node `row`. */
  update(row: number): void {
    const share = Math.max(0, this.#own.freeShare(row) - this.#other.freeShare(row));
    const amount = share * this.#own.allocatable(row);
    this.#total += amount - (this.#ofRow[row] ?? 0);
    this.#ofRow[row] = amount;
  }

  /** Of what all Nodes together can give. */
  get share(): number {
    return this.#own.allocatableTotal === 0 ? 0 : Math.max(0, this.#total / this.#own.allocatableTotal);
  }
}
