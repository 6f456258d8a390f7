/**
 * Starting the containers of a Pod: which ones this sync has to start, the back-off of those that failed, the image,
 * the runtime's create and start, and the planned exit of the process inside.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod, doBackOff, computePodActions) and
 * pkg/kubelet/images/image_manager.go.
 */
import { MICROS_PER_SECOND, type Micros, secondsToMicros } from '../../engine/index.ts';
import { containerBehaviour } from './container-behaviour.ts';
import { goDuration } from './go-duration.ts';
import type { PullFailure } from './image-puller.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { type ContainerRun, keepLastState, type PodWorker, setWaiting, type Trouble, troubleOf } from './pod-worker.ts';

/** Both back-offs, of crashes and of pulls: 10 s doubling to 300 s, forgotten after twice the longest. */
const INITIAL_BACKOFF_MICROS = 10 * MICROS_PER_SECOND;
const MAX_BACKOFF_MICROS = 300 * MICROS_PER_SECOND;

function nextBackoff(currentMicros: Micros, updatedMicros: Micros, eventMicros: Micros): Micros {
  if (currentMicros === 0 || eventMicros - updatedMicros > 2 * MAX_BACKOFF_MICROS) return INITIAL_BACKOFF_MICROS;
  return Math.min(MAX_BACKOFF_MICROS, currentMicros * 2);
}

/** Seconds as Go prints the back-off: "10s", "1m20s", "5m0s". */
function backoffText(backoffMicros: Micros): string {
  return goDuration(backoffMicros / 1000);
}

export function fieldPathOf(run: ContainerRun): string {
  return `spec.${run.kind === 'main' ? 'containers' : 'initContainers'}{${run.container.name}}`;
}

export function shouldRestart(worker: PodWorker, run: ContainerRun): boolean {
  if (run.kind === 'sidecar') return true;
  const policy = worker.pod.spec.restartPolicy ?? 'Always';
  const failed = run.trouble !== undefined && run.trouble.exitCode !== 0;
  if (run.kind === 'init') return failed && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && failed);
}

function hasMainBegun(worker: PodWorker): boolean {
  for (const run of worker.runs) if (run.kind === 'main' && run.id !== '') return true;
  return false;
}

/**
 * The init container that the Pod waits for or has to start now; undefined when initialization is over. A sidecar
 * holds up the next one until it has started.
 */
function currentInit(worker: PodWorker): ContainerRun | undefined {
  if (worker.shape.initCount === 0 || hasMainBegun(worker)) return undefined;
  for (const run of worker.runs) {
    if (run.kind === 'main') return undefined;
    const passed =
      run.kind === 'sidecar'
        ? run.state === 'running' && run.started
        : run.state === 'terminated' && run.trouble?.exitCode === 0;
    if (!passed) return run;
  }
  return undefined;
}

function isToStart(worker: PodWorker, run: ContainerRun): boolean {
  if (run.kind === 'init' || run.state === 'running') return false;
  return run.state === 'waiting' || shouldRestart(worker, run);
}

