/**
 * The conditions that a kubelet posts about its Node.
 * Source: pkg/kubelet/nodestatus/setters.go.
 */
import type { Condition, ConditionStatus } from '../objects/meta.ts';

function condition(type: string, status: ConditionStatus, reason: string, message: string, now: string): Condition {
  return { type, status, lastHeartbeatTime: now, lastTransitionTime: now, reason, message };
}

/** `networkReady` decides whether the Node is Ready. */
export function nodeConditions(networkReady: boolean, now: string): readonly Condition[] {
  const ready = networkReady
    ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', now)
    : condition(
        'Ready',
        'False',
        'KubeletNotReady',
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        now,
      );
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', now),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', now),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', now),
    ready,
  ];
}

/** The stored conditions with the kubelet's own brought up to date; a transition time moves only with the status. */
export function mergeNodeConditions(
  stored: readonly Condition[] | undefined,
  own: readonly Condition[],
): readonly Condition[] {
  const merged = own.map((next) => {
    const old = stored?.find(({ type }) => type === next.type);
    if (old === undefined || old.status !== next.status || old.lastTransitionTime === undefined) return next;
    return { ...next, lastTransitionTime: old.lastTransitionTime };
  });
  const foreign = (stored ?? []).filter(({ type }) => !own.some((condition) => condition.type === type));
  return [...foreign, ...merged];
}
