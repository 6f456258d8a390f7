/**
 * Plans the slices of one Service again and again. Once the slices hold what was planned, a plan is made from the Pods that have
 * changed since; whatever is out of the ordinary is planned anew. Both give the same writes.
 */
import type { Node } from '../../objects/node.ts';
import type { Endpoint, EndpointSlice, Service } from '../../objects/service.ts';
import { type AddressType, isListedPod, podEndpoint } from './pod-endpoint.ts';
import { type PodPorts, portsReader } from './pod-ports.ts';
import type { Member, ServicePods } from './service-pods.ts';
import { type Drafts, endpointKey, placeRest, portsKey, reuse, sameBeyondHints } from './slice-packing.ts';
import {
  type DesiredEndpoints,
  desiredEndpoints,
  newSlice,
  sameLabels,
  sliceLabels,
  type SlicePlanInput,
  type SliceWrites,
  writesFor,
} from './slice-plan.ts';
import { trafficDistributionOf, withTrafficHint } from './traffic-hints.ts';

export interface SlicePlannerInput {
  readonly service: Service;
  readonly pods: ServicePods;
  readonly existing: readonly EndpointSlice[];
  readonly maxEndpoints: number;
  readonly addressType: AddressType;
  readonly nodeOf: (name: string) => Node | undefined;
  /** Differs when a Node that Pods are on may have gone, or come to be in another zone. */
  readonly nodesVersion: number;
}

/** What must be as it was for a plan from changes. */
interface Settled {
  readonly service: Service;
  readonly pods: ServicePods;
  readonly nodesVersion: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly group: PodPorts;
  readonly portsOf: ReturnType<typeof portsReader>;
  /** The endpoints of each slice. */
  lists: ReadonlySet<readonly Endpoint[] | null>;
}

/** A member whose endpoint comes, goes or is another than the one in the slices. */
interface Change {
  readonly member: Member;
  readonly placed: Endpoint | undefined;
  readonly now: Endpoint | undefined;
}

/** Beyond so many changes at once, all Pods are gone through. */
const MAX_CHANGES = 64;

export class SlicePlanner {
  /** The endpoints in the slices, when they are settled. */
  readonly #placed = new Map<Member, Endpoint>();
  #settled: Settled | undefined;

  /** `changed`: every member that has come, changed or gone since the last plan. */
  plan(input: SlicePlannerInput, changed: readonly Member[]): SliceWrites {
    return this.#planChanges(input, changed) ?? this.#planAnew(input);
  }

  #planAnew(input: SlicePlannerInput): SliceWrites {
    const { service, existing, maxEndpoints, addressType, nodeOf } = input;
    const plain: SlicePlanInput = { service, pods: input.pods.list(), existing, maxEndpoints, addressType, nodeOf };
    const desired = desiredEndpoints(plain);
    const writes = writesFor(desired, plain);
    this.#settle(input, desired, writes);
    return writes;
  }

  #settle(input: SlicePlannerInput, desired: DesiredEndpoints, writes: SliceWrites): void {
    this.#settled = undefined;
    this.#placed.clear();
    const [only] = desired.groups;
    if (only === undefined || desired.groups.size > 1 || !desired.allNodesKnown) return;
    const [key, group] = only;
    const lists = listsAfter(input.existing, writes);
    for (const endpoints of lists) {
      if ((endpoints?.length ?? 0) === 0) return;
      for (const endpoint of endpoints ?? []) {
        const member = input.pods.member(endpoint.targetRef?.uid ?? '');
        if (member !== undefined) this.#placed.set(member, endpoint);
      }
    }
    if (this.#placed.size !== group.endpoints.size) return;
    const { service, pods, nodesVersion } = input;
    const labels = sliceLabels(service);
    const portsOf = portsReader(service);
    this.#settled = { service, pods, nodesVersion, labels, group: { ports: group.ports, key }, portsOf, lists };
  }

  /** Undefined when the writes do not follow from the changes alone. */
  #planChanges(input: SlicePlannerInput, changed: readonly Member[]): SliceWrites | undefined {
    const settled = this.#settled;
    if (settled === undefined || changed.length > MAX_CHANGES || !isAsPlanned(settled, input)) return undefined;
    const changes = this.#changesOf(settled, input, changed);
    if (changes === undefined) return undefined;
    if (changes.length === 0) return NO_WRITES;
    const writes = writesOf(settled, input, changes);
    settled.lists = listsAfter(input.existing, writes);
    for (const { member, now } of changes) {
      if (now === undefined) this.#placed.delete(member);
      else this.#placed.set(member, now);
    }
    return writes;
  }

  #changesOf(settled: Settled, input: SlicePlannerInput, changed: readonly Member[]): Change[] | undefined {
    const distribution = trafficDistributionOf(input.service.spec.trafficDistribution);
    const changes: Change[] = [];
    let left = this.#placed.size;
    for (const member of changed) {
      const fresh = freshEndpoint(settled, input, member);
      if (fresh === null) return undefined;
      const placed = this.#placed.get(member);
      const same = placed !== undefined && fresh !== undefined && sameBeyondHints(fresh, placed);
      if (placed === fresh || (same && endpointKey(placed) === endpointKey(fresh))) continue;
      if (placed !== undefined) left--;
      if (fresh !== undefined) left++;
      changes.push({ member, placed, now: fresh === undefined ? undefined : withTrafficHint(fresh, distribution) });
    }
    // Without any endpoint there is one empty slice; a Pod in the place of another of its name takes its endpoint over.
    return left === 0 || hasNamesakes(changed) ? undefined : changes;
  }
}