export class ContainerStarter {
  readonly #fleet: KubeletFleet;

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
  }

  /** Begins a round: starts, one after the other, the containers that should run and do not. */
  startRound(worker: PodWorker): void {
    worker.stage = 'starting';
    worker.cursor = 0;
    worker.troubled = false;
    const init = currentInit(worker);
    if (init === undefined) this.#startNext(worker);
    else if (init.state === 'running') this.#endRound(worker);
    else {
      // One init container a round: the cursor stands past the end of the others.
      worker.cursor = worker.runs.indexOf(init);
      this.#begin(worker, init);
    }
  }

  #startNext(worker: PodWorker): void {
    const count = worker.shape.containers.length;
    while (worker.cursor < count) {
      const run = worker.runs[worker.cursor] as ContainerRun;
      if (isToStart(worker, run)) {
        this.#begin(worker, run);
        return;
      }
      worker.cursor++;
    }
    this.#endRound(worker);
  }

  #next(worker: PodWorker, run: ContainerRun): void {
    worker.cursor++;
    const isInitRound = run.kind !== 'main' && !hasMainBegun(worker) && currentInit(worker) !== undefined;
    if (isInitRound || run.kind === 'init') this.#endRound(worker);
    else this.#startNext(worker);
  }

  #endRound(worker: PodWorker): void {
    this.#fleet.lifecycle.onRoundEnd(worker);
  }

  #begin(worker: PodWorker, run: ContainerRun): void {
    if (this.#isCrashBackoff(worker, run)) {
      worker.troubled = true;
      this.#next(worker, run);
      return;
    }
    this.#ensureImage(worker, run);
  }

  #isCrashBackoff(worker: PodWorker, run: ContainerRun): boolean {
    const { trouble } = run;
    if (trouble === undefined || run.id === '') return false;
    const now = this.#fleet.sim.nowMicros;
    const { crashBackoffMicros, crashBackoffUpdatedMicros, finishedAtMicros } = trouble;
    const expired = finishedAtMicros - crashBackoffUpdatedMicros > 2 * MAX_BACKOFF_MICROS;
    if (crashBackoffMicros > 0 && !expired && now - finishedAtMicros < crashBackoffMicros) {
      const { name } = run.container;
      const { namespace = 'default', name: podName } = worker.pod.metadata;
      const text = `back-off ${backoffText(crashBackoffMicros)} restarting failed container=${name} pod=${podName}_${namespace}(${worker.uid})`;
      setWaiting(run, 'CrashLoopBackOff', text);
      worker.kubelet.recorder?.event(
        worker.pod,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${worker.uid})`,
        fieldPathOf(run),
      );
      return true;
    }
    trouble.crashBackoffMicros = nextBackoff(crashBackoffMicros, crashBackoffUpdatedMicros, finishedAtMicros);
    trouble.crashBackoffUpdatedMicros = now;
    return false;
  }

  #ensureImage(worker: PodWorker, run: ContainerRun): void {
    const { name: image, defaultPullPolicy } = run.image;
    const policy = run.container.imagePullPolicy ?? defaultPullPolicy;
    const { kubelet } = worker;
    const present = kubelet.images.has(run.image);
    if (present && policy !== 'Always') {
      const { recorder } = kubelet;
      if (recorder !== undefined) {
        const text = `Container image "${image}" already present on machine`;
        recorder.event(worker.pod, 'Normal', 'Pulled', text, fieldPathOf(run));
      }
      this.#create(worker, run);
      return;
    }
    if (policy === 'Never') {
      const text = `Container image "${image}" is not present with pull policy of Never`;
      this.#imageFailed(worker, run, 'ErrImageNeverPull', text, text);
      return;
    }
    if (run.trouble !== undefined && this.#isPullBackoff(run.trouble)) {
      const { pullError } = run.trouble;
      const text = `Back-off pulling image "${image}"${pullError === undefined ? '' : `: ErrImagePull: ${pullError}`}`;
      kubelet.recorder?.event(worker.pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, fieldPathOf(run));
      this.#imageFailed(worker, run, 'ImagePullBackOff', text);
      return;
    }
    const { recorder } = kubelet;
    if (recorder !== undefined) {
      recorder.event(worker.pod, 'Normal', 'Pulling', `Pulling image "${image}"`, fieldPathOf(run));
    }
    this.#fleet.sim.trace.emitIn('kubelet.pull', worker.namespace, worker.name, image);
    kubelet.images.pull(worker, run, present);
  }

  #isPullBackoff({ pullBackoffMicros, pullBackoffUpdatedMicros }: Trouble): boolean {
    return pullBackoffMicros > 0 && this.#fleet.sim.nowMicros - pullBackoffUpdatedMicros < pullBackoffMicros;
  }

  /** A pull has ended. */
  onPulled(
    worker: PodWorker,
    run: ContainerRun,
    failure: PullFailure | undefined,
    pullMicros: Micros,
    withWaitMicros: Micros,
  ): void {
    if (worker.stage !== 'starting' || !worker.kubelet.running) return;
    const { name: image, reference } = run.image;
    if (failure === undefined) {
      this.#notePull(worker, run, pullMicros, withWaitMicros);
      this.#create(worker, run);
      return;
    }
    const error =
      failure === 'QPSExceeded'
        ? 'pull QPS exceeded'
        : `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`;
    const trouble = troubleOf(run);
    const now = this.#fleet.sim.nowMicros;
    trouble.pullBackoffMicros = nextBackoff(trouble.pullBackoffMicros, trouble.pullBackoffUpdatedMicros, now);
    trouble.pullBackoffUpdatedMicros = now;
    trouble.pullError = error;
    const text = `Failed to pull image "${image}": ${error}`;
    worker.kubelet.recorder?.event(worker.pod, 'Warning', 'Failed', text, fieldPathOf(run));
    this.#imageFailed(worker, run, 'ErrImagePull', error);
  }

  #notePull(worker: PodWorker, run: ContainerRun, pullMicros: Micros, withWaitMicros: Micros): void {
    const { recorder } = worker.kubelet;
    if (recorder === undefined) return;
    const { name: image, sizeBytes } = run.image;
    const took = goDuration(Math.floor(pullMicros / 1000));
    const withWait = goDuration(Math.floor(withWaitMicros / 1000));
    const text = `Successfully pulled image "${image}" in ${took} (${withWait} including waiting). Image size: ${sizeBytes} bytes.`;
    recorder.event(worker.pod, 'Normal', 'Pulled', text, fieldPathOf(run));
  }

  #imageFailed(worker: PodWorker, run: ContainerRun, reason: string, message: string, eventText?: string): void {
    setWaiting(run, reason, message);
    const text = `Error: ${eventText === undefined ? reason : `${reason}: ${eventText}`}`;
    worker.kubelet.recorder?.event(worker.pod, 'Warning', 'Failed', text, fieldPathOf(run));
    worker.troubled = true;
    this.#next(worker, run);
  }

  #create(worker: PodWorker, run: ContainerRun): void {
    const { createContainer, startContainer } = this.#fleet.samplers;
    const delayMicros = createContainer.draw() + startContainer.draw();
    worker.step = this.#fleet.sim.after(delayMicros, this.#started, worker, run);
  }

  readonly #started = (worker: PodWorker, run: ContainerRun): void => {
    worker.step = undefined;
    const { kubelet } = worker;
    const { sim } = this.#fleet;
    if (run.id !== '') {
      run.restartCount++;
      const trouble = troubleOf(run);
      keepLastState(run, trouble);
    }
    if (run.trouble !== undefined) {
      run.trouble.waitingReason = undefined;
      run.trouble.waitingMessage = undefined;
    }
    worker.hasChanged = true;
    run.id = kubelet.newContainerId();
    run.state = 'running';
    run.startedAtMicros = sim.nowMicros;
    run.started = run.container.startupProbe === undefined;
    run.ready = run.started && run.container.readinessProbe === undefined;
    run.status = undefined;
    sim.trace.emitIn('kubelet.start', worker.namespace, worker.name, run.container.name);
    const recorder = kubelet.recorder;
    if (recorder !== undefined) {
      const { name } = run.container;
      recorder.event(worker.pod, 'Normal', 'Created', `Created container: ${name}`, fieldPathOf(run));
      recorder.event(worker.pod, 'Normal', 'Started', `Started container ${name}`, fieldPathOf(run));
    }
    this.planExit(worker, run);
    this.#fleet.onContainerStarted(worker, run);
    this.#next(worker, run);
  };

  /** Plans the exit that the container's behaviour says, if any. */
  planExit(worker: PodWorker, run: ContainerRun): void {
    if (run.kind !== 'init' && !worker.hasBehaviour) return;
    const { runSeconds } = containerBehaviour(worker.pod, run.container.name, run.kind === 'init');
    if (runSeconds === undefined) return;
    run.exit = this.#fleet.sim.after(secondsToMicros(runSeconds), this.#fleet.lifecycle.onExit, worker, run);
  }
}
