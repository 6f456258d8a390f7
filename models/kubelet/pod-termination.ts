/**
 * The end of a Pod: containers are stopped within the grace period, the final status is written, and a Pod that was
 * deleted is taken out of the API server. A Pod whose containers have all ended for good comes here by itself.
 * Source: pkg/kubelet/kubelet.go (SyncTerminatingPod, SyncTerminatedPod), pkg/kubelet/kuberuntime/kuberuntime_container.go
 * (killContainer), pkg/kubelet/status/status_manager.go (TerminatePod, canBeDeleted).
 */
import { type Micros, secondsToMicros } from '../../engine/index.ts';
import { PODS } from '../objects/resources.ts';
import { containerBehaviour } from './container-behaviour.ts';
import { fieldPathOf } from './container-start.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { type ContainerRun, type PodWorker, troubleOf } from './pod-worker.ts';

/** What is left for SIGTERM after a preStop hook that took too long. Source: kuberuntime_container.go (minimumGracePeriodInSeconds). */
const MINIMUM_GRACE_SECONDS = 2;
/** From the last container's end until volumes and cgroups are gone: the volume reconciler's loop. */
const CLEANUP_MICROS: Micros = 100_000;
const SIGTERM_CODE = 143;
const SIGKILL_CODE = 137;

interface Stop {
  readonly delayMicros: Micros;
  readonly exitCode: number;
}

/** How long a container takes to stop within the grace period, and with which code it ends. */
export function stopOf(worker: PodWorker, run: ContainerRun, graceSeconds: number): Stop {
  const { stopSeconds, preStopSeconds } = containerBehaviour(worker.pod, run.container.name, run.kind === 'init');
  const hookSeconds = run.container.lifecycle?.preStop === undefined ? 0 : Math.min(preStopSeconds, graceSeconds);
  const leftSeconds = hookSeconds === 0 ? graceSeconds : Math.max(MINIMUM_GRACE_SECONDS, graceSeconds - hookSeconds);
  const killed = stopSeconds > leftSeconds;
  return {
    delayMicros: secondsToMicros(hookSeconds + (killed ? leftSeconds : stopSeconds)),
    exitCode: killed ? SIGKILL_CODE : SIGTERM_CODE,
  };
}

