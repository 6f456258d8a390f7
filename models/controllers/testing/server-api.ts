/** The real API server behind the few calls that the tests of controllers make, in place of the one in memory. */
import type { Simulation } from '../../../engine/index.ts';
import { ApiServer } from '../../apiserver/api-server.ts';
import type { StoredChange } from '../../apiserver/registry.ts';
import type { ApiResult, Client, DeleteOptions } from '../../client/client.ts';
import { ClusterClock } from '../../cluster-clock.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { PODS, type Resource } from '../../objects/resources.ts';
import type { TestApi, TestWrite } from './test-api.ts';

function typeOf(change: StoredChange): TestWrite['type'] {
  if (change.current === undefined) return 'DELETED';
  return change.old === undefined ? 'ADDED' : 'MODIFIED';
}

export class ServerApi implements TestApi {
  readonly history: TestWrite[] = [];
  readonly server: ApiServer;
  readonly #clock: ClusterClock;

  constructor(sim: Simulation) {
    this.#clock = new ClusterClock(sim);
    this.server = new ApiServer(sim, this.#clock);
    this.server.observe((change) => {
      const object = change.current ?? change.last;
      if (object !== undefined) this.history.push({ resource: change.resource, type: typeOf(change), object });
    });
  }

  client(userAgent: string, limits?: { readonly qps: number; readonly burst: number }): Client {
    return this.server.client({ userAgent, ...limits });
  }

  onChange<T extends KubeObject>(
    resource: Resource<T>,
    changed: (object: T, old: T | undefined, type: TestWrite['type']) => void,
  ): void {
    this.server.observe((change) => {
      const object = change.current ?? change.last;
      if (change.resource !== (resource as Resource) || object === undefined) return;
      changed(object as T, change.old as T | undefined, typeOf(change));
    });
  }

  nowTimestamp(): string {
    return this.#clock.nowTimestamp();
  }

  list<T extends KubeObject>(resource: Resource<T>): T[] {
    return [...this.server.registry.all(resource)];
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined {
    return this.server.registry.get(resource, namespace, name);
  }

  bind(pod: Pod, nodeName: string): void {
    this.server.registry.replace(PODS, { ...pod, spec: { ...pod.spec, nodeName } });
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T): ApiResult<T> {
    return this.server.registry.create(resource, object);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    part: 'main' | 'status',
  ): ApiResult<T> {
    return this.server.registry.patch(resource, namespace, name, change, part);
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): ApiResult<T> {
    return this.server.registry.delete(resource, namespace, name, options);
  }
}
