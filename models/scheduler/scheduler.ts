/**
 * The scheduler as a component of the cluster: one Pod at a time from the queue through the scheduling cycle, which takes virtual
 * time, then a binding cycle of its own for each Pod. It learns of the cluster by watches and acts on it through its client only.
 *
 * Source: pkg/scheduler/{scheduler,schedule_one}.go.
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import { boundSpec } from '../objects/bound-spec.ts';
import { podOf } from '../objects/pod-copies.ts';
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { AsyncPreemption } from './async-preemption.ts';
import { BindingCycles, refusedAttempt } from './binding-cycle.ts';
import { watchCluster } from './cluster-watch.ts';
import { type CycleCost, cycleMicros, DEFAULT_CYCLE_COST } from './cycle-cost.ts';
import { Nominations } from './nominations.ts';
import { QueueEvents } from './queue/queue-events.ts';
import { keyOf, namespaceOf, type QueuedPod } from './queue/queued-pod.ts';
import { QueueingHintMap } from './queue/queueing-hints.ts';
import { QUEUE_DEFAULTS, type QueueProfile, SchedulingQueue } from './queue/scheduling-queue.ts';
import { type SchedulerCore, schedulerNameOf } from './scheduler-core.ts';
import type { SchedulerContext } from './scheduler-context.ts';
import type { Decision, Placed, Refusal, SchedulingEngine, SchedulingProfile } from './scheduling-engine.ts';
import { errorAttempt, type FailedAttempt, handleFailure } from './scheduling-failure.ts';
import { type QueueLengths, type SchedulerObserver, SchedulingMetrics } from './scheduling-metrics.ts';

export interface SchedulerOptions {
  /** Decides; one engine serves one scheduler. */
  readonly engine: SchedulingEngine;
  readonly context: SchedulerContext;
  /** Terms of cycle-cost.ts; those that are absent have their defaults. */
  readonly cycleCost?: Partial<CycleCost> | undefined;
  /** KubeSchedulerConfiguration podInitialBackoffSeconds; 1 s. */
  readonly initialBackoffMicros?: Micros;
  /** KubeSchedulerConfiguration podMaxBackoffSeconds; 10 s. */
  readonly maxBackoffMicros?: Micros;
  /** Wall time of virtual time 0 in microseconds since a whole second; 0. */
  readonly wallStartMicros?: Micros;
  /**
   * Whether the next cycle begins while the status of a Pod that failed is being written (feature gate SchedulerAsyncAPICalls); false,
   * as in the later releases of v1.34: then the client's rate limit bounds how many Pods can fail in a second.
   */
  readonly asyncApiCalls?: boolean;
  /** Samples the lengths of the queues this often into the metrics, in the background; absent: not at all. */
  readonly queueSamplePeriodMicros?: Micros;
  readonly observer?: SchedulerObserver;
}

export class Scheduler {
  readonly metrics: SchedulingMetrics;
  /** Binding cycles under way; Permit plugins allow and reject through it. */
  readonly bindings: BindingCycles;
  readonly #core: SchedulerCore;
  readonly #preemption: AsyncPreemption;
  readonly #cost: CycleCost;
  readonly #countNodes: () => number;
  readonly #asyncApiCalls: boolean;
  readonly #samplePeriodMicros: Micros | undefined;
  readonly #endCycle: (queued: QueuedPod, decision: Decision) => void;
  readonly #beginCycle: () => void;
  readonly #flushBackoff: () => void;
  readonly #flushLeftover: () => void;
  #isRunning = false;
  #isBusy = false;
  /** Of the cycle under way, or the last one. */
  #cycleMicros: Micros = 0;
  /** Time for which a flush of the back-off queues is planned; -1 when none is. */
  #backoffFlushMicros: Micros = -1;
  #isLeftoverPlanned = false;

  constructor(sim: Simulation, client: Client, options: SchedulerOptions) {
    const { engine, context } = options;
    this.metrics = new SchedulingMetrics();
    this.#cost = { ...DEFAULT_CYCLE_COST, ...options.cycleCost };
    this.#countNodes = () => engine.nodeCount;
    this.#asyncApiCalls = options.asyncApiCalls ?? false;
    this.#preemption = new AsyncPreemption();
    const queue = this.#newQueue(options);
    this.#core = {
      sim,
      client,
      context,
      engine,
      queue,
      recorder: context.recorder('default-scheduler'),
      events: new QueueEvents(queue),
      nominations: new Nominations(engine),
      pods: context.cache(PODS),
      metrics: this.metrics,
      observer: options.observer ?? {},
    };
    this.#samplePeriodMicros = options.queueSamplePeriodMicros;
    this.bindings = new BindingCycles(this.#core);
    this.#preemption.attach(this.#core, (pod) => this.#rejectWaiting(pod));
    this.#beginCycle = () => this.#tryNext();
    this.#endCycle = (queued, decision) => this.#conclude(queued, decision);
    this.#flushBackoff = () => this.#runBackoffFlush();
    this.#flushLeftover = () => this.#runLeftoverFlush();
    watchCluster(
      this.#core,
      (pod) => this.#rejectWaiting(pod),
      () => this.#planLeftoverFlush(),
    );
  }

