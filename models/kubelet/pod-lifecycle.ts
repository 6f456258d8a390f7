/**
 * A Pod's life on its Node, from admission to its last container: the order of steps that a kubelet's pod worker
 * takes. One of these serves all kubelets; the state is in the PodWorker. Handlers are made once, so that a step costs
 * one event and no closure. Nothing is periodic: a worker runs when a relist would have found a change, when a
 * back-off has passed, or when news comes.
 * Source: pkg/kubelet/pod_workers.go, pkg/kubelet/kubelet.go (SyncPod), pkg/kubelet/pleg/generic.go.
 */
import { type Micros, millisToMicros, type Simulation, secondsToMicros } from '../../engine/index.ts';
import type { Pod } from '../objects/pod.ts';
import { containerBehaviour } from './container-behaviour.ts';
import { shouldRestart } from './container-start.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { isSameStatus, plainStatus } from './pod-status.ts';
import { type ContainerRun, type PodWorker, takePod, troubleOf } from './pod-worker.ts';
import { usualStatus } from './usual-status.ts';

/** After an error a worker runs again in 10 s, with jitter of half. Source: pod_workers.go (backOffPeriod). */
const RETRY_SECONDS = 10;
/** While the network is not ready: 1 s, with jitter of half. */
const NETWORK_RETRY_SECONDS = 1;
const RETRY_JITTER = 0.5;

/** Takes back the planned exit of a container and the planned changes of its probes. */
function cancelRun(sim: Simulation, run: ContainerRun): void {
  if (run.exit !== undefined) sim.cancel(run.exit);
  if (run.probe !== undefined) sim.cancel(run.probe);
  run.exit = undefined;
  run.probe = undefined;
  if (run.trouble === undefined) return;
  if (run.trouble.liveness !== undefined) sim.cancel(run.trouble.liveness);
  run.trouble.liveness = undefined;
  run.trouble.killing = false;
}

