/**
 * How evenly a resource is requested over the Nodes: the standard deviation of each Node's requested share, kept up to date
 * in constant time for each change.
 */

/** A variance of so small a part of the mean square is none: 16 digits, less those that long sums lose. */
const ROUNDING = 1e-11;

export class NodeShares {
  readonly #requested: number[] = [];
  readonly #allocatable: number[] = [];
  #nodes = 0;
  #sum = 0;
  #sumOfSquares = 0;
  #requestedTotal = 0;
  #allocatableTotal = 0;

  /** Another amount that Node `row` can give; 0 takes the Node out. */
  setAllocatable(row: number, amount: number): void {
    this.#take(row, -1);
    this.#allocatableTotal += amount - (this.#allocatable[row] ?? 0);
    this.#allocatable[row] = amount;
    this.#requested[row] ??= 0;
    this.#take(row, 1);
  }

  /** Another amount that Pods on Node `row` request. */
  addRequested(row: number, amount: number): void {
    this.#take(row, -1);
    this.#requestedTotal += amount;
    this.#requested[row] = (this.#requested[row] ?? 0) + amount;
    this.#take(row, 1);
  }

  requested(row: number): number {
    return this.#requested[row] ?? 0;
  }

  allocatable(row: number): number {
    return this.#allocatable[row] ?? 0;
  }

  /** Requested over allocatable, of all Nodes together. */
  get utilisation(): number {
    return this.#allocatableTotal === 0 ? 0 : this.#requestedTotal / this.#allocatableTotal;
  }

  /** The share of Node `row` that is free; 0 where it has none of the resource. */
  freeShare(row: number): number {
    const allocatable = this.allocatable(row);
    return allocatable === 0 ? 0 : Math.max(0, 1 - this.requested(row) / allocatable);
  }

  get allocatableTotal(): number {
    return this.#allocatableTotal;
  }

  /** Standard deviation of the Nodes' shares; 0 without Nodes. */
  get imbalance(): number {
    if (this.#nodes === 0) return 0;
    const mean = this.#sum / this.#nodes;
    const meanSquare = this.#sumOfSquares / this.#nodes;
    const variance = meanSquare - mean * mean;
    // Of Nodes that are equally full the difference is what rounding has left.
    return variance <= meanSquare * ROUNDING ? 0 : Math.sqrt(variance);
  }

  #take(row: number, sign: 1 | -1): void {
    const allocatable = this.#allocatable[row] ?? 0;
    if (allocatable === 0) return;
    const share = (this.#requested[row] ?? 0) / allocatable;
    this.#nodes += sign;
    this.#sum += sign * share;
    this.#sumOfSquares += sign * share * share;
  }
}
