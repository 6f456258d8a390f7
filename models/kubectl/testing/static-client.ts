/**
 * A client over objects in memory that answers at once, for tests of kubectl's text: no API server, no time, no admission.
 */
import type { Client, Done, ListOptions, Watch, WatchEvent, WatchOptions } from '../../client/client.ts';
import { compileLabelSelector } from '../../objects/label-selector.ts';
import type { KubeObject, Status } from '../../objects/meta.ts';
import type { Resource } from '../../objects/resources.ts';

function failure(reason: string, message: string, code: number): { readonly ok: false; readonly status: Status } {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code };
  return { ok: false, status };
}

function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined ? '' : String(value);
}

interface OpenWatch {
  readonly resource: Resource;
  readonly options: WatchOptions;
  readonly handler: (event: WatchEvent<KubeObject>) => void;
}

export class StaticClient implements Client {
  readonly userAgent = 'test';
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Set<OpenWatch>();

  constructor(objects: Iterable<readonly [Resource, KubeObject]> = []) {
    for (const [resource, object] of objects) this.put(resource, object);
  }

  put(resource: Resource, object: KubeObject): void {
    const key = this.#key(resource, object.metadata.namespace, object.metadata.name);
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(key, object);
    this.#tell(resource, { type, object });
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    const { namespace, name } = object.metadata;
    if (this.#objects.has(this.#key(resource as Resource, namespace, name))) {
      done?.(failure('AlreadyExists', `${this.#title(resource as Resource)} "${name}" already exists`, 409));
      return;
    }
    this.put(resource as Resource, object);
    done?.({ ok: true, object });
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, done: Done<T>): void {
    const object = this.#objects.get(this.#key(resource as Resource, namespace, name));
    if (object === undefined) done(this.#missing(resource as Resource, name));
    else done({ ok: true, object: object as T });
  }

  list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions,
    done: (result: {
      readonly ok: true;
      readonly list: { readonly items: readonly T[]; readonly resourceVersion: string };
    }) => void,
  ): void {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(`${resource.plural}/`)).sort();
    const items = keys.map((key) => this.#objects.get(key) as T).filter((object) => this.#isMeant(object, options));
    done({ ok: true, list: { items, resourceVersion: '1' } });
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    this.put(resource as Resource, object);
    done?.({ ok: true, object });
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, done?: Done<T>): void {
    this.update(resource, object, done);
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    change: (current: T) => T,
    done?: Done<T>,
  ): void {
    this.get(resource, namespace, name, (result) => {
      if (result.ok) this.update(resource, change(result.object), done);
      else done?.(result);
    });
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    _options?: unknown,
    done?: Done<T>,
  ): void {
    const key = this.#key(resource as Resource, namespace, name);
    const object = this.#objects.get(key);
    if (object === undefined) {
      done?.(this.#missing(resource as Resource, name));
      return;
    }
    this.#objects.delete(key);
    this.#tell(resource as Resource, { type: 'DELETED', object });
    done?.({ ok: true, object: object as T });
  }

  bind(): void {
    throw new Error('kubectl does not bind');
  }

  evict(): void {
    throw new Error('kubectl does not evict here');
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    handler: (event: WatchEvent<T>) => void,
  ): Watch {
    const watch = { resource: resource as Resource, options, handler: handler as OpenWatch['handler'] };
    this.#watches.add(watch);
    this.list(resource, options, ({ list }) => {
      for (const object of list.items) if (this.#watches.has(watch)) handler({ type: 'ADDED', object });
    });
    return { stop: () => this.#watches.delete(watch) };
  }

  #tell(resource: Resource, event: WatchEvent<KubeObject> & { readonly object: KubeObject }): void {
    for (const watch of this.#watches) {
      if (watch.resource === resource && this.#isMeant(event.object, watch.options)) watch.handler(event);
    }
  }

  #isMeant(object: KubeObject, { namespace, labelSelector, fieldSelector }: ListOptions): boolean {
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    if (labelSelector !== undefined && !compileLabelSelector(labelSelector)(object.metadata.labels)) return false;
    return Object.entries(fieldSelector ?? {}).every(([path, value]) => fieldOf(object, path) === value);
  }

  #key(resource: Resource, namespace: string | undefined, name: string): string {
    return `${resource.plural}/${resource.namespaced ? (namespace ?? '') : ''}/${name}`;
  }

  #title(resource: Resource): string {
    return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  }

  #missing(resource: Resource, name: string): { readonly ok: false; readonly status: Status } {
    return failure('NotFound', `${this.#title(resource)} "${name}" not found`, 404);
  }
}
