/**
 * The phase of a Pod from the statuses of its containers.
 * Source: pkg/kubelet/kubelet_pods.go (getPhase).
 */
import type { ContainerStatus, PodPhase, PodSpec } from '../objects/pod.ts';

function statusOf(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  for (const status of statuses) if (status.name === name) return status;
  return undefined;
}

interface InitCounts {
  pending: number;
  failed: number;
  sidecarsPending: number;
  running: number;
  waiting: number;
  unknown: number;
}

function countInit(status: ContainerStatus | undefined, counts: InitCounts): void {
  const state = status?.state;
  if (state?.running !== undefined) counts.pending++;
  else if (state?.terminated !== undefined) {
    if (state.terminated.exitCode !== 0) counts.failed++;
  } else if (state?.waiting !== undefined && status?.lastState?.terminated !== undefined) {
    if (status.lastState.terminated.exitCode !== 0) counts.failed++;
  } else counts.pending++;
}

/** A sidecar that has ended, or waits to be started again, has no say in the phase. */
function countSidecar(status: ContainerStatus | undefined, counts: InitCounts): void {
  const state = status?.state;
  if (status === undefined) counts.unknown++;
  else if (state?.running !== undefined) {
    if (status.started !== true) counts.sidecarsPending++;
    counts.running++;
  } else if (state?.terminated !== undefined) return;
  else if (state?.waiting !== undefined) {
    if (status.lastState?.terminated !== undefined) return;
    counts.sidecarsPending++;
    counts.waiting++;
  } else {
    counts.sidecarsPending++;
    counts.unknown++;
  }
}

/** `podIsTerminal`: the kubelet has decided that no container runs again. `podHasInitialized`: main containers have run. */
export function podPhase(
  spec: PodSpec,
  statuses: readonly ContainerStatus[],
  podIsTerminal: boolean,
  podHasInitialized: boolean,
  isStaticPod = false,
): PodPhase {
  const counts: InitCounts = { pending: 0, failed: 0, sidecarsPending: 0, running: 0, waiting: 0, unknown: 0 };
  for (const container of spec.initContainers ?? []) {
    const status = statusOf(statuses, container.name);
    if (container.restartPolicy === 'Always') countSidecar(status, counts);
    else countInit(status, counts);
  }
  let stopped = 0;
  let succeeded = 0;
  for (const container of spec.containers) {
    const status = statusOf(statuses, container.name);
    const state = status?.state;
    if (state?.running !== undefined) counts.running++;
    else if (state?.terminated !== undefined) {
      stopped++;
      if (state.terminated.exitCode === 0) succeeded++;
    } else if (state?.waiting === undefined) counts.unknown++;
    else if (status?.lastState?.terminated !== undefined) stopped++;
    else counts.waiting++;
  }
  const restartPolicy = spec.restartPolicy ?? 'Always';
  if (counts.failed > 0 && restartPolicy === 'Never') return 'Failed';
  if (counts.pending > 0 || (counts.sidecarsPending > 0 && !podHasInitialized) || counts.waiting > 0) return 'Pending';
  if (counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (podIsTerminal && !isStaticPod) return stopped === succeeded ? 'Succeeded' : 'Failed';
  if (restartPolicy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}
