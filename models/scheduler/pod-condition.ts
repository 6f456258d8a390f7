/**
 * Conditions of a Pod's status, as components of Kubernetes write them.
 * Source: pkg/api/v1/pod/util.go UpdatePodCondition.
 */
import type { Condition } from '../objects/meta.ts';
import type { Pod, PodStatus } from '../objects/pod.ts';

const NO_CONDITIONS: readonly Condition[] = [];

/** The Pod with that condition; the same Pod if it has it already. The time of transition changes with the status only. */
export function withCondition(pod: Pod, condition: Condition, nowTimestamp: string): Pod {
  const conditions = pod.status?.conditions ?? NO_CONDITIONS;
  const before = conditions.find((one) => one.type === condition.type);
  if (before !== undefined && isSame(before, condition)) return pod;
  const lastTransitionTime =
    before?.status === condition.status ? (before.lastTransitionTime ?? nowTimestamp) : nowTimestamp;
  const own: Condition = { lastProbeTime: null, ...condition, lastTransitionTime };
  const next = before === undefined ? [...conditions, own] : conditions.map((one) => (one === before ? own : one));
  return withStatus(pod, { conditions: next });
}

export function withStatus(pod: Pod, change: Partial<PodStatus>): Pod {
  return { ...pod, status: { ...pod.status, ...change } };
}

/** The Pod without a nominated Node; the same Pod if it has none. */
export function withNominatedNode(pod: Pod, nodeName: string): Pod {
  if ((pod.status?.nominatedNodeName ?? '') === nodeName) return pod;
  if (nodeName !== '') return withStatus(pod, { nominatedNodeName: nodeName });
  const { nominatedNodeName: _gone, ...status } = pod.status ?? {};
  return { ...pod, status };
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    (a.reason ?? '') === (b.reason ?? '') &&
    (a.message ?? '') === (b.message ?? '') &&
    (b.observedGeneration === undefined || a.observedGeneration === b.observedGeneration)
  );
}
