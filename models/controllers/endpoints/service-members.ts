/**
 * Which Pods each Service selects, kept up to date from each change of a Pod or Service. The controllers of Endpoints
 * and EndpointSlices share it.
 * Source of what counts as a change: staging/src/k8s.io/endpointslice/util/controller_utils.go (podEndpointsChanged).
 */
import type { LabelSelector, Labels } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { PODS, SERVICES } from '../../objects/resources.ts';
import type { Service } from '../../objects/service.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { matchesLabelSelector } from '../label-match.ts';
import { isPodReady, isPodTerminal, keyOf } from '../pod-facts.ts';
import { SelectorIndex } from '../selector-index.ts';

export interface MembershipListener {
  /** The Service is new, has changed, or its endpoints may have. */
  changed(serviceKey: string): void;
  /** A Pod has left the Service, or is gone. */
  left?(serviceKey: string, podUid: string): void;
}

const selectors = new WeakMap<Labels, LabelSelector>();

/** Undefined for a Service that takes no endpoints from Pods. */
export function serviceSelector(service: Service): LabelSelector | undefined {
  const labels = service.spec.selector;
  if (labels === undefined || service.spec.type === 'ExternalName') return undefined;
  let selector = selectors.get(labels);
  if (selector === undefined) {
    selector = { matchLabels: labels };
    selectors.set(labels, selector);
  }
  return selector;
}

function hasAddress(pod: Pod): boolean {
  return (pod.status?.podIP ?? '') !== '' || (pod.status?.podIPs?.length ?? 0) > 0;
}

/** Whether the Pod as an endpoint may differ. */
function endpointChanged(old: Pod, current: Pod): boolean {
  if (old.metadata.deletionTimestamp !== current.metadata.deletionTimestamp) return true;
  if (old.status === current.status && old.spec === current.spec) return false;
  return (
    isPodReady(old) !== isPodReady(current) ||
    isPodTerminal(old) !== isPodTerminal(current) ||
    old.status?.podIP !== current.status?.podIP ||
    (old.status?.podIPs?.length ?? 0) !== (current.status?.podIPs?.length ?? 0) ||
    (old.spec.nodeName !== current.spec.nodeName && hasAddress(current)) ||
    old.spec.hostname !== current.spec.hostname
  );
}

export class ServiceMembers {
  readonly #services = new SelectorIndex<Service>(serviceSelector);
  readonly #members = new Map<string, Map<string, Pod>>();
  readonly #listeners: MembershipListener[] = [];
  readonly #pods: ObjectCache<Pod>;

  constructor(context: ControllerContext) {
    this.#pods = context.cache(PODS);
    const services = context.cache(SERVICES);
    services.addHandler({
      added: (service) => this.#serviceChanged(service, undefined),
      updated: (old, current) => this.#serviceChanged(current, old),
      deleted: (service) => this.#serviceDeleted(service),
    });
    this.#pods.addHandler({
      added: (pod) => this.#podAdded(pod),
      updated: (old, current) => this.#podUpdated(old, current),
      deleted: (pod) => this.#podDeleted(pod),
    });
  }

  listen(listener: MembershipListener): void {
    this.#listeners.push(listener);
  }

  /** The Pods that the Service selects, whatever their state. */
  podsOf(serviceKey: string): Iterable<Pod> {
    return this.#members.get(serviceKey)?.values() ?? [];
  }

  #changed(key: string): void {
    for (const listener of this.#listeners) listener.changed(key);
  }

  #left(key: string, uid: string): void {
    this.#members.get(key)?.delete(uid);
    for (const listener of this.#listeners) listener.left?.(key, uid);
  }

  #serviceChanged(service: Service, old: Service | undefined): void {
    const key = keyOf(service);
    this.#services.set(service);
    if (old === undefined || old.spec.selector !== service.spec.selector || old.spec.type !== service.spec.type) {
      const selector = serviceSelector(service);
      const members = new Map<string, Pod>();
      if (selector !== undefined) {
        for (const pod of this.#pods.list()) {
          const inside = pod.metadata.namespace === service.metadata.namespace;
          if (inside && matchesLabelSelector(selector, pod.metadata.labels)) members.set(pod.metadata.uid ?? '', pod);
        }
      }
      this.#members.set(key, members);
    }
    this.#changed(key);
  }

  #serviceDeleted(service: Service): void {
    this.#services.delete(service);
    this.#members.delete(keyOf(service));
    this.#changed(keyOf(service));
  }

  #podAdded(pod: Pod): void {
    if (this.#services.size === 0) return;
    for (const service of this.#services.matching(pod.metadata.namespace, pod.metadata.labels)) {
      const key = keyOf(service);
      this.#members.get(key)?.set(pod.metadata.uid ?? '', pod);
      if (hasAddress(pod)) this.#changed(key);
    }
  }

  #podUpdated(old: Pod, current: Pod): void {
    if (this.#services.size === 0) return;
    const uid = current.metadata.uid ?? '';
    const relabelled = old.metadata.labels !== current.metadata.labels || old.metadata.uid !== uid;
    if (relabelled) {
      for (const service of this.#services.matching(old.metadata.namespace, old.metadata.labels)) {
        this.#left(keyOf(service), old.metadata.uid ?? '');
        this.#changed(keyOf(service));
      }
    }
    const matters = relabelled || endpointChanged(old, current);
    for (const service of this.#services.matching(current.metadata.namespace, current.metadata.labels)) {
      const key = keyOf(service);
      this.#members.get(key)?.set(uid, current);
      if (matters) this.#changed(key);
    }
  }

  #podDeleted(pod: Pod): void {
    if (this.#services.size === 0) return;
    for (const service of this.#services.matching(pod.metadata.namespace, pod.metadata.labels)) {
      this.#left(keyOf(service), pod.metadata.uid ?? '');
      if (hasAddress(pod)) this.#changed(keyOf(service));
    }
  }
}
