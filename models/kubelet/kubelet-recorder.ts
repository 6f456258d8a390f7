/**
 * The Events of a kubelet about its Pods and its Node. An Event that says the same again about the same object raises
 * the count of the first one instead of making another.
 * Source: staging/src/k8s.io/client-go/tools/record (event.go, events_cache.go).
 */
import type { Client } from '../client/client.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KubeEvent } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import { EVENTS } from '../objects/resources.ts';

export type EventType = 'Normal' | 'Warning';

/** Reasons that come again and again for one object; only those are remembered. */
const REPEATING: ReadonlySet<string> = new Set([
  'BackOff',
  'Failed',
  'Unhealthy',
  'NetworkNotReady',
  'FailedCreatePodSandBox',
]);

export class KubeletRecorder {
  readonly #client: Client;
  readonly #clock: ClusterClock;
  readonly #host: string;
  #sent = 0;
  #repeated: Map<string, string> | undefined;

  constructor(client: Client, clock: ClusterClock, host: string) {
    this.#client = client;
    this.#clock = clock;
    this.#host = host;
  }

  /** `fieldPath` names the container, for example "spec.containers{httpd}". */
  event(object: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    const now = this.#clock.nowTimestamp();
    const namespace = object.metadata.namespace ?? 'default';
    const key = `${object.metadata.uid ?? object.metadata.name}/${fieldPath ?? ''}/${reason}/${message}`;
    const known = REPEATING.has(reason) ? this.#repeated?.get(key) : undefined;
    if (known !== undefined) {
      const again = (event: KubeEvent): KubeEvent => ({ ...event, count: (event.count ?? 1) + 1, lastTimestamp: now });
      this.#client.patch(EVENTS, namespace, known, again);
      return;
    }
    const name = `${object.metadata.name}.${this.#uniqueSuffix()}`;
    if (REPEATING.has(reason)) {
      this.#repeated ??= new Map();
      this.#repeated.set(key, name);
    }
    this.#client.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        kind: object.kind,
        ...(object.metadata.namespace === undefined ? {} : { namespace }),
        name: object.metadata.name,
        ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
        apiVersion: object.apiVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      type,
      source: { component: 'kubelet', host: this.#host },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      eventTime: null,
      reportingComponent: 'kubelet',
      reportingInstance: this.#host,
    });
  }

  /** Sixteen hexadecimal digits; upstream uses the nanoseconds since 1970, here the seconds and a counter. */
  #uniqueSuffix(): string {
    const seconds = Math.floor(this.#clock.nowSeconds()).toString(16).padStart(8, '0');
    this.#sent++;
    return seconds + this.#sent.toString(16).padStart(8, '0');
  }
}
