/**
 * Requests on their way: they arrive (after the client's limiter, the network and the server's handling), writes are
 * committed with others, and the answer travels back if anybody waits for it.
 */
import type { Micros } from '../../engine/index.ts';
import type { ApiResult, DeleteOptions, ListOptions, ListResult } from '../client/client.ts';
import type { Proposal } from '../etcd/commit-pipeline.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import type { Resource } from '../objects/resources.ts';
import type { ApiServer } from './api-server.ts';
import { bindPod } from './pod-binding.ts';
import { evictPod } from './eviction.ts';
import type { RequestCount, Verb } from './request-counters.ts';

type Answer = (result: ApiResult<KubeObject>) => void;
type Part = 'main' | 'status' | 'scale';

/** A write; which fields it has depends on its verb. */
export class WriteRequest implements Proposal {
  readonly #server: ApiServer;
  readonly #count: RequestCount;
  readonly verb: Verb;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly done: Answer | undefined;
  object: KubeObject | undefined = undefined;
  change: ((current: KubeObject) => KubeObject) | undefined = undefined;
  part: Part = 'main';
  options: DeleteOptions | undefined = undefined;
  nodeName = '';
  #arrivedMicros: Micros = 0;

  constructor(
    server: ApiServer,
    verb: Verb,
    resource: Resource,
    namespace: string | undefined,
    name: string,
    done: Answer | undefined,
  ) {
    this.#server = server;
    this.#count = server.requests.of(verb, resource);
    this.verb = verb;
    this.resource = resource;
    this.namespace = namespace;
    this.name = name;
    this.done = done;
  }

  arrive(): void {
    this.#arrivedMicros = this.#server.nowMicros;
    this.#server.commit(this);
  }

  commit(): void {
    const server = this.#server;
    const result = this.#run();
    const count = this.#count;
    count.requests++;
    if (!result.ok) count.refused++;
    server.requests.written(count, server.nowMicros - this.#arrivedMicros);
    if (this.done !== undefined) server.answer(this.done, result);
  }

  #run(): ApiResult<KubeObject> {
    const { registry } = this.#server;
    const { resource, namespace, name, options } = this;
    switch (this.verb) {
      case 'create':
        return registry.create(resource, this.object as KubeObject);
      case 'update':
        return registry.update(resource, this.object as KubeObject, this.part);
      case 'patch':
        return registry.patch(resource, namespace, name, this.change as NonNullable<typeof this.change>, this.part);
      case 'delete':
        return registry.delete(resource, namespace, name, options);
      case 'bind':
        return bindPod(registry, this.object as Pod, this.nodeName);
      default:
        return evictPod(registry, namespace as string, name, options ?? {});
    }
  }
}

/** A read of one object. */
export class GetRequest {
  readonly #server: ApiServer;
  readonly #resource: Resource;
  readonly #namespace: string | undefined;
  readonly #name: string;
  readonly #done: Answer;

  constructor(server: ApiServer, resource: Resource, namespace: string | undefined, name: string, done: Answer) {
    this.#server = server;
    this.#resource = resource;
    this.#namespace = namespace;
    this.#name = name;
    this.#done = done;
  }

  arrive(): void {
    const result = this.#server.get(this.#resource, this.#namespace, this.#name);
    const count = this.#server.requests.of('get', this.#resource);
    count.requests++;
    if (!result.ok) count.refused++;
    this.#server.answer(this.#done, result);
  }
}

export class ListRequest {
  readonly #server: ApiServer;
  readonly #resource: Resource;
  readonly #options: ListOptions;
  readonly #done: (result: ListResult<KubeObject>) => void;

  constructor(
    server: ApiServer,
    resource: Resource,
    options: ListOptions,
    done: (result: ListResult<KubeObject>) => void,
  ) {
    this.#server = server;
    this.#resource = resource;
    this.#options = options;
    this.#done = done;
  }

  arrive(): void {
    const result = this.#server.list(this.#resource, this.#options);
    const count = this.#server.requests.of('list', this.#resource);
    count.requests++;
    if (!result.ok) count.refused++;
    this.#server.answer(this.#done, result);
  }
}

/** Handler of arrivals, for the event list. */
export function arriveRequest(request: { arrive(): void }): void {
  request.arrive();
}
