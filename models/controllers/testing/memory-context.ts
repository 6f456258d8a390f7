/** The surroundings of a controller in a test: caches and clients of the API server in memory, a plain queue, noted Events. */
import type { Simulation } from '../../../engine/index.ts';
import type { KubeObject } from '../../objects/meta.ts';
import { controllerKeys, CONTROLLER_INDEX } from '../claims.ts';
import type { ControllerContext, WorkQueue } from '../controller-context.ts';
import type { MemoryApi } from './memory-api.ts';

/** A work queue as client-go has it, without the token bucket. */
class PlainQueue implements WorkQueue {
  readonly #sim: Simulation;
  readonly #baseMicros: number;
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #waiting: string[] = [];
  readonly #failures = new Map<string, number>();
  #ready: () => void = () => {};

  constructor(sim: Simulation, baseMicros: number) {
    this.#sim = sim;
    this.#baseMicros = baseMicros;
  }

  add(key: string): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (this.#processing.has(key)) return;
    this.#waiting.push(key);
    this.#ready();
  }

  addAfter(key: string, delayMicros: number): void {
    this.#sim.after(delayMicros, (k: string) => this.add(k), key);
  }

  addRateLimited(key: string): void {
    const failures = this.numRequeues(key);
    this.#failures.set(key, failures + 1);
    this.addAfter(key, this.#baseMicros * (1 << Math.min(failures, 17)));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  get(): string | undefined {
    const key = this.#waiting.shift();
    if (key === undefined) return undefined;
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) {
      this.#waiting.push(key);
      this.#ready();
    }
  }

  onReady(callback: () => void): void {
    this.#ready = callback;
  }
}

/** An Event as a test reads it. */
export interface NotedEvent {
  readonly object: KubeObject;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export function memoryContext(sim: Simulation, api: MemoryApi, events: NotedEvent[]): ControllerContext {
  return {
    sim,
    client: api.client('test'),
    nowSeconds: () => api.nowSeconds(),
    nowTimestamp: () => api.nowTimestamp(),
    cache: (resource) => {
      const cache = api.cache(resource);
      cache.addIndex(CONTROLLER_INDEX, controllerKeys);
      return cache;
    },
    queue: (_name, retry) => new PlainQueue(sim, retry?.baseMicros ?? 5_000),
    recorder: () => ({
      event: (object, type, reason, message) => events.push({ object, type, reason, message }),
    }),
  };
}
