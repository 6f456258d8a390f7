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
  /** Grows with each change of a Node or of the Pods on it, from 1. */
  readonly versions: Uint32Array;
  /** By the Node's own amounts. */
  readonly #isIrregularNode: Uint8Array;

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
    this.versions = new Uint32Array(nodes.length);
    this.#isIrregularNode = new Uint8Array(nodes.length);
    for (let position = 0; position < nodes.length; position++) {
      this.refreshNode(position);
    }
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Bytes for each Node, for the memory figures. */
  static readonly BYTES_PER_NODE = 10 * 8 + 6;

  /** The Node itself changed. */
  refreshNode(position: number): void {
    const { allocatable } = this.nodes[position] as NodeInfo;
    this.cpu[position] = Number(allocatable.milliCpu);
    this.memory[position] = Number(allocatable.memory);
    this.ephemeralStorage[position] = Number(allocatable.ephemeralStorage);
    this.pods[position] = allocatable.pods;
    const [cpu, memory] = [this.cpu[position] as number, this.memory[position] as number];
    const isRegular = cpu > 0 && memory > 0 && cpu <= REGULAR_MAX && memory <= REGULAR_MAX;
    this.#isIrregularNode[position] = isRegular ? 0 : 1;
    this.refreshPods(position);
  }

  /** What depends on the Node has to be asked again. */
  touch(position: number): void {
    this.versions[position] = (this.versions[position] as number) + 1;
  }

  /** Pods came or went. */
  refreshPods(position: number): void {
    const info = this.nodes[position] as NodeInfo;
    const { milliCpu, memory, ephemeralStorage } = info.requested;
    const { nonZeroMilliCpu, nonZeroMemory } = info;
    this.usedPods[position] = info.pods.length;
    this.touch(position);
    if (
      typeof milliCpu === 'number' &&
      typeof memory === 'number' &&
      typeof ephemeralStorage === 'number' &&
      typeof nonZeroMilliCpu === 'number' &&
      typeof nonZeroMemory === 'number' &&
      memory <= REGULAR_MAX &&
      milliCpu <= REGULAR_MAX &&
      nonZeroMemory <= REGULAR_MAX &&
      nonZeroMilliCpu <= REGULAR_MAX
    ) {
      this.usedCpu[position] = milliCpu;
      this.usedMemory[position] = memory;
      this.usedEphemeralStorage[position] = ephemeralStorage;
      this.scoredCpu[position] = nonZeroMilliCpu;
      this.scoredMemory[position] = nonZeroMemory;
      this.isIrregular[position] = this.#isIrregularNode[position] as number;
    } else this.isIrregular[position] = 1;
  }
}

/** Products with 100, and sums with one more request, stay whole numbers below 2^53. */
export const REGULAR_MAX = 2 ** 45;
