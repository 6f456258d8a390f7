/**
 * When what a write of endpoints reacts to has happened: the earliest of the changes since the last write. It goes into
 * an annotation, from which the time to program the network is measured.
 * Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
 */
import type { Pod } from '../../objects/pod.ts';
import type { Service } from '../../objects/service.ts';
import type { Member } from './service-pods.ts';

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

/** The last times seen for one Service. Timestamps of one format compare as text. */
export class TriggerTimes {
  readonly #pods = new Map<string, string>();
  #service = '';

  /** The earliest change that is new, as a timestamp; undefined when there is none with a time. */
  next(service: Service, pods: Iterable<Pod>): string | undefined {
    let earliest: string | undefined;
    const gone = new Set(this.#pods.keys());
    for (const pod of pods) {
      const since = readySince(pod);
      if (since === undefined) continue;
      gone.delete(pod.metadata.name);
      if (this.#isNew(pod, since)) earliest = earlier(earliest, since);
    }
    for (const name of gone) this.#pods.delete(name);
    return this.#withService(service, earliest);
  }

  /** The same, given only those Pods that are not as they were at the last call. */
  nextOf(service: Service, changed: readonly Member[]): string | undefined {
    let earliest: string | undefined;
    let gone: Set<string> | undefined;
    for (const { pod, isGone } of changed) {
      const since = isGone ? undefined : readySince(pod);
      if (since === undefined) (gone ??= new Set()).add(pod.metadata.name);
      else if (this.#isNew(pod, since)) earliest = earlier(earliest, since);
    }
    if (gone !== undefined) this.#forget(gone, changed);
    return this.#withService(service, earliest);
  }

  #isNew(pod: Pod, since: string): boolean {
    const { name } = pod.metadata;
    const known = this.#pods.get(name);
    if (known !== undefined && since <= known) return false;
    this.#pods.set(name, since);
    return true;
  }

  /** Another Pod of the same name may have come meanwhile. */
  #forget(gone: Set<string>, changed: readonly Member[]): void {
    for (const { pod, isGone } of changed) if (!isGone && readySince(pod) !== undefined) gone.delete(pod.metadata.name);
    for (const name of gone) this.#pods.delete(name);
  }

  #withService(service: Service, earliest: string | undefined): string | undefined {
    const created = service.metadata.creationTimestamp ?? '';
    if (created <= this.#service) return earliest;
    this.#service = created;
    return earlier(earliest, created);
  }
}
