/**
 * NodeResourcesFit and NodeResourcesBalancedAllocation over cpu and memory, on the rows of a NodeTable: what the
 * plugins' plain rules give, for the commonest configurations and for Pods that ask for cpu, memory and ephemeral storage
 * only. Everything else is left to the plain rules.
 *
 * The plain rules are in plugins/node-resources-*.ts; a property test holds the two together.
 */
import type { PodClass } from '../framework/pod-class.ts';
import { isRegular, type NodeTable } from './node-table.ts';

/** How Nodes are scored by resources. Weights of 0 leave a part out. */
export interface ResourceScoring {
  readonly strategy: 'LeastAllocated' | 'MostAllocated';
  readonly cpuWeight: number;
  readonly memoryWeight: number;
  /** Weight of the NodeResourcesFit plugin in the total; 0 when it does not score. */
  readonly fitWeight: number;
  /** Weight of the balanced allocation plugin over cpu and memory; 0 when it is off or skips. */
  readonly balancedWeight: number;
  /** Whether NodeResourcesFit filters. */
  readonly filters: boolean;
}

/** Whether the rows suffice for Pods of this class. */
export function isRegularClass({ requests, scoredRequests }: PodClass): boolean {
  return (
    requests.scalars === undefined &&
    [
      requests.milliCpu,
      requests.memory,
      requests.ephemeralStorage,
      scoredRequests.milliCpu,
      scoredRequests.memory,
    ].every(isRegular)
  );
}

/** All that tells two classes apart here, besides the profile. */
export function resourceKey({ requests, scoredRequests }: PodClass): readonly unknown[] {
  const { milliCpu, memory, ephemeralStorage } = requests;
  return [milliCpu, memory, ephemeralStorage, scoredRequests.milliCpu, scoredRequests.memory];
}

/**
 * The scores of a class by rows. Nodes must be regular. What one Pod changes is scored again for every class, so this is the hottest
 * of all: numbers are passed in registers, literals stand for places in a row (see `node-table.ts`), quotients are small
 * enough for `| 0`.
 */
export class RowScores {
  readonly #rows: Float64Array;
  readonly #isIrregular: Uint8Array;
  readonly #cpu: number;
  readonly #memory: number;
  readonly #storage: number;
  readonly #scoredCpu: number;
  readonly #scoredMemory: number;
  readonly #scoring: ResourceScoring;

  constructor(table: NodeTable, { requests, scoredRequests }: PodClass, scoring: ResourceScoring) {
    this.#rows = table.rows;
    this.#isIrregular = table.isIrregular;
    this.#cpu = Number(requests.milliCpu);
    this.#memory = Number(requests.memory);
    this.#storage = Number(requests.ephemeralStorage);
    this.#scoredCpu = Number(scoredRequests.milliCpu);
    this.#scoredMemory = Number(scoredRequests.memory);
    this.#scoring = scoring;
  }

  isRegular(node: number): boolean {
    return this.#isIrregular[node] === 0;
  }

  /** Score of a Node, or -1 (NOT_FILED) when the Pod does not fit. */
  of(node: number): number {
    const { filters, strategy, cpuWeight, memoryWeight, fitWeight, balancedWeight } = this.#scoring;
    return rowScore(
      this.#rows,
      node * 8,
      this.#cpu,
      this.#memory,
      this.#storage,
      this.#scoredCpu,
      this.#scoredMemory,
      filters,
      strategy === 'LeastAllocated',
      cpuWeight,
      memoryWeight,
      fitWeight,
      balancedWeight,
    );
  }

  /** The same for the Nodes `nodes[(first .. end - 1) & mask]`, into `into` from 0 on. Irregular Nodes get any value. */
  ofEach(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void {
    const { filters, strategy, cpuWeight, memoryWeight, fitWeight, balancedWeight } = this.#scoring;
    const rows = this.#rows;
    const cpu = this.#cpu;
    const memory = this.#memory;
    const storage = this.#storage;
    const scoredCpu = this.#scoredCpu;
    const scoredMemory = this.#scoredMemory;
    const isLeast = strategy === 'LeastAllocated';
    for (let i = first; i < end; i++) {
      into[i - first] = rowScore(
        rows,
        (nodes[i & mask] as number) * 8,
        cpu,
        memory,
        storage,
        scoredCpu,
        scoredMemory,
        filters,
        isLeast,
        cpuWeight,
        memoryWeight,
        fitWeight,
        balancedWeight,
      );
    }
  }
}

function rowScore(
  rows: Float64Array,
  at: number,
  cpu: number,
  memory: number,
  storage: number,
  scoredCpu: number,
  scoredMemory: number,
  filters: boolean,
  isLeast: boolean,
  cpuWeight: number,
  memoryWeight: number,
  fitWeight: number,
  balancedWeight: number,
): number {
  const cpuCapacity = rows[at] as number;
  const memoryCapacity = rows[at + 1] as number;
  const cpuAfter = (rows[at + 2] as number) + cpu;
  const memoryAfter = (rows[at + 3] as number) + memory;
  if (filters) {
    if ((rows[at + 6] as number) < 1) return -1;
    if ((cpuAfter > cpuCapacity && cpu > 0) || (memoryAfter > memoryCapacity && memory > 0)) return -1;
    if (storage > 0 && storage > (rows[at + 7] as number)) return -1;
  }
  let score = 0;
  if (fitWeight !== 0) {
    const cpuUsed = (rows[at + 4] as number) + scoredCpu;
    const memoryUsed = (rows[at + 5] as number) + scoredMemory;
    let cpuLeft = cpuCapacity - cpuUsed;
    let memoryLeft = memoryCapacity - memoryUsed;
    if (!isLeast) {
      cpuLeft = cpuLeft > 0 ? cpuUsed : cpuCapacity;
      memoryLeft = memoryLeft > 0 ? memoryUsed : memoryCapacity;
    }
    const cpuScore = cpuLeft > 0 ? ((cpuLeft * 100) / cpuCapacity) | 0 : 0;
    const memoryScore = memoryLeft > 0 ? ((memoryLeft * 100) / memoryCapacity) | 0 : 0;
    const sum = cpuScore * cpuWeight + memoryScore * memoryWeight;
    score = fitWeight * ((sum / (cpuWeight + memoryWeight)) | 0);
  }
  if (balancedWeight !== 0) {
    const cpuShare = cpuAfter < cpuCapacity ? cpuAfter / cpuCapacity : 1;
    const memoryShare = memoryAfter < memoryCapacity ? memoryAfter / memoryCapacity : 1;
    const distance = cpuShare > memoryShare ? cpuShare - memoryShare : memoryShare - cpuShare;
    score += balancedWeight * (((1 - distance / 2) * 100) | 0);
  }
  return score;
}