export class PodLifecycle {
  readonly #fleet: KubeletFleet;

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
  }

  /** An admitted Pod: the first status, then volumes, sandbox and network. */
  begin(worker: PodWorker): void {
    const { clock, sim } = this.#fleet;
    worker.startTime = clock.nowTimestamp();
    sim.trace.emitIn('kubelet.admit', worker.namespace, worker.name, worker.kubelet.nodeName);
    this.report(worker);
    if (worker.pod.spec.activeDeadlineSeconds !== undefined) this.#fleet.termination.planDeadline(worker);
    this.#prepare(worker);
  }

  /** A Pod that ran before this kubelet (its own restart, or a store that began with it). */
  adopt(worker: PodWorker): void {
    const { kubelet, pod } = worker;
    worker.startTime = pod.status?.startTime ?? this.#fleet.clock.nowTimestamp();
    worker.hasSandbox = true;
    worker.stage = 'idle';
    worker.address = worker.shape.onHost ? '' : (pod.status?.podIP ?? '');
    if (worker.address !== '') kubelet.adoptAddress(worker.address);
    worker.probeOriginMicros = this.#fleet.sim.nowMicros;
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    for (const run of worker.runs) {
      const status = statuses.find(({ name }) => name === run.container.name);
      run.id = status?.containerID ?? kubelet.newContainerId();
      run.restartCount = status?.restartCount ?? 0;
      if (run.kind === 'init') {
        run.state = 'terminated';
        troubleOf(run).exitReason = 'Completed';
        continue;
      }
      run.state = 'running';
      run.status = status;
      run.startedAtMicros = this.#fleet.sim.nowMicros;
      run.started = true;
      run.ready = status?.ready ?? true;
      this.#fleet.starter.planExit(worker, run);
      this.#fleet.onContainerStarted(worker, run);
    }
    worker.sent = pod.status;
    if (worker.shape.hasProbes) this.#fleet.probes.refresh(worker);
  }

  /** A Pod that the kubelet does not take. */
  reject(worker: PodWorker, reason: string, message: string): void {
    worker.startTime = this.#fleet.clock.nowTimestamp();
    worker.ending = { reason, message: `Pod was rejected: ${message}` };
    worker.terminal = true;
    worker.stage = 'stopped';
    this.#fleet.sim.trace.emitIn('kubelet.reject', worker.namespace, worker.name, reason);
    worker.kubelet.recorder?.event(worker.pod, 'Warning', reason, message);
    this.report(worker);
  }

  #prepare(worker: PodWorker): void {
    const { sim, settings, samplers } = this.#fleet;
    const { kubelet, pod } = worker;
    const { onHost } = worker.shape;
    if (!onHost && !kubelet.networkReady) {
      worker.stage = 'waiting';
      const text =
        'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
      kubelet.recorder?.event(pod, 'Warning', 'NetworkNotReady', text);
      return;
    }
    worker.stage = 'sandbox';
    const hasVolumes =
      (pod.spec.volumes?.length ?? 0) > 0 ||
      (settings.tokenVolumes && !worker.isStatic && pod.spec.automountServiceAccountToken !== false);
    const volumesMicros = hasVolumes ? millisToMicros(settings.volumePollMillis) : 0;
    if (worker.shape.hasProbes) worker.probeOriginMicros = sim.nowMicros + volumesMicros;
    const sandboxMicros = onHost ? samplers.hostNetworkSandbox.draw() : samplers.sandbox.draw();
    worker.step = sim.after(volumesMicros + sandboxMicros, this.#onSandbox, worker);
  }

  /** Goes on at the retry that comes next after the network has become ready. */
  retryForNetwork(worker: PodWorker): void {
    const jitter = 1 + RETRY_JITTER * this.#fleet.jitter.uniform();
    const delayMicros = secondsToMicros(NETWORK_RETRY_SECONDS * jitter * this.#fleet.jitter.uniform());
    worker.step = this.#fleet.sim.after(delayMicros, this.#onRetry, worker);
    worker.stage = 'sandbox';
  }

  readonly #onRetry = (worker: PodWorker): void => {
    worker.step = undefined;
    this.#prepare(worker);
  };

  readonly #onSandbox = (worker: PodWorker): void => {
    worker.step = undefined;
    const { kubelet } = worker;
    const address = kubelet.allocateAddress(worker);
    if (address === undefined) {
      worker.stage = 'waiting';
      const text =
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="flannel" failed (add): failed to allocate for range 0: no IP addresses available in range set';
      kubelet.recorder?.event(worker.pod, 'Warning', 'FailedCreatePodSandBox', text);
      worker.step = this.#fleet.sim.after(this.#retryDelayMicros(), this.#onRetry, worker);
      return;
    }
    worker.address = address;
    worker.hasSandbox = true;
    worker.hasChanged = true;
    this.#fleet.sim.trace.emitIn('kubelet.sandbox', worker.namespace, worker.name, address);
    this.#fleet.starter.startRound(worker);
  };

  #retryDelayMicros(): Micros {
    return secondsToMicros(RETRY_SECONDS * (1 + RETRY_JITTER * this.#fleet.jitter.uniform()));
  }

  /** A round of starts is over: the next relist shows what it did, and what failed is tried again later. */
  onRoundEnd(worker: PodWorker): void {
    worker.stage = 'idle';
    if (worker.hasChanged) this.planSync(worker, worker.kubelet.nextRelistMicros());
    else if (worker.troubled) this.planSync(worker, this.#fleet.sim.nowMicros + this.#retryDelayMicros());
  }

  /** A sync at that time, unless one is planned before it. */
  planSync(worker: PodWorker, atMicros: Micros): void {
    if (worker.sync !== undefined) {
      if (worker.sync.timeMicros <= atMicros) return;
      this.#fleet.sim.cancel(worker.sync);
    }
    worker.sync = this.#fleet.sim.at(atMicros, this.#onSync, worker);
  }

  readonly #onSync = (worker: PodWorker): void => {
    worker.sync = undefined;
    this.syncNow(worker);
  };

  /** What a pod worker does each time it runs: report what is so, then bring about what should be. */
  syncNow(worker: PodWorker): void {
    if (worker.stage !== 'idle' || !worker.kubelet.running) return;
    if (worker.shape.hasProbes) this.#fleet.probes.refresh(worker);
    if (!worker.terminal && this.#isOver(worker)) {
      this.#fleet.termination.complete(worker);
      return;
    }
    worker.hasChanged = false;
    this.report(worker);
    this.#fleet.starter.startRound(worker);
  }

  /** No main container runs and none will be started again, or initialization has failed for good. */
  #isOver(worker: PodWorker): boolean {
    let running = false;
    for (const run of worker.runs) {
      if (
        run.kind === 'init' &&
        run.state === 'terminated' &&
        run.trouble?.exitCode !== 0 &&
        !shouldRestart(worker, run)
      ) {
        return true;
      }
      if (run.kind !== 'main') continue;
      if (run.state !== 'terminated')
        running ||= run.id === '' || run.state === 'running' || shouldRestart(worker, run);
      else if (shouldRestart(worker, run)) running = true;
    }
    return !running;
  }

  /** The process in a container ends by itself. */
  readonly onExit = (worker: PodWorker, run: ContainerRun): void => {
    run.exit = undefined;
    const { exitCode } = containerBehaviour(worker.pod, run.container.name, run.kind === 'init');
    this.endRun(worker, run, exitCode);
  };

  /** Books the end of a container and lets the next relist find it. */
  endRun(worker: PodWorker, run: ContainerRun, exitCode: number): void {
    const { sim } = this.#fleet;
    cancelRun(sim, run);
    run.state = 'terminated';
    run.ready = false;
    run.started = false;
    run.status = undefined;
    const trouble = troubleOf(run);
    trouble.exitCode = exitCode;
    trouble.exitReason = exitCode === 0 ? 'Completed' : 'Error';
    trouble.finishedAtMicros = sim.nowMicros;
    sim.trace.emitIn('kubelet.exit', worker.namespace, worker.name, `${run.container.name} ${exitCode}`);
    this.#fleet.onContainerStopped(worker, run);
    worker.hasChanged = true;
    if (worker.stage === 'idle') this.planSync(worker, worker.kubelet.nextRelistMicros());
  }

  onDeletion(worker: PodWorker): void {
    this.#fleet.termination.onDeletion(worker);
  }

  /** The object is gone; what still runs is stopped without anybody to report to. */
  onRemoved(worker: PodWorker, last: Pod): void {
    takePod(worker, last);
    worker.removed = true;
    if (worker.isStatic) this.#fleet.staticPods.onMirrorRemoved(worker);
    else if (worker.stage === 'stopped') this.forget(worker);
    else if (worker.stage !== 'stopping') this.#fleet.termination.stop(worker, 1);
  }

  forget(worker: PodWorker): void {
    this.cancelPlans(worker);
    worker.kubelet.workers.delete(worker.uid);
  }

  /** Takes back every planned step of a Pod. */
  cancelPlans(worker: PodWorker): void {
    const { sim } = this.#fleet;
    if (worker.step !== undefined) sim.cancel(worker.step);
    if (worker.sync !== undefined) sim.cancel(worker.sync);
    worker.step = undefined;
    worker.sync = undefined;
    for (const run of worker.runs) cancelRun(sim, run);
  }

  /** The machine is gone: containers vanish and nobody tells. */
  abandon(worker: PodWorker): void {
    this.cancelPlans(worker);
    for (const run of worker.runs) if (run.state === 'running') this.#fleet.onContainerStopped(worker, run);
  }

  /** Sends the status to the API server if it says anything new. */
  report(worker: PodWorker): void {
    const { parts } = this.#fleet;
    const usual = usualStatus(worker, parts);
    const status = usual ?? plainStatus(worker, parts);
    if (isSameStatus(worker.sent, status)) return;
    worker.sent = status;
    worker.base = usual === undefined ? undefined : worker.pod.status;
    this.#fleet.sendStatus(worker, status);
  }
}
