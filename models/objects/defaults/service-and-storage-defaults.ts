/**
 * What the API server fills into Services, Nodes, Namespaces and the storage kinds.
 * Source: pkg/apis/{core,storage}/v1/defaults.go; for Services also pkg/registry/core/service/storage (families, without the addresses).
 */
import type { Namespace } from '../cluster-objects.ts';
import type { Node } from '../node.ts';
import type { KubeObject } from '../meta.ts';
import type { Service, ServicePort, ServiceSpec } from '../service.ts';
import type { PersistentVolumeClaim } from '../storage.ts';
import { storedResourceList } from './container-defaults.ts';
import { mapShared, withField, withMissing } from './missing-fields.ts';

const SESSION_TIMEOUT_SECONDS = 10_800;

/** A target port of 0 or "" is one that was left out. */
function defaultServicePort(port: ServicePort): ServicePort {
  const result = withMissing(port, { protocol: 'TCP' });
  return result.targetPort ? result : { ...result, targetPort: port.port };
}

export function defaultService(service: Service): Service {
  let spec: ServiceSpec = withMissing(service.spec ?? {}, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec.sessionAffinity === 'ClientIP') {
    spec = withMissing(spec, { sessionAffinityConfig: { clientIP: { timeoutSeconds: SESSION_TIMEOUT_SECONDS } } });
  }
  if (spec.ports) spec = withField(spec, 'ports', mapShared(spec.ports, defaultServicePort));
  if (spec.type !== 'ExternalName') {
    spec = withMissing(spec, {
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      externalTrafficPolicy: spec.type === 'ClusterIP' ? undefined : 'Cluster',
      allocateLoadBalancerNodePorts: spec.type === 'LoadBalancer' ? true : undefined,
    });
  }
  return withField(withMissing(service, { status: { loadBalancer: {} } }), 'spec', spec);
}

/** Allocatable is the capacity unless it is said. */
export function defaultNode(node: Node): Node {
  let { status } = node;
  if (status?.capacity) {
    status = withField(status, 'capacity', storedResourceList(status.capacity));
    status = withMissing(status, { allocatable: status.capacity });
  }
  if (status?.allocatable) status = withField(status, 'allocatable', storedResourceList(status.allocatable));
  const result = status && status !== node.status ? { ...node, status } : node;
  return withMissing(result, { spec: {} });
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

export function defaultNamespace(namespace: Namespace): Namespace {
  const { metadata } = namespace;
  if (!metadata.name || metadata.labels?.[NAME_LABEL] === metadata.name) return namespace;
  return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } };
}

export function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const spec = claim.spec && withMissing(claim.spec, { volumeMode: 'Filesystem' });
  return withMissing(withField(claim, 'spec', spec), { status: { phase: 'Pending' } });
}

type WithSpec = KubeObject & { readonly spec?: object };

/** An object whose specification gets the missing fields of `fallback`. */
export function withSpecDefaults<T extends KubeObject>(object: T, fallback: Readonly<Record<string, unknown>>): T {
  const { spec } = object as WithSpec;
  return spec ? (withField(object as WithSpec, 'spec', withMissing(spec, fallback)) as unknown as T) : object;
}
