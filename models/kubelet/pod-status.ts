/**
 * The status that a kubelet writes for a Pod. Parts that are alike are one object: the first status of all Pods of a
 * template, the conditions and states that begin in the same second, the addresses of a Node.
 * Source: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, convertToAPIContainerStatuses) and
 * pkg/kubelet/status/status_manager.go (what is merged, and when a transition time moves).
 */
import type { Condition } from '../objects/meta.ts';
import type { ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../objects/pod.ts';
import { podOf } from '../objects/pod-copies.ts';
import { containersReadyVerdict, initializedVerdict, readyVerdict, TRUE, type Verdict } from './pod-conditions.ts';
import { podPhase } from './pod-phase.ts';
import { NO_STATE } from './pod-shape.ts';
import { type ContainerRun, type PodWorker } from './pod-worker.ts';

const FALSE: Verdict = { status: 'False' };

const OWN_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
]);

/** Seconds of starts whose states are kept: Pods report them some seconds later. */
const RUNNING_KEPT = 64;

/** Conditions and running states that begin in one second are one object for all Pods of the cluster. */
export class StatusParts {
  #timestamp = '';
  readonly #conditions = new Map<string, Condition>();
  readonly #true = new Map<string, Condition>();
  readonly #running = new Map<string, ContainerState>();

  condition(type: string, verdict: Verdict, timestamp: string): Condition {
    if (verdict.message !== undefined) {
      const { status, reason = '', message } = verdict;
      return { type, status, lastProbeTime: null, lastTransitionTime: timestamp, reason, message };
    }
    if (timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      this.#conditions.clear();
      this.#true.clear();
    }
    if (verdict === TRUE) return this.#plainTrue(type, timestamp);
    const key = `${type}/${verdict.status}/${verdict.reason ?? ''}`;
    let condition = this.#conditions.get(key);
    if (condition === undefined) {
      const { status, reason } = verdict;
      const plain = { type, status, lastProbeTime: null, lastTransitionTime: timestamp };
      condition = reason === undefined ? plain : { ...plain, reason };
      this.#conditions.set(key, condition);
    }
    return condition;
  }

  #plainTrue(type: string, timestamp: string): Condition {
    let condition = this.#true.get(type);
    if (condition === undefined) {
      condition = { type, status: 'True', lastProbeTime: null, lastTransitionTime: timestamp };
      this.#true.set(type, condition);
    }
    return condition;
  }

  running(startedAt: string): ContainerState {
    let state = this.#running.get(startedAt);
    if (state === undefined) {
      if (this.#running.size === RUNNING_KEPT) this.#running.clear();
      state = { running: { startedAt } };
      this.#running.set(startedAt, state);
    }
    return state;
  }
}

/** The transition time moves only with the status; a condition that says nothing new stays the same object. */
function nextCondition(
  parts: StatusParts,
  previous: readonly Condition[] | undefined,
  type: string,
  verdict: Verdict,
  timestamp: string,
): Condition {
  let old: Condition | undefined;
  if (previous !== undefined) for (const condition of previous) if (condition.type === type) old = condition;
  if (old === undefined || old.status !== verdict.status) return parts.condition(type, verdict, timestamp);
  if (old.reason === verdict.reason && old.message === verdict.message) return old;
  return parts.condition(type, verdict, old.lastTransitionTime ?? timestamp);
}

function stateOf(worker: PodWorker, run: ContainerRun, parts: StatusParts): ContainerState {
  const { clock } = worker.kubelet.fleet;
  if (run.state === 'running') return parts.running(clock.timestampAt(run.startedAtMicros));
  const { trouble } = run;
  if (run.state === 'terminated' && trouble !== undefined) {
    const { exitCode, exitReason, exitMessage, finishedAtMicros } = trouble;
    return {
      terminated: {
        exitCode,
        reason: exitReason,
        ...(exitMessage === undefined ? {} : { message: exitMessage }),
        ...(run.id === ''
          ? {}
          : {
              startedAt: clock.timestampAt(run.startedAtMicros),
              finishedAt: clock.timestampAt(finishedAtMicros),
              containerID: run.id,
            }),
      },
    };
  }
  const reason = trouble?.waitingReason ?? (worker.shape.initCount > 0 ? 'PodInitializing' : 'ContainerCreating');
  const message = trouble?.waitingMessage;
  return { waiting: message === undefined ? { reason } : { reason, message } };
}

function runStatus(worker: PodWorker, run: ContainerRun, parts: StatusParts): ContainerStatus {
  run.status ??= newRunStatus(worker, run, parts);
  return run.status;
}

