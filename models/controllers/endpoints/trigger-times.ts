/**
 * When what a write of endpoints reacts to has happened: the earliest of the changes since the last write. It goes into
 * an annotation, from which the time to program the network is measured.
 * Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
 */
import type { Mutable } from '../../objects/field-layout.ts';
import type { ObjectMeta } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import type { Service } from '../../objects/service.ts';
import type { Member, ServicePods } from './service-pods.ts';

export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** When the Pod became ready, or ceased to be. */
function readySince(pod: Pod): string | undefined {
  const conditions = pod.status?.conditions;
  if (conditions === undefined) return undefined;
  for (const condition of conditions) if (condition.type === 'Ready') return condition.lastTransitionTime ?? undefined;
  return undefined;
}

function earlier(x: string | undefined, y: string): string {
  return x === undefined || y < x ? y : x;
}

/**
 * The times seen at the last write for one Service. Timestamps of one format compare as text. Only what is later than the time known
 * of a Pod of that name is new; the first write for a Service is for its creation, whatever its Pods say.
 */
export class TriggerTimes {
  #times = new Map<string, string>();
  /** Whose times these are. */
  #known: ServicePods | undefined;
  /** When the Service was created; undefined before the first write. */
  #service: string | undefined;

  /** The earliest change that is new, as a timestamp; undefined when there is none with a time. */
  next(service: Service, pods: Iterable<Pod>): string | undefined {
    const times = new Map<string, string>();
    let earliest: string | undefined;
    for (const pod of pods) {
      const since = readySince(pod);
      if (since === undefined) continue;
      if (this.#isNew(pod, since)) earliest = earlier(earliest, since);
      times.set(pod.metadata.name, since);
    }
    this.#times = times;
    return this.#withService(service, earliest);
  }

  /** The same from the Pods that have changed since the last call alone, where that is enough. */
  nextOf(service: Service, pods: ServicePods, changed: readonly Member[]): string | undefined {
    if (this.#known !== pods) {
      this.#known = pods;
      return this.next(service, pods.list());
    }
    let earliest: string | undefined;
    for (const { pod, isGone } of changed) {
      const since = isGone ? undefined : readySince(pod);
      if (since !== undefined && this.#isNew(pod, since)) earliest = earlier(earliest, since);
    }
    // Another Pod of the name of one that has gone may have come meanwhile: what is there comes last.
    for (const { pod, isGone } of changed) {
      if (isGone || readySince(pod) === undefined) this.#times.delete(pod.metadata.name);
    }
    for (const { pod, isGone } of changed) {
      const since = isGone ? undefined : readySince(pod);
      if (since !== undefined) this.#times.set(pod.metadata.name, since);
    }
    return this.#withService(service, earliest);
  }

  #isNew(pod: Pod, since: string): boolean {
    const known = this.#times.get(pod.metadata.name);
    return known === undefined || since > known;
  }

  #withService(service: Service, earliest: string | undefined): string | undefined {
    const created = service.metadata.creationTimestamp ?? '';
    const before = this.#service;
    this.#service = created;
    if (before === undefined) return created === '' ? undefined : created;
    return created > before ? earlier(earliest, created) : earliest;
  }
}

type Annotations = Readonly<Record<string, string>>;

/** The annotations with this time alone of all times that there were, at their end; undefined when there are none. */
function annotationsWith(old: Annotations | undefined, triggered: string | undefined): Annotations | undefined {
  const annotations: Record<string, string> = {};
  let isEmpty = triggered === undefined;
  for (const key in old) {
    if (key === LAST_CHANGE_TRIGGER_TIME) continue;
    annotations[key] = old[key] as string;
    isEmpty = false;
  }
  if (triggered !== undefined) annotations[LAST_CHANGE_TRIGGER_TIME] = triggered;
  return isEmpty ? undefined : annotations;
}

/**
 * The metadata for a write that reacts to a change at this time. The annotations come last. Copied field by field: a spread that gets
 * a new field leaves each copy with a hidden class of its own.
 */
export function withTriggerTime(
  metadata: ObjectMeta,
  annotations: Annotations | undefined,
  triggered: string | undefined,
): Mutable<ObjectMeta> {
  const fields = metadata as unknown as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const field in fields) if (field !== 'annotations') copy[field] = fields[field];
  const stamped = annotationsWith(annotations, triggered);
  if (stamped !== undefined) copy['annotations'] = stamped;
  return copy as unknown as Mutable<ObjectMeta>;
}
