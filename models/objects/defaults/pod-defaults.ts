/**
 * What the API server fills into Pods and Pod templates. Parts that are shared stay shared: the specification of a template is
 * filled in once, and all Pods made from it have the very same object.
 * Source: pkg/apis/core/v1/defaults.go (SetDefaults_PodSpec, _Pod), zz_generated.defaults.go.
 */
import { hasFields } from '../field-layout.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../pod.ts';
import { podOf } from '../pod-copies.ts';
import { podRequests } from '../pod-resources.ts';
import { formatQuantity } from '../quantity.ts';
import { defaultContainer, storedResourceList, withRequestsFromLimits } from './container-defaults.ts';
import { mapShared, sharedByIdentity, withField, withMissing } from './missing-fields.ts';
import { defaultVolume } from './volume-defaults.ts';

const SECURITY_CONTEXT = {};
const SPEC = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: SECURITY_CONTEXT,
  schedulerName: 'default-scheduler',
};

/** The specification of a template. */
export const defaultPodSpec = sharedByIdentity((spec: PodSpec): PodSpec => {
  let result = withMissing(spec, SPEC);
  if (result.containers) {
    result = withField(result, 'containers', mapShared(result.containers, defaultContainer));
  }
  if (result.initContainers) {
    result = withField(result, 'initContainers', mapShared(result.initContainers, defaultContainer));
  }
  if (result.volumes) result = withField(result, 'volumes', mapShared(result.volumes, defaultVolume));
  if (result.overhead) result = withField(result, 'overhead', storedResourceList(result.overhead));
  // The two names of the account are one field in two spellings.
  const account = result.serviceAccountName ?? result.serviceAccount;
  if (account) result = withMissing(result, { serviceAccountName: account, serviceAccount: account });
  return result;
});

/** In the Node's network every port is a port of the Node. */
function withHostPorts(container: Container): Container {
  if (!container.ports) return container;
  const ports = mapShared(container.ports, (port) => withMissing(port, { hostPort: port.containerPort }));
  return withField(container, 'ports', ports);
}

/** Requests of the Pod as a whole that are missing: what its containers request, or else its limit. */
function withPodLevelRequests(spec: PodSpec): PodSpec {
  const { resources } = spec;
  if (!resources?.limits && !resources?.requests) return spec;
  const ofContainers = podRequests({ spec }, { skipPodLevelResources: true, excludeOverhead: true });
  const requests: Record<string, unknown> = { ...resources.requests };
  for (const [name, amount] of ofContainers) {
    if ((name === 'cpu' || name === 'memory') && requests[name] === undefined) requests[name] = formatQuantity(amount);
  }
  for (const [name, limit] of Object.entries(resources.limits ?? {})) requests[name] ??= limit;
  return { ...spec, resources: { ...resources, requests: requests as NonNullable<typeof resources.requests> } };
}

function requestsAreValid(spec: PodSpec): boolean {
  try {
    podRequests({ spec });
    return true;
  } catch {
    return false;
  }
}

/** The specification of a Pod: that of a template, and what only Pods get. */
export const defaultOwnPodSpec = sharedByIdentity((spec: PodSpec): PodSpec => {
  let result = withMissing(defaultPodSpec(spec), { enableServiceLinks: true });
  const change = result.hostNetwork
    ? (container: Container): Container => withHostPorts(withRequestsFromLimits(container))
    : withRequestsFromLimits;
  if (result.containers) result = withField(result, 'containers', mapShared(result.containers, change));
  if (result.initContainers) {
    result = withField(result, 'initContainers', mapShared(result.initContainers, change));
  }
  if (result.resources && requestsAreValid(result)) result = withPodLevelRequests(result);
  return result;
});

/** Fields of a Pod as a controller makes it. */
const POD_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec'] as const;

export function defaultPod(pod: Pod): Pod {
  if (!pod.spec) return pod;
  const spec = defaultOwnPodSpec(pod.spec);
  if (spec === pod.spec) return pod;
  return hasFields(pod, POD_FIELDS) ? podOf(pod, pod.metadata, spec, undefined) : withField(pod as Pod, 'spec', spec);
}

export const defaultTemplate = sharedByIdentity((template: PodTemplateSpec): PodTemplateSpec => {
  let result = withMissing(template, { metadata: {} });
  if (result.metadata?.creationTimestamp === null) {
    const { creationTimestamp: _none, ...metadata } = result.metadata;
    result = { ...result, metadata };
  }
  return result.spec ? withField(result, 'spec', defaultPodSpec(result.spec)) : result;
});
