/**
 * Watches the objects of one run as they are stored and keeps what the results need: a row for each Pod and Node, gauges
 * over time, the metrics. It only looks; nothing in the cluster waits for it or pays for it.
 */
import type { Micros } from '../../engine/index.ts';
import type { Condition } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { Table, TimeSeries } from '../../results/index.ts';
import { ByPod } from './by-pod.ts';
import { GAUGES, NODE_COLUMNS, POD_COLUMNS, tableColumns } from './cluster-tables.ts';
import { latencyMetrics } from './latency-metrics.ts';
import { NodeCost } from './node-cost.ts';
import { NodeShares } from './node-shares.ts';
import { OtherResources } from './other-resources.ts';
import { type Amounts, nodeAllocatable, requestedAmounts } from './resource-amounts.ts';
import type { RunTables, UnschedulableReason } from './run-result.ts';
import { StrandedShare } from './stranded-share.ts';
import { type WarmUpCut, warmUpCut } from './warm-up-cut.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

const [
  PENDING,
  BOUND,
  RUNNING,
  QUEUE_ACTIVE,
  QUEUE_BACKOFF,
  QUEUE_UNSCHEDULABLE,
  QUEUE_GATED,
  NODES_IN_USE,
  CPU,
  MEMORY,
  CPU_IMBALANCE,
  MEMORY_IMBALANCE,
  CPU_STRANDED,
  MEMORY_STRANDED,
] = GAUGES.keys();

const POD = Object.fromEntries(POD_COLUMNS.map(({ name }, index) => [name, index])) as Record<string, number>;
const NODE = Object.fromEntries(NODE_COLUMNS.map(({ name }, index) => [name, index])) as Record<string, number>;

/** Columns by name, looked up once. */
const AT = {
  node: POD.node as number,
  phase: POD.phase as number,
  created: POD.createdMicros as number,
  scheduled: POD.scheduledMicros as number,
  running: POD.runningMicros as number,
  deleted: POD.deletedMicros as number,
  attempts: POD.attempts as number,
  cpu: POD.cpuMillis as number,
  memory: POD.memoryBytes as number,
  reason: POD.reason as number,
} as const;

const ON = {
  zone: NODE.zone as number,
  pods: NODE.pods as number,
  podsMax: NODE.podsMax as number,
  cpu: NODE.cpuRequestedMillis as number,
  cpuAllocatable: NODE.cpuAllocatableMillis as number,
  memory: NODE.memoryRequestedBytes as number,
  memoryAllocatable: NODE.memoryAllocatableBytes as number,
} as const;

/** What a Pod holds while it is bound and has not ended. */
interface Holding {
  readonly node: string;
  readonly amounts: Amounts;
}

/** What was last seen of a Pod, so that a change costs what it changes. */
interface PodState {
  readonly row: number;
  phase: string;
  isPending: boolean;
  isRunning: boolean;
  holding: Holding | undefined;
}

function conditionOf(conditions: readonly Condition[] | undefined, wanted: string): Condition | undefined {
  if (conditions === undefined) return undefined;
  for (const condition of conditions) if (condition.type === wanted) return condition;
  return undefined;
}

const NOTHING: Amounts = { cpuMillis: 0, memoryBytes: 0, others: new Map() };

/** How many Pods wait in each queue of the scheduler, as in scheduler_pending_pods. */
export interface QueueView {
  readonly activeLength: number;
  readonly backoffLength: number;
  readonly unschedulableLength: number;
  readonly gatedLength: number;
}

export class ClusterRecorder {
  readonly #pods = new Table(POD_COLUMNS);
  readonly #nodes = new Table(NODE_COLUMNS);
  readonly #series: TimeSeries;
  readonly #cost: NodeCost;
  readonly #states = new ByPod<PodState>();
  /** By row. */
  readonly #stateOfRow: PodState[] = [];
  #pending = 0;
  #running = 0;
  #holdings = 0;
  readonly #cpu = new NodeShares();
  readonly #memory = new NodeShares();
  readonly #strandedCpu = new StrandedShare(this.#cpu, this.#memory);
  readonly #strandedMemory = new StrandedShare(this.#memory, this.#cpu);
  readonly #others: OtherResources;
  /** Pods that something in the cluster ended, by uid. */
  readonly #preempted = new Set<string>();
  readonly #evicted = new Set<string>();
  #attempts = 0;
  #firstCreatedMicros = Number.POSITIVE_INFINITY;
  #lastScheduledMicros = 0;

