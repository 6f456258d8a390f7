/**
 * What a kubelet knows of one Pod: how far it has come, and what runs of each of its containers. Only data; the steps
 * are in `pod-lifecycle.ts`. One of these is kept for every Pod that is not at rest (`pod-workers.ts`), so fields that
 * only troubled containers need are in an object of their own.
 */
import type { Micros, ScheduledEvent } from '../../engine/index.ts';
import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../objects/pod.ts';
import { hasBehaviour } from './container-behaviour.ts';
import type { KnownImage } from './known-images.ts';
import type { Kubelet } from './kubelet.ts';
import type { ContainerKind, PodShape } from './pod-shape.ts';
import type { StartConditions } from './usual-status.ts';

/**
 * `waiting`: no sandbox and nothing in flight. `sandbox`: volumes, sandbox and network are being made. `starting`: a
 * sync is starting containers one after the other. `idle`: nothing in flight. `stopping`: containers are being
 * stopped. `stopped`: nothing runs and nothing will.
 */
export type WorkerStage = 'waiting' | 'sandbox' | 'starting' | 'idle' | 'stopping' | 'stopped';

export type RunState = 'waiting' | 'running' | 'terminated';

/** What only containers have that failed, exited or were restarted. */
export interface Trouble {
  waitingReason: string | undefined;
  waitingMessage: string | undefined;
  exitCode: number;
  exitReason: string;
  exitMessage: string | undefined;
  finishedAtMicros: Micros;
  /** The terminated state of the instance before this one. */
  lastState: ContainerState | undefined;
  crashBackoffMicros: Micros;
  crashBackoffUpdatedMicros: Micros;
  pullBackoffMicros: Micros;
  pullBackoffUpdatedMicros: Micros;
  pullError: string | undefined;
  /** The planned failure of the liveness probe; a probe has failed and the container is being stopped. */
  liveness: ScheduledEvent | undefined;
  killing: boolean;
}

/** One container of one Pod on its Node. */
export interface ContainerRun {
  readonly container: Container;
  readonly kind: ContainerKind;
  readonly image: KnownImage;
  state: RunState;
  startedAtMicros: Micros;
  restartCount: number;
  ready: boolean;
  started: boolean;
  id: string;
  /** The status as last built; undefined when something has changed since. */
  status: ContainerStatus | undefined;
  trouble: Trouble | undefined;
  /** The planned exit or kill, and the planned change of a probe's result. */
  exit: ScheduledEvent | undefined;
  probe: ScheduledEvent | undefined;
}

/** What most steps read or write comes first: it lies together in memory, which is what such a step waits for. */
export interface PodWorker {
  readonly kubelet: Kubelet;
  stage: WorkerStage;
  /** The step in flight. */
  step: ScheduledEvent | undefined;
  readonly shape: PodShape;
  readonly runs: readonly ContainerRun[];
  /** Which of `runs` the sync in progress has come to. */
  cursor: number;
  /** A container has started or ended since the last sync. */
  hasChanged: boolean;
  /** Something in this sync failed or is backing off, so the worker runs again in 10 to 15 s. */
  troubled: boolean;
  /** The Pod says how its containers behave (`container-behaviour.ts`). */
  hasBehaviour: boolean;
  readonly namespace: string;
  readonly name: string;
  hasSandbox: boolean;
  address: string;
  /** The next planned sync. */
  sync: ScheduledEvent | undefined;
  /** Changed by `takePod`. */
  pod: Pod;
  /** The status as last sent. */
  sent: PodStatus | undefined;
  /** The stored status that `sent` takes the place of as it is; undefined when it is to be merged. */
  base: PodStatus | undefined;
  /** Those of the first status, until all containers run. */
  conditions: StartConditions | undefined;
  readonly uid: string;
  startTime: string;
  /** Static Pods run without the API server; their mirror may come and go. */
  readonly isStatic: boolean;
  /** The phase is decided: no container will be started again. */
  terminal: boolean;
  /** Set where the kubelet itself ends the Pod (admission, deadline, eviction). */
  ending: { readonly reason: string; readonly message: string } | undefined;
  /** The object is gone from the API server. */
  removed: boolean;
  /** Somebody else than the kubelet may hold this; see pod-workers.ts. */
  isHeld: boolean;
  /** When the probe workers began to tick; 0 for a Pod without probes. */
  probeOriginMicros: Micros;
  graceSeconds: number;
}