  /** Begins to schedule. The caches should be in sync by then. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    if (this.#samplePeriodMicros !== undefined) this.#sample(this.#samplePeriodMicros);
    this.#wake();
  }

  get queueLengths(): QueueLengths {
    const { queue } = this.#core;
    return {
      active: queue.activeLength,
      backoff: queue.backoffLength,
      unschedulable: queue.unschedulableLength,
      gated: queue.gatedLength,
      inFlight: queue.inFlightLength,
    };
  }

  /** The queue, to be looked at (why a Pod waits, and for which plugins). */
  get queue(): SchedulingQueue {
    return this.#core.queue;
  }

  /** Tries these Pods again at once, as plugins may ask. */
  activate(pods: Iterable<Pod>): void {
    this.#core.queue.activate(pods, this.#core.sim.nowMicros);
  }

  #newQueue(options: SchedulerOptions): SchedulingQueue {
    const profiles = new Map<string, QueueProfile>();
    for (const [name, profile] of options.engine.profiles) {
      const gates = [...profile.gates, this.#preemption];
      profiles.set(name, { hints: new QueueingHintMap(profile.events), gates });
    }
    const sort = options.engine.queueSort;
    return new SchedulingQueue({
      profiles,
      initialBackoffMicros: options.initialBackoffMicros ?? QUEUE_DEFAULTS.initialBackoffMicros,
      maxBackoffMicros: options.maxBackoffMicros ?? QUEUE_DEFAULTS.maxBackoffMicros,
      maxInUnschedulableMicros: QUEUE_DEFAULTS.maxInUnschedulableMicros,
      wallStartMicros: options.wallStartMicros ?? 0,
      ...(sort === undefined ? {} : { sort }),
      onWork: () => this.#wake(),
    });
  }

  /** Something can be popped, or is backing off. */
  #wake(): void {
    if (!this.#isRunning) return;
    this.#planBackoffFlush();
    if (this.#isBusy || !this.#core.queue.hasWork) return;
    this.#isBusy = true;
    this.#core.sim.after(0, this.#beginCycle);
  }

  /** Pops Pods until one is worth an attempt, and decides; the decision takes effect when its time is over. */
  #tryNext(): void {
    const { sim, queue, engine, metrics } = this.#core;
    for (;;) {
      const queued = queue.pop();
      if (queued === undefined) {
        this.#isBusy = false;
        return;
      }
      const profile = engine.profiles.get(schedulerNameOf(queued.pod));
      if (profile === undefined || this.#isToBeSkipped(queued.pod)) {
        queue.done(queued.pod);
        continue;
      }
      const decision = profile.schedule(queued.pod);
      this.#cycleMicros = cycleMicros(this.#cost, queued.pod, decision.evaluated, this.#countNodes);
      metrics.evaluatedNodes += decision.evaluated;
      metrics.busyMicros += this.#cycleMicros;
      sim.after(this.#cycleMicros, this.#endCycle, queued, decision);
      return;
    }
  }

  /** A Pod that is being deleted, or was added again while its binding was under way. */
  #isToBeSkipped(pod: Pod): boolean {
    if (pod.metadata.deletionTimestamp === undefined) return this.#core.engine.isAssumed(pod);
    this.#core.recorder.event(pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${keyOf(pod)}`);
    return true;
  }

  #conclude(queued: QueuedPod, decision: Decision): void {
    const { engine, observer } = this.#core;
    const profile = engine.profiles.get(schedulerNameOf(queued.pod)) as SchedulingProfile;
    observer.attempted?.(queued.pod, decision.result, decision.evaluated, this.#cycleMicros);
    switch (decision.result) {
      case 'scheduled':
        this.#place(queued, profile, decision);
        return;
      case 'unschedulable': {
        this.metrics.attempts.unschedulable++;
        const { victims = [], nominatedNodeName } = decision;
        // The gate must be closed before the Pod comes back to the queue.
        if (victims.length > 0) this.#preemption.start(this.#core, queued.pod, victims, nominatedNodeName ?? '');
        this.#fail(queued, { ...decision, reason: 'Unschedulable' });
        return;
      }
      case 'error':
        this.metrics.attempts.error++;
        this.#fail(queued, errorAttempt(decision.message));
    }
  }