export class PodTermination {
  readonly #fleet: KubeletFleet;

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
  }

  onDeletion(worker: PodWorker): void {
    if (worker.isStatic) {
      this.#removeFromApi(worker);
      return;
    }
    const graceSeconds = worker.pod.metadata.deletionGracePeriodSeconds ?? 30;
    if (worker.stage === 'stopped') {
      this.#removeFromApi(worker);
    } else if (worker.stage !== 'stopping') {
      this.stop(worker, graceSeconds);
    } else if (graceSeconds < worker.graceSeconds) {
      this.#shorten(worker, graceSeconds);
    }
  }

  /** Stops whatever runs: main containers side by side, then sidecars in reverse order. */
  stop(worker: PodWorker, graceSeconds: number): void {
    const { lifecycle, sim } = this.#fleet;
    worker.stage = 'stopping';
    worker.graceSeconds = graceSeconds;
    lifecycle.cancelPlans(worker);
    sim.trace.emitIn('kubelet.stop', worker.namespace, worker.name, graceSeconds);
    for (const run of worker.runs) {
      if (run.state !== 'running') continue;
      const text = `Stopping container ${run.container.name}`;
      worker.kubelet.recorder?.event(worker.pod, 'Normal', 'Killing', text, fieldPathOf(run));
    }
    this.#planStops(worker, graceSeconds, 0);
  }

  /** A second deletion with less grace. */
  #shorten(worker: PodWorker, graceSeconds: number): void {
    worker.graceSeconds = graceSeconds;
    this.#fleet.lifecycle.cancelPlans(worker);
    this.#planStops(worker, graceSeconds, 0);
  }

  #planStops(worker: PodWorker, graceSeconds: number, sinceMicros: Micros): void {
    const { sim, samplers } = this.#fleet;
    let mainMicros = 0;
    let sidecarMicros = 0;
    let any = false;
    for (const run of worker.runs) {
      if (run.state !== 'running') continue;
      any = true;
      const { delayMicros } = stopOf(worker, run, graceSeconds);
      if (run.kind === 'sidecar') sidecarMicros += delayMicros;
      else mainMicros = Math.max(mainMicros, delayMicros);
    }
    const limitMicros = secondsToMicros(graceSeconds + MINIMUM_GRACE_SECONDS);
    const stopMicros = any ? Math.min(mainMicros + sidecarMicros, limitMicros) + samplers.stopContainer.draw() : 0;
    worker.step = sim.after(Math.max(0, stopMicros - sinceMicros), this.#onStopped, worker);
  }

  readonly #onStopped = (worker: PodWorker): void => {
    worker.step = undefined;
    for (const run of worker.runs) {
      if (run.state === 'running') {
        this.#fleet.lifecycle.endRun(worker, run, stopOf(worker, run, worker.graceSeconds).exitCode);
      } else if (run.state === 'waiting') this.#markUnknown(worker, run);
    }
    this.#end(worker);
  };

  /** A container that never ran, or waited to be restarted, when its Pod ended. */
  #markUnknown(worker: PodWorker, run: ContainerRun): void {
    const trouble = troubleOf(run);
    run.state = 'terminated';
    run.status = undefined;
    trouble.exitCode = SIGKILL_CODE;
    trouble.exitReason = 'ContainerStatusUnknown';
    trouble.exitMessage = 'The container could not be located when the pod was terminated';
    trouble.finishedAtMicros = this.#fleet.sim.nowMicros;
    if (run.id !== '') run.id = '';
    worker.terminal = true;
  }

  /** All containers have ended for good without being told to: sidecars are stopped, then the Pod is finished. */
  complete(worker: PodWorker): void {
    const sidecarRuns = worker.runs.some((run) => run.state === 'running');
    worker.terminal = true;
    if (sidecarRuns) this.stop(worker, worker.pod.spec.terminationGracePeriodSeconds ?? 30);
    else {
      worker.stage = 'stopping';
      this.#fleet.lifecycle.cancelPlans(worker);
      this.#end(worker);
    }
  }

  /** Nothing runs any more: what the Pod held is free, and its final status is written. */
  #end(worker: PodWorker): void {
    const { lifecycle, sim } = this.#fleet;
    const { kubelet } = worker;
    worker.terminal = true;
    worker.stage = 'stopped';
    kubelet.releaseAddress(worker);
    kubelet.book(worker, -1);
    sim.trace.emitIn('kubelet.end', worker.namespace, worker.name);
    if (worker.removed) {
      lifecycle.forget(worker);
      return;
    }
    lifecycle.report(worker);
    if (worker.pod.metadata.deletionTimestamp !== undefined) sim.after(CLEANUP_MICROS, this.#onClean, worker);
  }

  readonly #onClean = (worker: PodWorker): void => this.#removeFromApi(worker);

  /** DELETE with grace 0 and the uid as precondition. */
  #removeFromApi(worker: PodWorker): void {
    if (worker.removed || !worker.kubelet.running) return;
    // Of a static Pod that is the mirror.
    const { namespace, name, uid } = worker.pod.metadata;
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    worker.kubelet.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, ...preconditions });
  }

  /** activeDeadlineSeconds. Source: pkg/kubelet/active_deadline.go. */
  planDeadline(worker: PodWorker): void {
    const seconds = worker.pod.spec.activeDeadlineSeconds as number;
    this.#fleet.sim.after(secondsToMicros(seconds), this.#onDeadline, worker);
  }

  readonly #onDeadline = (worker: PodWorker): void => {
    if (worker.stage === 'stopping' || worker.stage === 'stopped' || !worker.kubelet.running) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    worker.ending = { reason: 'DeadlineExceeded', message };
    worker.terminal = true;
    worker.kubelet.recorder?.event(worker.pod, 'Normal', 'DeadlineExceeded', message);
    this.stop(worker, worker.pod.spec.terminationGracePeriodSeconds ?? 30);
  };
}
