/**
 * The little of an API server that a kubelet needs, for its tests: objects by key, watches, a fixed latency, deletion
 * in two steps for Pods. Tests of whole clusters use `models/apiserver`.
 */
import type { Simulation } from '../../../engine/index.ts';
import type { ApiResult, Client, Done, WatchEvent } from '../../client/client.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { PODS, type Resource } from '../../objects/resources.ts';

const LATENCY_MICROS = 2_000;

interface Watcher {
  readonly resource: Resource;
  readonly nodeName: string | undefined;
  readonly handler: (event: WatchEvent<KubeObject>) => void;
}

type Change = (current: KubeObject) => KubeObject;

export class PodStore {
  readonly objects = new Map<string, KubeObject>();
  /** Every write to a Pod's status and every deletion, in order. */
  readonly history: { readonly type: string; readonly object: KubeObject; readonly timeMicros: number }[] = [];
  readonly #sim: Simulation;
  readonly #watchers: Watcher[] = [];
  #uids = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  #key(resource: Resource, namespace: string | undefined, name: string): string {
    return `${resource.plural}/${namespace ?? ''}/${name}`;
  }

  put(resource: Resource, object: KubeObject, type: 'ADDED' | 'MODIFIED' | 'DELETED' = 'MODIFIED'): void {
    const key = this.#key(resource, object.metadata.namespace, object.metadata.name);
    if (type === 'DELETED') this.objects.delete(key);
    else this.objects.set(key, object);
    this.history.push({ type, object, timeMicros: this.#sim.nowMicros });
    for (const watcher of this.#watchers) {
      if (watcher.resource !== resource) continue;
      if (watcher.nodeName !== undefined && (object as Pod).spec.nodeName !== watcher.nodeName) continue;
      this.#sim.after(LATENCY_MICROS, watcher.handler, { type, object });
    }
  }

  create(resource: Resource, object: KubeObject): KubeObject {
    this.#uids++;
    const uid = `uid-${this.#uids}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, generation: 1 } };
    this.put(resource, stored, 'ADDED');
    return stored;
  }

  pod(name: string): Pod | undefined {
    return this.objects.get(this.#key(PODS, 'default', name)) as Pod | undefined;
  }

  /** DELETE as kubectl sends it: the object stays until the kubelet deletes it with grace 0. */
  deleteGracefully(name: string, graceSeconds: number): void {
    const pod = this.pod(name) as Pod;
    const metadata = {
      ...pod.metadata,
      deletionTimestamp: '2030-01-01T00:00:00Z',
      deletionGracePeriodSeconds: graceSeconds,
    };
    this.put(PODS, { ...pod, metadata } as Pod);
  }

  client(userAgent: string): Client {
    const later = <T>(done: Done<T> | undefined, result: ApiResult<T>): void => {
      if (done !== undefined) this.#sim.after(LATENCY_MICROS, done, result);
    };
    const refuse = (): never => {
      throw new Error('the Pod store does not know this request');
    };
    return {
      userAgent,
      create: (resource, object, done) => {
        const stored = this.create(resource, object);
        later(done, { ok: true, object: stored as never });
      },
      patch: (resource, namespace, name, change) => {
        this.#sim.after(LATENCY_MICROS, () => {
          const current = this.objects.get(this.#key(resource, namespace, name));
          const next = current === undefined ? undefined : (change as unknown as Change)(current);
          if (next !== undefined && next !== current) this.put(resource, next);
        });
      },
      delete: (resource, namespace, name) => {
        this.#sim.after(LATENCY_MICROS, () => {
          const current = this.objects.get(this.#key(resource, namespace, name));
          if (current !== undefined) this.put(resource, current, 'DELETED');
        });
      },
      watch: (resource, options, handler) => {
        const nodeName = options.fieldSelector?.['spec.nodeName'];
        this.#watchers.push({ resource, nodeName, handler: handler as Watcher['handler'] });
        return { stop: refuse };
      },
      get: refuse,
      list: refuse,
      update: refuse,
      updateStatus: refuse,
      bind: refuse,
      evict: refuse,
    };
  }
}
