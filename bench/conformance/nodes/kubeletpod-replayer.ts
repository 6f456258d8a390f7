/** Replays the kubelet's recorded decisions on Pods: phase and conditions, and what it would start and kill. */
import { containersReadyVerdict, initializedVerdict, readyVerdict } from '../../../models/kubelet/pod-conditions.ts';
import { podPhase } from '../../../models/kubelet/pod-phase.ts';
import { SOURCE_ANNOTATION } from '../../../models/kubelet/static-pods.ts';
import type { Condition } from '../../../models/objects/meta.ts';
import type { ContainerStatus, PodSpec } from '../../../models/objects/pod.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface StatusCall {
  readonly op: 'status' | 'computePodActions';
  readonly spec: PodSpec;
  readonly annotations: Readonly<Record<string, string>> | null;
  readonly conditions: readonly Condition[] | null;
  readonly containerStatuses: readonly ContainerStatus[] | null;
  readonly initContainerStatuses: readonly ContainerStatus[] | null;
  readonly podIsTerminal: boolean;
  readonly podHasInitialized: boolean;
}

class NotModelledError extends Error {}

function status(call: StatusCall): unknown {
  const all = [...(call.containerStatuses ?? []), ...(call.initContainerStatuses ?? [])];
  const source = call.annotations?.[SOURCE_ANNOTATION] ?? 'api';
  const phase = podPhase(call.spec, all, call.podIsTerminal, call.podHasInitialized, source !== 'api');
  const statuses = all.length === 0 ? undefined : all;
  const containersReady = containersReadyVerdict(call.spec, statuses, phase);
  return {
    phase,
    ContainersReady: containersReady,
    Ready: readyVerdict(call.spec, call.conditions ?? undefined, containersReady),
    Initialized: initializedVerdict(call.spec, statuses, phase),
  };
}

export const kubeletPodReplayer = primitiveReplayer<StatusCall>(
  'kubeletpod',
  'kubelet decisions on Pods',
  (call, expected) => {
    if (call.op === 'status') return { expected, found: status(call) };
    throw new NotModelledError(`operation '${call.op}' is not replayed`);
  },
);