  /** Assume, Reserve, Permit; then the binding goes its own way and the next Pod is tried. */
  #place(queued: QueuedPod, profile: SchedulingProfile, placed: Placed): void {
    const { engine, nominations, observer, sim } = this.#core;
    const { nodeName, state } = placed;
    const pod = queued.pod;
    if (this.#core.pods.get(pod.metadata.namespace, pod.metadata.name)?.spec.nodeName) {
      // Somebody else bound it during the cycle.
      this.#core.queue.done(pod);
      this.#tryNext();
      return;
    }
    const assumed = podOf(pod, pod.metadata, boundSpec(pod.spec, nodeName), pod.status);
    engine.assumePod(assumed);
    nominations.delete(pod);
    const reserved = profile.reserve(state, assumed, nodeName);
    const permitted = reserved ?? profile.permit(state, assumed, nodeName);
    if (permitted !== undefined && 'message' in permitted) {
      profile.unreserve(state, assumed, nodeName);
      engine.forgetPod(assumed);
      this.#refuse(queued, permitted);
      return;
    }
    observer.placed?.(pod, placed);
    sim.trace.emitIn('scheduler.placed', namespaceOf(pod), pod.metadata.name, describe(placed));
    const binding = { queued, assumed, profile, placed };
    if (permitted === undefined || permitted.length === 0) this.bindings.begin(binding);
    else this.bindings.beginWaiting(binding, permitted);
    this.#tryNext();
  }

  #refuse(queued: QueuedPod, refusal: Refusal): void {
    this.metrics.attempts[refusal.isRejection ? 'unschedulable' : 'error']++;
    this.#fail(queued, refusedAttempt(refusal));
  }

  #fail(queued: QueuedPod, attempt: FailedAttempt): void {
    if (this.#asyncApiCalls) {
      handleFailure(this.#core, queued, attempt, () => {});
      this.#planLeftoverFlush();
      this.#tryNext();
      return;
    }
    handleFailure(this.#core, queued, attempt, this.#beginCycle);
    this.#planLeftoverFlush();
  }

  #rejectWaiting(pod: Pod): boolean {
    return this.bindings.reject(pod, { plugin: '', isRejection: true, message: 'removed' });
  }

  #sample(periodMicros: Micros): void {
    const { sim } = this.#core;
    this.metrics.queueSamples.push({ timeMicros: sim.nowMicros, ...this.queueLengths });
    sim.afterInBackground(periodMicros, (again: Micros) => this.#sample(again), periodMicros);
  }

  #planBackoffFlush(): void {
    const { sim, queue } = this.#core;
    const dueMicros = queue.nextBackoffFlushMicros();
    if (dueMicros < 0 || (this.#backoffFlushMicros >= 0 && this.#backoffFlushMicros <= dueMicros)) return;
    this.#backoffFlushMicros = dueMicros;
    sim.at(Math.max(dueMicros, sim.nowMicros), this.#flushBackoff);
  }

  #runBackoffFlush(): void {
    this.#backoffFlushMicros = -1;
    this.#core.queue.flushBackoff(this.#core.sim.nowMicros);
    this.#planBackoffFlush();
  }

  /** In the background: a Pod that nothing can help must not keep the run from being idle. */
  #planLeftoverFlush(): void {
    if (this.#isLeftoverPlanned) return;
    const { sim, queue } = this.#core;
    const dueMicros = queue.nextLeftoverFlushMicros(sim.nowMicros);
    if (dueMicros < 0) return;
    this.#isLeftoverPlanned = true;
    sim.afterInBackground(dueMicros - sim.nowMicros, this.#flushLeftover);
  }

  #runLeftoverFlush(): void {
    this.#isLeftoverPlanned = false;
    this.#core.queue.flushLeftover(this.#core.sim.nowMicros);
    this.#planLeftoverFlush();
  }
}

/** "NODE, 3 of 5 fit, score 512". */
function describe({ nodeName, feasible, evaluated, score }: Placed): string {
  const total = score === undefined ? '' : `, score ${score.total}`;
  return `${nodeName}, ${feasible} of ${evaluated} fit${total}`;
}
