/**
 * The names that CoreDNS's kubernetes plugin answers, from what its informers hold: Services, endpoints, namespaces.
 * Source: kubernetes/dns specification; coredns plugin/kubernetes.
 */
import type { Client, WatchEvent } from '../client/client.ts';
import { parseAddress } from '../kubelet/address-pool.ts';
import type { Namespace } from '../objects/cluster-objects.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../objects/resources.ts';
import type { Endpoint, EndpointSlice, Service } from '../objects/service.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

export interface SrvRecord {
  readonly target: string;
  readonly port: number;
}

/** `NOERROR` without addresses: the name exists, but not with this type. `FORWARD`: not a name of this zone. */
export type DnsAnswer =
  | { readonly code: 'NOERROR'; readonly addresses: readonly string[]; readonly srv?: readonly SrvRecord[] }
  | { readonly code: 'CNAME'; readonly target: string }
  | { readonly code: 'NXDOMAIN' }
  | { readonly code: 'FORWARD' };

const NXDOMAIN: DnsAnswer = { code: 'NXDOMAIN' };
const EMPTY: DnsAnswer = { code: 'NOERROR', addresses: [] };

export class DnsRecords {
  readonly #zone: string;
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice[]>();
  readonly #namespaces = new Set<string>();

  constructor(client: Client, clusterDomain: string) {
    this.#zone = clusterDomain;
    client.watch(SERVICES, {}, this.#onService);
    client.watch(ENDPOINT_SLICES, {}, this.#onSlice);
    client.watch(NAMESPACES, {}, this.#onNamespace);
  }

  readonly #onService = (event: WatchEvent<Service>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const key = `${event.object.metadata.namespace ?? 'default'}/${event.object.metadata.name}`;
    if (event.type === 'DELETED') this.#services.delete(key);
    else this.#services.set(key, event.object);
  };

  readonly #onSlice = (event: WatchEvent<EndpointSlice>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const slice = event.object;
    const owner = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    if (owner === undefined) return;
    const key = `${slice.metadata.namespace ?? 'default'}/${owner}`;
    const others = (this.#slices.get(key) ?? []).filter(({ metadata }) => metadata.name !== slice.metadata.name);
    if (event.type !== 'DELETED') others.push(slice);
    if (others.length === 0) this.#slices.delete(key);
    else this.#slices.set(key, others);
  };

  readonly #onNamespace = (event: WatchEvent<Namespace>): void => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    if (event.type === 'DELETED') this.#namespaces.delete(event.object.metadata.name);
    else this.#namespaces.add(event.object.metadata.name);
  };

  /** Answers a fully qualified name, without its last dot, for A (or SRV) records. */
  resolve(name: string, type: 'A' | 'SRV' = 'A'): DnsAnswer {
    const suffix = `.${this.#zone}`;
    if (name === this.#zone) return EMPTY;
    if (!name.endsWith(suffix)) return { code: 'FORWARD' };
    const labels = name.slice(0, -suffix.length).split('.');
    const section = labels.pop();
    const namespace = labels.pop();
    if (section !== 'svc' && section !== 'pod') return NXDOMAIN;
    if (namespace === undefined) return EMPTY;
    if (!this.#namespaces.has(namespace)) return NXDOMAIN;
    if (labels.length === 0) return EMPTY;
    return section === 'pod' ? podAddress(labels) : this.#service(labels, namespace, type);
  }

  #service(labels: readonly string[], namespace: string, type: 'A' | 'SRV'): DnsAnswer {
    const name = labels.at(-1) as string;
    const service = this.#services.get(`${namespace}/${name}`);
    if (service === undefined) return NXDOMAIN;
    if (service.spec.type === 'ExternalName') return { code: 'CNAME', target: service.spec.externalName ?? '' };
    const front = labels.slice(0, -1);
    const isHeadless = service.spec.clusterIP === 'None';
    if (type === 'SRV') return this.#srv(front, service, namespace);
    if (front.length === 0) {
      if (!isHeadless) return { code: 'NOERROR', addresses: [service.spec.clusterIP ?? ''] };
      const addresses = this.#endpoints(service).flatMap((endpoint) => endpoint.addresses);
      return addresses.length > 0 ? { code: 'NOERROR', addresses } : EMPTY;
    }
    if (front.length > 1 || !isHeadless) return NXDOMAIN;
    const own = this.#endpoints(service).filter((endpoint) => endpointName(endpoint) === front[0]);
    return own.length > 0 ? { code: 'NOERROR', addresses: own.flatMap(({ addresses }) => addresses) } : NXDOMAIN;
  }

  /** `_port._protocol.service.namespace.svc.zone`; a headless Service has one record for each endpoint. */
  #srv(front: readonly string[], service: Service, namespace: string): DnsAnswer {
    const [portLabel, protocolLabel] = front;
    if (front.length !== 2 || portLabel?.[0] !== '_' || protocolLabel?.[0] !== '_') return NXDOMAIN;
    const port = service.spec.ports?.find(
      (candidate) =>
        candidate.name === portLabel.slice(1) && (candidate.protocol ?? 'TCP').toLowerCase() === protocolLabel.slice(1),
    );
    if (port === undefined) return NXDOMAIN;
    const base = `${service.metadata.name}.${namespace}.svc.${this.#zone}`;
    if (service.spec.clusterIP !== 'None') {
      return { code: 'NOERROR', addresses: [], srv: [{ target: base, port: port.port }] };
    }
    const srv = this.#endpoints(service).map((endpoint) => ({
      target: `${endpointName(endpoint)}.${base}`,
      port: port.port,
    }));
    return { code: 'NOERROR', addresses: [], srv };
  }

  #endpoints(service: Service): Endpoint[] {
    const key = `${service.metadata.namespace ?? 'default'}/${service.metadata.name}`;
    const endpoints: Endpoint[] = [];
    for (const slice of this.#slices.get(key) ?? []) {
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready !== false || service.spec.publishNotReadyAddresses === true) {
          endpoints.push(endpoint);
        }
      }
    }
    return endpoints;
  }
}

/** The Pod's hostname, or its address with dashes. */
function endpointName(endpoint: Endpoint): string {
  return endpoint.hostname ?? (endpoint.addresses[0] ?? '').replaceAll('.', '-');
}

/** Mode `insecure`: any address is answered without looking. */
function podAddress(labels: readonly string[]): DnsAnswer {
  const address = labels.length === 1 ? (labels[0] as string).replaceAll('-', '.') : '';
  return parseAddress(address) === undefined ? NXDOMAIN : { code: 'NOERROR', addresses: [address] };
}
