/**
 * A profile made of framework plugins, as the component wants it: the extension points after the decision (Reserve, Permit, PreBind, Bind,
 * PostBind) run here, in the order of the profile; the decision itself is handed in.
 *
 * Source: pkg/scheduler/framework/runtime/framework.go.
 */
import type { Micros } from '../../engine/index.ts';
import type { Pod } from '../objects/pod.ts';
import type { CycleState } from './framework/cycle-state.ts';
import type {
  BindPlugin,
  PermitPlugin,
  Plugin,
  PostBindPlugin,
  PreBindPlugin,
  PreEnqueuePlugin,
  ReservePlugin,
} from './framework/plugin.ts';
import { PluginError } from './framework/plugin-error.ts';
import type { PodInfo } from './framework/pod-info.ts';
import { isRejection, messageOf, type Verdict } from './framework/status.ts';
import { keyOf } from './queue/queued-pod.ts';
import type { EventConsumer } from './queue/queueing-hints.ts';
import type { PreEnqueueGate } from './queue/scheduling-queue.ts';
import type { Decision, PermitWait, Refusal, SchedulingProfile } from './scheduling-engine.ts';

/** A Pod can wait in Permit for so long at most. Source: runtime/framework.go maxTimeout. */
const PERMIT_TIMEOUT_MAX_MICROS: Micros = 900_000_000;

/** What a profile's plugins do before and after the decision, each list in its order. */
export interface FrameworkPlugins {
  readonly schedulerName: string;
  readonly events: readonly EventConsumer[];
  readonly preEnqueue: readonly PreEnqueuePlugin[];
  readonly reserve: readonly ReservePlugin[];
  readonly permit: readonly PermitPlugin[];
  readonly preBind: readonly PreBindPlugin[];
  /** Those before DefaultBinder, which the component is itself. */
  readonly bind: readonly BindPlugin[];
  /** Whether the profile has DefaultBinder; without it a Pod that all others skip is not bound. */
  readonly bindsByDefault: boolean;
  readonly postBind: readonly PostBindPlugin[];
  /** PreFilter to Score, and PostFilter; a decision to place has the CycleState as its `state`. */
  decide(pod: Pod): Decision;
  infoOf(pod: Pod): PodInfo;
}

export class FrameworkProfile implements SchedulingProfile {
  readonly schedulerName: string;
  readonly events: readonly EventConsumer[];
  readonly gates: readonly PreEnqueueGate[];
  readonly #plugins: FrameworkPlugins;

  constructor(plugins: FrameworkPlugins) {
    this.#plugins = plugins;
    this.schedulerName = plugins.schedulerName;
    this.events = plugins.events;
    this.gates = plugins.preEnqueue.map((plugin) => ({
      name: plugin.name,
      preEnqueue: (pod: Pod): boolean =>
        guarded(plugin, 'PreEnqueue', pod, '', () => plugin.preEnqueue(pod)) === undefined,
    }));
  }

  schedule(pod: Pod): Decision {
    return this.#plugins.decide(pod);
  }

