/**
 * Probes as their transitions: the tick at which a result changes is computed from the container's behaviour and
 * planned, and nothing happens at the ticks between. Each sync of a container that is not ready probes it at once, as
 * the kubelet does (prober_manager.go, manual trigger), besides the ticks of the period.
 * Source: pkg/kubelet/prober/worker.go, prober_manager.go; defaults in pkg/apis/core/v1/defaults.go.
 */
import { type Micros, secondsToMicros } from '../../engine/index.ts';
import type { Probe } from '../objects/pod.ts';
import { containerBehaviour } from './container-behaviour.ts';
import { fieldPathOf } from './container-start.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { stopOf } from './pod-termination.ts';
import { type ContainerRun, type PodWorker, troubleOf } from './pod-worker.ts';

export const PROBE_DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

/** Assumed: from the kubelet's request to the result in its status. */
const PROBE_MICROS: Micros = 3_000;

interface ProbeTimes {
  readonly delayMicros: Micros;
  readonly periodMicros: Micros;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** Zero means the default, as after the API server's defaulting. */
function timesOf(probe: Probe): ProbeTimes {
  return {
    delayMicros: secondsToMicros(probe.initialDelaySeconds ?? 0),
    periodMicros: secondsToMicros(probe.periodSeconds || PROBE_DEFAULTS.periodSeconds),
    successThreshold: probe.successThreshold || PROBE_DEFAULTS.successThreshold,
    failureThreshold: probe.failureThreshold || PROBE_DEFAULTS.failureThreshold,
  };
}

/** The first tick of the grid that begins at `originMicros` and is not before `fromMicros`. */
export function nextTickMicros(originMicros: Micros, periodMicros: Micros, fromMicros: Micros): Micros {
  const ticks = Math.max(0, Math.ceil((fromMicros - originMicros) / periodMicros));
  return originMicros + ticks * periodMicros;
}

/** What a failed probe's Event says of the cause. */
function failureText(probe: Probe): string {
  if (probe.httpGet !== undefined) return 'HTTP probe failed with statuscode: 503';
  if (probe.tcpSocket !== undefined) return 'dial tcp: connect: connection refused';
  return probe.grpc === undefined ? 'command exited with 1' : 'service unhealthy (responded with "NOT_SERVING")';
}

export class ContainerProbes {
  readonly #fleet: KubeletFleet;

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
  }

  /** Looks at the containers that run: plans the next change of each probe's result that is not planned yet. */
  refresh(worker: PodWorker): void {
    for (const run of worker.runs) {
      if (run.state !== 'running' || run.trouble?.killing === true) continue;
      if (!run.started) this.#planStartup(worker, run);
      else {
        if (!run.ready) this.#planReadiness(worker, run);
        this.#planLiveness(worker, run);
      }
    }
  }