  /** @param prices of a Node for an hour, by name */
  constructor(sampleEveryMicros: Micros, prices: ReadonlyMap<string, number> = new Map()) {
    this.#series = new TimeSeries(GAUGES, sampleEveryMicros);
    this.#cost = new NodeCost(prices, sampleEveryMicros);
    this.#others = new OtherResources(this.#series, this.#cpu, this.#memory);
  }

  node(timeMicros: Micros, type: ChangeType, node: Node): void {
    const fresh = !this.#nodes.has(node.metadata.name);
    const row = this.#nodes.row(node.metadata.name);
    const { cpuMillis, memoryBytes, others } = type === 'DELETED' ? NOTHING : nodeAllocatable(node);
    const changed = this.#others.setAllocatable(row, others);
    this.#cost.present(timeMicros, node.metadata.name, type !== 'DELETED');
    if (fresh) this.#nodes.setText(row, ON.zone, node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '');
    else if (!changed && this.#cpu.allocatable(row) === cpuMillis && this.#memory.allocatable(row) === memoryBytes)
      return;
    this.#cpu.setAllocatable(row, cpuMillis);
    this.#memory.setAllocatable(row, memoryBytes);
    this.#showShares(timeMicros, row);
  }

  /** @returns the Pod's row, a number by which others may file it too */
  pod(timeMicros: Micros, type: ChangeType, pod: Pod): number {
    const state = this.#states.get(pod) ?? this.#created(timeMicros, pod);
    const { row } = state;
    const phase = pod.status?.phase ?? 'Pending';
    const ended = type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed';
    if (state.phase !== phase) {
      state.phase = phase;
      this.#pods.setText(row, AT.phase, phase);
    }
    this.#notePending(timeMicros, state, !ended && pod.spec.nodeName === undefined);
    this.#noteRunning(timeMicros, state, !ended && phase === 'Running');
    if (pod.spec.nodeName !== undefined) this.#bound(timeMicros, state, pod, ended);
    else this.#noteReason(row, pod);
    if (phase === 'Running' && Number.isNaN(this.#pods.number(row, AT.running))) {
      this.#pods.setNumber(row, AT.running, timeMicros);
    }
    this.#noteDisruption(pod);
    if (type === 'DELETED') this.#pods.setNumber(row, AT.deleted, timeMicros);
    return row;
  }

  /** The lengths of the scheduler's queues after an event. */
  queues(timeMicros: Micros, queues: QueueView): void {
    this.#gauge(timeMicros, QUEUE_ACTIVE, queues.activeLength);
    this.#gauge(timeMicros, QUEUE_BACKOFF, queues.backoffLength);
    this.#gauge(timeMicros, QUEUE_UNSCHEDULABLE, queues.unschedulableLength);
    this.#gauge(timeMicros, QUEUE_GATED, queues.gatedLength);
  }

  /** Sets a gauge where it has another value. */
  #gauge(timeMicros: Micros, gauge: number | undefined, value: number): void {
    if (this.#series.value(gauge as number) !== value) this.#series.set(timeMicros, gauge as number, value);
  }

  /** Another attempt of the scheduler to place a Pod. */
  attempt(pod: Pod): void {
    this.#attempts++;
    const state = this.#states.get(pod);
    if (state !== undefined) this.#pods.add(state.row, AT.attempts, 1);
  }

  #created(timeMicros: Micros, pod: Pod): PodState {
    const row = this.#pods.row(`${pod.metadata.namespace}/${pod.metadata.name}`);
    const state = { row, phase: '', isPending: false, isRunning: false, holding: undefined };
    this.#states.set(pod, state);
    this.#stateOfRow[row] = state;
    const amounts = requestedAmounts(pod);
    this.#pods.setNumber(row, AT.created, timeMicros);
    this.#pods.setNumber(row, AT.cpu, amounts.cpuMillis);
    this.#pods.setNumber(row, AT.memory, amounts.memoryBytes);
    this.#others.requested(row, amounts.others);
    if (pod.spec.nodeName === undefined) {
      this.#firstCreatedMicros = Math.min(this.#firstCreatedMicros, timeMicros);
      this.#pods.setNumber(row, AT.attempts, 0);
    }
    return state;
  }

  #notePending(timeMicros: Micros, state: PodState, isPending: boolean): void {
    if (state.isPending === isPending) return;
    state.isPending = isPending;
    this.#pending += isPending ? 1 : -1;
    this.#series.set(timeMicros, PENDING as number, this.#pending);
  }

