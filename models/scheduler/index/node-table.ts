/**
 * The amounts of all Nodes in columns, by position in scheduling order: what local scores are computed from. A row is
 * copied from its NodeInfo when Pods come or go or the Node changes, so the NodeInfo stays the one source.
 */
import type { NodeInfo } from '../cache/node-info.ts';

export class NodeTable {
  readonly nodes: readonly NodeInfo[];
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  readonly ephemeralStorage: Float64Array;
  readonly pods: Float64Array;
  readonly usedCpu: Float64Array;
  readonly usedMemory: Float64Array;
  readonly usedEphemeralStorage: Float64Array;
  readonly usedPods: Float64Array;
  /** Used, with the defaults that scoring gives Pods without requests. */
  readonly scoredCpu: Float64Array;
  readonly scoredMemory: Float64Array;
  /** 1 where an amount is beyond exact arithmetic in doubles; such a Node is judged by the plain rules. */
  readonly isIrregular: Uint8Array;

  constructor(nodes: readonly NodeInfo[]) {
    this.nodes = nodes;
    const column = (): Float64Array => new Float64Array(nodes.length);
    this.cpu = column();
    this.memory = column();
    this.ephemeralStorage = column();
    this.pods = column();
    this.usedCpu = column();
    this.usedMemory = column();
    this.usedEphemeralStorage = column();
    this.usedPods = column();
    this.scoredCpu = column();
    this.scoredMemory = column();
    this.isIrregular = new Uint8Array(nodes.length);
    for (let position = 0; position < nodes.length; position++) {
      this.refreshNode(position);
      this.refreshPods(position);
    }
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Bytes for each Node, for the memory figures. */
  static readonly BYTES_PER_NODE = 10 * 8 + 1;

  /** The Node itself changed. */
  refreshNode(position: number): void {
    const { allocatable } = this.nodes[position] as NodeInfo;
    this.cpu[position] = Number(allocatable.milliCpu);
    this.memory[position] = Number(allocatable.memory);
    this.ephemeralStorage[position] = Number(allocatable.ephemeralStorage);
    this.pods[position] = allocatable.pods;
    this.#judge(position);
  }

  /** Pods came or went. */
  refreshPods(position: number): void {
    const info = this.nodes[position] as NodeInfo;
    const { requested } = info;
    this.usedCpu[position] = Number(requested.milliCpu);
    this.usedMemory[position] = Number(requested.memory);
    this.usedEphemeralStorage[position] = Number(requested.ephemeralStorage);
    this.usedPods[position] = info.pods.length;
    this.scoredCpu[position] = Number(info.nonZeroMilliCpu);
    this.scoredMemory[position] = Number(info.nonZeroMemory);
    this.#judge(position);
  }

  #judge(position: number): void {
    const most = Math.max(
      this.memory[position] as number,
      this.cpu[position] as number,
      this.usedMemory[position] as number,
      this.usedCpu[position] as number,
      this.scoredMemory[position] as number,
      this.scoredCpu[position] as number,
    );
    const least = Math.min(this.memory[position] as number, this.cpu[position] as number);
    this.isIrregular[position] = most <= REGULAR_MAX && least > 0 ? 0 : 1;
  }
}

/** Products with 100, and sums with one more request, stay whole numbers below 2^53. */
export const REGULAR_MAX = 2 ** 45;
