/**
 * Amounts of resources as the scheduler counts them: millicores of cpu, whole units of everything else.
 * Source: pkg/scheduler/framework/types.go Resource.
 */
import { addInt64, type Int64, subtractInt64 } from './int64.ts';

export interface Amounts {
  readonly milliCpu: Int64;
  readonly memory: Int64;
  readonly ephemeralStorage: Int64;
  /** Of a Node: how many Pods it takes. 0 for requests. */
  readonly pods: number;
  /** Extended resources, huge pages and attachable volumes by name; undefined when there are none. */
  readonly scalars: ReadonlyMap<string, Int64> | undefined;
}

export const NO_AMOUNTS: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0, pods: 0, scalars: undefined };

/** Amounts with the non-zero defaults, which are about cpu and memory only. */
export interface NonZeroAmounts {
  readonly milliCpu: Int64;
  readonly memory: Int64;
}

/** By the resource's name; 0 for what is not there. */
export function amountOf(amounts: Amounts, resource: string): Int64 {
  switch (resource) {
    case 'cpu':
      return amounts.milliCpu;
    case 'memory':
      return amounts.memory;
    case 'ephemeral-storage':
      return amounts.ephemeralStorage;
    case 'pods':
      return amounts.pods;
    default:
      return amounts.scalars?.get(resource) ?? 0;
  }
}

/** What is requested of a Node; changes as Pods come and go. */
export class RunningAmounts implements Amounts {
  milliCpu: Int64 = 0;
  memory: Int64 = 0;
  ephemeralStorage: Int64 = 0;
  readonly pods = 0;
  scalars: Map<string, Int64> | undefined = undefined;

  add(amounts: Amounts): void {
    this.milliCpu = addInt64(this.milliCpu, amounts.milliCpu);
    this.memory = addInt64(this.memory, amounts.memory);
    this.ephemeralStorage = addInt64(this.ephemeralStorage, amounts.ephemeralStorage);
    if (amounts.scalars === undefined) return;
    this.scalars ??= new Map();
    for (const [name, amount] of amounts.scalars) this.scalars.set(name, addInt64(this.scalars.get(name) ?? 0, amount));
  }

  subtract(amounts: Amounts): void {
    this.milliCpu = subtractInt64(this.milliCpu, amounts.milliCpu);
    this.memory = subtractInt64(this.memory, amounts.memory);
    this.ephemeralStorage = subtractInt64(this.ephemeralStorage, amounts.ephemeralStorage);
    if (amounts.scalars === undefined) return;
    this.scalars ??= new Map();
    for (const [name, amount] of amounts.scalars) {
      this.scalars.set(name, subtractInt64(this.scalars.get(name) ?? 0, amount));
    }
  }

  clear(): void {
    this.milliCpu = 0;
    this.memory = 0;
    this.ephemeralStorage = 0;
    this.scalars = undefined;
  }

  clone(): RunningAmounts {
    const copy = new RunningAmounts();
    copy.milliCpu = this.milliCpu;
    copy.memory = this.memory;
    copy.ephemeralStorage = this.ephemeralStorage;
    if (this.scalars !== undefined) copy.scalars = new Map(this.scalars);
    return copy;
  }
}
