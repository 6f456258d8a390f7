/**
 * The two statuses that nearly every Pod goes through, before its containers are started and when all of them run, without the detours of
 * `pod-status.ts`, which stays the rule for all others and what the tests compare with. They are complete: built on the status that the
 * kubelet has seen, they take its place as they are, if it is still the stored one when the write comes.
 */
import type { Condition } from '../objects/meta.ts';
import type { Pod, PodStatus } from '../objects/pod.ts';
import { podOf } from '../objects/pod-copies.ts';
import {
  allMainReady,
  conditionsOf,
  type Derived,
  isUntouched,
  mergedConditions,
  RUNNING_READY,
  type StatusParts,
  statuses,
  withStatus,
} from './pod-status.ts';
import type { PodWorker } from './pod-worker.ts';

/** The conditions of all Pods of a template that are admitted in one second and were bound in one: theirs, and those of others behind. */
export interface StartConditions {
  readonly now: string;
  readonly stored: readonly Condition[] | undefined;
  readonly waiting: readonly Condition[];
  /** What they come to where all containers run, of the second in which that was last so. */
  readySince: string;
  ready: readonly Condition[];
}

/** The complete status as the kubelet sees the Pod now; undefined for a Pod that is not in one of the two usual states. */
export function usualStatus(worker: PodWorker, parts: StatusParts): PodStatus | undefined {
  return isUsual(worker) ? (waitingStatus(worker, parts) ?? runningStatus(worker, parts)) : undefined;
}

/** Nobody has put anything into the status but what each Pod has, and the kubelet has nothing special to say. */
function isUsual(worker: PodWorker): boolean {
  const { pod, shape, ending } = worker;
  const { status } = pod;
  return (
    ending === undefined &&
    shape.initCount === 0 &&
    status !== undefined &&
    status.qosClass !== undefined &&
    status.nominatedNodeName === undefined &&
    status.resourceClaimStatuses === undefined &&
    pod.metadata.generation !== undefined &&
    !shape.hasGates &&
    !shape.onHost
  );
}

function waitingStatus(worker: PodWorker, parts: StatusParts): PodStatus | undefined {
  const { pod, shape, kubelet, startTime, sent, hasSandbox, address } = worker;
  if (sent !== undefined || hasSandbox || address !== '' || !isUntouched(worker)) return undefined;
  worker.conditions = startConditions(worker, parts);
  return {
    phase: 'Pending',
    conditions: worker.conditions.waiting,
    hostIP: kubelet.hostIP,
    hostIPs: kubelet.hostIPs,
    startTime,
    containerStatuses: shape.waitingStatuses,
    qosClass: pod.status?.qosClass,
    observedGeneration: pod.metadata.generation,
  } as PodStatus;
}

function startConditions(worker: PodWorker, parts: StatusParts): StartConditions {
  const { shape, pod } = worker;
  const now = worker.kubelet.fleet.clock.nowTimestamp();
  const stored = pod.status?.conditions;
  const known = shape.conditions;
  if (known?.now === now && known.stored === stored) return known;
  const derived: Derived = {
    phase: 'Pending',
    initialized: shape.waitingInitialized,
    containersReady: shape.waitingContainersReady,
  };
  const waiting = mergedConditions(stored ?? [], conditionsOf(worker, derived, parts));
  shape.conditions = { now, stored, waiting, readySince: '', ready: waiting };
  return shape.conditions;
}

function runningStatus(worker: PodWorker, parts: StatusParts): PodStatus | undefined {
  const { pod, kubelet, startTime, hasSandbox, stage, address } = worker;
  if (!hasSandbox || stage === 'stopped' || address === '' || !allMainReady(worker)) return undefined;
  return {
    phase: 'Running',
    conditions: readyConditions(worker, parts),
    hostIP: kubelet.hostIP,
    hostIPs: kubelet.hostIPs,
    podIP: address,
    podIPs: [{ ip: address }],
    startTime,
    containerStatuses: statuses(worker, parts),
    qosClass: pod.status?.qosClass,
    observedGeneration: pod.metadata.generation,
  } as PodStatus;
}

function readyConditions(worker: PodWorker, parts: StatusParts): readonly Condition[] {
  const stored = worker.pod.status?.conditions;
  const start = worker.conditions;
  worker.conditions = undefined;
  const isFromStart = start !== undefined && stored === start.waiting && worker.sent?.conditions === start.waiting;
  const now = worker.kubelet.fleet.clock.nowTimestamp();
  if (isFromStart && start.readySince === now) return start.ready;
  const ready = mergedConditions(stored ?? [], conditionsOf(worker, RUNNING_READY, parts));
  if (isFromStart) {
    start.readySince = now;
    start.ready = ready;
  }
  return ready;
}

/** The Pod with the status that was built on `base`, if that is complete. */
export function withBuiltStatus(current: Pod, status: PodStatus, base: PodStatus | undefined): Pod {
  return base !== undefined && current.status === base
    ? podOf(current, current.metadata, current.spec, status)
    : withStatus(current, status);
}
