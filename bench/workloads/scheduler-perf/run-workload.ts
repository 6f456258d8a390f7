/**
 * Runs one workload of a scheduler_perf file in virtual time: its operations one after another, figures for each measured one.
 * Source: test/integration/scheduler_perf/executor.go.
 */
import { MICROS_PER_SECOND, type Micros } from '../../../engine/index.ts';
import { namespaceObject } from '../../../models/bootstrap/initial-objects.ts';
import type { Namespace } from '../../../models/objects/cluster-objects.ts';
import type { CycleCost } from '../../../models/scheduler/cycle-cost.ts';
import type { Labels } from '../../../models/objects/meta.ts';
import { PODS } from '../../../models/objects/resources.ts';
import { startChurn } from './churn.ts';
import { Collector, DEFAULT_METRICS, unmodelledMetrics } from './collector.ts';
import { createNodes } from './create-nodes.ts';
import { createPodObjects } from './create-pods.ts';
import type { DataItem } from './data-items.ts';
import { Harness, WorkloadError } from './harness.ts';
import type {
  Barrier,
  CreateAny,
  CreateNamespaces,
  CreatePods,
  CreatePodSets,
  DeletePods,
  Operation,
} from './operations.ts';
import { PerfCluster } from './perf-cluster.ts';
import type { MetricWanted, PerfWorkload, WorkloadPlan } from './test-file.ts';

/** Wall time in milliseconds; handed in, because nothing else here may know it. */
export type WallClock = () => number;

/** One measured operation. */
export interface Measurement {
  readonly name: string;
  readonly pods: number;
  /** Begins with virtual throughput; all of it virtual. */
  readonly items: readonly DataItem[];
  /** Pods a second of virtual time: what the modelled cluster does. */
  readonly virtualPodsPerSecond: number;
  readonly virtualMicros: Micros;
  /** Pods a second of wall time: what the simulator does. */
  readonly wallPodsPerSecond: number;
  readonly wallMillis: number;
}

export interface WorkloadResult {
  readonly measurements: readonly Measurement[];
  readonly virtualMicros: Micros;
  readonly wallMillis: number;
  readonly events: number;
  readonly digest: string;
  readonly attempts: { readonly scheduled: number; readonly unschedulable: number; readonly error: number };
  readonly victims: number;
  /** Fields and metrics that were read and have no effect. */
  readonly notes: readonly string[];
}

export interface RunOptions {
  readonly seed: string;
  readonly wallClock: WallClock;
  readonly plain?: boolean;
  /** What scheduling cycles take; defaults of models/scheduler/cycle-cost.ts unless given. */
  readonly cycleCost?: Partial<CycleCost> | undefined;
}

type Runnable = Extract<WorkloadPlan, { runs: true }>;

/**
 * @throws WorkloadError when it fails as a workload; BadInputError for a template that is wrong; RangeError for a workload whose plan does
 * not run
 */
export function runWorkload(workload: PerfWorkload, options: RunOptions): WorkloadResult {
  const { name, plan } = workload;
  if (plan.runs) return new WorkloadRun(workload, plan, options).run();
  throw new RangeError('missing' in plan ? plan.missing : `${name} is not modelled: ${plan.notModelled}`);
}

interface Measuring {
  readonly collector: Collector;
  readonly name: string;
  readonly wallStart: number;
}

/** One run; its cluster can be looked at afterwards. */
export class WorkloadRun {
  readonly #workload: PerfWorkload;
  readonly #plan: Runnable;
  readonly #options: RunOptions;
  readonly cluster: PerfCluster;
  readonly #harness: Harness;
  readonly #notes = new Set<string>();
  readonly #metrics: readonly MetricWanted[];
  readonly #measurements: Measurement[] = [];
  #measuring: Measuring | undefined;