function newRunStatus(worker: PodWorker, run: ContainerRun, parts: StatusParts): ContainerStatus {
  const { id: containerID, restartCount } = run;
  const { name } = run.container;
  const { name: image, id: imageID } = run.image;
  const state = stateOf(worker, run, parts);
  const lastState = run.trouble?.lastState ?? NO_STATE;
  // An init container that has done its work counts as ready.
  const done = run.kind === 'init' && run.state === 'terminated' && run.trouble?.exitCode === 0;
  const ready = done || (run.state === 'running' && run.ready);
  const started = run.state === 'running' && run.started;
  return containerID === ''
    ? { name, state, lastState, ready, restartCount, image, imageID: '', started }
    : { name, state, lastState, ready, restartCount, image, imageID, containerID, started };
}

export function statuses(worker: PodWorker, parts: StatusParts): readonly ContainerStatus[] {
  const { shape, runs } = worker;
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) return [runStatus(worker, only, parts)];
  return shape.statusOrder.map((index) => runStatus(worker, runs[index] as ContainerRun, parts));
}

function initStatuses(worker: PodWorker, parts: StatusParts): readonly ContainerStatus[] | undefined {
  const { initCount } = worker.shape;
  if (initCount === 0) return undefined;
  const built: ContainerStatus[] = [];
  for (let index = 0; index < initCount; index++) {
    built.push(runStatus(worker, worker.runs[index] as ContainerRun, parts));
  }
  return built;
}

export function isUntouched(worker: PodWorker): boolean {
  for (const run of worker.runs) if (run.state !== 'waiting' || run.trouble !== undefined) return false;
  return true;
}

function hasMainStarted(worker: PodWorker): boolean {
  for (const run of worker.runs) if (run.kind === 'main' && run.id !== '') return true;
  return false;
}

export function allMainReady(worker: PodWorker): boolean {
  for (const run of worker.runs) if (run.state !== 'running' || !run.ready) return false;
  return true;
}

export interface Derived {
  readonly phase: PodPhase;
  readonly initialized: Verdict;
  readonly containersReady: Verdict;
}

export const RUNNING_READY: Derived = { phase: 'Running', initialized: TRUE, containersReady: TRUE };

function derive(worker: PodWorker, main: readonly ContainerStatus[], init?: readonly ContainerStatus[]): Derived {
  if (init === undefined && allMainReady(worker)) return RUNNING_READY;
  const { spec } = worker.pod;
  const all = init === undefined ? main : [...init, ...main];
  const phase =
    worker.ending === undefined
      ? podPhase(spec, all, worker.terminal, hasMainStarted(worker), worker.isStatic)
      : 'Failed';
  return {
    phase,
    initialized: initializedVerdict(spec, all, phase),
    containersReady: containersReadyVerdict(spec, all, phase),
  };
}

export function conditionsOf(worker: PodWorker, derived: Derived, parts: StatusParts): readonly Condition[] {
  const now = worker.kubelet.fleet.clock.nowTimestamp();
  const before = worker.sent?.conditions;
  const hasNetwork = worker.hasSandbox && worker.stage !== 'stopped';
  const ready = readyVerdict(worker.pod.spec, worker.pod.status?.conditions, derived.containersReady);
  return [
    nextCondition(parts, before, 'PodReadyToStartContainers', hasNetwork ? TRUE : FALSE, now),
    nextCondition(parts, before, 'Initialized', derived.initialized, now),
    nextCondition(parts, before, 'Ready', ready, now),
    nextCondition(parts, before, 'ContainersReady', derived.containersReady, now),
  ];
}

/** The status as the kubelet sees the Pod now. qosClass and foreign conditions are merged in when it is written. */
export function plainStatus(worker: PodWorker, parts: StatusParts): PodStatus {
  const { kubelet, shape } = worker;
  const untouched = isUntouched(worker);
  const main = untouched ? shape.waitingStatuses : statuses(worker, parts);
  const init = untouched ? shape.waitingInitStatuses : initStatuses(worker, parts);
  const derived =
    untouched && worker.ending === undefined
      ? {
          phase: 'Pending' as const,
          initialized: shape.waitingInitialized,
          containersReady: shape.waitingContainersReady,
        }
      : derive(worker, main, init);
  const { onHost } = shape;
  const address = onHost ? kubelet.hostIP : worker.address;
  return {
    phase: derived.phase,
    conditions: conditionsOf(worker, derived, parts),
    reason: worker.ending?.reason,
    message: worker.ending?.message,
    hostIP: kubelet.hostIP,
    hostIPs: kubelet.hostIPs,
    podIP: address === '' ? undefined : address,
    podIPs: address === '' ? undefined : onHost ? kubelet.hostIPs : [{ ip: address }],
    startTime: worker.startTime,
    initContainerStatuses: init,
    containerStatuses: main,
    qosClass: worker.pod.status?.qosClass,
    observedGeneration: worker.pod.metadata.generation,
  } as PodStatus;
}