  /** The time at which the probe has succeeded often enough, if the container behaves as said. */
  #successMicros(worker: PodWorker, run: ContainerRun, times: ProbeTimes): Micros {
    const { readyAfterSeconds } = containerBehaviour(worker.pod, run.container.name, run.kind === 'init');
    const now = this.#fleet.sim.nowMicros;
    const fromMicros = run.startedAtMicros + Math.max(times.delayMicros, secondsToMicros(readyAfterSeconds));
    const { periodMicros, successThreshold } = times;
    if (fromMicros > now) {
      const first = nextTickMicros(worker.probeOriginMicros, periodMicros, fromMicros);
      return first + (successThreshold - 1) * periodMicros + PROBE_MICROS;
    }
    if (successThreshold === 1) return now + PROBE_MICROS;
    const next = nextTickMicros(worker.probeOriginMicros, periodMicros, now + 1);
    return next + (successThreshold - 2) * periodMicros + PROBE_MICROS;
  }

  #plan(
    run: ContainerRun,
    worker: PodWorker,
    atMicros: Micros,
    handler: (w: PodWorker, r: ContainerRun) => void,
  ): void {
    const { sim } = this.#fleet;
    if (run.probe !== undefined) {
      if (run.probe.timeMicros <= atMicros) return;
      sim.cancel(run.probe);
    }
    run.probe = sim.at(atMicros, handler, worker, run);
  }

  #planStartup(worker: PodWorker, run: ContainerRun): void {
    const probe = run.container.startupProbe as Probe;
    const times = timesOf(probe);
    const successMicros = this.#successMicros(worker, run, times);
    const firstMicros = nextTickMicros(
      worker.probeOriginMicros,
      times.periodMicros,
      run.startedAtMicros + times.delayMicros,
    );
    const failureMicros = firstMicros + (times.failureThreshold - 1) * times.periodMicros + PROBE_MICROS;
    if (successMicros <= failureMicros) this.#plan(run, worker, successMicros, this.#onStartupPassed);
    else this.#plan(run, worker, failureMicros, this.#onStartupFailed);
  }

  readonly #onStartupPassed = (worker: PodWorker, run: ContainerRun): void => {
    run.probe = undefined;
    run.started = true;
    run.ready = run.container.readinessProbe === undefined;
    run.status = undefined;
    this.#fleet.lifecycle.planSync(worker, this.#fleet.sim.nowMicros);
  };

  readonly #onStartupFailed = (worker: PodWorker, run: ContainerRun): void => {
    run.probe = undefined;
    this.#kill(worker, run, 'startup', run.container.startupProbe as Probe);
  };

  #planReadiness(worker: PodWorker, run: ContainerRun): void {
    const probe = run.container.readinessProbe as Probe;
    const times = timesOf(probe);
    const atMicros = this.#successMicros(worker, run, times);
    const { nowMicros } = this.#fleet.sim;
    const probedAndFailed = nowMicros >= run.startedAtMicros + times.delayMicros && atMicros > nowMicros + PROBE_MICROS;
    if (probedAndFailed && run.probe === undefined && times.successThreshold === 1) {
      const text = `Readiness probe failed: ${failureText(probe)}`;
      worker.kubelet.recorder?.event(worker.pod, 'Warning', 'Unhealthy', text, fieldPathOf(run));
    }
    this.#plan(run, worker, atMicros, this.#onReady);
  }

  readonly #onReady = (worker: PodWorker, run: ContainerRun): void => {
    run.probe = undefined;
    if (run.state !== 'running') return;
    run.ready = true;
    run.status = undefined;
    this.#fleet.sim.trace.emitIn('kubelet.ready', worker.namespace, worker.name, run.container.name);
    this.#fleet.lifecycle.planSync(worker, this.#fleet.sim.nowMicros);
  };

  #planLiveness(worker: PodWorker, run: ContainerRun): void {
    const probe = run.container.livenessProbe;
    if (probe === undefined) return;
    const { livenessFailsAfterSeconds } = containerBehaviour(worker.pod, run.container.name, run.kind === 'init');
    if (livenessFailsAfterSeconds === undefined) return;
    const trouble = troubleOf(run);
    if (trouble.liveness !== undefined) return;
    const times = timesOf(probe);
    const fromMicros = run.startedAtMicros + Math.max(times.delayMicros, secondsToMicros(livenessFailsAfterSeconds));
    const firstMicros = nextTickMicros(
      worker.probeOriginMicros,
      times.periodMicros,
      Math.max(fromMicros, this.#fleet.sim.nowMicros),
    );
    const atMicros = firstMicros + (times.failureThreshold - 1) * times.periodMicros + PROBE_MICROS;
    trouble.liveness = this.#fleet.sim.at(atMicros, this.#onLivenessFailed, worker, run);
  }

  readonly #onLivenessFailed = (worker: PodWorker, run: ContainerRun): void => {
    troubleOf(run).liveness = undefined;
    this.#kill(worker, run, 'liveness', run.container.livenessProbe as Probe);
  };

  /** The container is stopped within its grace period; its restart is the next sync's affair. */
  #kill(worker: PodWorker, run: ContainerRun, type: 'liveness' | 'startup', probe: Probe): void {
    if (run.state !== 'running' || worker.stage === 'stopping' || worker.stage === 'stopped') return;
    const { recorder } = worker.kubelet;
    const title = type === 'liveness' ? 'Liveness' : 'Startup';
    const { name } = run.container;
    recorder?.event(
      worker.pod,
      'Warning',
      'Unhealthy',
      `${title} probe failed: ${failureText(probe)}`,
      fieldPathOf(run),
    );
    const text = `Container ${name} failed ${type} probe, will be restarted`;
    recorder?.event(worker.pod, 'Normal', 'Killing', text, fieldPathOf(run));
    const graceSeconds = probe.terminationGracePeriodSeconds ?? worker.pod.spec.terminationGracePeriodSeconds ?? 30;
    const { delayMicros, exitCode } = stopOf(worker, run, graceSeconds);
    const trouble = troubleOf(run);
    trouble.exitCode = exitCode;
    trouble.killing = true;
    if (run.exit !== undefined) this.#fleet.sim.cancel(run.exit);
    run.exit = this.#fleet.sim.after(delayMicros, this.#onKilled, worker, run);
  }

  readonly #onKilled = (worker: PodWorker, run: ContainerRun): void => {
    const trouble = troubleOf(run);
    trouble.killing = false;
    this.#fleet.lifecycle.endRun(worker, run, trouble.exitCode);
  };
}
