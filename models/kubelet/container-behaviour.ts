/**
 * What the processes in the containers do, which no manifest says: how long they run, with which code they exit,
 * when their probes begin to succeed or to fail, how fast they stop. An experiment says it by annotations of the Pod
 * (or of a Pod template); without them a container runs for ever, is ready at once and stops quickly.
 */
import type { Pod } from '../objects/pod.ts';

/** Annotations are `PREFIX + name`; `PREFIX + name + '.' + container` is for one container alone and wins. */
export const BEHAVIOUR_PREFIX = 'behaviour.kube-clockwork.dev/';

export interface ContainerBehaviour {
  /** `run-seconds`: seconds from start to exit; absent: for ever (an init container: INIT_RUN_SECONDS). */
  readonly runSeconds: number | undefined;
  /** `exit-code` at that exit; 0 when absent. */
  readonly exitCode: number;
  /** `ready-after-seconds`: startup and readiness probes succeed from so many seconds after the start. */
  readonly readyAfterSeconds: number;
  /** `liveness-fails-after-seconds`: the liveness probe fails from then on; absent: never. */
  readonly livenessFailsAfterSeconds: number | undefined;
  /** `stop-seconds`: from SIGTERM to exit; longer than the grace period means SIGKILL. */
  readonly stopSeconds: number;
  /** `prestop-seconds`: how long the preStop hook takes, where the container has one. */
  readonly preStopSeconds: number;
}

/** Assumed: an init container that copies a file or two. */
export const INIT_RUN_SECONDS = 1;

/** Assumed: a server that drops its connections and exits. */
export const STOP_SECONDS = 0.5;

/** Assumed, where a container has a preStop hook and no annotation says more. */
export const PRE_STOP_SECONDS = 1;

const ORDINARY: ContainerBehaviour = {
  runSeconds: undefined,
  exitCode: 0,
  readyAfterSeconds: 0,
  livenessFailsAfterSeconds: undefined,
  stopSeconds: STOP_SECONDS,
  preStopSeconds: PRE_STOP_SECONDS,
};

const ORDINARY_INIT: ContainerBehaviour = { ...ORDINARY, runSeconds: INIT_RUN_SECONDS };

function annotation(pod: Pod, container: string, name: string): number | undefined {
  const annotations = pod.metadata.annotations;
  const key = BEHAVIOUR_PREFIX + name;
  const own = `${key}.${container}`;
  const found = annotations?.[own] === undefined ? key : own;
  const text = annotations?.[found];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || !Number.isFinite(value)) {
    throw new RangeError(
      `annotation ${found} of pod ${pod.metadata.namespace ?? 'default'}/${pod.metadata.name} is '${text}'; accepted are numbers from 0`,
    );
  }
  return value;
}

/** Whether the Pod says anything of how its containers behave. */
export function hasBehaviour(pod: Pod): boolean {
  const annotations = pod.metadata.annotations;
  if (annotations === undefined) return false;
  for (const key in annotations) if (key.startsWith(BEHAVIOUR_PREFIX)) return true;
  return false;
}

/**
 * How one container of a Pod behaves. `init`: a container that is to finish before the next one starts.
 * @throws RangeError for an annotation that is not a number from 0.
 */
export function containerBehaviour(pod: Pod, container: string, init: boolean): ContainerBehaviour {
  if (!hasBehaviour(pod)) return init ? ORDINARY_INIT : ORDINARY;
  const own = (name: string): number | undefined => annotation(pod, container, name);
  return {
    runSeconds: init ? (own('init-seconds') ?? INIT_RUN_SECONDS) : own('run-seconds'),
    exitCode: (init ? own('init-exit-code') : own('exit-code')) ?? 0,
    readyAfterSeconds: own('ready-after-seconds') ?? 0,
    livenessFailsAfterSeconds: own('liveness-fails-after-seconds'),
    stopSeconds: own('stop-seconds') ?? STOP_SECONDS,
    preStopSeconds: own('prestop-seconds') ?? PRE_STOP_SECONDS,
  };
}
