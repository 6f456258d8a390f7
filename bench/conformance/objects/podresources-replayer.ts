/** Replays recorded requests, limits and quality-of-service classes of Pods. */
import type { Pod } from '../../../models/objects/pod.ts';
import {
  aggregateContainerRequests,
  podLevelLimitsSet,
  podLevelRequestsSet,
  podLevelResourcesSet,
  podLimits,
  podRequests,
  type ResourceAmounts,
} from '../../../models/objects/pod-resources.ts';
import { computeQos, qosOf } from '../../../models/objects/quality-of-service.ts';
import { formatQuantity } from '../../../models/objects/quantity.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface PodResourcesInput {
  readonly pod: Pod;
  readonly useStatusResources: boolean;
}

const NON_MISSING = { cpu: '100m', memory: '200Mi' };

function texts(amounts: ResourceAmounts): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}

function run({ pod, useStatusResources }: PodResourcesInput): unknown {
  const base = { useStatusResources };
  return {
    aggregateRequests: texts(aggregateContainerRequests(pod, base)),
    computePodQOS: computeQos(pod.spec),
    getPodQOS: qosOf(pod),
    limits: texts(podLimits(pod, base)),
    limitsNoOverhead: texts(podLimits(pod, { ...base, excludeOverhead: true })),
    limitsSkipPodLevel: texts(podLimits(pod, { ...base, skipPodLevelResources: true })),
    podLevelLimitsSet: podLevelLimitsSet(pod),
    podLevelRequestsSet: podLevelRequestsSet(pod),
    podLevelResourcesSet: podLevelResourcesSet(pod),
    requests: texts(podRequests(pod, base)),
    requestsNoOverhead: texts(podRequests(pod, { ...base, excludeOverhead: true })),
    requestsNonMissing: texts(podRequests(pod, { ...base, nonMissingContainerRequests: NON_MISSING })),
    requestsSkipPodLevel: texts(podRequests(pod, { ...base, skipPodLevelResources: true })),
  };
}

export const podResourcesReplayer = primitiveReplayer<PodResourcesInput>(
  'podresources',
  'Pod resources',
  (input, recorded) => ({ expected: recorded, found: run(input) }),
);
