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
 * The scores of a class by rows. What one Pod changes is scored again for every class, so this is the hottest of all: the formula stands
 * in the loop, literals stand for places in a row (see `node-table.ts`), quotients are small enough for `| 0`, and the commonest
 * case has a loop of its own, with fewer divisions and branches.
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
  readonly #isCommon: boolean;

  constructor(table: NodeTable, { requests, scoredRequests }: PodClass, scoring: ResourceScoring) {
    this.#rows = table.rows;
    this.#isIrregular = table.isIrregular;
    this.#cpu = Number(requests.milliCpu);
    this.#memory = Number(requests.memory);
    this.#storage = Number(requests.ephemeralStorage);
    this.#scoredCpu = Number(scoredRequests.milliCpu);
    this.#scoredMemory = Number(scoredRequests.memory);
    this.#scoring = scoring;
    const { filters, strategy, cpuWeight, memoryWeight } = scoring;
    const isPlainRequest = this.#cpu > 0 && this.#memory > 0 && this.#storage === 0;
    this.#isCommon = filters && strategy === 'LeastAllocated' && cpuWeight === memoryWeight && isPlainRequest;
  }

  isRegular(node: number): boolean {
    return this.#isIrregular[node] === 0;
  }

  /**
   * Scores of the Nodes `nodes[(first .. end - 1) & mask]`, into `into` from 0 on; NOT_FILED where the Pod does not fit. Irregular
   * Nodes get any value.
   */
  ofEach(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void {
    if (this.#isCommon) this.#ofEachCommon(nodes, first, end, mask, into);
    else this.#ofEachOther(nodes, first, end, mask, into);
  }

  /** LeastAllocated with equal weights, for a Pod that asks for cpu and memory and for nothing else. */
  #ofEachCommon(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void {
    const { fitWeight, balancedWeight } = this.#scoring;
    const rows = this.#rows;
    const cpu = this.#cpu;
    const memory = this.#memory;
    const scoredCpu = this.#scoredCpu;
    const scoredMemory = this.#scoredMemory;
    for (let i = first; i < end; i++) {
      const at = (nodes[i & mask] as number) * 8;
      const cpuCapacity = rows[at] as number;
      const memoryCapacity = rows[at + 1] as number;
      const cpuAfter = (rows[at + 2] as number) + cpu;
      const memoryAfter = (rows[at + 3] as number) + memory;
      let score = -1;
      if (!((rows[at + 6] as number) < 1 || cpuAfter > cpuCapacity || memoryAfter > memoryCapacity)) {
        const cpuLeft = cpuCapacity - ((rows[at + 4] as number) + scoredCpu);
        const memoryLeft = memoryCapacity - ((rows[at + 5] as number) + scoredMemory);
        const cpuScore = cpuLeft > 0 ? ((cpuLeft * 100) / cpuCapacity) | 0 : 0;
        const memoryScore = memoryLeft > 0 ? ((memoryLeft * 100) / memoryCapacity) | 0 : 0;
        const distance = Math.abs(cpuAfter / cpuCapacity - memoryAfter / memoryCapacity);
        const balance = ((1 - distance / 2) * 100) | 0;
        score = fitWeight * ((cpuScore + memoryScore) >> 1) + balancedWeight * balance;
      }
      into[i - first] = score;
    }
  }

  #ofEachOther(nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array): void {
    const { filters, strategy, cpuWeight, memoryWeight, fitWeight, balancedWeight } = this.#scoring;
    const rows = this.#rows;
    const cpu = this.#cpu;
    const memory = this.#memory;
    const storage = this.#storage;
    const isLeast = strategy === 'LeastAllocated';
    const weights = cpuWeight + memoryWeight;
    for (let i = first; i < end; i++) {
      const at = (nodes[i & mask] as number) * 8;
      const cpuCapacity = rows[at] as number;
      const memoryCapacity = rows[at + 1] as number;
      const cpuAfter = (rows[at + 2] as number) + cpu;
      const memoryAfter = (rows[at + 3] as number) + memory;
      const isFull =
        (rows[at + 6] as number) < 1 ||
        (cpuAfter > cpuCapacity && cpu > 0) ||
        (memoryAfter > memoryCapacity && memory > 0) ||
        (storage > 0 && storage > (rows[at + 7] as number));
      if (filters && isFull) {
        into[i - first] = -1;
        continue;
      }
      const cpuScore = share(cpuCapacity, (rows[at + 4] as number) + this.#scoredCpu, isLeast);
      const memoryScore = share(memoryCapacity, (rows[at + 5] as number) + this.#scoredMemory, isLeast);
      const fit = ((cpuScore * cpuWeight + memoryScore * memoryWeight) / weights) | 0;
      const cpuShare = cpuAfter < cpuCapacity ? cpuAfter / cpuCapacity : 1;
      const memoryShare = memoryAfter < memoryCapacity ? memoryAfter / memoryCapacity : 1;
      const balance = ((1 - Math.abs(cpuShare - memoryShare) / 2) * 100) | 0;
      into[i - first] = fitWeight * fit + balancedWeight * balance;
    }
  }
}

/** Score of one resource, from 0 to 100: by what is left, or by what is in use. */
function share(capacity: number, used: number, isLeast: boolean): number {
  const left = isLeast ? capacity - used : used < capacity ? used : capacity;
  return left > 0 ? ((left * 100) / capacity) | 0 : 0;
}
