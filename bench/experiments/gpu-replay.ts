/**
 * Goes through the changes of a cluster's GPUs in the order of time: how many are allocated, how many fragmented, and the second as
 * a function of the first. A Node is judged anew when it has changed, so a change costs no more in a large cluster.
 */
import type { Micros } from '../../engine/index.ts';
import { TimeSeries } from '../../results/index.ts';
import { GpuNodeState, type GpuRequest, WHOLE_DEVICE_MILLI } from '../policies/gpu-sharing/gpu-node.ts';
import { packedDevices } from '../policies/gpu-sharing/gpu-scores.ts';
import { fragmentationMilli, type TypicalPod } from '../workloads/openb/fragmentation.ts';
import type { GpuOffer } from './gpu-offers.ts';
import type { GpuChange, GpuOutcome } from './gpu-recorder.ts';

interface Held {
  readonly request: GpuRequest;
  readonly devices: readonly number[];
}

interface ReplayedNode {
  readonly state: GpuNodeState;
  readonly pods: Map<string, Held>;
  allocatedMilli: number;
  fragmentedMilli: number;
}

/** Time spent with so many whole percent of the GPUs allocated, and the integral of what was fragmented then. */
interface Bucket {
  micros: number;
  ofAll: number;
  /** Of the time in which there were idle ones. */
  idleMicros: number;
  ofIdle: number;
}

const GAUGES = ['gpuAllocated', 'gpuFragmented', 'gpuFragmentedOfIdle'] as const;
const [ALLOCATED, FRAGMENTED, OF_IDLE] = [0, 1, 2] as const;
const CURVE_COLUMNS = ['allocatedPercent', 'fragmentedPercentOfTotal', 'fragmentedPercentOfIdle', 'micros'] as const;

export class GpuReplay {
  readonly #typical: readonly TypicalPod[];
  readonly #series: TimeSeries;
  readonly #nodes = new Map<string, ReplayedNode>();
  readonly #buckets = new Map<number, Bucket>();
  #totalMilli = 0;
  #allocatedMilli = 0;
  #fragmentedMilli = 0;
  #lastMicros: Micros = 0;

  constructor(typical: readonly TypicalPod[], sampleEveryMicros: Micros) {
    this.#typical = typical;
    this.#series = new TimeSeries(GAUGES, sampleEveryMicros);
  }

  apply(change: GpuChange): void {
    this.#pass(change.atMicros);
    if (!('pod' in change)) this.#setNode(change.node, change.offer);
    else if (change.request === undefined) this.#give(change.node, change.pod);
    else this.#take(change.node, change.pod, change.request, change.devices);
    this.#show(change.atMicros);
  }

  outcome(endMicros: Micros, fromMicros: Micros): GpuOutcome {
    this.#pass(endMicros);
    this.#series.advance(endMicros);
    const mean = (gauge: number): number => this.#series.summary(gauge, fromMicros).mean;
    const curve = [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([percent, { micros, ofAll, idleMicros, ofIdle }]) => [
        percent,
        (100 * ofAll) / micros,
        idleMicros === 0 ? null : (100 * ofIdle) / idleMicros,
        micros,
      ]);
    return {
      metrics: {
        gpuAllocationMean: mean(ALLOCATED),
        gpuFragmentationMean: mean(FRAGMENTED),
        gpuFragmentationOfIdleMean: mean(OF_IDLE),
      },
      columns: GAUGES,
      series: this.#series.rows().map(([, ...cells]) => cells),
      curve: { file: 'gpu-curve.csv', columns: CURVE_COLUMNS, rows: curve },
    };
  }

  /** Time goes by with everything as it is. */
  #pass(nowMicros: Micros): void {
    const micros = nowMicros - this.#lastMicros;
    this.#lastMicros = nowMicros;
    if (micros === 0 || this.#totalMilli === 0) return;
    const percent = Math.round((100 * this.#allocatedMilli) / this.#totalMilli);
    let bucket = this.#buckets.get(percent);
    if (bucket === undefined) this.#buckets.set(percent, (bucket = { micros: 0, ofAll: 0, idleMicros: 0, ofIdle: 0 }));
    bucket.micros += micros;
    bucket.ofAll += micros * this.#series.value(FRAGMENTED);
    if (this.#allocatedMilli >= this.#totalMilli) return;
    bucket.idleMicros += micros;
    bucket.ofIdle += micros * this.#series.value(OF_IDLE);
  }

  #show(nowMicros: Micros): void {
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.max(0, part / whole));
    const idleMilli = this.#totalMilli - this.#allocatedMilli;
    this.#series.set(nowMicros, ALLOCATED, share(this.#allocatedMilli, this.#totalMilli));
    this.#series.set(nowMicros, FRAGMENTED, share(this.#fragmentedMilli, this.#totalMilli));
    this.#series.set(nowMicros, OF_IDLE, share(this.#fragmentedMilli, idleMilli));
  }

  /** Another offer of a Node: what its Pods have, they keep. */
  #setNode(name: string, offer: GpuOffer | undefined): void {
    const before = this.#nodes.get(name);
    if (before !== undefined) {
      this.#totalMilli -= before.state.devices * WHOLE_DEVICE_MILLI;
      this.#allocatedMilli -= before.allocatedMilli;
      this.#fragmentedMilli -= before.fragmentedMilli;
      this.#nodes.delete(name);
    }
    if (offer === undefined) return;
    const state = new GpuNodeState(offer.cpuMilli, offer.devices, offer.model);
    const node: ReplayedNode = { state, pods: new Map(), allocatedMilli: 0, fragmentedMilli: 0 };
    this.#nodes.set(name, node);
    this.#totalMilli += offer.devices * WHOLE_DEVICE_MILLI;
    for (const [pod, { request, devices }] of before?.pods ?? []) {
      const kept = devices.filter((device) => device < offer.devices);
      this.#hold(node, pod, { request, devices: kept });
    }
    this.#judge(node);
  }

  /** Whole devices are alike, and one that no plugin chose is the tightest that fits; nothing is taken where nothing fits. */
  #take(name: string, pod: string, request: GpuRequest, chosen: readonly number[] | undefined): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    const devices = chosen ?? (node.state.fits(request) ? packedDevices(request, node.state) : []);
    this.#hold(node, pod, { request, devices });
    this.#judge(node);
  }

  #give(name: string, pod: string): void {
    const node = this.#nodes.get(name);
    const held = node?.pods.get(pod);
    if (node === undefined || held === undefined) return;
    node.pods.delete(pod);
    node.state.give(held.request, held.devices);
    this.#count(node, -held.devices.length * held.request.gpuMilli);
    this.#judge(node);
  }

  #hold(node: ReplayedNode, pod: string, held: Held): void {
    node.pods.set(pod, held);
    node.state.take(held.request, held.devices);
    this.#count(node, held.devices.length * held.request.gpuMilli);
  }

  #count(node: ReplayedNode, milli: number): void {
    node.allocatedMilli += milli;
    this.#allocatedMilli += milli;
  }

  #judge(node: ReplayedNode): void {
    const fragmentedMilli = fragmentationMilli(node.state, this.#typical);
    this.#fragmentedMilli += fragmentedMilli - node.fragmentedMilli;
    node.fragmentedMilli = fragmentedMilli;
  }
}
