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
import { ServicePods } from './service-pods.ts';

/** Called when the Service is new or gone, has changed, or its endpoints may have. */
export type MembershipListener = (serviceKey: string) => void;

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

/** The Services that select Pods of one set of labels, as long as no selector has changed. */
interface Selecting {
  readonly namespace: string;
  readonly selectors: number;
  readonly services: readonly ServicePods[];
}

const NO_LABELS: Labels = {};

export class ServiceMembers {
  readonly #services = new SelectorIndex<Service>(serviceSelector);
  readonly #members = new Map<string, ServicePods>();
  readonly #listeners: MembershipListener[] = [];
  readonly #pods: ObjectCache<Pod>;
  /** By labels, which the Pods of one template share. */
  readonly #selecting = new WeakMap<Labels, Selecting>();
  /** Counts changes of selectors. */
  #selectors = 0;

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

  /** Returns the number under which the listener reads what has changed of `podsOf`. */
  listen(listener: MembershipListener): number {
    for (const pods of this.#members.values()) pods.addReader();
    return this.#listeners.push(listener) - 1;
  }

  /** The Pods that the Service selects, whatever their state; undefined for a Service that is not known. */
  podsOf(serviceKey: string): ServicePods | undefined {
    return this.#members.get(serviceKey);
  }

  #changed(key: string): void {
    for (const listener of this.#listeners) listener(key);
  }

  #serviceChanged(service: Service, old: Service | undefined): void {
    const key = keyOf(service);
    this.#services.set(service);
    if (old === undefined || old.spec.selector !== service.spec.selector || old.spec.type !== service.spec.type) {
      this.#selectors++;
      this.#members.set(key, this.#selectedBy(service, key));
    }
    this.#changed(key);
  }

  #selectedBy(service: Service, key: string): ServicePods {
    const selector = serviceSelector(service);
    const pods = new ServicePods(key);
    for (const _reader of this.#listeners) pods.addReader();
    if (selector === undefined) return pods;
    for (const pod of this.#pods.list()) {
      const inside = pod.metadata.namespace === service.metadata.namespace;
      if (inside && matchesLabelSelector(selector, pod.metadata.labels)) pods.set(pod);
    }
    return pods;
  }

  #serviceDeleted(service: Service): void {
    this.#selectors++;
    this.#services.delete(service);
    this.#members.delete(keyOf(service));
    this.#changed(keyOf(service));
  }

  /** The Services that select the Pod. */
  #selectingOf({ metadata: { namespace = '', labels = NO_LABELS } }: Pod): readonly ServicePods[] {
    let known = this.#selecting.get(labels);
    if (known === undefined || known.selectors !== this.#selectors || known.namespace !== namespace) {
      const found = this.#services.matching(namespace, labels);
      const services = found.map((service) => this.#members.get(keyOf(service)) as ServicePods);
      known = { namespace, selectors: this.#selectors, services };
      this.#selecting.set(labels, known);
    }
    return known.services;
  }

  #podAdded(pod: Pod): void {
    if (this.#services.size === 0) return;
    for (const pods of this.#selectingOf(pod)) {
      pods.set(pod);
      if (hasAddress(pod)) this.#changed(pods.serviceKey);
    }
  }

  #podUpdated(old: Pod, current: Pod): void {
    if (this.#services.size === 0) return;
    const relabelled = old.metadata.labels !== current.metadata.labels || old.metadata.uid !== current.metadata.uid;
    if (relabelled) {
      for (const pods of this.#selectingOf(old)) {
        pods.delete(old.metadata.uid ?? '');
        this.#changed(pods.serviceKey);
      }
    }
    const matters = relabelled || endpointChanged(old, current);
    for (const pods of this.#selectingOf(current)) {
      pods.set(current);
      if (matters) this.#changed(pods.serviceKey);
    }
  }

  #podDeleted(pod: Pod): void {
    if (this.#services.size === 0) return;
    for (const pods of this.#selectingOf(pod)) {
      pods.delete(pod.metadata.uid ?? '');
      if (hasAddress(pod)) this.#changed(pods.serviceKey);
    }
  }
}
