/**
 * A component's client: its rate limiter, the way to the server and back. See models/client/client.ts for the contract.
 *
 * A request is two or three events: it arrives (after the limiter, the network and the server's handling), a write is
 * committed with others, and the answer comes back if anybody waits for it.
 */
import { type Micros, type Simulation, TokenBucket } from '../../engine/index.ts';
import type {
  ApiResult,
  Client,
  DeleteOptions,
  Done,
  ListOptions,
  ListResult,
  Watch,
  WatchEvent,
  WatchOptions,
} from '../client/client.ts';
import { matchesLabels } from '../client/object-selector.ts';
import type { KubeObject, Status } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { PODS, type Resource } from '../objects/resources.ts';
import type { ApiServer } from './api-server.ts';
import { fieldOf } from './fields.ts';
import { bindPod, evictPod } from './pod-subresources.ts';
import { badRequest, notFound } from './status-errors.ts';
import type { Watcher } from './watchers.ts';

export interface ClientOptions {
  readonly userAgent: string;
  /** Requests a second and how many at once; absent: no limit. */
  readonly qps?: number;
  readonly burst?: number;
}

interface WriteRequest {
  readonly run: () => ApiResult<KubeObject>;
  readonly done: ((result: ApiResult<KubeObject>) => void) | undefined;
}

const NO_DONE = undefined;

export class ApiClient implements Client {
  readonly userAgent: string;
  readonly #sim: Simulation;
  readonly #server: ApiServer;
  readonly #limiter: TokenBucket | undefined;

  constructor(sim: Simulation, server: ApiServer, options: ClientOptions) {
    this.#sim = sim;
    this.#server = server;
    this.userAgent = options.userAgent;
    if (options.qps !== undefined) {
      this.#limiter = new TokenBucket(sim, {
        ratePerSecond: options.qps,
        burst: options.burst ?? Math.max(1, Math.ceil(options.qps)),
      });
    }
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    this.#server.countRequest('create', resource);
    this.#write(() => this.#server.registry.create(resource, object), done);
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, done: Done<T>): void {
    this.#server.countRequest('get', resource);
    this.#read(() => {
      const object = this.#server.registry.get(resource, namespace, name);
      return object === undefined ? notFound(resource, name) : { ok: true as const, object };
    }, done);
  }

  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions, done: (result: ListResult<T>) => void): void {
    this.#server.countRequest('list', resource);
    this.#read(() => this.#list(resource, options), done);
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    this.#server.countRequest('update', resource);
    this.#write(() => this.#server.registry.update(resource, object, 'main'), done);
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    this.#server.countRequest('update', resource);
    this.#write(() => this.#server.registry.update(resource, object, 'status'), done);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    done?: Done<T>,
    subresource?: 'status' | 'scale',
  ): void {
    this.#server.countRequest('patch', resource);
    this.#write(() => this.#server.registry.patch(resource, namespace, name, change, subresource ?? 'main'), done);
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
    done?: Done<T>,
  ): void {
    this.#server.countRequest('delete', resource);
    this.#write(() => this.#server.registry.delete(resource, namespace, name, options), done);
  }

  bind(pod: Pod, nodeName: string, done?: Done<Pod>): void {
    this.#server.countRequest('bind', PODS);
    this.#write(() => bindPod(this.#server.registry, pod, nodeName), done);
  }

  evict(namespace: string, name: string, done?: Done<Pod>, options: DeleteOptions = {}): void {
    this.#server.countRequest('evict', PODS);
    this.#write(() => evictPod(this.#server.registry, namespace, name, options), done);
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watch {
    this.#server.countRequest('watch', resource);
    let attached: Watcher<T> | null = null;
    let stopped = false;
    this.#sim.after(this.#waitMicros() + this.#server.arrivalMicros(), () => {
      if (stopped) return;
      const outcome = this.#server.attach(resource, options, handler);
      if ('code' in outcome)
        this.#sim.after(this.#server.returnMicros(), () => handler({ type: 'ERROR', status: outcome as Status }));
      else attached = outcome as Watcher<T>;
    });
    return {
      stop: () => {
        stopped = true;
        attached?.stop();
      },
    };
  }

  #waitMicros(): Micros {
    return this.#limiter === undefined ? 0 : this.#limiter.reserve();
  }

  #write<T extends KubeObject>(run: () => ApiResult<T>, done: Done<T> | undefined): void {
    const request = { run, done: done ?? NO_DONE } as unknown as WriteRequest;
    this.#sim.after(this.#waitMicros() + this.#server.arrivalMicros(), this.#arrive, request);
  }

  readonly #arrive = (request: WriteRequest): void => {
    this.#server.commit(() => {
      const result = request.run();
      if (request.done !== undefined) this.#sim.after(this.#server.returnMicros(), request.done, result);
    });
  };

  #read<R>(run: () => R, done: (result: R) => void): void {
    this.#sim.after(this.#waitMicros() + this.#server.arrivalMicros(), () => {
      this.#sim.after(this.#server.returnMicros(), done, run());
    });
  }

  #list<T extends KubeObject>(resource: Resource<T>, options: ListOptions): ListResult<T> {
    const { namespace, labelSelector, fieldSelector, limit } = options;
    const items: T[] = [];
    for (const object of this.#server.registry.all(resource)) {
      if (namespace !== undefined && object.metadata.namespace !== namespace) continue;
      if (labelSelector !== undefined && !matchesLabels(labelSelector, object.metadata.labels)) continue;
      if (fieldSelector !== undefined) {
        const unknown = Object.keys(fieldSelector).find((field) => fieldOf(object, field) === undefined);
        if (unknown !== undefined) return badRequest(`field label not supported: ${unknown}`);
        if (Object.entries(fieldSelector).some(([field, value]) => fieldOf(object, field) !== value)) continue;
      }
      items.push(object);
    }
    items.sort(byKey);
    return page(items, limit, options.continue, String(this.#server.registry.revision));
  }
}

/** Items come in the order of their keys in etcd. */
function byKey(a: KubeObject, b: KubeObject): number {
  const x = `${a.metadata.namespace ?? ''}/${a.metadata.name}`;
  const y = `${b.metadata.namespace ?? ''}/${b.metadata.name}`;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** One page; a token is the key after which the next page begins. Pages read the present, not the state of the first. */
function page<T extends KubeObject>(
  items: readonly T[],
  limit: number | undefined,
  token: string | undefined,
  resourceVersion: string,
): ListResult<T> {
  const start =
    token === undefined
      ? 0
      : items.findIndex((item) => `${item.metadata.namespace ?? ''}/${item.metadata.name}` > token);
  const rest = start < 0 ? [] : items.slice(start);
  if (limit === undefined || limit <= 0 || rest.length <= limit)
    return { ok: true, list: { items: rest, resourceVersion } };
  const last = rest[limit - 1] as T;
  const next = `${last.metadata.namespace ?? ''}/${last.metadata.name}`;
  return { ok: true, list: { items: rest.slice(0, limit), resourceVersion, continue: next } };
}
