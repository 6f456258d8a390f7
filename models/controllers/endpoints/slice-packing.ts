/**
 * How the endpoints of one Service are packed into EndpointSlices with as few writes as possible: existing slices
 * lose what is gone, those that change anyway are filled up first, then one more that can take the whole rest, and
 * only then come new ones. Slices are never rebalanced.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go (reconcileByPortMapping, finalize).
 */
import type { Endpoint, EndpointPort, EndpointSlice } from '../../objects/service.ts';

/** The endpoints that share one set of ports. `endpoints` is by `endpointKey`, in the order in which they are placed. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** A slice to be made: it has no object yet. */
export interface NewSlice {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** Writes. A slice in `update` has its new endpoints (and ports) already. */
export interface SlicePlan {
  readonly create: readonly NewSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
}

/** Two endpoints with the same key are versions of one. */
export function endpointKey(endpoint: Endpoint): string {
  const target = endpoint.targetRef;
  const addresses = endpoint.addresses.length === 1 ? endpoint.addresses[0] : endpoint.addresses.toSorted().join(',');
  return `${target?.namespace ?? ''}/${target?.name ?? ''}/${addresses}`;
}

/** Slices and endpoints with the same key may share a slice. The order of the ports does not count. */
export function portsKey(ports: readonly EndpointPort[] | null | undefined): string {
  return (ports ?? [])
    .map((port) => `${port.name ?? ''}|${port.port ?? ''}|${port.protocol ?? ''}|${port.appProtocol ?? ''}`)
    .sort()
    .join(';');
}

/** Whether nothing differs but hints. */
export function sameBeyondHints(x: Endpoint, y: Endpoint): boolean {
  if (x === y) return true;
  const a = x.conditions;
  const b = y.conditions;
  return (
    x.nodeName === y.nodeName &&
    x.zone === y.zone &&
    x.hostname === y.hostname &&
    a?.ready === b?.ready &&
    a?.serving === b?.serving &&
    a?.terminating === b?.terminating &&
    x.targetRef?.uid === y.targetRef?.uid &&
    x.targetRef?.kind === y.targetRef?.kind
  );
}

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: readonly Endpoint[];
}

/** Existing slices of one set of ports, sorted by what happens to them. */
export interface Drafts {
  readonly unchanged: EndpointSlice[];
  readonly update: Draft[];
  readonly delete: EndpointSlice[];
}

/** Takes what the existing slices hold already out of `wanted`. */
function keepExisting(existing: readonly EndpointSlice[], wanted: Map<string, Endpoint>): Drafts {
  const drafts: Drafts = { unchanged: [], update: [], delete: [] };
  for (const slice of existing) {
    const before = slice.endpoints ?? [];
    const kept: Endpoint[] = [];
    let changed = false;
    for (const endpoint of before) {
      const key = endpointKey(endpoint);
      const now = wanted.get(key);
      if (now === undefined) continue;
      wanted.delete(key);
      const same = sameBeyondHints(now, endpoint);
      // A changed endpoint has no hints until they are given again.
      kept.push(same ? endpoint : now);
      changed ||= !same;
    }
    if (!changed && kept.length === before.length) drafts.unchanged.push(slice);
    else if (kept.length === 0) drafts.delete.push(slice);
    else drafts.update.push({ slice, endpoints: kept });
  }
  return drafts;
}

/** Endpoints that are in no slice yet, in the order in which they are placed. */
class Waiting {
  readonly #endpoints: readonly Endpoint[];
  #next = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  get count(): number {
    return this.#endpoints.length - this.#next;
  }

  /** The endpoints with as many of those that wait as there is room for. */
  joining(endpoints: readonly Endpoint[], maxEndpoints: number): readonly Endpoint[] {
    const end = this.#next + Math.max(0, maxEndpoints - endpoints.length);
    const some = this.#endpoints.slice(this.#next, end);
    this.#next += some.length;
    // Unlike a list that is pushed to, this one has no room for more.
    return some.length === 0 ? endpoints : endpoints.concat(some);
  }
}