  #noteRunning(timeMicros: Micros, state: PodState, isRunning: boolean): void {
    if (state.isRunning === isRunning) return;
    state.isRunning = isRunning;
    this.#running += isRunning ? 1 : -1;
    this.#series.set(timeMicros, RUNNING as number, this.#running);
  }

  #bound(timeMicros: Micros, state: PodState, pod: Pod, ended: boolean): void {
    const { row, holding } = state;
    if (holding === undefined && !ended) {
      const node = pod.spec.nodeName as string;
      state.holding = { node, amounts: requestedAmounts(pod) };
      this.#change(timeMicros, state.holding, 1);
      this.#pods.setText(row, AT.node, node);
      this.#pods.setText(row, AT.reason, '');
      // A Pod that came with its Node was never scheduled here.
      if (this.#pods.number(row, AT.attempts) >= 0) {
        this.#pods.setNumber(row, AT.scheduled, timeMicros);
        this.#lastScheduledMicros = timeMicros;
      }
    } else if (holding !== undefined && ended) {
      state.holding = undefined;
      this.#change(timeMicros, holding, -1);
    }
  }

  #change(timeMicros: Micros, { node, amounts }: Holding, sign: 1 | -1): void {
    const row = this.#nodes.row(node);
    this.#nodes.add(row, ON.pods, sign);
    const pods = this.#nodes.number(row, ON.pods);
    if (!(this.#nodes.number(row, ON.podsMax) >= pods)) this.#nodes.setNumber(row, ON.podsMax, pods);
    if (sign === 1 ? pods === 1 : pods === 0) {
      this.#series.add(timeMicros, NODES_IN_USE as number, sign);
      this.#cost.inUse(timeMicros, node, sign === 1);
    }
    this.#holdings += sign;
    this.#series.set(timeMicros, BOUND as number, this.#holdings);
    this.#cpu.addRequested(row, sign * amounts.cpuMillis);
    this.#memory.addRequested(row, sign * amounts.memoryBytes);
    this.#others.change(row, amounts.others, sign);
    this.#showShares(timeMicros, row);
  }

  #showShares(timeMicros: Micros, changedRow: number): void {
    this.#strandedCpu.update(changedRow);
    this.#strandedMemory.update(changedRow);
    this.#others.show(timeMicros, changedRow);
    this.#series.set(timeMicros, CPU_STRANDED as number, this.#strandedCpu.share);
    this.#series.set(timeMicros, MEMORY_STRANDED as number, this.#strandedMemory.share);
    this.#series.set(timeMicros, CPU as number, this.#cpu.utilisation);
    this.#series.set(timeMicros, MEMORY as number, this.#memory.utilisation);
    this.#series.set(timeMicros, CPU_IMBALANCE as number, this.#cpu.imbalance);
    this.#series.set(timeMicros, MEMORY_IMBALANCE as number, this.#memory.imbalance);
  }

  /**
   * Pods that were not ended by their owner say so.
   * Source: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
   */
  #noteDisruption({ metadata, status }: Pod): void {
    const disruption = conditionOf(status?.conditions, 'DisruptionTarget');
    if (disruption?.status !== 'True') return;
    const ended = disruption.reason === 'PreemptionByScheduler' ? this.#preempted : this.#evicted;
    ended.add(metadata.uid ?? `${metadata.namespace}/${metadata.name}`);
  }

  #noteReason(row: number, pod: Pod): void {
    const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
    if (scheduled?.status === 'False' && scheduled.message !== undefined) {
      this.#pods.setText(row, AT.reason, scheduled.message);
    }
  }

  /** Pods that had no Node at the end, by the scheduler's message; the most frequent first. */
  unschedulable(): UnschedulableReason[] {
    const counts = new Map<string, number>();
    for (const { row, isPending } of this.#stateOfRow) {
      if (!isPending) continue;
      const reason = this.#pods.text(row, AT.reason) || 'no attempt has failed yet';
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts]
      .map(([reason, pods]) => ({ reason, pods }))
      .sort((a, b) => b.pods - a.pods || (a.reason < b.reason ? -1 : 1));
  }

  /** Rows as at the end of the run. */
  tables(): RunTables {
    for (let row = 0; row < this.#nodes.length; row++) {
      this.#nodes.add(row, ON.pods, 0);
      this.#nodes.add(row, ON.podsMax, 0);
      this.#nodes.setNumber(row, ON.cpu, this.#cpu.requested(row));
      this.#nodes.setNumber(row, ON.cpuAllocatable, this.#cpu.allocatable(row));
      this.#nodes.setNumber(row, ON.memory, this.#memory.requested(row));
      this.#nodes.setNumber(row, ON.memoryAllocatable, this.#memory.allocatable(row));
    }
    const others = this.#others;
    const { names } = others;
    const columns = tableColumns(names);
    // Gauges of resources that are offered and never requested, or the other way round, have no column.
    if (this.#series.names.length === GAUGES.length) {
      return { columns, pods: [...this.#pods.rows()], nodes: [...this.#nodes.rows()], timeseries: this.#series.rows() };
    }
    const order = [0, ...[...GAUGES.keys(), ...others.gauges()].map((gauge) => gauge + 1)];
    return {
      columns,
      pods: [...this.#pods.rows()].map((cells, row) => [...cells, ...others.podCells(row, names)]),
      nodes: [...this.#nodes.rows()].map((cells, row) => [...cells, ...others.nodeCells(row, names)]),
      timeseries: this.#series.rows().map((cells) => order.map((column) => cells[column] as number)),
    };
  }

  /**
   * Ends the series at this time and gives the metrics by name; of what follows the warm-up where a rule for it is given.
   * @throws Error when the run is not longer than its warm-up
   */
  metrics(endMicros: Micros, warmUp?: string): Record<string, number | null> {
    this.#series.advance(endMicros);
    const cut = warmUp === undefined ? undefined : this.#cut(warmUp, endMicros);
    const fromMicros = cut?.untilMicros ?? 0;
    const scheduling = this.#latencies(AT.created, AT.scheduled, fromMicros);
    const startup = this.#latencies(AT.created, AT.running, fromMicros);
    const scheduled = scheduling.length;
    const gauge = (index: number | undefined): { mean: number; maximum: number } =>
      this.#series.summary(index as number, fromMicros);
    return {
      pods: this.#podsFrom(fromMicros),
      podsScheduled: scheduled,
      podsUnscheduled: this.#pending,
      podsStarted: startup.length,
      ...latencyMetrics('schedulingLatency', scheduling),
      ...latencyMetrics('startupLatency', startup),
      ...latencyMetrics('waitingTime', this.#waitingTimes(fromMicros, endMicros)),
      ...latencyMetrics('scheduleToRun', this.#latencies(AT.scheduled, AT.running, fromMicros)),
      schedulingThroughput:
        cut === undefined ? this.#throughput(scheduled) : this.#throughputFrom(fromMicros, endMicros),
      schedulingAttempts: this.#attempts,
      podsPreempted: this.#preempted.size,
      podsEvicted: this.#evicted.size,
      pendingMean: gauge(PENDING).mean,
      pendingMax: gauge(PENDING).maximum,
      queueActiveMean: gauge(QUEUE_ACTIVE).mean,
      queueActiveMax: gauge(QUEUE_ACTIVE).maximum,
      queueBackoffMean: gauge(QUEUE_BACKOFF).mean,
      queueBackoffMax: gauge(QUEUE_BACKOFF).maximum,
      queueUnschedulableMean: gauge(QUEUE_UNSCHEDULABLE).mean,
      queueUnschedulableMax: gauge(QUEUE_UNSCHEDULABLE).maximum,
      queueGatedMean: gauge(QUEUE_GATED).mean,
      queueGatedMax: gauge(QUEUE_GATED).maximum,
      nodesInUseMean: gauge(NODES_IN_USE).mean,
      nodesInUseMax: gauge(NODES_IN_USE).maximum,
      cpuUtilisationMean: gauge(CPU).mean,
      cpuUtilisationMax: gauge(CPU).maximum,
      memoryUtilisationMean: gauge(MEMORY).mean,
      memoryUtilisationMax: gauge(MEMORY).maximum,
      cpuImbalanceMean: gauge(CPU_IMBALANCE).mean,
      memoryImbalanceMean: gauge(MEMORY_IMBALANCE).mean,
      cpuStrandedMean: gauge(CPU_STRANDED).mean,
      memoryStrandedMean: gauge(MEMORY_STRANDED).mean,
      ...this.#others.metrics(fromMicros),
      ...this.#cost.metrics(fromMicros, endMicros),
      virtualMicros: endMicros,
      ...(cut === undefined ? {} : { warmUpMicros: fromMicros, warmUpFound: cut.reliable ? 1 : 0 }),
    };
  }

  #cut(rule: string, endMicros: Micros): WarmUpCut {
    return warmUpCut(rule, this.#series, [BOUND as number, PENDING as number], endMicros);
  }

  /** Pods that came at this time or later. */
  #podsFrom(fromMicros: Micros): number {
    if (fromMicros === 0) return this.#pods.length;
    let count = 0;
    for (let row = 0; row < this.#pods.length; row++) if (this.#pods.number(row, AT.created) >= fromMicros) count++;
    return count;
  }

  /** Over the time that the workload took to place. */
  #throughput(scheduled: number): number | null {
    const spanSeconds = (this.#lastScheduledMicros - this.#firstCreatedMicros) / 1e6;
    return scheduled > 0 && spanSeconds > 0 ? scheduled / spanSeconds : null;
  }

  /** Bindings in a window of time, whenever their Pods came. */
  #throughputFrom(fromMicros: Micros, endMicros: Micros): number {
    let count = 0;
    for (let row = 0; row < this.#pods.length; row++) if (this.#pods.number(row, AT.scheduled) >= fromMicros) count++;
    return count / ((endMicros - fromMicros) / 1e6);
  }

  /** Ascending times from one instant to another, of Pods that came from then on and were scheduled in this run. */
  #latencies(since: number, until: number, fromMicros: Micros): Float64Array {
    const found: number[] = [];
    for (let row = 0; row < this.#pods.length; row++) {
      if (Number.isNaN(this.#pods.number(row, AT.scheduled))) continue;
      if (this.#pods.number(row, AT.created) < fromMicros) continue;
      const latency = this.#pods.number(row, until) - this.#pods.number(row, since);
      if (!Number.isNaN(latency)) found.push(latency);
    }
    return Float64Array.from(found).sort();
  }

  /**
   * Ascending times that Pods had no Node: to their binding, or to their deletion or the end of the run where there was none. Unlike the
   * scheduling latency it has the Pods that were never placed.
   */
  #waitingTimes(fromMicros: Micros, endMicros: Micros): Float64Array {
    const found: number[] = [];
    for (let row = 0; row < this.#pods.length; row++) {
      const created = this.#pods.number(row, AT.created);
      // A Pod that came with its Node never waited, and has no count of attempts.
      if (created < fromMicros || Number.isNaN(this.#pods.number(row, AT.attempts))) continue;
      const scheduled = this.#pods.number(row, AT.scheduled);
      const deleted = this.#pods.number(row, AT.deleted);
      found.push((Number.isNaN(scheduled) ? (Number.isNaN(deleted) ? endMicros : deleted) : scheduled) - created);
    }
    return Float64Array.from(found).sort();
  }
}
