/**
 * Allocation and fragmentation of the GPUs of a whole cluster, as the FGD study defines them: fragmented is what of the idle GPUs the
 * typical Pods could not use. What is typical is known only when all Pods have come, so changes are kept, and gone through at the end.
 */
import type { Micros } from '../../engine/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { Cell } from '../../results/index.ts';
import type { GpuRequest } from '../policies/gpu-sharing/gpu-node.ts';
import { GPU_COUNT } from '../policies/gpu-sharing/gpu-objects.ts';
import { type TypicalPod, typicalPods } from '../workloads/openb/fragmentation.ts';
import type { ChangeType } from './cluster-recorder.ts';
import { type GpuOffer, gpuOfferOf, gpuRequestOfPod } from './gpu-offers.ts';
import { GpuReplay } from './gpu-replay.ts';
import type { OtherTable } from './run-result.ts';

export interface GpuRecorderOptions {
  readonly sampleEveryMicros: Micros;
  /** Shapes that the workload names itself, as a trace does; else those of the Pods that come. */
  readonly typical: readonly TypicalPod[];
  /** The devices that a plugin has given a Pod on its Node; undefined when none has. */
  devicesOf(pod: Pod): readonly number[] | undefined;
}

/** A change of the cluster, in the order of time. */
export type GpuChange =
  | { readonly atMicros: Micros; readonly node: string; readonly offer: GpuOffer | undefined }
  | {
      readonly atMicros: Micros;
      readonly node: string;
      readonly pod: string;
      /** Undefined when the Pod leaves. */
      readonly request: GpuRequest | undefined;
      readonly devices: readonly number[] | undefined;
    };

export interface GpuOutcome {
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Columns that follow those of timeseries.csv, and their cells for each row of the grid. */
  readonly columns: readonly string[];
  readonly series: readonly (readonly Cell[])[];
  readonly curve: OtherTable;
}

export class GpuRecorder {
  readonly #options: GpuRecorderOptions;
  readonly #changes: GpuChange[] = [];
  readonly #offers = new Map<string, GpuOffer>();
  /** By the Pod's row: the Node with GPUs that it is on, or null when it has been seen and is on none. */
  readonly #nodeOf: (string | null | undefined)[] = [];
  readonly #shapes: GpuRequest[] = [];
  /** A Pod that asks for a share was placed by a scheduler that gives no devices: what is idle cannot be told. */
  #isUnaware = false;

  constructor(options: GpuRecorderOptions) {
    this.#options = options;
  }

  node(atMicros: Micros, type: ChangeType, node: Node): void {
    const { name } = node.metadata;
    const offer = type === 'DELETED' ? undefined : gpuOfferOf(node);
    const before = this.#offers.get(name);
    if (before?.devices === offer?.devices && before?.cpuMilli === offer?.cpuMilli && before?.model === offer?.model) {
      return;
    }
    if (offer === undefined) this.#offers.delete(name);
    else this.#offers.set(name, offer);
    this.#changes.push({ atMicros, node: name, offer });
  }

  /** @param row a number that stands for the Pod, from 0 */
  pod(atMicros: Micros, type: ChangeType, pod: Pod, row: number): void {
    if (this.#offers.size === 0) return;
    const phase = pod.status?.phase;
    const ended = type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed';
    const held = this.#nodeOf[row];
    const fresh = held === undefined;
    if (fresh) {
      this.#nodeOf[row] = null;
      this.#shapes.push(gpuRequestOfPod(pod));
    }
    const node = pod.spec.nodeName;
    if (typeof held === 'string') {
      if (ended) this.#left(atMicros, held, pod, row);
    } else if (!ended && node !== undefined && this.#offers.has(node)) this.#took(atMicros, node, pod, row, fresh);
  }

  #took(atMicros: Micros, node: string, pod: Pod, row: number, fresh: boolean): void {
    const devices = this.#options.devicesOf(pod);
    if (devices === undefined && !fresh && pod.metadata.annotations?.[GPU_COUNT] !== undefined) this.#isUnaware = true;
    this.#nodeOf[row] = node;
    this.#changes.push({ atMicros, node, pod: keyOf(pod), request: gpuRequestOfPod(pod), devices });
  }

  #left(atMicros: Micros, node: string, pod: Pod, row: number): void {
    this.#nodeOf[row] = null;
    this.#changes.push({ atMicros, node, pod: keyOf(pod), request: undefined, devices: undefined });
  }

  /** Undefined without GPUs, without a Pod that asks for any, or where the scheduler knows of no devices that are shared. */
  outcome(endMicros: Micros, fromMicros: Micros): GpuOutcome | undefined {
    const { sampleEveryMicros, typical } = this.#options;
    if (this.#isUnaware || !this.#shapes.some(({ gpus }) => gpus > 0)) return undefined;
    const shapes = typical.length > 0 ? typical : typicalPods(this.#shapes.map((shape) => ({ ...shape, ...UNNAMED })));
    const replay = new GpuReplay(shapes, sampleEveryMicros);
    for (const change of this.#changes) replay.apply(change);
    return replay.outcome(endMicros, fromMicros);
  }
}

function keyOf({ metadata: { namespace, name } }: Pod): string {
  return `${namespace}/${name}`;
}

/** What is typical does not depend on names and memory. */
const UNNAMED = { name: '', memoryMib: 0 } as const;