const NO_WRITES: SliceWrites = { create: [], update: [], delete: [], withoutNode: [] };

function isAsPlanned(settled: Settled, { service, pods, nodesVersion, existing }: SlicePlannerInput): boolean {
  return (
    settled.service === service &&
    settled.pods === pods &&
    settled.nodesVersion === nodesVersion &&
    settled.lists.size === existing.length &&
    existing.every(
      (slice) =>
        settled.lists.has(slice.endpoints) &&
        sameLabels(slice.metadata.labels, settled.labels) &&
        (slice.ports === settled.group.ports || portsKey(slice.ports) === settled.group.key),
    )
  );
}

/** The endpoint that the member should have, undefined for none, null when it does not go with the others. */
function freshEndpoint(settled: Settled, input: SlicePlannerInput, member: Member): Endpoint | undefined | null {
  const { pod } = member;
  if (member.isGone || !isListedPod(pod, true)) return undefined;
  const node = input.nodeOf(pod.spec.nodeName ?? '');
  if (node === undefined || settled.portsOf(pod).key !== settled.group.key) return null;
  const endpoint = podEndpoint(pod, node, input.service, input.addressType, member.reference);
  return endpoint.addresses.length === 0 ? undefined : endpoint;
}

function hasNamesakes(changed: readonly Member[]): boolean {
  const gone = changed.filter((member) => member.isGone);
  if (gone.length === 0) return false;
  const names = new Set(gone.map((member) => member.pod.metadata.name));
  return changed.some((member) => !member.isGone && names.has(member.pod.metadata.name));
}

function listsAfter(existing: readonly EndpointSlice[], writes: SliceWrites): Set<readonly Endpoint[] | null> {
  const touched = new Set([...writes.update, ...writes.delete].map((slice) => slice.metadata.name));
  const lists = new Set<readonly Endpoint[] | null>();
  for (const slice of existing) if (!touched.has(slice.metadata.name)) lists.add(slice.endpoints);
  for (const slice of writes.update) lists.add(slice.endpoints);
  for (const slice of writes.create) lists.add(slice.endpoints);
  return lists;
}

function writesOf(settled: Settled, input: SlicePlannerInput, changes: readonly Change[]): SliceWrites {
  const { service, addressType, maxEndpoints } = input;
  const rest = changes.filter((change) => change.now !== undefined && !staysInPlace(change));
  if (rest.length > 1) rest.sort((x, y) => x.member.order - y.member.order);
  const endpoints = rest.map((change) => change.now as Endpoint);
  const plan = placeRest(draftsOf(input.existing, changes), endpoints, settled.group.ports, maxEndpoints);
  const { create, update, delete: remove } = reuse(plan.create, plan.update, plan.delete);
  return {
    create: create.map((slice) => newSlice(service, addressType, slice)),
    update,
    delete: remove,
    withoutNode: [],
  };
}

/** An endpoint of another key is another endpoint. */
function staysInPlace({ placed, now }: Change): boolean {
  return placed !== undefined && now !== undefined && endpointKey(placed) === endpointKey(now);
}

/** The existing slices after those changes that concern endpoints in them. */
function draftsOf(existing: readonly EndpointSlice[], changes: readonly Change[]): Drafts {
  const drafts: Drafts = { unchanged: [], update: [], delete: [] };
  let waiting = changes.filter((change) => change.placed !== undefined);
  for (const slice of existing) {
    const before = slice.endpoints as readonly Endpoint[];
    const here = waiting.filter((change) => before.includes(change.placed as Endpoint));
    if (here.length === 0) {
      drafts.unchanged.push(slice);
      continue;
    }
    waiting = waiting.filter((change) => !here.includes(change));
    const endpoints = changedEndpoints(before, here);
    if (endpoints.length === 0) drafts.delete.push(slice);
    else drafts.update.push({ slice, endpoints });
  }
  return drafts;
}

function changedEndpoints(before: readonly Endpoint[], changes: readonly Change[]): Endpoint[] {
  const endpoints: (Endpoint | undefined)[] = before.slice();
  let removed = false;
  for (const change of changes) {
    const at = endpoints.indexOf(change.placed);
    if (staysInPlace(change)) endpoints[at] = change.now;
    else {
      endpoints[at] = undefined;
      removed = true;
    }
  }
  return removed ? endpoints.filter((endpoint) => endpoint !== undefined) : (endpoints as Endpoint[]);
}
