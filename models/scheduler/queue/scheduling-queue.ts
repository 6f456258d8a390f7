/**
 * The scheduling queue: Pods that wait for a scheduling attempt. A Pod is in the active queue, in one of the two back-off
 * queues, among the unschedulable Pods (some of which are gated), or in flight. The queue is pure: it is told the time with
 * each operation and says when it wants to be flushed; who owns it plans the flushes.
 *
 * Source: pkg/scheduler/backend/queue/scheduling_queue.go, with the feature gates of v1.34 at their defaults
 * (SchedulerQueueingHints, SchedulerPopFromBackoffQ and SchedulerAsyncPreemption on).
 */
import { MICROS_PER_SECOND, type Micros } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { type BackoffOptions, BackoffQueue } from './backoff.ts';
import { type ClusterEvent, FORCE_ACTIVATE, isWildcard, UNSCHEDULABLE_TIMEOUT } from './cluster-event.ts';
import { InFlight } from './in-flight.ts';
import { podChangeEvents } from './pod-changes.ts';
import { PodHeap, prioritySort, type QueueSort } from './pod-heap.ts';
import { clearRejections, hasNoRejections, QueuedPod, uidOf } from './queued-pod.ts';
import { QueuedPods } from './queued-pods.ts';
import type { QueueingHintMap } from './queueing-hints.ts';
import { UnschedulablePods } from './unschedulable-pods.ts';

/** A gate before the active queue; true lets the Pod pass. */
export interface PreEnqueueGate {
  readonly name: string;
  preEnqueue(pod: Pod): boolean;
}

/** What one profile brings to the queue. */
export interface QueueProfile {
  readonly hints: QueueingHintMap;
  /** In the order in which they run. */
  readonly gates: readonly PreEnqueueGate[];
}

export interface SchedulingQueueOptions extends BackoffOptions {
  /** By schedulerName. */
  readonly profiles: ReadonlyMap<string, QueueProfile>;
  /** Longest stay among the unschedulable Pods; 5 min. */
  readonly maxInUnschedulableMicros: Micros;
  /** Absent: PrioritySort. */
  readonly sort?: QueueSort;
  /** Called when a Pod may be popped after none could. */
  readonly onWork?: () => void;
}

/** Defaults of v1.34: pkg/scheduler/backend/queue/scheduling_queue.go, apis/config/v1/defaults.go. */
export const QUEUE_DEFAULTS = {
  initialBackoffMicros: MICROS_PER_SECOND,
  maxBackoffMicros: 10 * MICROS_PER_SECOND,
  maxInUnschedulableMicros: 300 * MICROS_PER_SECOND,
  wallStartMicros: 0,
} as const;

/** Pods that waited too long are looked for this often, from the start on. */
export const LEFTOVER_FLUSH_MICROS = 30 * MICROS_PER_SECOND;

const NO_GATES: readonly PreEnqueueGate[] = [];

/** What became of a Pod that was to be requeued. */
type Verdict = 'skip' | 'afterBackoff' | 'immediately';

