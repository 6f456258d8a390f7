/**
 * Collects the figures of one measured operation, in virtual time only: throughput sampled each second as upstream does, and how long
 * attempts and Pods took.
 *
 * Source: test/integration/scheduler_perf/util.go throughputCollector (a second with no Pod is not a sample of 0: the next one that has
 * any is spread over it), metricsCollector. Percentiles are those of the samples themselves, not of the buckets of a histogram.
 */
import { MICROS_PER_SECOND, type Micros } from '../../../engine/index.ts';
import { compileLabelSet } from '../../../models/objects/index.ts';
import type { Labels } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { CycleCost } from '../../../models/scheduler/scheduler-core.ts';
import type { SchedulerObserver } from '../../../models/scheduler/scheduling-metrics.ts';
import { type DataItem, sampleData } from './data-items.ts';
import type { MetricWanted } from './test-file.ts';

export const ATTEMPT_DURATION = 'scheduler_scheduling_attempt_duration_seconds';
export const POD_DURATION = 'scheduler_pod_scheduling_sli_duration_seconds';
const RESULTS = ['scheduled', 'unschedulable', 'error'] as const;

/** Of upstream's default list, those that the simulator has. */
export const DEFAULT_METRICS: readonly MetricWanted[] = [
  { metric: ATTEMPT_DURATION, label: 'result', values: RESULTS },
  { metric: POD_DURATION },
];

const MODELLED: readonly string[] = [ATTEMPT_DURATION, POD_DURATION];

/** Metrics that were asked for and are not modelled. */
export function unmodelledMetrics(wanted: readonly MetricWanted[]): string[] {
  return [...new Set(wanted.map(({ metric }) => metric).filter((metric) => !MODELLED.includes(metric)))];
}

export interface CollectorOptions {
  readonly nowMicros: Micros;
  readonly namespaces: readonly string[];
  readonly labels: Labels;
  readonly cycleCost: CycleCost;
  /** Scheduled Pods of the namespaces when collecting begins. */
  readonly scheduled: number;
  readonly clock: () => Micros;
}

export class Collector {
  readonly startMicros: Micros;
  /** Also hears of what happens outside the namespaces, as upstream's metrics of the scheduler do. */
  readonly observer: SchedulerObserver;
  readonly #options: CollectorOptions;
  readonly #times: Micros[] = [];
  readonly #changes: number[] = [];
  readonly #attempts = { scheduled: [] as Micros[], unschedulable: [] as Micros[], error: [] as Micros[] };
  readonly #podDurations: Micros[] = [];
  /** When the successful cycle of a Pod that is being bound began. */
  readonly #cycleStarts = new Map<string, Micros>();

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.startMicros = options.nowMicros;
    this.observer = {
      attempted: (pod, result, evaluated) => this.#attempted(pod, result, evaluated),
      bound: (pod, _nodeName, _attempts, latencyMicros) => this.#bound(pod, latencyMicros),
    };
  }

  /** To be told of each Pod that is scheduled, or was and is gone. */
  scheduledChange(pod: Pod, change: 1 | -1): void {
    const { namespaces, labels, clock } = this.#options;
    if (!namespaces.includes(pod.metadata.namespace ?? '') || !compileLabelSet(labels)(pod.metadata.labels)) return;
    this.#times.push(clock());
    this.#changes.push(change);
  }

  /** Pods scheduled so far. */
  get scheduled(): number {
    return this.#changes.reduce((sum, change) => sum + (change > 0 ? 1 : 0), 0);
  }

  /** From the start until the last Pod was scheduled. */
  get busyMicros(): Micros {
    const last = this.#changes.lastIndexOf(1);
    return last < 0 ? 0 : (this.#times[last] as Micros) - this.startMicros;
  }

  /** Pods a second, one sample for each second up to `endMicros`. */
  throughputSamples(endMicros: Micros): number[] {
    const samples: number[] = [];
    let [at, scheduled, last] = [0, this.#options.scheduled, this.#options.scheduled];
    let [isStarted, skipped] = [false, 0];
    for (let tick = this.startMicros + MICROS_PER_SECOND; tick <= endMicros; tick += MICROS_PER_SECOND) {
      for (; at < this.#times.length && (this.#times[at] as Micros) <= tick; at++)
        scheduled += this.#changes[at] as number;
      if (scheduled === 0) continue;
      const isNew = scheduled !== last;
      if (isStarted && !isNew) skipped++;
      if (isStarted && isNew) {
        const perSecond = (scheduled - last) / (skipped + 1);
        for (let second = 0; second <= skipped; second++) samples.push(perSecond);
        skipped = 0;
      }
      // The first sample is left out: it began before the Pods did.
      isStarted = true;
      last = scheduled;
    }
    return samples;
  }

  /** Throughput first, then the metrics wanted that have samples. Everything is virtual. */
  items(name: string, endMicros: Micros, wanted: readonly MetricWanted[]): DataItem[] {
    return [this.#throughput(name, endMicros), ...wanted.flatMap((metric) => this.#metric(name, metric))];
  }

  /** An operation too short for samples gives its average over the whole, and says so. */
  #throughput(name: string, endMicros: Micros): DataItem {
    const labels = { Name: name, Metric: 'SchedulingThroughput', Clock: 'virtual' };
    const data = sampleData(this.throughputSamples(endMicros));
    if (data !== undefined) return { data, unit: 'pods/s', labels };
    const perSecond = this.busyMicros === 0 ? 0 : (this.scheduled * MICROS_PER_SECOND) / this.busyMicros;
    return {
      data: sampleData([perSecond]) as Readonly<Record<string, number>>,
      unit: 'pods/s',
      labels: { ...labels, Sampling: 'whole operation' },
    };
  }

  #metric(name: string, { metric, label, values }: MetricWanted): DataItem[] {
    const labels = { Name: name, Metric: metric, Clock: 'virtual' };
    if (metric === POD_DURATION) return itemsOf(this.#podDurations, labels);
    if (metric !== ATTEMPT_DURATION) return [];
    if (label === undefined)
      return itemsOf(
        RESULTS.flatMap((result) => this.#attempts[result]),
        labels,
      );
    if (label !== 'result') return [];
    return RESULTS.filter((result) => values?.includes(result)).flatMap((result) =>
      itemsOf(this.#attempts[result], { ...labels, result }),
    );
  }

  /** Called when a cycle ends. A successful attempt goes on until the binding is done. */
  #attempted(pod: Pod, result: (typeof RESULTS)[number], evaluated: number): void {
    const { clock, cycleCost } = this.#options;
    const micros = Math.round(cycleCost.baseMicros + cycleCost.perEvaluatedNodeMicros * evaluated);
    if (result === 'scheduled') this.#cycleStarts.set(keyOf(pod), clock() - micros);
    else this.#attempts[result].push(micros);
  }

  #bound(pod: Pod, latencyMicros: Micros): void {
    this.#podDurations.push(latencyMicros);
    const start = this.#cycleStarts.get(keyOf(pod));
    if (start === undefined) return;
    this.#cycleStarts.delete(keyOf(pod));
    this.#attempts.scheduled.push(this.#options.clock() - start);
  }
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function itemsOf(micros: readonly Micros[], labels: Readonly<Record<string, string>>): DataItem[] {
  const data = sampleData(micros.map((one) => one / 1000));
  return data === undefined ? [] : [{ data, unit: 'ms', labels }];
}
