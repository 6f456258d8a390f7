/** What the tests of controllers ask of an API server, at no cost in virtual time: the one in memory, or the real one. */
import type { ApiResult, Client, DeleteOptions } from '../../client/client.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import type { Resource } from '../../objects/resources.ts';

export interface TestWrite {
  readonly resource: Resource;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface TestApi {
  /** Every write, in order. */
  readonly history: readonly TestWrite[];
  client(userAgent: string, limits?: { readonly qps: number; readonly burst: number }): Client;
  onChange<T extends KubeObject>(
    resource: Resource<T>,
    changed: (object: T, old: T | undefined, type: TestWrite['type']) => void,
  ): void;
  nowTimestamp(): string;
  list<T extends KubeObject>(resource: Resource<T>): T[];
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined;
  create<T extends KubeObject>(resource: Resource<T>, object: T): ApiResult<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    part: 'main' | 'status',
  ): ApiResult<T>;
  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): ApiResult<T>;
  /** Gives a Pod its Node, at once. */
  bind(pod: Pod, nodeName: string): void;
}
