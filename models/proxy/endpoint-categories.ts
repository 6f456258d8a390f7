/**
 * Which endpoints of a Service port a Node's kube-proxy uses: usable ones, the fall-back to those that are terminating
 * but still serve, traffic policies and topology hints.
 * Source: pkg/proxy/topology.go (CategorizeEndpoints), pkg/proxy/endpointslicecache.go.
 */
import type { Labels } from '../objects/meta.ts';
import type { Endpoint, EndpointSlice, Service, ServicePort } from '../objects/service.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** One endpoint of one Service port, as kube-proxy keeps it. */
export interface ProxyEndpoint {
  /** "ip:port". */
  readonly text: string;
  readonly ip: string;
  readonly port: number;
  readonly nodeName: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: ReadonlySet<string> | undefined;
  readonly nodeHints: ReadonlySet<string> | undefined;
}

export interface EndpointCategories {
  /** For traffic that may go to any Node; undefined where no policy of the Service asks for it. */
  readonly cluster: readonly ProxyEndpoint[] | undefined;
  /** For traffic that has to stay on the Node. */
  readonly local: readonly ProxyEndpoint[] | undefined;
  /** Every endpoint that some traffic of this Node can reach. */
  readonly reachable: readonly ProxyEndpoint[];
  /** Whether there is a usable endpoint on any Node. */
  readonly hasAny: boolean;
}

/** Ports are found by name; an endpoint port without a number matches none. */
function portNumber(slice: EndpointSlice, port: ServicePort): number | undefined {
  for (const candidate of slice.ports ?? []) {
    if ((candidate.name ?? '') === (port.name ?? '') && candidate.port !== undefined) return candidate.port;
  }
  return undefined;
}

function hintsOf(endpoint: Endpoint): Pick<ProxyEndpoint, 'zoneHints' | 'nodeHints'> {
  const { forZones, forNodes } = endpoint.hints ?? {};
  return {
    zoneHints: forZones === undefined ? undefined : new Set(forZones.map(({ name }) => name)),
    nodeHints: forNodes === undefined ? undefined : new Set(forNodes.map(({ name }) => name)),
  };
}

function proxyEndpoint(endpoint: Endpoint, ip: string, port: number): ProxyEndpoint {
  const { ready, serving, terminating } = endpoint.conditions ?? {};
  return {
    text: `${ip}:${port}`,
    ip,
    port,
    nodeName: endpoint.nodeName ?? '',
    ready: ready ?? true,
    serving: serving ?? ready ?? true,
    terminating: terminating ?? false,
    ...hintsOf(endpoint),
  };
}

/**
 * Every IPv4 endpoint of one port, by "ip:port"; slices in the order of their names. Of two entries for one address the
 * earlier one counts, unless the later one says that it is on this Node.
 */
export function endpointsOfPort(
  slices: readonly EndpointSlice[],
  port: ServicePort,
  nodeName: string,
): readonly ProxyEndpoint[] {
  const byText = new Map<string, ProxyEndpoint>();
  const ordered = [...slices].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const slice of ordered) {
    if (slice.addressType !== 'IPv4') continue;
    const number = portNumber(slice, port);
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      const next = proxyEndpoint(endpoint, ip, number);
      if (next.nodeName === nodeName || !byText.has(next.text)) byText.set(next.text, next);
    }
  }
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** Whether traffic from outside the cluster has a way in. */
export function isExternallyAccessible(service: Service): boolean {
  const { type, externalIPs } = service.spec;
  return type === 'NodePort' || type === 'LoadBalancer' || (externalIPs?.length ?? 0) > 0;
}

export function usesLocal(service: Service): boolean {
  const { externalTrafficPolicy, internalTrafficPolicy } = service.spec;
  return internalTrafficPolicy === 'Local' || (isExternallyAccessible(service) && externalTrafficPolicy === 'Local');
}

/** Traffic from outside needs them under either policy: what the Node itself sends to it takes the short way. */
export function usesCluster(service: Service): boolean {
  return service.spec.internalTrafficPolicy !== 'Local' || isExternallyAccessible(service);
}

type Fits = (endpoint: ProxyEndpoint) => boolean;

/** Hints count only when every ready endpoint has one of that kind and one of them is for this Node or zone. */
function topologyFilter(endpoints: readonly ProxyEndpoint[], nodeName: string, labels: Labels | undefined): Fits {
  const zone = labels?.[ZONE_LABEL] ?? '';
  let allNodeHints = true;
  let someForNode = false;
  let allZoneHints = true;
  let someForZone = false;
  for (const { ready, nodeHints, zoneHints } of endpoints) {
    if (!ready) continue;
    if (nodeHints === undefined || nodeHints.size === 0) allNodeHints = false;
    else if (nodeHints.has(nodeName)) someForNode = true;
    if (zoneHints === undefined || zoneHints.size === 0) allZoneHints = false;
    else if (zoneHints.has(zone)) someForZone = true;
  }
  if (allNodeHints && someForNode) return ({ nodeHints }) => nodeHints?.has(nodeName) === true;
  if (allZoneHints && someForZone && zone !== '') return ({ zoneHints }) => zoneHints?.has(zone) === true;
  return () => true;
}

/** The endpoints that `fits`, ready ones if there are any, else those that are terminating and still serve. */
function usable(endpoints: readonly ProxyEndpoint[], fits: Fits): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready && fits(endpoint));
  if (ready.length > 0) return ready;
  return endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating && fits(endpoint));
}

/** What the kube-proxy of a Node does with the endpoints of one Service port. */
export function categorizeEndpoints(
  endpoints: readonly ProxyEndpoint[],
  service: Service,
  nodeName: string,
  labels: Labels | undefined,
): EndpointCategories {
  const wantsCluster = usesCluster(service);
  const wantsLocal = usesLocal(service);
  const fits = wantsCluster ? topologyFilter(endpoints, nodeName, labels) : (): boolean => true;
  let cluster: readonly ProxyEndpoint[] | undefined;
  let hasAny = false;
  if (wantsCluster) {
    const ready = endpoints.filter((endpoint) => endpoint.ready && fits(endpoint));
    cluster = ready.length > 0 ? ready : endpoints.filter(({ serving, terminating }) => serving && terminating);
    hasAny = cluster.length > 0;
  }
  if (!wantsLocal) return { cluster, local: undefined, reachable: cluster ?? [], hasAny };
  const local = usable(endpoints, (endpoint) => endpoint.nodeName === nodeName);
  hasAny ||= usable(endpoints, () => true).length > 0;
  const reachable = cluster === undefined ? [...local] : [...cluster];
  if (cluster !== undefined) for (const endpoint of local) if (!reachable.includes(endpoint)) reachable.push(endpoint);
  return { cluster, local, reachable, hasAny };
}