export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #active: PodHeap;
  readonly #backoff: BackoffQueue;
  readonly #unschedulable = new UnschedulablePods();
  readonly #inFlight = new InFlight();
  /** All Pods that are in some queue. */
  readonly #pods = new QueuedPods();
  readonly #wanted = new Map<string, readonly string[]>();
  readonly #resort: boolean;
  #moveRequests = 0;
  /** Attempts begun. */
  popped = 0;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
    const sort = options.sort ?? prioritySort;
    this.#resort = sort !== prioritySort;
    this.#active = new PodHeap(sort);
    this.#backoff = new BackoffQueue(options, sort);
  }

  get activeLength(): number {
    return this.#active.length;
  }

  get backoffLength(): number {
    return this.#backoff.length;
  }

  /** Gated Pods not counted. */
  get unschedulableLength(): number {
    return this.#unschedulable.size - this.#unschedulable.gatedSize;
  }

  get gatedLength(): number {
    return this.#unschedulable.gatedSize;
  }

  get inFlightLength(): number {
    return this.#inFlight.size;
  }

  /** Whether `pop` would give a Pod. */
  get hasWork(): boolean {
    return this.#active.length > 0 || this.#backoff.rejectedLength > 0;
  }

  /** The Pod as it waits in some queue; undefined while it is in flight. */
  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  isInFlight(pod: Pod): boolean {
    return this.#inFlight.has(uidOf(pod));
  }

  /** A Pod appears that has no Node yet. */
  add(pod: Pod, nowMicros: Micros): void {
    this.#moveToActive(new QueuedPod(pod, nowMicros), nowMicros, false);
  }

  /** The next Pod to try: the head of the active queue, or before its time of the back-off queue. */
  pop(): QueuedPod | undefined {
    for (;;) {
      const queued = this.#active.pop() ?? this.#backoff.popEarly();
      if (queued === undefined) return undefined;
      queued.place = 'none';
      this.#pods.delete(queued.pod);
      queued.attempts++;
      // The same Pod may have been added again while it was in flight: it is discarded, as kube-scheduler does.
      if (!this.#inFlight.begin(queued)) continue;
      this.popped++;
      clearRejections(queued);
      return queued;
    }
  }

  /** The attempt has ended in a way that does not bring the Pod back. */
  done(pod: Pod): void {
    this.#inFlight.done(uidOf(pod));
  }

  /**
   * The attempt failed: brings the Pod back, to where the plugins that rejected it and the events since its pop say. The caller has set
   * `unschedulablePlugins` and `pendingPlugins` (none: the attempt ended in an error) and the latest `pod`.
   */
  addUnschedulable(queued: QueuedPod, nowMicros: Micros): void {
    if (this.#pods.find(queued.pod) !== undefined) {
      this.#inFlight.done(queued.uid);
      return;
    }
    if (hasNoRejections(queued)) queued.consecutiveErrors++;
    else {
      queued.unschedulableCount++;
      queued.consecutiveErrors = 0;
    }
    queued.timestampMicros = nowMicros;
    this.#backoff.beginBackoff(queued);
    this.#requeue(queued, this.#judgeInFlight(queued), nowMicros);
    this.#inFlight.done(queued.uid);
  }

  /** A Pod without Node has changed. */
  update(oldPod: Pod | undefined, newPod: Pod, nowMicros: Micros): void {
    const events = oldPod === undefined ? [] : podChangeEvents(oldPod, newPod);
    if (this.#inFlight.has(uidOf(newPod))) {
      for (const event of events) this.#inFlight.addEvent(event, oldPod, newPod);
      return;
    }
    const queued = this.#pods.find(newPod);
    if (queued === undefined) {
      this.add(newPod, nowMicros);
      return;
    }
    queued.pod = newPod;
    if (queued.place === 'active') {
      if (this.#resort) {
        this.#active.remove(queued);
        this.#active.add(queued);
      }
      return;
    }
    if (queued.place !== 'unschedulable') return;
    for (const event of events) {
      if (this.#requeue(queued, this.#judge(queued, event, oldPod, newPod), nowMicros)) return;
    }
  }

  /** A Pod without Node is gone, or has been bound. One that is in flight stays so until its attempt ends. */
  delete(pod: Pod): void {
    const queued = this.#pods.find(pod);
    if (queued === undefined) return;
    this.#takeOut(queued);
    this.#pods.delete(queued.pod);
  }

  /** Tries these Pods again at once, without back-off, as plugins may ask; those in flight will be tried again soon. */
  activate(pods: Iterable<Pod>, nowMicros: Micros): void {
    for (const pod of pods) {
      const queued = this.#pods.find(pod);
      const waits = queued !== undefined && queued.place !== 'active';
      if (waits && this.#activateOne(queued, nowMicros)) continue;
      if (this.#inFlight.has(uidOf(pod))) this.#inFlight.addEvent(FORCE_ACTIVATE, undefined, pod);
    }
  }

  #activateOne(queued: QueuedPod, nowMicros: Micros): boolean {
    const fromBackoff = queued.place !== 'unschedulable';
    if (fromBackoff) this.#backoff.remove(queued);
    return this.#moveToActive(queued, nowMicros, fromBackoff);
  }

  /**
   * Something happened in the cluster: the unschedulable Pods whose rejecting plugins say Queue are moved, and the event is kept for
   * the Pods in flight. `onlyPods` restricts the Pods moved now (not those in flight, as in kube-scheduler).
   */
  moveAll(
    event: ClusterEvent,
    oldObject: unknown,
    newObject: unknown,
    nowMicros: Micros,
    onlyPods?: (pod: Pod) => boolean,
  ): void {
    const plugins = this.#pluginsWanting(event);
    if (plugins.length === 0) return;
    const request = ++this.#moveRequests;
    for (const plugin of plugins) {
      for (const queued of this.#unschedulable.rejectedBy(plugin)) {
        if (queued.judgedBy === request) continue;
        queued.judgedBy = request;
        if (onlyPods !== undefined && !onlyPods(queued.pod)) continue;
        this.#move(queued, event, oldObject, newObject, nowMicros);
      }
    }
    if (this.#inFlight.size > 0) this.#inFlight.addEvent(event, oldObject, newObject);
  }

  /** Moves the Pods whose back-off is over to the active queue. Due at each whole second of wall time. */
  flushBackoff(nowMicros: Micros): void {
    for (;;) {
      const queued = this.#backoff.popCompleted(nowMicros);
      if (queued === undefined) return;
      this.#moveToActive(queued, nowMicros, true);
    }
  }

  /**
   * Moves the Pods that waited too long. Due at the start and every 30 s. Gated Pods never move, but one that is old enough still makes
   * the flush an event for the Pods in flight, as in v1.34.
   */
  flushLeftover(nowMicros: Micros): void {
    const limitMicros = nowMicros - this.#options.maxInUnschedulableMicros;
    const leftover = this.#unschedulable.olderThan(limitMicros);
    if (leftover.length === 0 && !this.#unschedulable.hasGatedOlderThan(limitMicros)) return;
    for (const queued of leftover) this.#move(queued, UNSCHEDULABLE_TIMEOUT, undefined, undefined, nowMicros);
    if (this.#inFlight.size > 0) this.#inFlight.addEvent(UNSCHEDULABLE_TIMEOUT, undefined, undefined);
  }

  /** When the next `flushBackoff` finds something; -1 if nothing is backing off. */
  nextBackoffFlushMicros(): Micros {
    return this.#backoff.nextFlushMicros();
  }

  /** The earliest `flushLeftover` after `nowMicros` that can find something; -1 if no Pod waits. */
  nextLeftoverFlushMicros(nowMicros: Micros): Micros {
    const oldestMicros = this.#unschedulable.oldestMicros;
    if (oldestMicros === Number.POSITIVE_INFINITY) return -1;
    const overdueMicros = Math.max(oldestMicros + this.#options.maxInUnschedulableMicros, nowMicros);
    return (Math.floor(overdueMicros / LEFTOVER_FLUSH_MICROS) + 1) * LEFTOVER_FLUSH_MICROS;
  }

  /** The Pods of each place, for showing and for metrics; linear. */
  *values(place: 'active' | 'backoff' | 'unschedulable'): Iterable<QueuedPod> {
    if (place === 'active') yield* this.#active.values();
    else if (place === 'backoff') yield* this.#backoff.values();
    else yield* this.#unschedulable.values();
  }

  /** The in-flight list as it stands: "pod:namespace/name" and labels of events. */
  describeInFlight(): Iterable<string> {
    return this.#inFlight.describe();
  }

  /** Names of the plugins, over all profiles, that registered for the event. */
  #pluginsWanting(event: ClusterEvent): readonly string[] {
    let plugins = this.#wanted.get(event.label);
    if (plugins === undefined) {
      const names = new Set<string>();
      for (const { hints } of this.#options.profiles.values()) {
        for (const { plugin } of hints.interestedIn(event).registrations) names.add(plugin);
      }
      plugins = [...names];
      this.#wanted.set(event.label, plugins);
    }
    return plugins;
  }

  #move(queued: QueuedPod, event: ClusterEvent, oldObject: unknown, newObject: unknown, nowMicros: Micros): void {
    if (queued.gatingPlugin !== '') {
      const hints = this.#profileOf(queued)?.hints;
      if (hints === undefined || !hints.pluginWants(queued.gatingPlugin, event)) return;
    }
    const verdict = this.#judge(queued, event, oldObject, newObject);
    if (verdict !== 'skip') this.#requeue(queued, verdict, nowMicros);
  }

  /** What the hints of the plugins that rejected the Pod say to an event. */
  #judge(queued: QueuedPod, event: ClusterEvent, oldObject: unknown, newObject: unknown): Verdict {
    if (hasNoRejections(queued)) return 'afterBackoff';
    if (isWildcard(event)) {
      // A wildcard event with a Pod is meant for that Pod alone.
      return newObject === undefined || uidOf(newObject as Pod) === queued.uid ? 'afterBackoff' : 'skip';
    }
    const profile = this.#profileOf(queued);
    if (profile === undefined) return 'afterBackoff';
    let verdict: Verdict = 'skip';
    for (const registration of profile.hints.interestedIn(event).registrations) {
      const pending = queued.pendingPlugins.has(registration.plugin);
      if (!pending && !queued.unschedulablePlugins.has(registration.plugin)) continue;
      if (registration.hint !== undefined && !registration.hint(queued.pod, oldObject, newObject)) continue;
      if (pending) return 'immediately';
      if (queued.pendingPlugins.size === 0) return 'afterBackoff';
      verdict = 'afterBackoff';
    }
    return verdict;
  }

  /** What the events say that came while the Pod was in flight. */
  #judgeInFlight(queued: QueuedPod): Verdict {
    if (hasNoRejections(queued)) return 'afterBackoff';
    const events = this.#inFlight.eventsSince(queued.uid);
    if (events === undefined) return 'afterBackoff';
    let strongest: Verdict = 'skip';
    for (const { event, oldObject, newObject } of events) {
      const verdict = this.#judge(queued, event, oldObject, newObject);
      if (verdict === 'skip') continue;
      if (verdict === 'immediately' || queued.pendingPlugins.size === 0) return verdict;
      strongest = verdict;
    }
    return strongest;
  }

  /** True if the Pod went to the active or a back-off queue. */
  #requeue(queued: QueuedPod, verdict: Verdict, nowMicros: Micros): boolean {
    if (verdict === 'skip') {
      this.#pods.set(queued);
      this.#unschedulable.addOrUpdate(queued);
      return false;
    }
    if (verdict === 'afterBackoff' && this.#backoff.isBackingOff(queued, nowMicros)) return this.#moveToBackoff(queued);
    return this.#moveToActive(queued, nowMicros, false);
  }

  /** False if a gate holds the Pod back; it is then among the unschedulable. */
  #moveToActive(queued: QueuedPod, nowMicros: Micros, fromBackoff: boolean): boolean {
    this.#pods.set(queued);
    // The gates were asked when the Pod entered the back-off queue.
    if (!fromBackoff && !this.#passesGates(queued)) {
      this.#unschedulable.addOrUpdate(queued);
      return false;
    }
    if (queued.initialAttemptMicros < 0) queued.initialAttemptMicros = nowMicros;
    this.#takeOut(queued);
    queued.place = 'active';
    this.#active.add(queued);
    this.#options.onWork?.();
    return true;
  }

  #moveToBackoff(queued: QueuedPod): boolean {
    this.#pods.set(queued);
    if (!this.#passesGates(queued)) {
      this.#unschedulable.addOrUpdate(queued);
      return false;
    }
    this.#takeOut(queued);
    this.#backoff.add(queued);
    this.#options.onWork?.();
    return true;
  }

  /** The gate that held the Pod last is asked first. The gate that holds it counts among the plugins that rejected it. */
  #passesGates(queued: QueuedPod): boolean {
    const gates = this.#profileOf(queued)?.gates ?? NO_GATES;
    const last = queued.gatingPlugin;
    let held = last === '' ? undefined : gates.find((gate) => gate.name === last && !gate.preEnqueue(queued.pod));
    held ??= gates.find((gate) => gate.name !== last && !gate.preEnqueue(queued.pod));
    queued.gatingPlugin = held?.name ?? '';
    if (held === undefined) return true;
    if (!queued.unschedulablePlugins.has(held.name)) {
      queued.unschedulablePlugins = new Set([...queued.unschedulablePlugins, held.name]);
    }
    return false;
  }

  #takeOut(queued: QueuedPod): void {
    switch (queued.place) {
      case 'active':
        this.#active.remove(queued);
        break;
      case 'backoff':
      case 'errorBackoff':
        this.#backoff.remove(queued);
        break;
      case 'unschedulable':
        this.#unschedulable.delete(queued);
        break;
      case 'none':
        break;
    }
    queued.place = 'none';
  }

  #profileOf(queued: QueuedPod): QueueProfile | undefined {
    return this.#options.profiles.get(queued.pod.spec.schedulerName ?? 'default-scheduler');
  }
}
