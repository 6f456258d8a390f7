/**
 * A component's client: its rate limiter, the way to the server and back. See models/client/client.ts for the contract.
 */
import { type Simulation, TokenBucket } from '../../engine/index.ts';
import type {
  Client,
  DeleteOptions,
  Done,
  ListOptions,
  ListResult,
  Watch,
  WatchEvent,
  WatchOptions,
} from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { PODS, type Resource } from '../objects/resources.ts';
import { arriveRequest, GetRequest, ListRequest, WriteRequest } from './api-requests.ts';
import type { ApiServer } from './api-server.ts';
import type { Verb } from './request-counters.ts';
import type { Watcher } from './watchers.ts';

export interface ClientOptions {
  readonly userAgent: string;
  /** Requests a second and how many at once; absent or not above 0: no limit. */
  readonly qps?: number;
  readonly burst?: number;
}

type AnyDone = Done<KubeObject> | undefined;

export class ApiClient implements Client {
  readonly userAgent: string;
  readonly #sim: Simulation;
  readonly #server: ApiServer;
  readonly #limiter: TokenBucket | undefined;

  constructor(sim: Simulation, server: ApiServer, options: ClientOptions) {
    this.#sim = sim;
    this.#server = server;
    this.userAgent = options.userAgent;
    const { qps = 0, burst = Math.max(1, Math.ceil(qps)) } = options;
    if (qps > 0) this.#limiter = new TokenBucket(sim, { ratePerSecond: qps, burst });
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    const { namespace, name } = object.metadata;
    const request = this.#write('create', resource, namespace, name, done as AnyDone);
    request.object = object;
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, done: Done<T>): void {
    this.#send(new GetRequest(this.#server, resource, namespace, name, done as Done<KubeObject>));
  }

  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions, done: (result: ListResult<T>) => void): void {
    this.#send(new ListRequest(this.#server, resource, options, done as (result: ListResult<KubeObject>) => void));
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    const { namespace, name } = object.metadata;
    const request = this.#write('update', resource, namespace, name, done as AnyDone);
    request.object = object;
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    const { namespace, name } = object.metadata;
    const request = this.#write('update', resource, namespace, name, done as AnyDone);
    request.object = object;
    request.part = 'status';
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    done?: Done<T>,
    subresource?: 'status' | 'scale',
  ): void {
    const request = this.#write('patch', resource, namespace, name, done as AnyDone);
    request.change = change as unknown as (current: KubeObject) => KubeObject;
    if (subresource !== undefined) request.part = subresource;
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
    done?: Done<T>,
  ): void {
    const request = this.#write('delete', resource, namespace, name, done as AnyDone);
    request.options = options;
  }

  bind(pod: Pod, nodeName: string, done?: Done<Pod>): void {
    const request = this.#write('bind', PODS, pod.metadata.namespace, pod.metadata.name, done as AnyDone);
    request.object = pod;
    request.nodeName = nodeName;
  }

  evict(namespace: string, name: string, done?: Done<Pod>, options?: DeleteOptions): void {
    const request = this.#write('evict', PODS, namespace, name, done as AnyDone);
    request.options = options;
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watch {
    const server = this.#server;
    let attached: Watcher<T> | undefined;
    let isStopped = false;
    const arrive = (): void => {
      if (isStopped) return;
      server.requests.of('watch', resource).requests++;
      const outcome = server.attach(resource, options, handler);
      if (outcome.ok) attached = outcome.watcher;
      else this.#sim.after(server.returnMicros(), handler, { type: 'ERROR', status: outcome.status } as const);
    };
    this.#send({ arrive });
    return {
      stop: () => {
        isStopped = true;
        attached?.stop();
      },
    };
  }

  #write(verb: Verb, resource: Resource, namespace: string | undefined, name: string, done: AnyDone): WriteRequest {
    const request = new WriteRequest(this.#server, verb, resource, namespace, name, done);
    this.#send(request);
    return request;
  }

  /** Plans the arrival; what the request still lacks is filled in by the caller before time goes on. */
  #send(request: { arrive(): void }): void {
    const waitMicros = this.#limiter === undefined ? 0 : this.#limiter.reserve();
    this.#sim.after(waitMicros + this.#server.arrivalMicros(), arriveRequest, request);
  }
}