  reserve(state: unknown, pod: Pod, nodeName: string): Refusal | undefined {
    if (this.#plugins.reserve.length === 0) return undefined;
    const info = this.#plugins.infoOf(pod);
    for (const plugin of this.#plugins.reserve) {
      const verdict = guarded(plugin, 'Reserve', pod, nodeName, () =>
        plugin.reserve(state as CycleState, info, nodeName),
      );
      if (verdict !== undefined) return refusal('Reserve', plugin, verdict);
    }
    return undefined;
  }

  /** In reverse order, also of plugins that never came to reserve. */
  unreserve(state: unknown, pod: Pod, nodeName: string): void {
    const info = this.#plugins.infoOf(pod);
    for (const plugin of [...this.#plugins.reserve].reverse()) {
      guarded(plugin, 'Unreserve', pod, nodeName, () => plugin.unreserve(state as CycleState, info, nodeName));
    }
  }

  permit(state: unknown, pod: Pod, nodeName: string): Refusal | readonly PermitWait[] | undefined {
    if (this.#plugins.permit.length === 0) return undefined;
    const info = this.#plugins.infoOf(pod);
    const waits: PermitWait[] = [];
    for (const plugin of this.#plugins.permit) {
      const { status, timeoutMicros = PERMIT_TIMEOUT_MAX_MICROS } = guarded(plugin, 'Permit', pod, nodeName, () =>
        plugin.permit(state as CycleState, info, nodeName),
      );
      if (status === undefined) continue;
      if (status.code !== 'Wait') return refusal('Permit', plugin, status);
      waits.push({ plugin: plugin.name, timeoutMicros: Math.min(timeoutMicros, PERMIT_TIMEOUT_MAX_MICROS) });
    }
    return waits.length === 0 ? undefined : waits;
  }

  /** One plugin after the other; the first that fails ends it. */
  preBind(state: unknown, pod: Pod, nodeName: string, done: (refusal: Refusal | undefined) => void): boolean {
    if (this.#plugins.preBind.length === 0) return false;
    const info = this.#plugins.infoOf(pod);
    const cycle = state as CycleState;
    const busy: PreBindPlugin[] = [];
    for (const plugin of this.#plugins.preBind) {
      const verdict = guarded(plugin, 'PreBindPreFlight', pod, nodeName, () =>
        plugin.preBindPreFlight?.(cycle, info, nodeName),
      );
      if (verdict?.code !== 'Skip') busy.push(plugin);
    }
    if (busy.length === 0) return false;
    const run = (i: number): void => {
      const plugin = busy[i];
      if (plugin === undefined) {
        done(undefined);
        return;
      }
      const answered = (verdict: Verdict): void => {
        if (verdict === undefined) run(i + 1);
        else done(refusal('PreBind', plugin, verdict));
      };
      guarded(plugin, 'PreBind', pod, nodeName, () => plugin.preBind(cycle, info, nodeName, answered));
    };
    run(0);
    return true;
  }

  /** The first that does not skip binds. */
  bind(state: unknown, pod: Pod, nodeName: string, done: (problem: string | undefined) => void): boolean {
    if (this.#plugins.bind.length === 0 && this.#plugins.bindsByDefault) return false;
    const info = this.#plugins.infoOf(pod);
    for (const plugin of this.#plugins.bind) {
      const answered = (verdict: Verdict): void => {
        done(verdict === undefined ? undefined : refusal('Bind', plugin, verdict).message);
      };
      const verdict = guarded(plugin, 'Bind', pod, nodeName, () =>
        plugin.bind(state as CycleState, info, nodeName, answered),
      );
      if (verdict === undefined) return true;
      if (verdict.code === 'Skip') continue;
      answered(verdict);
      return true;
    }
    if (this.#plugins.bindsByDefault) return false;
    done('every Bind plugin left the Pod to another');
    return true;
  }

  postBind(state: unknown, pod: Pod, nodeName: string): void {
    if (this.#plugins.postBind.length === 0) return;
    const info = this.#plugins.infoOf(pod);
    for (const plugin of this.#plugins.postBind) {
      guarded(plugin, 'PostBind', pod, nodeName, () => plugin.postBind(state as CycleState, info, nodeName));
    }
  }
}

function guarded<R>(plugin: Plugin, point: string, pod: Pod, nodeName: string, run: () => R): R {
  try {
    return run();
  } catch (error) {
    if (error instanceof PluginError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new PluginError(plugin.name, point, keyOf(pod), nodeName, `it threw: ${what}`, error);
  }
}

/** Errors are wrapped in the name of point and plugin, as kube-scheduler wraps them; rejections stand as they are. */
function refusal(point: string, plugin: Plugin, verdict: NonNullable<Verdict>): Refusal {
  const rejected = isRejection(verdict);
  const message = rejected ? messageOf(verdict) : `running ${point} plugin "${plugin.name}": ${messageOf(verdict)}`;
  return { plugin: plugin.name, isRejection: rejected, message };
}
