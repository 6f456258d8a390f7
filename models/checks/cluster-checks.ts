/**
 * What a cluster must never do, checked from outside by watches: revisions rise and each change is told once, no Pod
 * is on two Nodes, no Node runs more than it can. A broken rule ends the run with a message that says when and what.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Client, WatchEvent } from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { NODES, PODS, type Resource } from '../objects/resources.ts';
import { podRequests, resourceAmount } from '../scheduler/queue/object-rules.ts';

export class BrokenCheck extends Error {
  override readonly name = 'BrokenCheck';
}

/** Resources whose sums are checked; others (hugepages, devices) the scheduler alone counts. */
const SUMMED = ['cpu', 'memory'] as const;

interface NodeBooks {
  readonly sums: Map<string, number>;
  pods: number;
  allocatable: ReadonlyMap<string, number> | undefined;
}

/** What one Pod holds on which Node, as it was booked. */
interface Booking {
  readonly nodeName: string;
  readonly requests: ReadonlyMap<string, number>;
}

function isHolding(pod: Pod): boolean {
  const { phase, startTime } = pod.status ?? {};
  return phase === 'Running' || (phase === 'Pending' && startTime !== undefined);
}

export class ClusterChecks {
  readonly #sim: Simulation;
  readonly #books = new Map<string, NodeBooks>();
  readonly #bookings = new Map<string, Booking>();
  /** Node of each Pod, by uid, once it has one. */
  readonly #nodeOfPod = new Map<string, string>();
  #events = 0;

  constructor(sim: Simulation, client: Client) {
    this.#sim = sim;
    this.#follow(client, NODES, (event) => this.#onNode(event));
    this.#follow(client, PODS, (event) => this.#onPod(event));
  }

  /** Watch events that have been looked at. */
  get events(): number {
    return this.#events;
  }

  #broken(check: string, problem: string): never {
    throw new BrokenCheck(`check '${check}' is broken at ${this.#sim.nowMicros} µs: ${problem}`);
  }

  /** Watches a resource and checks the watch itself: kinds of events that fit what was known, and rising revisions. */
  #follow<T extends KubeObject>(client: Client, resource: Resource<T>, look: (event: WatchEvent<T>) => void): void {
    const known = new Map<string, number>();
    let last = 0;
    client.watch(resource, {}, (event) => {
      if (event.type === 'BOOKMARK') return;
      if (event.type === 'ERROR') this.#broken('watch', `${resource.plural}: ${event.status.message ?? 'error'}`);
      this.#events++;
      const { namespace = '', name, resourceVersion } = event.object.metadata;
      const key = `${namespace}/${name}`;
      const revision = Number(resourceVersion);
      const before = known.get(key);
      const what = `${resource.plural} ${key} at revision ${resourceVersion ?? '(none)'}`;
      if (!(revision > 0)) this.#broken('revision', `${event.type} of ${what}`);
      // The objects of the first list come in the order of their keys; after them revisions rise over all objects.
      const isInitial = event.type === 'ADDED' && before === undefined && revision <= last;
      if (before !== undefined && revision <= before)
        this.#broken('each change once', `${event.type} of ${what} again`);
      if (!isInitial && revision <= last && before === undefined)
        this.#broken('revisions rise', `${what} after ${last}`);
      if (event.type === 'ADDED' && before !== undefined) this.#broken('watch', `ADDED of ${what}, which was there`);
      if (event.type !== 'ADDED' && before === undefined) this.#broken('watch', `${event.type} of ${what}, unknown`);
      last = Math.max(last, revision);
      if (event.type === 'DELETED') known.delete(key);
      else known.set(key, revision);
      look(event);
    });
  }

  #booksOf(nodeName: string): NodeBooks {
    let books = this.#books.get(nodeName);
    if (books === undefined) {
      books = { sums: new Map(), pods: 0, allocatable: undefined };
      this.#books.set(nodeName, books);
    }
    return books;
  }

  #onNode(event: WatchEvent<Node>): void {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') return;
    const { allocatable } = event.object.status ?? {};
    const amounts = Object.entries(allocatable ?? {}).map(
      ([name, quantity]) => [name, resourceAmount(name, quantity)] as const,
    );
    this.#booksOf(event.object.metadata.name).allocatable = new Map(amounts);
  }

  #onPod(event: WatchEvent<Pod>): void {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const pod = event.object;
    const uid = pod.metadata.uid ?? '';
    const { nodeName } = pod.spec;
    const before = this.#nodeOfPod.get(uid);
    if (before !== undefined && nodeName !== before) {
      this.#broken('one node for a pod', `pod ${pod.metadata.name} moved from ${before} to ${nodeName ?? '(none)'}`);
    }
    if (nodeName !== undefined) this.#nodeOfPod.set(uid, nodeName);
    const booked = this.#bookings.get(uid);
    const holds = event.type !== 'DELETED' && nodeName !== undefined && isHolding(pod);
    if (booked !== undefined && !holds) this.#release(uid, booked);
    if (booked === undefined && holds) this.#book(uid, pod, nodeName);
    if (event.type === 'DELETED') this.#nodeOfPod.delete(uid);
  }

  #release(uid: string, booking: Booking): void {
    this.#bookings.delete(uid);
    const books = this.#booksOf(booking.nodeName);
    books.pods--;
    for (const [name, amount] of booking.requests) books.sums.set(name, (books.sums.get(name) ?? 0) - amount);
  }

  #book(uid: string, pod: Pod, nodeName: string): void {
    const requests = podRequests(pod);
    this.#bookings.set(uid, { nodeName, requests });
    const books = this.#booksOf(nodeName);
    books.pods++;
    for (const [name, amount] of requests) books.sums.set(name, (books.sums.get(name) ?? 0) + amount);
    const { allocatable } = books;
    if (allocatable === undefined) return;
    for (const name of SUMMED) {
      const sum = books.sums.get(name) ?? 0;
      const limit = allocatable.get(name);
      if (limit !== undefined && sum > limit) {
        this.#broken('no node over allocatable', `node ${nodeName} runs ${sum} of ${name}, allocatable ${limit}`);
      }
    }
    const podLimit = allocatable.get('pods');
    if (podLimit !== undefined && books.pods > podLimit) {
      this.#broken('no node over allocatable', `node ${nodeName} runs ${books.pods} pods, allocatable ${podLimit}`);
    }
  }
}
