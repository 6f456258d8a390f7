/** A client whose answers a test writes by hand: it notes the requests and keeps their callbacks. */
import type { ApiResult, Client, ListOptions, WatchEvent, WatchOptions } from '../client.ts';
import type { KubeObject, Status } from '../../objects/meta.ts';
import type { Resource } from '../../objects/resources.ts';

type Answer = (result: never) => void;

export interface NotedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly body?: unknown;
  readonly options?: ListOptions | WatchOptions;
  readonly answer: (result: unknown) => void;
}

export interface OpenWatch {
  readonly options: WatchOptions;
  readonly send: (event: WatchEvent<KubeObject>) => void;
  isStopped: boolean;
}

export function refusal(code: number, reason: string): { readonly ok: false; readonly status: Status } {
  return { ok: false, status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason } };
}

export class ScriptedClient implements Client {
  readonly userAgent = 'test';
  readonly requests: NotedRequest[] = [];
  readonly watches: OpenWatch[] = [];

  #note(verb: string, resource: Resource, name: string, done: unknown, more: Partial<NotedRequest> = {}): void {
    const answer = (result: unknown): void => (done as Answer | undefined)?.(result as never);
    this.requests.push({ verb, resource: resource.plural, name, answer, ...more });
  }

  /** Answers the oldest request that has not been answered. */
  answer(result: unknown): NotedRequest {
    const request = this.requests.shift();
    if (request === undefined) throw new Error('no request waits for an answer');
    request.answer(result);
    return request;
  }

  answerList(items: readonly KubeObject[], resourceVersion: string): void {
    this.answer({ ok: true, list: { items, resourceVersion } });
  }

  readonly create: Client['create'] = (resource, object, done) =>
    this.#note('create', resource as Resource, object.metadata.name, done, { body: object });
  readonly get: Client['get'] = (resource, _namespace, name, done) =>
    this.#note('get', resource as Resource, name, done);
  readonly list: Client['list'] = (resource, options, done) =>
    this.#note('list', resource as Resource, '', done, { options });
  readonly update: Client['update'] = (resource, object, done) =>
    this.#note('update', resource as Resource, object.metadata.name, done, { body: object });
  readonly updateStatus: Client['updateStatus'] = (resource, object, done) =>
    this.#note('update', resource as Resource, object.metadata.name, done, { body: object });
  readonly patch: Client['patch'] = (resource, _namespace, name, change, done) =>
    this.#note('patch', resource as Resource, name, done, { body: change });
  readonly delete: Client['delete'] = (resource, _namespace, name, _options, done) =>
    this.#note('delete', resource as Resource, name, done);
  readonly bind: Client['bind'] = () => unused('bind');
  readonly evict: Client['evict'] = () => unused('evict');
  readonly watch: Client['watch'] = (_resource, options, handler) => {
    const watch: OpenWatch = {
      options,
      send: (event) => handler(event as never),
      isStopped: false,
    };
    this.watches.push(watch);
    return {
      stop: () => {
        watch.isStopped = true;
      },
    };
  };
}

function unused(verb: string): never {
  throw new Error(`the scripted client has no ${verb}`);
}

export function accepted<T extends KubeObject>(object: T): ApiResult<T> {
  return { ok: true, object };
}
