/**
 * Collects the figures of one measured operation, in virtual time only: throughput sampled each second as upstream does, how long
 * attempts and Pods took, and how long all of it.
 *
 * Source: test/integration/scheduler_perf/util.go throughputCollector, metricsCollector and schedulingDurationCollector, of a version that
 * serves resource.k8s.io/v1 (v1.34 or later). What it says of throughput: Pods count when they come to have a Node, whatever becomes of
 * them; no tick before the first of them is a sample, nor is the tick that first sees one; a second with no Pod is not a sample of 0, the
 * next one that has any is spread over it, as one equal sample for each second.
 */
import { MICROS_PER_SECOND, type Micros } from '../../../engine/index.ts';
import { compileLabelSet } from '../../../models/objects/index.ts';
import type { Labels } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { SchedulerObserver } from '../../../models/scheduler/scheduling-metrics.ts';
import { type DataItem, sampleData } from './data-items.ts';
import type { MetricWanted } from './test-file.ts';

export const ATTEMPT_DURATION = 'scheduler_scheduling_attempt_duration_seconds';
export const POD_DURATION = 'scheduler_pod_scheduling_sli_duration_seconds';
const RESULTS = ['scheduled', 'unschedulable', 'error'] as const;

/** Of upstream's default list, those that the simulator has. */
export const DEFAULT_METRICS: readonly MetricWanted[] = [
  { metric: ATTEMPT_DURATION, labels: [{ label: 'result', values: RESULTS }] },
  { metric: POD_DURATION, labels: [] },
];

/** The metrics there are, each with the labels by which it can be told apart. */
const MODELLED: ReadonlyMap<string, readonly string[]> = new Map([
  [ATTEMPT_DURATION, ['result']],
  [POD_DURATION, []],
]);

/** Metrics, and labels of metrics, that were asked for and are not modelled. */
export function unmodelledMetrics(wanted: readonly MetricWanted[]): string[] {
  const found = wanted.flatMap(({ metric, labels }) => {
    const known = MODELLED.get(metric);
    if (known === undefined) return [`metric ${metric}`];
    return labels.flatMap(({ label }) => (known.includes(label) ? [] : [`label ${label} of metric ${metric}`]));
  });
  return [...new Set(found)];
}

export interface CollectorOptions {
  readonly nowMicros: Micros;
  readonly namespaces: readonly string[];
  readonly labels: Labels;
  /** Scheduled Pods of the namespaces when collecting begins; they count as one that the first tick sees. */
  readonly scheduled: number;
  readonly clock: () => Micros;
}

export class Collector {
  readonly startMicros: Micros;
  /** Also hears of what happens outside the namespaces, as upstream's metrics of the scheduler do. */
  readonly observer: SchedulerObserver;
  readonly #options: CollectorOptions;
  /** When Pods came to have a Node. */
  readonly #times: Micros[] = [];
  readonly #attempts = { scheduled: [] as Micros[], unschedulable: [] as Micros[], error: [] as Micros[] };
  readonly #podDurations: Micros[] = [];
  /** When the successful cycle of a Pod that is being bound began. */
  readonly #cycleStarts = new Map<string, Micros>();

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.startMicros = options.nowMicros;
    this.observer = {
      attempted: (pod, result, _evaluated, cycleMicros) => this.#attempted(pod, result, cycleMicros),
      bound: (pod, _nodeName, _attempts, latencyMicros) => this.#bound(pod, latencyMicros),
    };
  }

  /** To be told of each Pod that comes to have a Node. */
  scheduled(pod: Pod): void {
    const { namespaces, labels, clock } = this.#options;
    if (!namespaces.includes(pod.metadata.namespace ?? '') || !compileLabelSet(labels)(pod.metadata.labels)) return;
    this.#times.push(clock());
  }

  /** How many have come to have a Node. */
  get pods(): number {
    return this.#times.length;
  }

  /** From the start until the last Pod was scheduled. */
  get busyMicros(): Micros {
    return (this.#times.at(-1) ?? this.startMicros) - this.startMicros;
  }

  /** Pods a second, one sample for each second up to `endMicros`. */
  throughputSamples(endMicros: Micros): number[] {
    const samples: number[] = [];
    const before = this.#options.scheduled;
    let [at, last, skipped] = [0, 0, 0];
    let isStarted = false;
    for (let tick = this.startMicros + MICROS_PER_SECOND; tick <= endMicros; tick += MICROS_PER_SECOND) {
      while (at < this.#times.length && (this.#times[at] as Micros) <= tick) at++;
      if (before + at === 0) continue;
      if (!isStarted) isStarted = true;
      else if (at === last) {
        skipped++;
        continue;
      } else {
        const perSecond = (at - last) / (skipped + 1);
        for (let second = 0; second <= skipped; second++) samples.push(perSecond);
        skipped = 0;
      }
      last = at;
    }
    return samples;
  }

  /** Throughput first, then the metrics wanted that have samples, then the whole duration. Everything is virtual. */
  items(name: string, endMicros: Micros, wanted: readonly MetricWanted[]): DataItem[] {
    const duration: DataItem = {
      data: { Duration: (endMicros - this.startMicros) / MICROS_PER_SECOND },
      unit: 's',
      labels: { Name: name, Metric: 'SchedulingDuration', Clock: 'virtual' },
    };
    return [this.#throughput(name, endMicros), ...wanted.flatMap((metric) => this.#metric(name, metric)), duration];
  }

  /** An operation too short for samples gives its average over the whole, and says so. */
  #throughput(name: string, endMicros: Micros): DataItem {
    const labels = { Name: name, Metric: 'SchedulingThroughput', Clock: 'virtual' };
    const data = sampleData(this.throughputSamples(endMicros));
    if (data !== undefined) return { data, unit: 'pods/s', labels };
    const perSecond = this.busyMicros === 0 ? 0 : (this.pods * MICROS_PER_SECOND) / this.busyMicros;
    return {
      data: sampleData([perSecond]) as Readonly<Record<string, number>>,
      unit: 'pods/s',
      labels: { ...labels, Sampling: 'whole operation' },
    };
  }

  #metric(name: string, wanted: MetricWanted): DataItem[] {
    const {
      metric,
      labels: [byResult],
    } = wanted;
    if (unmodelledMetrics([wanted]).length > 0) return [];
    const labels = { Name: name, Metric: metric, Clock: 'virtual' };
    if (metric === POD_DURATION) return itemsOf(this.#podDurations, labels);
    if (byResult === undefined) {
      const all = RESULTS.flatMap((result) => this.#attempts[result]);
      return itemsOf(all, labels);
    }
    return RESULTS.filter((result) => byResult.values.includes(result)).flatMap((result) =>
      itemsOf(this.#attempts[result], { ...labels, result }),
    );
  }

  /** Called when a cycle ends. A successful attempt goes on until the binding is done. */
  #attempted(pod: Pod, result: (typeof RESULTS)[number], cycleMicros: Micros): void {
    if (result === 'scheduled') this.#cycleStarts.set(keyOf(pod), this.#options.clock() - cycleMicros);
    else this.#attempts[result].push(cycleMicros);
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
