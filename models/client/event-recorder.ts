/**
 * The recorder of Kubernetes Events that controllers and the scheduler use. It sends one Event after another; what it
 * sends is decided by the correlator (event-correlator.ts), so that a controller in a loop does not flood the cluster.
 *
 * Source: client-go tools/record (event.go): buffer of 1000, 12 tries 10 s apart (the first after a random part of it).
 */
import { MICROS_PER_SECOND, type Simulation } from '../../engine/index.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KubeEvent } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import { EVENTS } from '../objects/resources.ts';
import type { ApiResult, Client } from './client.ts';
import { EventCorrelator } from './event-correlator.ts';
import type { CorrelatedEvent, RecordedEvent } from './event-memory.ts';

/** `off`: Events are counted and not made, for experiments that do not read them. */
export type EventsMode = 'stored' | 'off';

export interface EventRecorderOptions {
  readonly sim: Simulation;
  readonly client: Client;
  readonly clock: ClusterClock;
  /** Source component, for example "deployment-controller". */
  readonly component: string;
  /** Source host, as kubelets have it. */
  readonly host?: string;
  /** `stored` unless given. */
  readonly events?: EventsMode;
}

/** Six hexadecimal digits. */
const LOW = 2 ** 24;
const LOW_DIGITS = 6;

const BUFFER = 1000;
const TRIES = 12;
const RETRY_MICROS = 10 * MICROS_PER_SECOND;
/** Answers that are final: the request itself was refused. */
const isFinal = (code: number | undefined): boolean => code !== undefined && code >= 400 && code < 500 && code !== 429;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #correlator: EventCorrelator;
  readonly #isOff: boolean;
  #waiting: RecordedEvent[] = [];
  #sending: CorrelatedEvent | undefined;
  #tries = 0;
  #recorded = 0;
  #dropped = 0;
  readonly #source: NonNullable<KubeEvent['source']>;
  #lastMicros = -1;
  #sameInstant = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.sim);
    this.#isOff = options.events === 'off';
    const { component, host } = options;
    this.#source = host === undefined ? { component } : { component, host };
  }

  /** Events that components asked for, whether they were sent or not. */
  get recorded(): number {
    return this.#recorded;
  }

  /** Events that were never sent: the buffer was full, the object's bucket empty, or the server refused them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `fieldPath` names a part of the object, for example "spec.containers{httpd}". */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    this.#recorded++;
    if (this.#isOff) return;
    if (this.#waiting.length >= BUFFER) {
      this.#dropped++;
      return;
    }
    const timestamp = this.#options.clock.nowTimestamp();
    const name = `${object.metadata.name}.${this.#nanoseconds()}`;
    this.#waiting.push({ object, type, reason, message, fieldPath, timestamp, name });
    if (this.#sending === undefined) this.#sendNext();
  }

  #sendNext(): void {
    for (;;) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      const toSend = this.#correlator.correlate(event);
      if (toSend === undefined) {
        this.#dropped++;
        continue;
      }
      this.#sending = toSend;
      this.#tries = 0;
      this.#send();
      return;
    }
  }

  readonly #send = (): void => {
    const toSend = this.#sending as CorrelatedEvent;
    const { event, count } = toSend;
    const namespace = event.object.metadata.namespace ?? 'default';
    if (count === 1) {
      this.#options.client.create(EVENTS, this.#newEvent(toSend, namespace), this.#onCreated);
      return;
    }
    const { message } = toSend;
    const { timestamp } = event;
    const again = (stored: KubeEvent): KubeEvent => ({ ...stored, message, count, lastTimestamp: timestamp });
    this.#options.client.patch(EVENTS, namespace, toSend.name, again, this.#onPatched);
  };

  readonly #onCreated = (result: ApiResult<KubeEvent>): void => this.#finish(result);

  /** The Event that was to be raised may have expired: then it is made anew. */
  readonly #onPatched = (result: ApiResult<KubeEvent>): void => {
    const toSend = this.#sending as CorrelatedEvent;
    if (result.ok || result.status.code !== 404) {
      this.#finish(result);
      return;
    }
    const namespace = toSend.event.object.metadata.namespace ?? 'default';
    const fresh = { ...toSend, name: toSend.event.name };
    this.#correlator.renamed(toSend, fresh.name);
    this.#options.client.create(EVENTS, this.#newEvent(fresh, namespace), this.#onCreated);
  };

  #finish(result: ApiResult<KubeEvent>): void {
    if (!result.ok && !isFinal(result.status.code)) {
      this.#tries++;
      if (this.#tries < TRIES) {
        const { sim, component } = this.#options;
        const part = this.#tries === 1 ? sim.stream(`client/events/${component}`).uniform() : 1;
        sim.after(Math.round(RETRY_MICROS * part), this.#send);
        return;
      }
    }
    if (!result.ok) this.#dropped++;
    this.#sending = undefined;
    this.#sendNext();
  }

  #newEvent(toSend: CorrelatedEvent, namespace: string): KubeEvent {
    const { component, host } = this.#options;
    const { event } = toSend;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: toSend.name, namespace },
      involvedObject: referenceTo(event.object, event.fieldPath),
      reason: event.reason,
      message: toSend.message,
      source: this.#source,
      firstTimestamp: toSend.firstTimestamp,
      lastTimestamp: event.timestamp,
      count: toSend.count,
      type: event.type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
  }

  /** Nanoseconds since 1970 in hexadecimal, as event names end; Events of one microsecond differ in the last digits. */
  #nanoseconds(): string {
    const { sim, clock } = this.#options;
    const micros = clock.startSeconds * MICROS_PER_SECOND + sim.nowMicros;
    this.#sameInstant = micros === this.#lastMicros ? this.#sameInstant + 1 : 0;
    this.#lastMicros = micros;
    // In two parts: nanoseconds since 1970 are beyond what a number holds exactly.
    const low = (micros % LOW) * 1000 + this.#sameInstant;
    const high = Math.floor(micros / LOW) * 1000 + Math.floor(low / LOW);
    return high.toString(16) + (low % LOW).toString(16).padStart(LOW_DIGITS, '0');
  }
}

/** The object as an Event names it. What is always there is written without detours. */
function referenceTo(object: KubeObject, fieldPath: string | undefined): KubeEvent['involvedObject'] {
  const { kind, apiVersion } = object;
  const { namespace, name, uid, resourceVersion } = object.metadata;
  if (namespace !== undefined && uid !== undefined && resourceVersion !== undefined) {
    return fieldPath === undefined
      ? { kind, namespace, name, uid, apiVersion, resourceVersion }
      : { kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath };
  }
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
