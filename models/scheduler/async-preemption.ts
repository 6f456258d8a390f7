/**
 * Carries out a preemption while scheduling goes on: victims are told and deleted through the API, all but the last at once,
 * the last one after them; until then the preemptor is gated.
 *
 * Source: pkg/scheduler/framework/preemption/preemption.go prepareCandidateAsync (SchedulerAsyncPreemption, on in v1.34).
 */
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { withCondition, withNominatedNode } from './pod-condition.ts';
import { keyOf, uidOf } from './queue/queued-pod.ts';
import type { PreEnqueueGate } from './queue/scheduling-queue.ts';
import { type SchedulerCore, schedulerNameOf } from './scheduler-core.ts';

interface Preemption {
  readonly preemptor: Pod;
  readonly nodeName: string;
  readonly lastVictim: Pod;
  /** Set once only the last victim is left. */
  isAtLast: boolean;
  pending: number;
  hasFailed: boolean;
}

const NOT_FOUND = 404;

export class AsyncPreemption implements PreEnqueueGate {
  /** The gate counts as the plugin's, as in kube-scheduler. */
  readonly name = 'DefaultPreemption';
  #core: SchedulerCore | undefined;
  #rejectWaiting: (pod: Pod) => boolean = () => false;
  readonly #running = new Map<string, Preemption>();

  /** The queue needs the gate before there is a core. `rejectWaiting` ends the wait of a Pod in Permit, if it waits there. */
  attach(core: SchedulerCore, rejectWaiting: (pod: Pod) => boolean): void {
    this.#core = core;
    this.#rejectWaiting = rejectWaiting;
  }

  /** Lets a Pod pass unless its preemption is under way; when only the last victim is left, as soon as that one is being deleted. */
  preEnqueue(pod: Pod): boolean {
    const preemption = this.#running.get(uidOf(pod));
    if (preemption === undefined) return true;
    if (!preemption.isAtLast || this.#core === undefined) return false;
    const { namespace, name } = preemption.lastVictim.metadata;
    const victim = this.#core.pods.get(namespace, name);
    return victim === undefined || victim.metadata.deletionTimestamp !== undefined;
  }

  start(core: SchedulerCore, preemptor: Pod, victims: readonly Pod[], nodeName: string): void {
    const lastVictim = victims.at(-1);
    if (lastVictim === undefined) return;
    core.metrics.preemptions++;
    const pending = victims.length - 1;
    const preemption: Preemption = { preemptor, nodeName, lastVictim, isAtLast: false, pending, hasFailed: false };
    this.#running.set(uidOf(preemptor), preemption);
    for (const nominated of core.nominations.lowerThan(preemptor, nodeName)) this.#clearNomination(core, nominated);
    if (pending === 0) this.#evictLast(core, preemption);
    for (const victim of victims.slice(0, -1)) {
      this.#evict(core, preemption, victim, () => {
        preemption.pending--;
        if (preemption.pending > 0) return;
        if (preemption.hasFailed) this.#end(core, preemption);
        else this.#evictLast(core, preemption);
      });
    }
  }

  #evictLast(core: SchedulerCore, preemption: Preemption): void {
    preemption.isAtLast = true;
    this.#evict(core, preemption, preemption.lastVictim, () => this.#end(core, preemption));
  }

  /** After a failure nobody else would try the preemptor again. */
  #end(core: SchedulerCore, preemption: Preemption): void {
    this.#running.delete(uidOf(preemption.preemptor));
    if (preemption.hasFailed) core.queue.activate([preemption.preemptor], core.sim.nowMicros);
  }

  /**
   * Condition first, then the deletion with the Pod's own grace period. A victim that is gone, or going, is as good as evicted; one that waits
   * in Permit is only rejected.
   */
  #evict(core: SchedulerCore, preemption: Preemption, victim: Pod, done: () => void): void {
    if (this.#rejectWaiting(victim)) {
      done();
      return;
    }
    const { namespace, name } = victim.metadata;
    const present = core.pods.get(namespace, name);
    if (present === undefined || present.metadata.deletionTimestamp !== undefined) {
      done();
      return;
    }
    const message = `${schedulerNameOf(preemption.preemptor)}: preempting to accommodate a higher priority pod`;
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message } as const;
    const now = core.context.nowTimestamp();
    const fail = (code: number | undefined): void => {
      if (code !== NOT_FOUND) preemption.hasFailed = true;
      done();
    };
    const mark = (pod: Pod): Pod => withCondition(pod, condition, now);
    core.client.patch(
      PODS,
      namespace,
      name,
      mark,
      (marked) => {
        if (!marked.ok) {
          fail(marked.status.code);
          return;
        }
        core.client.delete(PODS, namespace, name, {}, (deleted) => {
          if (!deleted.ok) {
            fail(deleted.status.code);
            return;
          }
          core.metrics.victims++;
          core.observer.preempted?.(victim, preemption.preemptor);
          const by = `Preempted by pod ${uidOf(preemption.preemptor)} on node ${preemption.nodeName}`;
          core.recorder.event(victim, 'Normal', 'Preempted', by);
          core.sim.trace.emit('scheduler.preempted', keyOf(victim), keyOf(preemption.preemptor));
          done();
        });
      },
      'status',
    );
  }

  #clearNomination(core: SchedulerCore, pod: Pod): void {
    const { namespace, name } = pod.metadata;
    core.client.patch(PODS, namespace, name, (current) => withNominatedNode(current, ''), undefined, 'status');
  }
}