function newRun(container: Container, kind: ContainerKind, image: KnownImage): ContainerRun {
  return {
    container,
    kind,
    image,
    state: 'waiting',
    startedAtMicros: 0,
    restartCount: 0,
    ready: false,
    started: false,
    id: '',
    status: undefined,
    trouble: undefined,
    exit: undefined,
    probe: undefined,
  };
}

function newRuns({ containers, kinds, images }: PodShape): readonly ContainerRun[] {
  const runAt = (index: number): ContainerRun =>
    newRun(containers[index] as Container, kinds[index] as ContainerKind, images[index] as KnownImage);
  return containers.length === 1 ? [runAt(0)] : containers.map((_, index) => runAt(index));
}

export function newPodWorker(kubelet: Kubelet, pod: Pod, shape: PodShape, isStatic: boolean): PodWorker {
  return {
    kubelet,
    stage: 'waiting',
    step: undefined,
    shape,
    runs: newRuns(shape),
    cursor: 0,
    hasChanged: false,
    troubled: false,
    hasBehaviour: hasBehaviour(pod),
    namespace: namespaceOf(pod),
    name: pod.metadata.name,
    hasSandbox: false,
    address: '',
    sync: undefined,
    pod,
    sent: undefined,
    base: undefined,
    conditions: undefined,
    uid: pod.metadata.uid ?? '',
    startTime: '',
    isStatic,
    terminal: false,
    ending: undefined,
    removed: false,
    isHeld: false,
    probeOriginMicros: 0,
    graceSeconds: 0,
  };
}

/** News of the Pod: the object as it is now. */
export function takePod(worker: PodWorker, pod: Pod): void {
  worker.pod = pod;
  worker.hasBehaviour = hasBehaviour(pod);
}

export function troubleOf(run: ContainerRun): Trouble {
  run.trouble ??= {
    waitingReason: undefined,
    waitingMessage: undefined,
    exitCode: 0,
    exitReason: '',
    exitMessage: undefined,
    finishedAtMicros: 0,
    lastState: undefined,
    crashBackoffMicros: 0,
    crashBackoffUpdatedMicros: 0,
    pullBackoffMicros: 0,
    pullBackoffUpdatedMicros: 0,
    pullError: undefined,
    liveness: undefined,
    killing: false,
  };
  return run.trouble;
}

/** Says that the container waits, and why; nothing changes when it says so already. */
export function setWaiting(run: ContainerRun, reason: string, message: string): void {
  const trouble = troubleOf(run);
  if (run.state === 'terminated') keepLastState(run, trouble);
  if (run.state === 'waiting' && trouble.waitingReason === reason && trouble.waitingMessage === message) return;
  run.state = 'waiting';
  run.started = false;
  trouble.waitingReason = reason;
  trouble.waitingMessage = message;
  run.status = undefined;
}

/** Moves the terminated state aside, where the next instance's status shows it as lastState. */
export function keepLastState(run: ContainerRun, trouble: Trouble): void {
  const terminated = run.status?.state?.terminated;
  if (terminated !== undefined) trouble.lastState = { terminated };
}

/** "namespace/name", the subject of trace records. */
export function podKey(pod: Pod): string {
  return `${namespaceOf(pod)}/${pod.metadata.name}`;
}

export function namespaceOf(pod: Pod): string {
  return pod.metadata.namespace ?? 'default';
}
