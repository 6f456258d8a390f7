/** Sums of what Pods request and Nodes offer: they rule out sets of Nodes without a simulation, and say how full a set would be. */
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { Amounts } from '../../models/scheduler/framework/amounts.ts';
import { amountsOfList, incomingRequests } from '../../models/scheduler/framework/pod-requests.ts';

/** By resource: cpu in millicores, memory in bytes, numbers of Pods and of extended resources. */
export type Sums = ReadonlyMap<string, number>;

const ofSpec = new WeakMap<Pod['spec'], readonly (readonly [string, number])[]>();

function entriesOf({ milliCpu, memory, scalars }: Amounts): [string, number][] {
  const named = [...(scalars ?? [])].map(([name, amount]): [string, number] => [name, Number(amount)]);
  return [['cpu', Number(milliCpu)], ['memory', Number(memory)], ...named];
}

function add(sums: Map<string, number>, entries: readonly (readonly [string, number])[]): void {
  for (const [name, amount] of entries) sums.set(name, (sums.get(name) ?? 0) + amount);
}

export function sumsOfPods(pods: readonly Pod[]): Sums {
  const sums = new Map([['pods', pods.length]]);
  for (const pod of pods) {
    let entries = ofSpec.get(pod.spec);
    if (entries === undefined) {
      entries = entriesOf(incomingRequests(pod));
      ofSpec.set(pod.spec, entries);
    }
    add(sums, entries);
  }
  return sums;
}

export function sumsOfNodes(nodes: readonly Node[]): Sums {
  const sums = new Map<string, number>();
  for (const { status } of nodes) {
    const amounts = amountsOfList(status?.allocatable ?? status?.capacity);
    add(sums, [...entriesOf(amounts), ['pods', amounts.pods]]);
  }
  return sums;
}

/** Whether `has` could hold `asked` if resources were one heap. */
export function covers(has: Sums, asked: Sums): boolean {
  return [...asked].every(([name, amount]) => amount <= (has.get(name) ?? 0));
}

/** Share of each resource that is requested, from 0 up; more than 1 cannot be held. Resources that nobody asks for are left out. */
export type Shares = Readonly<Record<string, number>>;

export function sharesOf(asked: Sums, has: Sums): Shares {
  const shares = [...asked].flatMap(([name, amount]): [string, number][] => {
    const offered = has.get(name) ?? 0;
    if (amount === 0 && offered === 0) return [];
    return [[name, offered === 0 ? Number.POSITIVE_INFINITY : amount / offered]];
  });
  return Object.fromEntries(shares);
}

/** The resource of which most is requested; undefined without any. */
export function scarcest(shares: Shares): { readonly resource: string; readonly share: number } | undefined {
  return Object.entries(shares)
    .map(([resource, share]) => ({ resource, share }))
    .reduce<{ resource: string; share: number } | undefined>(
      (most, one) => (most === undefined || one.share > most.share ? one : most),
      undefined,
    );
}