  constructor(workload: PerfWorkload, plan: Runnable, options: RunOptions) {
    this.#workload = workload;
    this.#plan = plan;
    this.#options = options;
    this.cluster = new PerfCluster({
      seed: options.seed,
      configuration: plan.configuration,
      asyncApiCalls: workload.featureGates.get('SchedulerAsyncAPICalls') ?? false,
      ...(options.plain === undefined ? {} : { plain: options.plain }),
      cycleCost: options.cycleCost,
    });
    this.#harness = new Harness(this.cluster, (what) => this.#notes.add(`${what} has no effect`));
    this.#metrics = workload.metrics ?? DEFAULT_METRICS;
    for (const what of unmodelledMetrics(this.#metrics)) this.#notes.add(`${what} is not modelled`);
    const { thresholdOfOther } = workload;
    if (thresholdOfOther !== undefined) this.#notes.add(`the threshold of ${thresholdOfOther} is not compared`);
  }

  run(): WorkloadResult {
    const { wallClock } = this.#options;
    const wallStart = wallClock();
    // The scheduler's caches sync before the first operation.
    this.#harness.sleep(MICROS_PER_SECOND);
    this.#plan.operations.forEach((operation, index) => this.#operate(operation, index));
    if (this.#measuring !== undefined) throw new WorkloadError('startCollectingMetrics without stopCollectingMetrics');
    const { sim, scheduler } = this.cluster;
    return {
      measurements: this.#measurements,
      virtualMicros: sim.nowMicros,
      wallMillis: wallClock() - wallStart,
      events: sim.executed,
      digest: sim.trace.digest.toString(),
      attempts: { ...scheduler.metrics.attempts },
      victims: scheduler.metrics.victims,
      notes: [...this.#notes],
    };
  }

  #operate(operation: Operation, index: number): void {
    switch (operation.opcode) {
      case 'createNodes':
        createNodes(this.#harness, operation, index);
        return;
      case 'createNamespaces':
        this.#createNamespaces(operation);
        return;
      case 'createPods':
        this.#createPods(operation, operation.namespace ?? `namespace-${index}`);
        return;
      case 'createPodSets':
        this.#createPodSets(operation);
        return;
      case 'createAny':
        this.#createAny(operation);
        return;
      case 'deletePods':
        this.#deletePods(operation);
        return;
      case 'churn':
        startChurn(this.#harness, operation, index);
        return;
      case 'barrier':
        this.#barrier(operation);
        return;
      case 'sleep':
        this.#harness.sleep(operation.durationMicros);
        return;
      case 'startCollectingMetrics':
        this.#startMeasuring(operation.name, operation.namespaces, operation.labels);
        return;
      case 'stopCollectingMetrics':
        this.#stopMeasuring();
    }
  }

  #createNamespaces({ prefix, count, template }: CreateNamespaces): void {
    const read = template === undefined ? undefined : this.#harness.template<Namespace>(template, ['Namespace']);
    const namespaces = Array.from({ length: count }, (_, index): Namespace => {
      const made = namespaceObject(`${prefix}-${index}`);
      const base = read?.object({ Index: index, Count: count });
      return { ...made, metadata: { ...made.metadata, labels: { ...base?.metadata.labels, ...made.metadata.labels } } };
    });
    this.#harness.createNamespaces(namespaces);
  }

  #createPods(operation: CreatePods, namespace: string): void {
    const { count, collectMetrics, skipWaitToCompletion } = operation;
    const { outstanding } = this.#harness;
    this.#harness.ensureNamespace(namespace);
    if (collectMetrics) this.#startMeasuring(namespace, [namespace], {});
    createPodObjects(this.#harness, operation, namespace);
    if (skipWaitToCompletion) outstanding.set(namespace, (outstanding.get(namespace) ?? 0) + count);
    else this.#waitUntilScheduled(namespace, count, {});
    if (collectMetrics) this.#stopMeasuring();
  }

  #waitUntilScheduled(namespace: string, count: number, labels: Labels): void {
    const { ledger } = this.cluster;
    const scheduled = (): number => ledger.scheduled(namespace, labels);
    this.#harness.poll(
      () => scheduled() >= count,
      () => `namespace ${namespace}: ${scheduled()} of ${count} Pods were scheduled`,
    );
  }

  #createPodSets({ count, namespacePrefix, createPods }: CreatePodSets): void {
    for (let index = 0; index < count; index++) this.#createPods(createPods, `${namespacePrefix}-${index}`);
  }

  #createAny({ count, namespace, template, templateParams }: CreateAny): void {
    if (namespace !== undefined) this.#harness.ensureNamespace(namespace);
    const read = this.#harness.template(template);
    this.#harness.each(count, 1, `creating the objects of ${template}`, (index, done) => {
      const environment = { ...templateParams, Index: index, Count: count };
      const [resource, object] = [read.resource(environment), read.object(environment)];
      if (resource.namespaced !== (namespace !== undefined)) {
        const accepted = resource.namespaced ? 'a namespace' : 'no namespace';
        throw new WorkloadError(`createAny of ${template}: ${resource.kind} needs ${accepted}`);
      }
      const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
      this.cluster.client.create(resource, { ...object, metadata }, done);
    });
  }

  /** Lists now; deletes in the background where the operation does not wait. */
  #deletePods({ namespace, labels, podsPerSecond, skipWaitToCompletion }: DeletePods): void {
    const { client, ledger, sim } = this.cluster;
    const pods = ledger.list(namespace, labels);
    let deleted = 0;
    const remove = (index: number): void => {
      const { name } = (pods[index] as (typeof pods)[number]).metadata;
      client.delete(PODS, namespace, name, {}, (result) => {
        if (!result.ok) this.#harness.fail(`deletePods: ${result.status.message}`);
        deleted++;
      });
    };
    const periodMicros = podsPerSecond === 0 ? 0 : Math.floor(MICROS_PER_SECOND / podsPerSecond);
    pods.forEach((_, index) => sim.after(podsPerSecond === 0 ? 0 : (index + 1) * periodMicros, remove, index));
    if (skipWaitToCompletion) return;
    while (deleted < pods.length) {
      const target = deleted + 1;
      this.#harness.until(
        () => deleted >= target,
        () => `deletePods: ${deleted} of ${pods.length} were deleted`,
      );
    }
  }

  #barrier({ namespaces, labels, stage }: Barrier): void {
    const { outstanding } = this.#harness;
    const waited = namespaces.length > 0 ? namespaces : [...outstanding.keys()];
    for (const namespace of waited) {
      const count = outstanding.get(namespace);
      if (count === undefined) throw new WorkloadError(`barrier: no operation has used namespace ${namespace}`);
      if (stage === 'Scheduled') this.#waitUntilScheduled(namespace, count, labels);
      else this.#waitUntilAttempted(namespace, count, labels);
    }
    if (stage === 'Scheduled') for (const namespace of waited) outstanding.set(namespace, 0);
  }

  #waitUntilAttempted(namespace: string, count: number, labels: Labels): void {
    const { ledger } = this.cluster;
    const attempted = (): number => ledger.attempted(namespace, labels);
    this.#harness.poll(
      () => attempted() >= count,
      () => `namespace ${namespace}: ${attempted()} of ${count} Pods were attempted`,
    );
  }

  #startMeasuring(name: string, namespaces: readonly string[], labels: Labels): void {
    if (this.#measuring !== undefined) throw new WorkloadError('metrics are collected twice at the same time');
    const { ledger, sim } = this.cluster;
    const scheduled = namespaces.reduce((sum, namespace) => sum + ledger.scheduled(namespace, labels), 0);
    const clock = (): Micros => sim.nowMicros;
    const collector = new Collector({ nowMicros: sim.nowMicros, namespaces, labels, scheduled, clock });
    this.#measuring = {
      collector,
      name: [this.#workload.name, name].filter((part) => part !== '').join('/'),
      wallStart: this.#options.wallClock(),
    };
    ledger.listen((pod) => collector.scheduled(pod));
    this.cluster.observer = collector.observer;
  }

  #stopMeasuring(): void {
    if (this.#measuring === undefined) throw new WorkloadError('stopCollectingMetrics without startCollectingMetrics');
    const { collector, name, wallStart } = this.#measuring;
    const wallMillis = this.#options.wallClock() - wallStart;
    this.#measuring = undefined;
    this.cluster.observer = {};
    this.cluster.ledger.listen(undefined);
    const { sim } = this.cluster;
    const items = collector.items(name, sim.nowMicros, this.#metrics);
    const pods = collector.pods;
    this.#measurements.push({
      name,
      pods,
      items,
      virtualPodsPerSecond: items[0]?.data.Average ?? 0,
      virtualMicros: sim.nowMicros - collector.startMicros,
      wallPodsPerSecond: wallMillis === 0 ? 0 : (pods * 1000) / wallMillis,
      wallMillis,
    });
  }
}
