/**
 * The Pods being scheduled and the events that came meanwhile, in one list: a Pod that fails looks at the events after its
 * own entry, because each may have cured what rejected it. Entries that no Pod in flight can need are dropped.
 *
 * Source: pkg/scheduler/backend/queue/active_queue.go (inFlightPods, inFlightEvents).
 */
import type { ClusterEvent } from './cluster-event.ts';
import type { QueuedPod } from './queued-pod.ts';

/** An entry is either a Pod in flight (`event` is null) or an event. */
interface InFlightEntry {
  readonly queued: QueuedPod | null;
  readonly event: ClusterEvent | null;
  readonly oldObject: unknown;
  readonly newObject: unknown;
  previous: InFlightEntry | null;
  next: InFlightEntry | null;
}

export interface InFlightEvent {
  readonly event: ClusterEvent;
  readonly oldObject: unknown;
  readonly newObject: unknown;
}

export class InFlight {
  readonly #pods = new Map<string, InFlightEntry>();
  #head: InFlightEntry | null = null;
  #tail: InFlightEntry | null = null;

  get size(): number {
    return this.#pods.size;
  }

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  /** False if that Pod is in flight already. */
  begin(queued: QueuedPod): boolean {
    if (this.#pods.has(queued.uid)) return false;
    this.#pods.set(queued.uid, this.#append(queued, null, undefined, undefined));
    return true;
  }

  /** Appends an event; the caller decides whether anybody is in flight. */
  addEvent(event: ClusterEvent, oldObject: unknown, newObject: unknown): void {
    this.#append(null, event, oldObject, newObject);
  }

  /** Events since the Pod began, oldest first; undefined if it is not in flight. */
  eventsSince(uid: string): readonly InFlightEvent[] | undefined {
    const begun = this.#pods.get(uid);
    if (begun === undefined) return undefined;
    const events: InFlightEvent[] = [];
    for (let entry = begun.next; entry !== null; entry = entry.next) {
      if (entry.event !== null) events.push(entry as InFlightEvent);
    }
    return events;
  }

  /** The Pod is no longer in flight; no error if it was not. */
  done(uid: string): void {
    const entry = this.#pods.get(uid);
    if (entry === undefined) return;
    this.#pods.delete(uid);
    this.#unlink(entry);
    while (this.#head !== null && this.#head.event !== null) this.#unlink(this.#head);
  }

  /** The list as it stands: "pod:namespace/name" and labels of events. */
  *describe(): Iterable<string> {
    for (let entry = this.#head; entry !== null; entry = entry.next) {
      yield entry.event === null ? `pod:${entry.queued?.key}` : entry.event.label;
    }
  }

  #append(queued: QueuedPod | null, event: ClusterEvent | null, oldObject: unknown, newObject: unknown): InFlightEntry {
    const entry: InFlightEntry = { queued, event, oldObject, newObject, previous: this.#tail, next: null };
    if (this.#tail === null) this.#head = entry;
    else this.#tail.next = entry;
    this.#tail = entry;
    return entry;
  }

  #unlink(entry: InFlightEntry): void {
    if (entry.previous === null) this.#head = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.#tail = entry.previous;
    else entry.next.previous = entry.previous;
  }
}
