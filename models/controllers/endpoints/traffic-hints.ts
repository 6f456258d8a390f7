/**
 * Hints on endpoints: which zones (and Nodes) should use them, from a Service's trafficDistribution. Endpoints that are
 * not ready keep the hints they have.
 * Source: staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go, topologycache (RemoveHintsFromSlices), KEP-4444.
 */
import type { Endpoint } from '../../objects/service.ts';

export type TrafficDistribution = 'PreferClose' | 'PreferSameZone' | 'PreferSameNode';

export function trafficDistributionOf(text: string | undefined): TrafficDistribution | undefined {
  return text === 'PreferClose' || text === 'PreferSameZone' || text === 'PreferSameNode' ? text : undefined;
}

function names(list: readonly { readonly name: string }[] | undefined): string {
  return (list ?? []).map((entry) => entry.name).join(',');
}

function hinted(endpoint: Endpoint, distribution: TrafficDistribution): Endpoint {
  if (endpoint.conditions?.ready !== true) return endpoint;
  const zone = endpoint.zone ?? '';
  const node = distribution === 'PreferSameNode' ? (endpoint.nodeName ?? '') : '';
  const before = endpoint.hints;
  if (names(before?.forZones) === zone && names(before?.forNodes) === node) return endpoint;
  const { hints: _hints, ...rest } = endpoint;
  if (zone === '' && node === '') return rest;
  return {
    ...rest,
    hints: {
      ...(zone === '' ? {} : { forZones: [{ name: zone }] }),
      ...(node === '' ? {} : { forNodes: [{ name: node }] }),
    },
  };
}

function unhinted(endpoint: Endpoint): Endpoint {
  if (endpoint.hints === undefined) return endpoint;
  const { hints: _hints, ...rest } = endpoint;
  return rest;
}

/** The endpoint with the hints it should have; the same one when they do not change. */
export function withTrafficHint(endpoint: Endpoint, distribution: TrafficDistribution | undefined): Endpoint {
  return distribution === undefined ? unhinted(endpoint) : hinted(endpoint, distribution);
}

/** The endpoints with the hints they should have; the same list when none changes. */
export function withTrafficHints(
  endpoints: readonly Endpoint[],
  distribution: TrafficDistribution | undefined,
): readonly Endpoint[] {
  let changed = false;
  const next = endpoints.map((endpoint) => {
    const fresh = withTrafficHint(endpoint, distribution);
    changed ||= fresh !== endpoint;
    return fresh;
  });
  return changed ? next : endpoints;
}
