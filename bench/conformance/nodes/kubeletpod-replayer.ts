/** Replays the kubelet's recorded decisions on Pods: phase and conditions, and what it would start and kill. */
import {
  computePodActions,
  type RuntimeContainer,
  type SandboxState,
  shouldContainerBeRestarted,
} from '../../../models/kubelet/pod-actions.ts';
import { containersReadyVerdict, initializedVerdict, readyVerdict } from '../../../models/kubelet/pod-conditions.ts';
import { podPhase } from '../../../models/kubelet/pod-phase.ts';
import { SOURCE_ANNOTATION } from '../../../models/kubelet/static-pods.ts';
import type { Condition } from '../../../models/objects/meta.ts';
import type { ContainerStatus, PodSpec } from '../../../models/objects/pod.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface StatusCall {
  readonly op: 'status';
  readonly spec: PodSpec;
  readonly annotations: Readonly<Record<string, string>> | null;
  readonly conditions: readonly Condition[] | null;
  readonly containerStatuses: readonly ContainerStatus[] | null;
  readonly initContainerStatuses: readonly ContainerStatus[] | null;
  readonly podIsTerminal: boolean;
  readonly podHasInitialized: boolean;
}

interface ActionsCall {
  readonly op: 'computePodActions';
  readonly spec: PodSpec;
  readonly deleting: boolean;
  readonly sandbox: SandboxState;
  readonly containers: readonly RuntimeContainer[] | null;
}

/** Attempt of the newest sandbox in each of the recorder's situations. */
const ATTEMPTS: Readonly<Record<SandboxState, number>> = { ready: 0, none: 0, notReady: 1, twoReady: 1, noIP: 0 };

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

function actions(call: ActionsCall): unknown {
  const pod = { ...call, containers: call.containers ?? [], attempt: ATTEMPTS[call.sandbox] };
  const all = [...(call.spec.initContainers ?? []), ...call.spec.containers];
  const shouldBeRestarted = Object.fromEntries(
    all.map((container) => [container.name, shouldContainerBeRestarted(container, pod)]),
  );
  return { ...computePodActions(pod), shouldBeRestarted };
}

export const kubeletPodReplayer = primitiveReplayer<StatusCall | ActionsCall>(
  'kubeletpod',
  'kubelet decisions on Pods',
  (call, expected) => ({ expected, found: call.op === 'status' ? status(call) : actions(call) }),
);
