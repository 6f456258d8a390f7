/** Replays which endpoints a recorded kube-proxy used for each port of a Service. */
import type { Labels } from '../../../models/objects/meta.ts';
import type { EndpointSlice, Service, ServicePort } from '../../../models/objects/service.ts';
import {
  categorizeEndpoints,
  endpointsOfPort,
  isExternallyAccessible,
  type ProxyEndpoint,
  usesCluster,
  usesLocal,
} from '../../../models/proxy/endpoint-categories.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface RecordedProxy {
  readonly service: Service;
  readonly endpointSlices: readonly EndpointSlice[];
  readonly nodeName: string;
  readonly topologyLabels: Labels;
}

interface RecordedOutcome {
  readonly healthCheckNodePorts: number;
  readonly localReadyEndpointIPs: number;
  readonly ports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Empty and absent lists are one: Go's nil. */
function texts(endpoints: readonly ProxyEndpoint[] | undefined): readonly string[] {
  return (endpoints ?? []).map(({ text }) => text).sort();
}

function portOutcome(input: RecordedProxy, port: ServicePort): Record<string, unknown> {
  const { service, nodeName } = input;
  const all = endpointsOfPort(input.endpointSlices, port, nodeName);
  const categories = categorizeEndpoints(all, service, nodeName, input.topologyLabels);
  return {
    all: texts(all),
    cluster: texts(categories.cluster),
    local: texts(categories.local),
    reachable: texts(categories.reachable),
    hasAnyEndpoints: categories.hasAny,
    usesCluster: usesCluster(service),
    usesLocal: usesLocal(service),
    internalPolicyLocal: service.spec.internalTrafficPolicy === 'Local',
    externalPolicyLocal: isExternallyAccessible(service) && service.spec.externalTrafficPolicy === 'Local',
    externallyAccessible: isExternallyAccessible(service),
  };
}

function withoutNil(outcome: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outcome).map(([key, value]) => [key, value ?? []]));
}

export const proxyEndpointsReplayer = primitiveReplayer<RecordedProxy>(
  'proxyendpoints',
  'endpoints used by kube-proxy',
  (input, recorded) => {
    const outcome = recorded as RecordedOutcome;
    const expected = Object.entries(outcome.ports).map(([name, port]) => [name, withoutNil(port)]);
    const ports = input.service.spec.ports ?? [];
    const found = ports.map((port) => [port.name ?? '', portOutcome(input, port)]);
    const byName = (a: unknown[], b: unknown[]): number => ((a[0] as string) < (b[0] as string) ? -1 : 1);
    return { expected: expected.sort(byName), found: found.sort(byName) };
  },
);
