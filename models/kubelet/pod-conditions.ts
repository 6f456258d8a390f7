/**
 * The conditions that the kubelet derives from the statuses of a Pod's containers: Initialized, ContainersReady and
 * Ready (with readiness gates). Times are put in where the status is written.
 * Source: pkg/kubelet/status/generate.go.
 */
import type { Condition } from '../objects/meta.ts';
import type { Container, ContainerStatus, PodPhase, PodSpec } from '../objects/pod.ts';

export type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The one verdict of what holds without more to say; compared by identity. */
export const TRUE: Verdict = { status: 'True' };
const TRUE_COMPLETED: Verdict = { status: 'True', reason: 'PodCompleted' };
const FALSE_COMPLETED: Verdict = { status: 'False', reason: 'PodCompleted' };
const FALSE_FAILED: Verdict = { status: 'False', reason: 'PodFailed' };
const UNKNOWN_STATUSES: Verdict = { status: 'False', reason: 'UnknownContainerStatuses' };

function statusOf(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  for (const status of statuses) if (status.name === name) return status;
  return undefined;
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

function message(unknown: readonly string[], other: readonly string[], what: string): string {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (other.length > 0) parts.push(`containers with ${what} status: [${other.join(' ')}]`);
  return parts.join(', ');
}

export function containersReadyVerdict(
  spec: PodSpec,
  statuses: readonly ContainerStatus[] | undefined,
  phase: PodPhase,
): Verdict {
  if (statuses === undefined) return UNKNOWN_STATUSES;
  const unknown: string[] = [];
  const unready: string[] = [];
  const look = (container: Container): void => {
    const status = statusOf(statuses, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (!status.ready) unready.push(container.name);
  };
  for (const container of spec.initContainers ?? []) if (isSidecar(container)) look(container);
  for (const container of spec.containers) look(container);
  if (phase === 'Succeeded' && unknown.length === 0) return FALSE_COMPLETED;
  if (phase === 'Failed') return FALSE_FAILED;
  if (unknown.length === 0 && unready.length === 0) return TRUE;
  return { status: 'False', reason: 'ContainersNotReady', message: message(unknown, unready, 'unready') };
}

function hasMainContainerStarted(spec: PodSpec, statuses: readonly ContainerStatus[]): boolean {
  for (const container of spec.containers) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) continue;
    if (status.state?.running !== undefined || status.state?.terminated !== undefined) return true;
  }
  return false;
}

/** `statuses`: those of init and main containers together. */
export function initializedVerdict(
  spec: PodSpec,
  statuses: readonly ContainerStatus[] | undefined,
  phase: PodPhase,
): Verdict {
  const initContainers = spec.initContainers ?? [];
  if (initContainers.length === 0) return phase === 'Succeeded' ? TRUE_COMPLETED : TRUE;
  if (statuses === undefined) return UNKNOWN_STATUSES;
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of initContainers) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return TRUE_COMPLETED;
  if (hasMainContainerStarted(spec, statuses)) return TRUE;
  if (unknown.length === 0 && incomplete.length === 0) return TRUE;
  return { status: 'False', reason: 'ContainersNotInitialized', message: message(unknown, incomplete, 'incomplete') };
}

/** Ready is ContainersReady and every readiness gate. `conditions`: those of the Pod so far, which hold the gates. */
export function readyVerdict(
  spec: PodSpec,
  conditions: readonly Condition[] | undefined,
  containersReady: Verdict,
): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const gates = spec.readinessGates;
  if (gates === undefined || gates.length === 0) return TRUE;
  const missing: string[] = [];
  for (const { conditionType } of gates) {
    const condition = conditions?.find(({ type }) => type === conditionType);
    if (condition === undefined) {
      missing.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (condition.status !== 'True') {
      missing.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`);
    }
  }
  if (missing.length === 0) return TRUE;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}
