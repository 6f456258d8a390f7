/**
 * What happens to a Pod whose attempt failed: back into the queue, a nomination, an Event, the condition PodScheduled=False.
 * Source: pkg/scheduler/schedule_one.go handleSchedulingFailure, updatePod.
 */
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { withCondition, withNominatedNode } from './pod-condition.ts';
import { keyOf, type QueuedPod } from './queue/queued-pod.ts';
import type { SchedulerCore } from './scheduler-core.ts';

/** Longest text of an Event. Source: pkg/apis/core/validation NoteLengthLimit. */
const NOTE_LIMIT = 1024;

export interface FailedAttempt {
  readonly message: string;
  /** Unschedulable where plugins, or the lack of Nodes, stood in the way; SchedulerError else. */
  readonly reason: 'Unschedulable' | 'SchedulerError';
  /** Both empty after an error. */
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  /** '' clears the nomination; undefined leaves it. */
  readonly nominatedNodeName?: string;
}

const NO_PLUGINS: ReadonlySet<string> = new Set();

export function errorAttempt(message: string): FailedAttempt {
  return {
    message,
    reason: 'SchedulerError',
    unschedulablePlugins: NO_PLUGINS,
    pendingPlugins: NO_PLUGINS,
    nominatedNodeName: '',
  };
}

/** `done` runs when the status is written, or at once when there is nothing to write: until then the real scheduler stands still. */
export function handleFailure(core: SchedulerCore, queued: QueuedPod, attempt: FailedAttempt, done: () => void): void {
  const tried = queued.pod;
  queued.unschedulablePlugins = attempt.unschedulablePlugins;
  queued.pendingPlugins = attempt.pendingPlugins;
  const latest = core.pods.get(tried.metadata.namespace, tried.metadata.name);
  if (latest === undefined || latest.spec.nodeName) core.queue.done(tried);
  else {
    queued.pod = latest;
    core.queue.addUnschedulable(queued, core.sim.nowMicros);
    core.nominations.set(latest, attempt.nominatedNodeName);
  }
  core.recorder.event(tried, 'Warning', 'FailedScheduling', truncated(attempt.message));
  core.sim.trace.emit('scheduler.unscheduled', keyOf(tried), attempt.message);
  if (latest === undefined) done();
  else writeStatus(core, tried, attempt, done);
}

function truncated(message: string): string {
  const suffix = ' ...';
  return message.length <= NOTE_LIMIT ? message : message.slice(0, NOTE_LIMIT - suffix.length) + suffix;
}

function writeStatus(core: SchedulerCore, tried: Pod, attempt: FailedAttempt, done: () => void): void {
  const now = core.context.nowTimestamp();
  const { reason, message, nominatedNodeName } = attempt;
  const change = (pod: Pod): Pod => {
    const conditioned = withCondition(pod, { type: 'PodScheduled', status: 'False', reason, message }, now);
    return nominatedNodeName === undefined ? conditioned : withNominatedNode(conditioned, nominatedNodeName);
  };
  if (change(tried) === tried) {
    done();
    return;
  }
  const { namespace, name } = tried.metadata;
  core.client.patch(PODS, namespace, name, change, () => done(), 'status');
}
