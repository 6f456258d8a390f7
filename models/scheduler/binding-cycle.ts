/**
 * The binding cycle: what a Pod goes through after it was assumed on a Node, while the next Pods are being scheduled. It may wait
 * for Permit, then PreBind, the POST of the binding, PostBind; what fails on the way is undone and the Pod comes back.
 *
 * Source: pkg/scheduler/schedule_one.go bindingCycle, handleBindingCycleError.
 */
import type { ScheduledEvent } from '../../engine/index.ts';
import type { Status } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { namespaceOf, type QueuedPod, uidOf } from './queue/queued-pod.ts';
import type { SchedulerCore } from './scheduler-core.ts';
import { errorAttempt, type FailedAttempt, handleFailure } from './scheduling-failure.ts';
import type { PermitWait, Placed, Refusal, SchedulingProfile } from './scheduling-engine.ts';

/** A Pod on its way from assumed to bound. */
export interface Binding {
  readonly queued: QueuedPod;
  /** The Pod with spec.nodeName. */
  readonly assumed: Pod;
  readonly profile: SchedulingProfile;
  readonly placed: Placed;
}

interface Waiting {
  readonly binding: Binding;
  /** Plugins that have not yet allowed it, with their time-outs. */
  readonly plugins: Map<string, ScheduledEvent>;
}

const NOTHING = (): void => {};
const BINDER = 'DefaultBinder';

/** A FitError about the one Node that was chosen. */
export function refusedAttempt(refusal: Refusal): FailedAttempt {
  if (!refusal.isRejection) return errorAttempt(refusal.message);
  return {
    message: `0/1 nodes are available: 1 ${refusal.message}.`,
    reason: 'Unschedulable',
    unschedulablePlugins: new Set([refusal.plugin]),
    pendingPlugins: new Set(),
    nominatedNodeName: '',
  };
}

function textOf({ message, reason }: Status): string {
  return message ?? reason ?? 'failed';
}

export class BindingCycles {
  readonly #core: SchedulerCore;
  readonly #waiting = new Map<string, Waiting>();
  /** Pods between assume and the answer to their binding. */
  running = 0;

  constructor(core: SchedulerCore) {
    this.#core = core;
  }

  begin(binding: Binding): void {
    this.running++;
    this.#passPermit(binding);
  }

  /** Waits until every plugin allows it, one rejects it, or a time-out comes. */
  beginWaiting(binding: Binding, waits: readonly PermitWait[]): void {
    this.running++;
    const uid = uidOf(binding.assumed);
    const plugins = new Map<string, ScheduledEvent>();
    this.#waiting.set(uid, { binding, plugins });
    for (const { plugin, timeoutMicros } of waits) {
      const timeOut = (): void => {
        this.reject(binding.assumed, {
          plugin,
          isRejection: true,
          message: `rejected due to timeout after waiting ${timeoutMicros / 1_000_000}s at plugin ${plugin}`,
        });
      };
      plugins.set(plugin, this.#core.sim.after(timeoutMicros, timeOut));
    }
  }

  /** A Permit plugin lets a waiting Pod go on. */
  allow(pod: Pod, plugin: string): void {
    const waiting = this.#waiting.get(uidOf(pod));
    const timeOut = waiting?.plugins.get(plugin);
    if (waiting === undefined || timeOut === undefined) return;
    this.#core.sim.cancel(timeOut);
    waiting.plugins.delete(plugin);
    if (waiting.plugins.size > 0) return;
    this.#waiting.delete(uidOf(pod));
    this.#passPermit(waiting.binding);
  }

  /** True if the Pod was waiting. */
  reject(pod: Pod, refusal: Refusal): boolean {
    const waiting = this.#waiting.get(uidOf(pod));
    if (waiting === undefined) return false;
    this.#waiting.delete(uidOf(pod));
    for (const timeOut of waiting.plugins.values()) this.#core.sim.cancel(timeOut);
    this.#fail(waiting.binding, refusal);
    return true;
  }

  /** From here on nothing can make the Pod unschedulable: the events kept for it are let go. */
  #passPermit(binding: Binding): void {
    const { profile, placed, assumed } = binding;
    this.#core.queue.done(assumed);
    const pending = profile.preBind(placed.state, assumed, placed.nodeName, (refusal) => {
      if (refusal === undefined) this.#bind(binding);
      else this.#fail(binding, { ...refusal, isRejection: false });
    });
    if (!pending) this.#bind(binding);
  }

  #bind(binding: Binding): void {
    const { assumed, placed, profile } = binding;
    const byPlugin = profile.bind?.(placed.state, assumed, placed.nodeName, (problem) => {
      if (problem === undefined) this.#bound(binding);
      else this.#failBind(binding, problem);
    });
    if (byPlugin === true) return;
    this.#core.client.bind(assumed, placed.nodeName, (result) => {
      if (result.ok) this.#bound(binding);
      else this.#failBind(binding, `running Bind plugin "${BINDER}": ${textOf(result.status)}`);
    });
  }

  #failBind(binding: Binding, message: string): void {
    this.#fail(binding, { plugin: BINDER, isRejection: false, message });
  }

  #bound(binding: Binding): void {
    const { queued, assumed, placed, profile } = binding;
    const { sim, recorder, metrics, observer } = this.#core;
    this.running--;
    const { name } = assumed.metadata;
    const namespace = namespaceOf(assumed);
    recorder.event(assumed, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${placed.nodeName}`);
    sim.trace.emitIn('scheduler.bound', namespace, name, placed.nodeName);
    const latencyMicros = sim.nowMicros - queued.initialAttemptMicros;
    metrics.attempts.scheduled++;
    metrics.bound(latencyMicros, queued.attempts);
    observer.bound?.(assumed, placed.nodeName, queued.attempts, latencyMicros);
    profile.postBind(placed.state, assumed, placed.nodeName);
  }

  /** The Node is free again for others, and the Pod comes back; a rejection must not wake the Pod itself. */
  #fail(binding: Binding, refusal: Refusal): void {
    const { queued, assumed, placed, profile } = binding;
    const core = this.#core;
    this.running--;
    core.metrics.bindingErrors++;
    profile.unreserve(placed.state, assumed, placed.nodeName);
    core.engine.forgetPod(assumed);
    const attempt = refusedAttempt(refusal);
    core.metrics.attempts[refusal.isRejection ? 'unschedulable' : 'error']++;
    if (!refusal.isRejection) core.events.assignedPodDeleted(assumed, core.sim.nowMicros);
    handleFailure(core, queued, attempt, NOTHING);
    if (refusal.isRejection) core.events.assignedPodForgotten(assumed, core.sim.nowMicros);
  }
}
