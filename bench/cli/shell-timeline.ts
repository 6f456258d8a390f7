/**
 * The way of an object through the cluster, line by line in virtual time: what was written (with etcd's revision and who wrote it),
 * what the scheduler decided, what the kubelet did, and the requests that were balanced over Pods.
 *
 * It listens from the start of the shell and notes what belongs to what by owner references and Service names, so that objects
 * that are gone have a timeline, too.
 */
import { MICROS_PER_SECOND, type Micros, type TraceRecord } from '../../engine/index.ts';
import type { StoredChange } from '../../models/apiserver/registry.ts';
import type { Cluster } from '../../models/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import { compileLabelSet } from '../../models/objects/label-selector.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { Service } from '../../models/objects/service.ts';
import { changeText, writerOf } from './shell-changes.ts';

interface TimelineEntry {
  readonly timeMicros: Micros;
  /** "Kind/namespace/name" of all that it is about; the lines of one request share them. */
  readonly subjects: ReadonlySet<string>;
  readonly actor: string;
  readonly text: string;
}

const SERVICE_LABEL = 'kubernetes.io/service-name';
/** Kinds that say nothing of the way of an object. */
const SKIPPED = new Set(['Event', 'Lease', 'Node']);

/** What a record of the trace says, in words; by the kind of the record. */
const RECORD_TEXT: Readonly<Record<string, ((detail: string) => string) | undefined>> = {
  'scheduler.placed': (detail) => `filters and scores: ${detail}`,
  'scheduler.unscheduled': (detail) => `finds no Node: ${detail}`,
  'scheduler.bound': (detail) => `has bound it to ${detail}`,
  'scheduler.preempted': (detail) => `preempts it for ${detail}`,
  'kubelet.admit': (detail) => `on ${detail} admits the Pod`,
  'kubelet.reject': (detail) => `rejects the Pod: ${detail}`,
  'kubelet.sandbox': (detail) => `has made the sandbox, with address ${detail}`,
  'kubelet.pull': (detail) => `pulls ${detail}`,
  'kubelet.start': (detail) => `has started container ${detail}`,
  'kubelet.ready': (detail) => `finds container ${detail} ready`,
  'kubelet.exit': (detail) => `sees container exit: ${detail}`,
  'kubelet.stop': (detail) => `stops the Pod, grace ${detail} s`,
  'kubelet.end': () => 'is done with the Pod',
  'request.send': (detail) => `sends a request to ${detail}`,
  'request.serve': (detail) => `answers a request of ${detail}`,
  'request.done': (detail) => `has its answer from ${detail}`,
  'request.fail': (detail) => `has no answer: ${detail}`,
  'dns.query': (detail) => `is asked for ${detail}`,
  'dns.answer': (detail) => `answers ${detail}`,
  'proxy.route': (detail) => `sends the connection to ${detail}`,
};

const REQUEST_PARTS = new Set([
  'proxy.route',
  'dns.query',
  'dns.answer',
  'request.serve',
  'request.done',
  'request.fail',
]);

const ACTORS: Readonly<Record<string, string>> = { proxy: 'kube-proxy', dns: 'CoreDNS', request: 'Pod' };

function keyOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Seconds with six digits, so that nothing is rounded away. */
export function timeText(micros: Micros): string {
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  return `${seconds}.${String(micros % MICROS_PER_SECOND).padStart(6, '0')}`;
}

