/**
 * The subsets of one Service's Endpoints, kept from one sync to the next, so that making them anew costs as much as what has changed.
 * They are those of `endpointSubsets`; addresses that stay are the same objects, which makes them cheap to compare.
 */
import type { EndpointAddress, Service } from '../../objects/service.ts';
import {
  byAddress,
  type EndpointSubsets,
  type ListedAddress,
  listedAddress,
  shownPorts,
  subsetOf,
} from './endpoint-subsets.ts';
import { portsReader } from './pod-ports.ts';
import type { Member, ServicePods } from './service-pods.ts';

/** The addresses that share one set of ports, sorted. */
interface Draft {
  readonly shownPorts: ReturnType<typeof shownPorts>;
  readonly addresses: EndpointAddress[];
  readonly notReadyAddresses: EndpointAddress[];
  /** Undefined when addresses have come or gone since it was made. */
  subset: EndpointSubsets[number] | undefined;
}

export class KeptSubsets {
  readonly #drafts = new Map<string, Draft>();
  readonly #listed = new Map<Member, ListedAddress>();
  #service: Service | undefined;
  #pods: ServicePods | undefined;
  #portsOf: ReturnType<typeof portsReader> | undefined;

  /** `changed`: every member that has come, changed or gone since the last call. */
  of(service: Service, pods: ServicePods, changed: readonly Member[]): EndpointSubsets {
    const isOther = service !== this.#service || pods !== this.#pods;
    if (isOther) this.#startOver(service, pods);
    const portsOf = (this.#portsOf ??= portsReader(service));
    for (const member of isOther ? pods.members() : changed) {
      const fresh = member.isGone ? undefined : listedAddress(service, member.pod, portsOf, member.reference);
      this.#list(member, fresh);
    }
    return this.#subsets();
  }

  #startOver(service: Service, pods: ServicePods): void {
    this.#drafts.clear();
    this.#listed.clear();
    this.#service = service;
    this.#pods = pods;
    this.#portsOf = undefined;
  }

  #list(member: Member, fresh: ListedAddress | undefined): void {
    const old = this.#listed.get(member);
    if (old === fresh) return;
    const sameAddress = old !== undefined && fresh !== undefined && isSame(old.address, fresh.address);
    if (sameAddress && old.isReady === fresh.isReady && old.ports.key === fresh.ports.key) return;
    if (old !== undefined) this.#takeOut(old);
    if (fresh === undefined) {
      this.#listed.delete(member);
      return;
    }
    const listed = sameAddress ? { address: old.address, isReady: fresh.isReady, ports: fresh.ports } : fresh;
    this.#listed.set(member, listed);
    this.#putIn(listed);
  }

  #takeOut({ address, isReady, ports }: ListedAddress): void {
    const draft = this.#drafts.get(ports.key) as Draft;
    const list = isReady ? draft.addresses : draft.notReadyAddresses;
    list.splice(list.indexOf(address, placeOf(list, address)), 1);
    draft.subset = undefined;
    if (draft.addresses.length + draft.notReadyAddresses.length === 0) this.#drafts.delete(ports.key);
  }

  #putIn({ address, isReady, ports }: ListedAddress): void {
    let draft = this.#drafts.get(ports.key);
    if (draft === undefined) {
      draft = { shownPorts: shownPorts(ports.ports), addresses: [], notReadyAddresses: [], subset: undefined };
      this.#drafts.set(ports.key, draft);
    }
    const list = isReady ? draft.addresses : draft.notReadyAddresses;
    list.splice(placeOf(list, address), 0, address);
    draft.subset = undefined;
  }

  #subsets(): EndpointSubsets {
    const keys = [...this.#drafts.keys()];
    if (keys.length > 1) keys.sort();
    return keys.map((key) => {
      const draft = this.#drafts.get(key) as Draft;
      // What has been handed out is never changed.
      draft.subset ??= subsetOf(draft.shownPorts, draft.addresses.slice(), draft.notReadyAddresses.slice());
      return draft.subset;
    });
  }
}

/** The reference is the member's. */
function isSame(old: EndpointAddress, fresh: EndpointAddress): boolean {
  return old.ip === fresh.ip && old.nodeName === fresh.nodeName && old.hostname === fresh.hostname;
}

/** Where the first address is that does not come before the given one. */
function placeOf(list: readonly EndpointAddress[], address: EndpointAddress): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byAddress(list[middle] as EndpointAddress, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
