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

  const fits = (node: number): boolean => {
    if ((table.usedPods[node] as number) + 1 > (table.pods[node] as number)) return false;
    if (cpu > 0 && cpu > (table.cpu[node] as number) - (table.usedCpu[node] as number)) return false;
    if (memory > 0 && memory > (table.memory[node] as number) - (table.usedMemory[node] as number)) return false;
    return (
      ephemeralStorage === 0 ||
      ephemeralStorage <= (table.ephemeralStorage[node] as number) - (table.usedEphemeralStorage[node] as number)
    );
  };

  const ofResource = (used: number, capacity: number): number => {
    if (isLeast) return used > capacity ? 0 : Math.floor(((capacity - used) * 100) / capacity);
    return Math.floor((Math.min(used, capacity) * 100) / capacity);
  };

  return (node) => {
    if (filters && !fits(node)) return NOT_FILED;
    const cpuCapacity = table.cpu[node] as number;
    const memoryCapacity = table.memory[node] as number;
    let score = 0;
    if (fitWeight !== 0) {
      const ofCpu =
        cpuWeight === 0 ? 0 : ofResource((table.scoredCpu[node] as number) + scoredCpu, cpuCapacity) * cpuWeight;
      const ofMemory =
        memoryWeight === 0
          ? 0
          : ofResource((table.scoredMemory[node] as number) + scoredMemory, memoryCapacity) * memoryWeight;
      score += fitWeight * Math.floor((ofCpu + ofMemory) / weights);
    }
    if (balancedWeight !== 0) {
      const cpuShare = Math.min(((table.usedCpu[node] as number) + cpu) / cpuCapacity, 1);
      const memoryShare = Math.min(((table.usedMemory[node] as number) + memory) / memoryCapacity, 1);
      score += balancedWeight * Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * 100);
    }
    return score;
  };
}
