/**
 * One run of the FGD study: the Pods of the openb trace arrive in a drawn order until they ask for 130 % of the GPUs; each
 * is tried once and never leaves. The scheduler runs alone, because the study's own simulator places one Pod after the other
 * and knows no time.
 *
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, and hkust-adsl/kubernetes-scheduler-simulator.
 */
import type { RandomStream } from '../../engine/index.ts';
import type { TieBreak } from '../../models/scheduler/decision/choose-host.ts';
import { gpuNodeObject, gpuPodObject } from '../policies/gpu-sharing/gpu-objects.ts';
import { fragmentationOf, type GpuSharing, gpuPlugins, gpuSharing } from '../policies/gpu-sharing/gpu-plugins.ts';
import { typicalPods } from '../workloads/openb/fragmentation.ts';
import type { StudyOrder } from '../workloads/openb/study-order.ts';
import type { GpuNode, GpuPod } from '../workloads/openb/trace.ts';
import { ArrivalCurve, type ArrivalRow } from './arrival-curve.ts';
import { LoneScheduler } from './lone-scheduler.ts';

export interface FgdRunInput {
  readonly nodes: readonly GpuNode[];
  /** As in the file: what is typical is counted over these, not over what arrives. */
  readonly workload: readonly GpuPod[];
  readonly order: StudyOrder;
  /** KubeSchedulerConfiguration. */
  readonly configuration: unknown;
  /** The study takes the first by rank, but for its Random policy. */
  readonly ties: TieBreak;
  stream(name: string): RandomStream;
}

/** What became of one Pod. */
export interface Arrival {
  readonly pod: GpuPod;
  /** Name in the trace; undefined when it fitted nowhere. */
  readonly node: string | undefined;
  readonly devices: readonly number[];
  readonly reason: string | undefined;
}

/** Length of the rank that stands before a Node's name, so that the lowest rank wins a tie; with the hyphen. */
export const RANK_PREFIX = 5;

const NO_DEVICES: readonly number[] = [];

export class FgdRun {
  readonly arrivals: readonly GpuPod[];
  readonly curve: ArrivalCurve;
  readonly scheduler: LoneScheduler;
  /** Pods that fitted nowhere. */
  failed = 0;
  readonly #shared: GpuSharing;
  #next = 0;

  /** @throws ConfigurationError */
  constructor({ nodes, workload, order, configuration, ties, stream }: FgdRunInput) {
    this.arrivals = order.arrivals;
    this.#shared = gpuSharing(typicalPods(workload));
    this.scheduler = new LoneScheduler({
      configuration,
      tieBreak: ties,
      stream,
      registry: gpuPlugins(this.#shared),
    });
    for (const node of nodes) {
      const rank = `${order.ranks.get(node.name)}`.padStart(RANK_PREFIX - 1, '0');
      this.scheduler.addNode(gpuNodeObject(node, `${rank}-${node.name}`));
    }
    const infos = this.scheduler.cache.snapshot().nodes;
    let fragmentedMilli = 0;
    for (const info of infos) fragmentedMilli += this.#fragmentedMilli(info.name);
    const gpuMilli = nodes.reduce((sum, { gpus }) => sum + gpus * 1000, 0);
    this.curve = new ArrivalCurve(gpuMilli, fragmentedMilli);
  }

  get isDone(): boolean {
    return this.#next === this.arrivals.length;
  }

  /** Lets the next Pod arrive. */
  step(explain = false): Arrival {
    const pod = this.arrivals[this.#next++] as GpuPod;
    const askedMilli = pod.gpus * pod.gpuMilli;
    const placement = this.scheduler.place(gpuPodObject(pod));
    if (!placement.placed) {
      this.failed++;
      this.curve.arrived(askedMilli, 0, 0);
      return { pod, node: undefined, devices: NO_DEVICES, reason: explain ? placement.reason() : undefined };
    }
    const { name } = placement.node;
    const before = this.#fragmentation.get(name) as number;
    const after = this.#fragmentedMilli(name);
    this.curve.arrived(askedMilli, askedMilli, after - before);
    const devices = this.#shared.states.devicesOf(placement.pod, name) ?? NO_DEVICES;
    return { pod, node: name.slice(RANK_PREFIX), devices, reason: undefined };
  }

  readonly #fragmentation = new Map<string, number>();

  /** Of one Node, by its present state; remembered as what it was before the next change. */
  #fragmentedMilli(nodeName: string): number {
    const { snapshot } = this.scheduler.profile.handle;
    const node = snapshot.get(nodeName);
    if (node === undefined) throw new RangeError(`no Node ${nodeName}`);
    const milli = fragmentationOf(this.#shared.states.of(node, snapshot), this.#shared.typical);
    this.#fragmentation.set(nodeName, milli);
    return milli;
  }
}

/** The whole run at once. */
export function runToEnd(run: FgdRun): { arrivals: readonly Arrival[]; curve: readonly ArrivalRow[] } {
  const arrivals: Arrival[] = [];
  while (!run.isDone) arrivals.push(run.step());
  return { arrivals, curve: run.curve.rows() };
}