function sameList(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** What the kubelet owns comes first, in a stored status too. */
function sameOwnConditions(a: readonly Condition[] | undefined, b: readonly Condition[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  for (let index = 0; index < OWN_CONDITIONS.size; index++) if (a[index] !== b[index]) return false;
  return true;
}

/**
 * Whether a stored status says what was sent. It then takes the place of what was sent, so that both are one object.
 */
export function isEcho(sent: PodStatus, stored: PodStatus | undefined): boolean {
  if (stored === sent) return true;
  return (
    stored !== undefined &&
    stored.containerStatuses === sent.containerStatuses &&
    stored.podIP === sent.podIP &&
    stored.reason === sent.reason &&
    stored.initContainerStatuses === sent.initContainerStatuses &&
    sameOwnConditions(stored.conditions, sent.conditions)
  );
}

/** Whether writing `next` after `sent` would change anything. */
export function isSameStatus(sent: PodStatus | undefined, next: PodStatus): boolean {
  return (
    sent !== undefined &&
    sent.phase === next.phase &&
    sent.podIP === next.podIP &&
    sent.reason === next.reason &&
    sameOwnConditions(sent.conditions, next.conditions) &&
    sameList(sent.containerStatuses, next.containerStatuses) &&
    sameList(sent.initContainerStatuses, next.initContainerStatuses)
  );
}

/** The Pod with this status: what others have written (PodScheduled, gates, nominatedNodeName) stays. */
export function withStatus(current: Pod, status: PodStatus): Pod {
  const stored = current.status;
  const conditions = mergedConditions(stored?.conditions ?? [], ownOf(status.conditions ?? []));
  return podOf(current, current.metadata, current.spec, mergedStatus(stored, status, conditions));
}

/** The kubelet's own conditions, which come first in every status that it has written or seen. */
function ownOf(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.length > OWN_CONDITIONS.size ? conditions.slice(0, OWN_CONDITIONS.size) : conditions;
}

/** Lists of conditions by their first and last: Pods that come to the same in the same second have one list. */
const mergedLists = new WeakMap<Condition, Map<Condition, (readonly Condition[])[]>>();
const LISTS_KEPT = 16;

/** The kubelet's own conditions, then those of others. */
export function mergedConditions(stored: readonly Condition[], own: readonly Condition[]): readonly Condition[] {
  let merged = own;
  // Not pushed: an array that grows keeps room for more.
  for (const condition of stored) if (!OWN_CONDITIONS.has(condition.type)) merged = merged.concat(condition);
  if (sameList(merged, lastShared)) return lastShared;
  lastShared = shared(merged);
  return lastShared;
}

/** What the Pod before came to, which is often what the next one does. */
let lastShared: readonly Condition[] = [];

/** The list, or one that was made before of the very same conditions. */
function shared(list: readonly Condition[]): readonly Condition[] {
  const first = list[0];
  const last = list.at(-1);
  if (first === undefined || last === undefined) return list;
  let byLast = mergedLists.get(first);
  if (byLast === undefined) {
    byLast = new Map();
    mergedLists.set(first, byLast);
  }
  const known = byLast.get(last);
  if (known === undefined) {
    byLast.set(last, [list]);
    return list;
  }
  // The latest first: those are met again.
  for (let i = known.length - 1; i >= 0; i--) {
    const each = known[i] as readonly Condition[];
    if (sameList(each, list)) return each;
  }
  if (known.length === LISTS_KEPT) known.shift();
  known.push(list);
  return list;
}

/** Absent fields are absent, not undefined. The two statuses that every Pod goes through are written without detours. */
function mergedStatus(stored: PodStatus | undefined, own: PodStatus, conditions: readonly Condition[]): PodStatus {
  const { phase, hostIP, hostIPs, podIP, podIPs, startTime, containerStatuses, observedGeneration } = own;
  const qosClass = stored?.qosClass ?? own.qosClass;
  if (isPlain(stored, own) && qosClass !== undefined && observedGeneration !== undefined) {
    return podIP === undefined
      ? { phase, conditions, hostIP, hostIPs, startTime, containerStatuses, qosClass, observedGeneration }
      : {
          phase,
          conditions,
          hostIP,
          hostIPs,
          podIP,
          podIPs,
          startTime,
          containerStatuses,
          qosClass,
          observedGeneration,
        };
  }
  const merged: Record<string, unknown> = {
    ...own,
    conditions,
    nominatedNodeName: stored?.nominatedNodeName,
    resourceClaimStatuses: stored?.resourceClaimStatuses,
    qosClass,
  };
  for (const field of Object.keys(merged)) if (merged[field] === undefined) delete merged[field];
  return merged as PodStatus;
}

function isPlain(stored: PodStatus | undefined, own: PodStatus): boolean {
  return (
    own.initContainerStatuses === undefined &&
    own.reason === undefined &&
    own.message === undefined &&
    stored?.nominatedNodeName === undefined &&
    stored?.resourceClaimStatuses === undefined
  );
}
