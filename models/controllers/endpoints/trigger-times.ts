/**
 * When what a write of endpoints reacts to has happened: the earliest of the changes since the last write. It goes into
 * an annotation, from which the time to program the network is measured.
 * Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
 */
import type { Pod } from '../../objects/pod.ts';
import type { Service } from '../../objects/service.ts';

export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** When the Pod became ready, or ceased to be. */
function readySince(pod: Pod): string | undefined {
  const conditions = pod.status?.conditions;
  if (conditions === undefined) return undefined;
  for (const condition of conditions) if (condition.type === 'Ready') return condition.lastTransitionTime ?? undefined;
  return undefined;
}

/** The last times seen for one Service. Timestamps of one format compare as text. */
export class TriggerTimes {
  readonly #pods = new Map<string, string>();
  #service = '';

  /** The earliest change that is new, as a timestamp; undefined when there is none with a time. */
  next(service: Service, pods: Iterable<Pod>): string | undefined {
    let earliest: string | undefined;
    let seen = 0;
    for (const pod of pods) {
      const { name } = pod.metadata;
      const since = readySince(pod);
      if (since === undefined) continue;
      seen++;
      const known = this.#pods.get(name);
      if (known !== undefined && since <= known) continue;
      this.#pods.set(name, since);
      if (earliest === undefined || since < earliest) earliest = since;
    }
    if (seen < this.#pods.size) this.#forgetOthers(pods);
    const created = service.metadata.creationTimestamp ?? '';
    if (created > this.#service) {
      this.#service = created;
      if (earliest === undefined || created < earliest) earliest = created;
    }
    return earliest;
  }

  #forgetOthers(pods: Iterable<Pod>): void {
    const gone = new Set(this.#pods.keys());
    for (const pod of pods) if (readySince(pod) !== undefined) gone.delete(pod.metadata.name);
    for (const name of gone) this.#pods.delete(name);
  }
}
