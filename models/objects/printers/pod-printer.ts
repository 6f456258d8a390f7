/**
 * Pods as `kubectl get` shows them: readiness, what the Pod is doing, restarts.
 * Source: pkg/printers/internalversion/printers.go (printPod).
 */
import type { ContainerState, ContainerStatus, Pod } from '../pod.ts';
import { isSidecar } from '../pod-resources.ts';
import { timestampToSeconds } from '../timestamp.ts';
import { age, type Cell, columns, NONE, type TablePrinter } from './table.ts';

const UNREACHABLE = 'NodeLost';

/** Restarts counted together, and when the last of them was. */
class Restarts {
  count = 0;
  last: string | undefined;

  add(status: ContainerStatus): void {
    this.count += status.restartCount ?? 0;
    const finished = status.lastState?.terminated?.finishedAt;
    if (!finished) return;
    if (this.last === undefined || timestampToSeconds(this.last) < timestampToSeconds(finished)) this.last = finished;
  }

  text(nowSeconds: number): string {
    const ago = this.count !== 0 && this.last !== undefined ? ` (${age(this.last, nowSeconds)} ago)` : '';
    return `${this.count}${ago}`;
  }
}

/** Reason of a terminated state, or the signal or exit code that stands for it. */
function terminatedReason(state: NonNullable<ContainerState['terminated']>): string {
  if (state.reason) return state.reason;
  return state.signal ? `Signal:${state.signal}` : `ExitCode:${state.exitCode ?? 0}`;
}

interface Progress {
  reason: string;
  ready: number;
  restarts: Restarts;
}

function hasCondition(pod: Pod, type: string): boolean {
  const condition = pod.status?.conditions?.find((candidate) => candidate.type === type);
  return condition?.status === 'True';
}

/** Goes over the init containers up to the first that is not done. @returns whether there is one, and the restarts of sidecars. */
function lookAtInitContainers(pod: Pod, progress: Progress): { isInitializing: boolean; ofSidecars: Restarts } {
  const containers = pod.spec?.initContainers ?? [];
  const sidecars = new Set(containers.filter(isSidecar).map(({ name }) => name));
  const ofSidecars = new Restarts();
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    progress.restarts.add(status);
    const isRunningSidecar = sidecars.has(status.name);
    if (isRunningSidecar) ofSidecars.add(status);
    const { terminated, waiting } = status.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (isRunningSidecar && status.started) {
      if (status.ready) progress.ready++;
      continue;
    }
    if (terminated) progress.reason = `Init:${terminatedReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') progress.reason = `Init:${waiting.reason}`;
    else progress.reason = `Init:${i}/${containers.length}`;
    return { isInitializing: true, ofSidecars };
  }
  return { isInitializing: false, ofSidecars };
}

/** From the last container to the first, so that the first one's reason stays. */
function lookAtContainers(pod: Pod, progress: Progress): void {
  let isAnyRunning = false;
  const statuses = pod.status?.containerStatuses ?? [];
  for (let i = statuses.length - 1; i >= 0; i--) {
    const status = statuses[i] as ContainerStatus;
    progress.restarts.add(status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) progress.reason = waiting.reason;
    else if (terminated) progress.reason = terminatedReason(terminated);
    else if (status.ready && running) {
      isAnyRunning = true;
      progress.ready++;
    }
  }
  if (progress.reason !== 'Completed' || !isAnyRunning) return;
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  progress.reason = isReady ? 'Running' : 'NotReady';
}

function progressOf(pod: Pod): Progress {
  const status = pod.status ?? {};
  const progress: Progress = { reason: status.reason || (status.phase ?? ''), ready: 0, restarts: new Restarts() };
  const isGated = status.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  if (isGated) progress.reason = 'SchedulingGated';
  const { isInitializing, ofSidecars } = lookAtInitContainers(pod, progress);
  if (!isInitializing || hasCondition(pod, 'Initialized')) {
    progress.restarts = ofSidecars;
    lookAtContainers(pod, progress);
  }
  if (pod.metadata.deletionTimestamp) {
    if (status.reason === UNREACHABLE) progress.reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') progress.reason = 'Terminating';
  }
  return progress;
}

/** What stands in the column STATUS. */
export function podStatusText(pod: Pod): string {
  return progressOf(pod).reason;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const open = gates.filter(({ conditionType }) => hasCondition(pod, conditionType)).length;
  return `${open}/${gates.length}`;
}

export const podPrinter: TablePrinter<Pod> = {
  columns: columns('Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP+', 'Node+', 'Nominated Node+', 'Readiness Gates+'),
  row(pod, nowSeconds): readonly Cell[] {
    const { reason, ready, restarts } = progressOf(pod);
    const total = (pod.spec?.containers ?? []).length + (pod.spec?.initContainers ?? []).filter(isSidecar).length;
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      reason,
      restarts.text(nowSeconds),
      age(pod.metadata.creationTimestamp, nowSeconds),
      pod.status?.podIPs?.[0]?.ip || NONE,
      pod.spec?.nodeName || NONE,
      pod.status?.nominatedNodeName || NONE,
      readinessGates(pod),
    ];
  },
};

/** Conditions of a row of the Table; undefined for a Pod that is not at its end. */
export function podRowConditions(pod: Pod): readonly Record<string, string>[] | undefined {
  const row = { type: 'Completed', status: 'True' };
  switch (pod.status?.phase) {
    case 'Succeeded':
      return [{ ...row, reason: 'Succeeded', message: 'The pod has completed successfully.' }];
    case 'Failed':
      return [{ ...row, reason: 'Failed', message: 'The pod failed.' }];
    default:
      return undefined;
  }
}