/** The unchanged slice with the least room that takes `count` more. */
function tightestFit(slices: readonly EndpointSlice[], count: number, maxEndpoints: number): number {
  let best = -1;
  let least = maxEndpoints;
  slices.forEach((slice, i) => {
    const room = maxEndpoints - count - (slice.endpoints?.length ?? 0);
    if (room >= 0 && room < least) {
      least = room;
      best = i;
    }
  });
  return best;
}

/** Writes for one set of ports, before slices that would go become those that would be made. */
export interface GroupPlan {
  readonly create: NewSlice[];
  readonly update: EndpointSlice[];
  readonly delete: EndpointSlice[];
}

/** Places the endpoints that no existing slice holds. */
export function placeRest(
  drafts: Drafts,
  rest: readonly Endpoint[],
  ports: EndpointGroup['ports'],
  maxEndpoints: number,
): GroupPlan {
  const waiting = new Waiting(rest);
  if (waiting.count > 0) {
    for (const draft of drafts.update.toSorted((x, y) => y.endpoints.length - x.endpoints.length)) {
      draft.endpoints = waiting.joining(draft.endpoints, maxEndpoints);
    }
  }
  const create: NewSlice[] = [];
  while (waiting.count > 0) {
    const fit = waiting.count < maxEndpoints ? tightestFit(drafts.unchanged, waiting.count, maxEndpoints) : -1;
    const slice = fit < 0 ? undefined : drafts.unchanged.splice(fit, 1)[0];
    const endpoints = waiting.joining(slice?.endpoints ?? [], maxEndpoints);
    if (slice === undefined) create.push({ ports, endpoints });
    else drafts.update.push({ slice, endpoints });
  }
  const update = drafts.update.map((draft) => ({ ...draft.slice, endpoints: draft.endpoints }));
  return { create, update, delete: drafts.delete };
}

/** Plans the slices of one set of ports. */
function planGroup(existing: readonly EndpointSlice[], group: EndpointGroup, maxEndpoints: number): GroupPlan {
  const wanted = new Map(group.endpoints);
  const drafts = keepExisting(existing, wanted);
  return placeRest(drafts, [...wanted.values()], group.ports, maxEndpoints);
}

/**
 * Plans all slices of one Service and address type. `existing` are the slices that it owns. A Service without any
 * endpoint keeps one empty slice. Slices that would be deleted become those that would be created, where there are both.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  groups: ReadonlyMap<string, EndpointGroup>,
  maxEndpoints: number,
): SlicePlan {
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports);
    const same = byPorts.get(key);
    if (same === undefined) byPorts.set(key, [slice]);
    else same.push(slice);
  }
  const create: NewSlice[] = [];
  const update: EndpointSlice[] = [];
  let remove: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const plan = planGroup(byPorts.get(key) ?? [], group, maxEndpoints);
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.delete);
  }
  for (const [key, slices] of byPorts) if (!groups.has(key)) remove.push(...slices);
  if (remove.length === existing.length && create.length === 0) {
    const only = remove[0];
    if (remove.length === 1 && only !== undefined && isPlaceholder(only)) remove = [];
    else create.push({ ports: [], endpoints: [] });
  }
  return reuse(create, update, remove);
}

function isPlaceholder(slice: EndpointSlice): boolean {
  return (slice.endpoints?.length ?? 0) === 0 && (slice.ports?.length ?? 0) === 0;
}

/** Slices that would be deleted become those that would be created, where there are both. */
export function reuse(create: NewSlice[], update: EndpointSlice[], remove: readonly EndpointSlice[]): SlicePlan {
  const left: EndpointSlice[] = [];
  for (const slice of remove) {
    const fresh = create.pop();
    if (fresh === undefined) left.push(slice);
    else update.push({ ...slice, ports: fresh.ports, endpoints: fresh.endpoints });
  }
  return { create, update, delete: left };
}
