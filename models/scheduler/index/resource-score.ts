/**
 * NodeResourcesFit and NodeResourcesBalancedAllocation over cpu and memory, on the columns of a NodeTable: what the
 * plugins' plain rules give, for the commonest configurations and for Pods that ask for cpu, memory and ephemeral storage
 * only. Everything else is left to the plain rules.
 *
 * The plain rules are in plugins/node-resources-*.ts; a property test holds the two together.
 */
import type { PodClass } from '../framework/pod-class.ts';
import { type NodeTable, REGULAR_MAX } from './node-table.ts';
import { NOT_FILED } from './score-table.ts';

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

/** Whether the columns suffice for Pods of this class. */
export function isRegular(podClass: PodClass): boolean {
  const { requests, scoredRequests } = podClass;
  const isPlain = (amount: unknown): boolean => typeof amount === 'number' && amount <= REGULAR_MAX;
  return (
    requests.scalars === undefined &&
    [
      requests.milliCpu,
      requests.memory,
      requests.ephemeralStorage,
      scoredRequests.milliCpu,
      scoredRequests.memory,
    ].every(isPlain)
  );
}

/** Score of a Node by position, or NOT_FILED when the Pod does not fit. The Node must be regular. */
export function resourceScore(
  table: NodeTable,
  podClass: PodClass,
  scoring: ResourceScoring,
): (node: number) => number {
  const cpu = Number(podClass.requests.milliCpu);
  const memory = Number(podClass.requests.memory);
  const ephemeralStorage = Number(podClass.requests.ephemeralStorage);
  const scoredCpu = Number(podClass.scoredRequests.milliCpu);
  const scoredMemory = Number(podClass.scoredRequests.memory);
  const { cpuWeight, memoryWeight, fitWeight, balancedWeight, filters } = scoring;
  const isLeast = scoring.strategy === 'LeastAllocated';
  const weights = cpuWeight + memoryWeight;

  // Columns are taken out of the table once: this runs for every changed Node of every class.
  const { cpu: cpuColumn, memory: memoryColumn, ephemeralStorage: storageColumn, pods: podsColumn } = table;
  const {
    usedCpu,
    usedMemory,
    usedEphemeralStorage,
    usedPods,
    scoredCpu: scoredCpuColumn,
    scoredMemory: scoredMemoryColumn,
  } = table;

  return (node) => {
    const cpuCapacity = cpuColumn[node] as number;
    const memoryCapacity = memoryColumn[node] as number;
    const cpuAfter = (usedCpu[node] as number) + cpu;
    const memoryAfter = (usedMemory[node] as number) + memory;
    if (filters) {
      if ((usedPods[node] as number) + 1 > (podsColumn[node] as number)) return NOT_FILED;
      if ((cpu > 0 && cpuAfter > cpuCapacity) || (memory > 0 && memoryAfter > memoryCapacity)) return NOT_FILED;
      if (
        ephemeralStorage > 0 &&
        ephemeralStorage > (storageColumn[node] as number) - (usedEphemeralStorage[node] as number)
      )
        return NOT_FILED;
    }
    let score = 0;
    if (fitWeight !== 0) {
      let sum = 0;
      if (cpuWeight !== 0) {
        const used = (scoredCpuColumn[node] as number) + scoredCpu;
        const left = isLeast ? cpuCapacity - used : used < cpuCapacity ? used : cpuCapacity;
        if (left > 0) sum += Math.floor((left * 100) / cpuCapacity) * cpuWeight;
      }
      if (memoryWeight !== 0) {
        const used = (scoredMemoryColumn[node] as number) + scoredMemory;
        const left = isLeast ? memoryCapacity - used : used < memoryCapacity ? used : memoryCapacity;
        if (left > 0) sum += Math.floor((left * 100) / memoryCapacity) * memoryWeight;
      }
      score = fitWeight * Math.floor(sum / weights);
    }
    if (balancedWeight !== 0) {
      const cpuShare = cpuAfter < cpuCapacity ? cpuAfter / cpuCapacity : 1;
      const memoryShare = memoryAfter < memoryCapacity ? memoryAfter / memoryCapacity : 1;
      const distance = cpuShare > memoryShare ? cpuShare - memoryShare : memoryShare - cpuShare;
      score += balancedWeight * Math.floor((1 - distance / 2) * 100);
    }
    return score;
  };
}
