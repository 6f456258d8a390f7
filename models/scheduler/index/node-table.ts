/**
 * The amounts of all Nodes in rows of numbers, by position in scheduling order: what local scores are computed from. A row is
 * copied from its NodeInfo when Pods come or go or the Node changes, so the NodeInfo stays the one source. All that one score
 * reads of a Node lies side by side, because Nodes are scored at random and each cache line counts.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';

/** Numbers in one row. */
const ROW = 8;

export class NodeTable {
  readonly nodes: readonly NodeInfo[];
  /**
   * Eight numbers for each Node: 0 cpu and 1 memory that it has; 2 cpu and 3 memory in use; 4 and 5 the same with the defaults that
   * scoring gives Pods without requests; 6 how many more Pods it takes; 7 ephemeral storage left. CPU in millicores, else bytes.
   */
  readonly rows: Float64Array;
  /** 1 where an amount is beyond exact arithmetic in doubles; such a Node is judged by the plain rules. */
  readonly isIrregular: Uint8Array;
  /** Whether there is such a Node. */
  hasIrregular = false;

  constructor(nodes: readonly NodeInfo[]) {
    this.nodes = nodes;
    this.rows = new Float64Array(nodes.length * ROW);
    this.isIrregular = new Uint8Array(nodes.length);
    for (let position = 0; position < nodes.length; position++) this.refresh(position);
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Bytes for each Node, for the memory figures. */
  static readonly BYTES_PER_NODE = ROW * 8 + 1;

  /** A Pod came (1) or went (-1). The row alone is read and written: in a large cluster each place in memory counts. */
  count(position: number, { boundRequests, boundNonZero }: PodInfo, delta: 1 | -1): void {
    const { rows } = this;
    const at = position * ROW;
    const { milliCpu, memory, ephemeralStorage } = boundRequests;
    if (
      this.isIrregular[position] === 1 ||
      !isRegular(milliCpu) ||
      !isRegular(memory) ||
      !isRegular(ephemeralStorage) ||
      !isRegular(boundNonZero.milliCpu) ||
      !isRegular(boundNonZero.memory)
    ) {
      this.refresh(position);
      return;
    }
    const cpuInUse = (rows[at + 2] as number) + milliCpu * delta;
    const memoryInUse = (rows[at + 3] as number) + memory * delta;
    const scoredCpu = (rows[at + 4] as number) + boundNonZero.milliCpu * delta;
    const scoredMemory = (rows[at + 5] as number) + boundNonZero.memory * delta;
    const storageLeft = (rows[at + 7] as number) - ephemeralStorage * delta;
    if (
      !isRegular(cpuInUse) ||
      !isRegular(memoryInUse) ||
      !isRegular(scoredCpu) ||
      !isRegular(scoredMemory) ||
      storageLeft < -REGULAR_MAX
    ) {
      this.refresh(position);
      return;
    }
    rows[at + 2] = cpuInUse;
    rows[at + 3] = memoryInUse;
    rows[at + 4] = scoredCpu;
    rows[at + 5] = scoredMemory;
    rows[at + 6] = (rows[at + 6] as number) - delta;
    rows[at + 7] = storageLeft;
  }

  /** The Node itself changed. */
  refresh(position: number): void {
    const info = this.nodes[position] as NodeInfo;
    const { allocatable, requested, nonZeroMilliCpu, nonZeroMemory } = info;
    const { rows } = this;
    const at = position * ROW;
    if (
      isRegular(allocatable.milliCpu) &&
      isRegular(allocatable.memory) &&
      isRegular(allocatable.ephemeralStorage) &&
      isRegular(requested.milliCpu) &&
      isRegular(requested.memory) &&
      isRegular(requested.ephemeralStorage) &&
      isRegular(nonZeroMilliCpu) &&
      isRegular(nonZeroMemory) &&
      allocatable.milliCpu > 0 &&
      allocatable.memory > 0
    ) {
      rows[at] = allocatable.milliCpu;
      rows[at + 1] = allocatable.memory;
      rows[at + 2] = requested.milliCpu;
      rows[at + 3] = requested.memory;
      rows[at + 4] = nonZeroMilliCpu;
      rows[at + 5] = nonZeroMemory;
      rows[at + 6] = allocatable.pods - info.podCount;
      rows[at + 7] = allocatable.ephemeralStorage - requested.ephemeralStorage;
      this.isIrregular[position] = 0;
    } else {
      this.isIrregular[position] = 1;
      this.hasIrregular = true;
    }
  }
}

/** Products with 100, and sums with one more request, stay whole numbers below 2^53. */
export const REGULAR_MAX = 2 ** 45;

export function isRegular(amount: number | bigint): amount is number {
  return typeof amount === 'number' && amount <= REGULAR_MAX;
}
