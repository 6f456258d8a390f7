/**
 * Services and what stands behind them, Ingresses and NetworkPolicies as `kubectl get` shows them.
 * Source: pkg/printers/internalversion/printers.go.
 */
import { formatLabels, formatLabelSelector } from '../label-selector.ts';
import type { KubeObject, LabelSelector } from '../meta.ts';
import type { Endpoints, EndpointSlice, Service, ServicePort } from '../service.ts';
import { age, columns, NONE, shortList, type TablePrinter, UNKNOWN, UNSET } from './table.ts';

interface LoadBalancerStatus {
  readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
}

/** Addresses in order, each once. */
function loadBalancerText(status: LoadBalancerStatus | undefined): string {
  const addresses = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean);
  return [...new Set(addresses)].sort().join(',');
}

function externalAddress({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : NONE;
    case 'LoadBalancer': {
      const balanced = loadBalancerText(status?.loadBalancer);
      if (external.length > 0) return [...(balanced === '' ? [] : [balanced]), ...external].join(',');
      return balanced || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return UNKNOWN;
  }
}

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol ?? ''}` : `${port}/${protocol ?? ''}`;
}

export const servicePrinter: TablePrinter<Service> = {
  columns: columns('Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector+'),
  row(service, now) {
    const { metadata, spec } = service;
    return [
      metadata.name,
      spec.type ?? '',
      spec.clusterIPs?.[0] ?? NONE,
      externalAddress(service),
      (spec.ports ?? []).map(portText).join(',') || NONE,
      age(metadata.creationTimestamp, now),
      formatLabels(spec.selector),
    ];
  },
};

/** An address and a port, the address in brackets when it has colons. */
function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** All ready addresses with each port, or bare where there are no ports. */
export function endpointAddresses({ subsets }: Endpoints): string[] {
  const list: string[] = [];
  for (const { addresses = [], ports = [] } of subsets ?? []) {
    if (ports.length === 0) list.push(...addresses.map(({ ip }) => ip));
    for (const { port } of ports) list.push(...addresses.map(({ ip }) => hostPort(ip, port ?? 0)));
  }
  return list;
}

export const endpointsPrinter: TablePrinter<Endpoints> = {
  columns: columns('Name', 'Endpoints', 'Age'),
  row(endpoints, now) {
    const { metadata, subsets } = endpoints;
    const text = subsets?.length ? shortList(endpointAddresses(endpoints), '') : NONE;
    return [metadata.name, text, age(metadata.creationTimestamp, now)];
  },
};

export const endpointSlicePrinter: TablePrinter<EndpointSlice> = {
  columns: columns('Name', 'AddressType', 'Ports', 'Endpoints', 'Age'),
  row({ metadata, addressType, ports, endpoints }, now) {
    const portTexts = (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)));
    const addresses = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
    return [
      metadata.name,
      addressType,
      shortList(portTexts, UNSET),
      shortList(addresses, UNSET),
      age(metadata.creationTimestamp, now),
    ];
  },
};

interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly unknown[];
  };
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus };
}

const SHOWN_HOSTS = 3;

/** Three hosts at most; what is said to be more counts all rules. */
function hostsText(rules: readonly { readonly host?: string }[]): string {
  const hosts: string[] = [];
  let isMore = false;
  for (const { host } of rules) {
    if (hosts.length === SHOWN_HOSTS) isMore = true;
    else if (host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return isMore ? `${hosts.join(',')} + ${rules.length - SHOWN_HOSTS} more...` : hosts.join(',');
}

export const ingressPrinter: TablePrinter<Ingress> = {
  columns: columns('Name', 'Class', 'Hosts', 'Address', 'Ports', 'Age'),
  row({ metadata, spec, status }, now) {
    return [
      metadata.name,
      spec?.ingressClassName ?? NONE,
      hostsText(spec?.rules ?? []),
      loadBalancerText(status?.loadBalancer),
      spec?.tls?.length ? '80, 443' : '80',
      age(metadata.creationTimestamp, now),
    ];
  },
};

interface NetworkPolicy extends KubeObject {
  readonly spec?: { readonly podSelector?: LabelSelector };
}

export const networkPolicyPrinter: TablePrinter<NetworkPolicy> = {
  columns: columns('Name', 'Pod-Selector', 'Age'),
  row({ metadata, spec }, now) {
    return [metadata.name, formatLabelSelector(spec?.podSelector ?? {}), age(metadata.creationTimestamp, now)];
  },
};
