/** What Pods request and Nodes can give as numbers, for the tables of a run: CPU, memory, and every other resource by its name. */
import { milliValue, podRequests, scaledValue, value } from '../../models/objects/index.ts';
import type { ResourceList } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod, PodSpec } from '../../models/objects/pod.ts';
import { GPU_COUNT, GPU_MILLI, gpuRequest } from '../policies/gpu-sharing/gpu-objects.ts';

/** Amount of each resource beyond cpu and memory, in its own unit (bytes, devices, milli-GPU). */
export type OtherAmounts = ReadonlyMap<string, number>;

export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly others: OtherAmounts;
}

const NO_OTHERS: OtherAmounts = new Map();

/** Resources with columns of their own. */
const NAMED: ReadonlySet<string> = new Set(['cpu', 'memory', 'pods']);

/** Whether a resource is measured by its name. Volumes are counted by plugins of the scheduler, not requested by Pods. */
function isOther(name: string, list: ResourceList): boolean {
  if (NAMED.has(name) || name.startsWith('attachable-volumes-')) return false;
  // Shared devices are offered twice, by number and in thousandths; only the thousandths can be taken in part.
  return name !== GPU_COUNT || !(GPU_MILLI in list);
}

/** Nodes share the lists of the group that they come from, and an update keeps them. */
const ofList = new WeakMap<ResourceList, Amounts>();

export function nodeAllocatable(node: Node): Amounts {
  const list = node.status?.allocatable ?? node.status?.capacity;
  if (list === undefined) return { cpuMillis: 0, memoryBytes: 0, others: NO_OTHERS };
  let known = ofList.get(list);
  if (known === undefined) {
    const names = Object.keys(list).filter((name) => isOther(name, list));
    const amounts = names.map((name) => [name, value(list[name] ?? 0)] as const).filter(([, amount]) => amount > 0);
    const others = amounts.length === 0 ? NO_OTHERS : new Map(amounts);
    known = { cpuMillis: milliValue(list.cpu ?? 0), memoryBytes: value(list.memory ?? 0), others };
    ofList.set(list, known);
  }
  return known;
}

/** Pods of one template share their containers, with a Node and without one, so their sum is made once. */
const ofShape = new WeakMap<object, Amounts>();

/** What decides the requests of a spec; of most it is their containers alone. */
function shapeOf(spec: PodSpec): object {
  const { containers, initContainers, overhead, resources } = spec;
  return containers && !initContainers && !overhead && !resources ? containers : spec;
}

/** With a share of GPUs: manifests share equal annotations. */
const withShare = new WeakMap<Readonly<Record<string, string>>, { readonly own: Amounts; readonly all: Amounts }>();

/**
 * What a Pod requests, as the scheduler counts it; shares of GPUs, which it asks for by annotations, are among the others.
 * @throws RangeError for an annotation that is no amount of GPUs
 */
export function requestedAmounts({ spec, metadata: { annotations } }: Pod): Amounts {
  const shape = shapeOf(spec);
  let own = ofShape.get(shape);
  if (own === undefined) {
    own = amountsOf(spec);
    ofShape.set(shape, own);
  }
  if (annotations?.[GPU_COUNT] === undefined) return own;
  const known = withShare.get(annotations);
  if (known?.own === own) return known.all;
  const { gpus, gpuMilli } = gpuRequest(annotations, own.cpuMillis);
  const all = gpus === 0 ? own : { ...own, others: new Map([...own.others, [GPU_MILLI, gpus * gpuMilli]]) };
  withShare.set(annotations, { own, all });
  return all;
}

function amountsOf(spec: PodSpec): Amounts {
  const requests = podRequests({ spec });
  const amount = (name: string, scale: number): number => {
    const quantity = requests.get(name);
    return quantity === undefined ? 0 : Number(scaledValue(quantity, scale));
  };
  const names = [...requests.keys()].filter((name) => !NAMED.has(name));
  const others = names.length === 0 ? NO_OTHERS : new Map(names.map((name) => [name, amount(name, 0)]));
  return { cpuMillis: amount('cpu', -3), memoryBytes: amount('memory', 0), others };
}