export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  readonly #parents = new Map<string, Set<string>>();
  readonly #keyOfUid = new Map<string, string>();
  readonly #services = new Map<string, Service>();
  /** What the latest request of each Pod is about. */
  readonly #exchanges = new Map<string, Set<string>>();
  readonly #scoresOf: (pod: string) => string | undefined;

  /** @param scoresOf the latest scores of a Pod ("namespace/name") in words, or undefined */
  constructor({ sim, apiServer }: Cluster, scoresOf: (pod: string) => string | undefined = () => undefined) {
    this.#scoresOf = scoresOf;
    apiServer.observe((change) => this.#onChange(change, sim.nowMicros));
    sim.trace.listen((record) => this.#onRecord(record));
  }

  #link(child: string, parent: string): void {
    const parents = this.#parents.get(child);
    if (parents === undefined) this.#parents.set(child, new Set([parent]));
    else parents.add(parent);
  }

  #onChange(change: StoredChange, timeMicros: Micros): void {
    const object = (change.current ?? change.last) as KubeObject;
    if (SKIPPED.has(object.kind)) return;
    const subject = keyOf(object);
    if (change.old === undefined || !this.#parents.has(subject)) this.#learn(object, subject);
    const text = changeText(change);
    if (text === undefined) return;
    const place = object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`;
    const line = `${change.resource.singular} ${place}${object.metadata.name} ${text} (revision ${change.revision})`;
    this.#entries.push({ timeMicros, subjects: new Set([subject]), actor: writerOf(change), text: line });
  }

  /** What an object belongs to: its owners, and for slices and Pods the Services before them. */
  #learn(object: KubeObject, subject: string): void {
    const { uid, namespace, ownerReferences, labels } = object.metadata;
    if (uid !== undefined) this.#keyOfUid.set(uid, subject);
    for (const owner of ownerReferences ?? []) {
      this.#link(subject, this.#keyOfUid.get(owner.uid) ?? `${owner.kind}/${namespace ?? ''}/${owner.name}`);
    }
    const service = object.kind === 'EndpointSlice' ? labels?.[SERVICE_LABEL] : undefined;
    if (service !== undefined) this.#link(subject, `Service/${namespace ?? ''}/${service}`);
    if (object.kind === 'Service') this.#services.set(subject, object as Service);
  }

  #onRecord({ timeMicros, kind, subject, detail }: TraceRecord): void {
    const text = RECORD_TEXT[kind]?.(String(detail));
    if (text === undefined) return;
    const area = kind.split('.')[0] as string;
    const subjects = this.#subjectsOf(kind, subject, String(detail));
    const scores = (kind === 'scheduler.placed' && this.#scoresOf(subject)) || '';
    this.#entries.push({ timeMicros, subjects, actor: ACTORS[area] ?? area, text: `${subject}: ${text}${scores}` });
  }

  /** A request is about the Pod that asks, the Services on its way and the Pod that answers. */
  #subjectsOf(kind: string, subject: string, detail: string): Set<string> {
    const own = new Set([`Pod/${subject}`]);
    if (kind === 'request.send') {
      this.#exchanges.set(subject, own);
      return own;
    }
    const client = kind === 'request.serve' ? detail : subject;
    const exchange = REQUEST_PARTS.has(kind) ? this.#exchanges.get(client) : undefined;
    if (exchange === undefined) return own;
    if (kind === 'request.serve') exchange.add(`Pod/${subject}`);
    const service = kind === 'proxy.route' ? detail.split(' ')[1] : undefined;
    if (service?.includes('/')) exchange.add(`Service/${service}`);
    return exchange;
  }

  /** The object, all that it owns, and the Services and slices before its Pods. */
  #family(root: string, pods: readonly Pod[]): Set<string> {
    const family = new Set([root]);
    for (let before = -1; before !== family.size; ) {
      before = family.size;
      for (const [child, parents] of this.#parents) {
        for (const parent of parents) if (family.has(parent)) family.add(child);
      }
    }
    for (const [key, service] of this.#services) {
      const { selector } = service.spec;
      if (selector === undefined || Object.keys(selector).length === 0) continue;
      const matches = compileLabelSet(selector);
      const isBefore = pods.some(
        (pod) =>
          family.has(keyOf(pod)) &&
          pod.metadata.namespace === service.metadata.namespace &&
          matches(pod.metadata.labels),
      );
      if (isBefore) family.add(key);
    }
    for (const [child, parents] of this.#parents) {
      for (const parent of parents) if (parent.startsWith('Service/') && family.has(parent)) family.add(child);
    }
    return family;
  }

  /** Lines for an object; undefined when nothing was ever heard of it. */
  lines(kind: string, namespace: string, name: string, pods: readonly Pod[]): string[] | undefined {
    const root = `${kind}/${namespace}/${name}`;
    const family = this.#family(root, pods);
    const entries = this.#entries.filter(({ subjects }) => [...subjects].some((subject) => family.has(subject)));
    if (entries.length === 0) return undefined;
    const times = entries.map(({ timeMicros }) => timeText(timeMicros));
    const timeWidth = Math.max(...times.map((text) => text.length));
    const actorWidth = Math.max(...entries.map(({ actor }) => actor.length));
    return entries.map(
      ({ actor, text }, i) => `${(times[i] as string).padStart(timeWidth)}  ${actor.padEnd(actorWidth)}  ${text}`,
    );
  }
}
