/**
 * The conditions that a kubelet posts about its Node. Thousands of kubelets post the same in one second: they share the lists.
 * Source: pkg/kubelet/nodestatus/setters.go.
 */
import type { Condition, ConditionStatus } from '../objects/meta.ts';

type OwnCondition = Required<Omit<Condition, 'lastUpdateTime' | 'lastProbeTime' | 'observedGeneration'>>;

function condition(type: string, status: ConditionStatus, reason: string, message: string, now: string): OwnCondition {
  return { type, status, lastHeartbeatTime: now, lastTransitionTime: now, reason, message };
}

/** The lists that were last made, of Nodes that are Ready and of those that are not. */
const latest = new Map<boolean, { readonly now: string; readonly conditions: readonly OwnCondition[] }>();

/** `networkReady` decides whether the Node is Ready. */
export function nodeConditions(networkReady: boolean, now: string): readonly OwnCondition[] {
  let known = latest.get(networkReady);
  if (known?.now !== now) {
    known = { now, conditions: newConditions(networkReady, now) };
    latest.set(networkReady, known);
  }
  return known.conditions;
}

function newConditions(networkReady: boolean, now: string): readonly OwnCondition[] {
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

const NONE: readonly Condition[] = [];

/** By the kubelet's own list, and then by the stored one. */
const merges = new WeakMap<readonly Condition[], WeakMap<readonly Condition[], readonly Condition[]>>();

/** The stored conditions with the kubelet's own brought up to date; a transition time moves only with the status. */
export function mergeNodeConditions(
  given: readonly Condition[] | undefined,
  own: readonly OwnCondition[],
): readonly Condition[] {
  const stored = given ?? NONE;
  let ofOwn = merges.get(own);
  if (ofOwn === undefined) {
    ofOwn = new WeakMap();
    merges.set(own, ofOwn);
  }
  let merged = ofOwn.get(stored);
  if (merged === undefined) {
    merged = merge(stored, own);
    ofOwn.set(stored, merged);
  }
  return merged;
}

function merge(stored: readonly Condition[], own: readonly OwnCondition[]): readonly Condition[] {
  const merged = own.map((next): Condition => {
    const old = stored.find(({ type }) => type === next.type);
    if (old === undefined || old.status !== next.status || old.lastTransitionTime === undefined) return next;
    const { type, status, lastHeartbeatTime, reason, message } = next;
    return { type, status, lastHeartbeatTime, lastTransitionTime: old.lastTransitionTime, reason, message };
  });
  const foreign = stored.filter(({ type }) => !own.some((condition) => condition.type === type));
  // Not spread: a list that grows keeps room for more.
  return foreign.concat(merged);
}
