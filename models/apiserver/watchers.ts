/**
 * The watches of one resource: who is told of a change, and when. Watches by `spec.nodeName` or by name are found
 * through an index, so that a Pod's event costs what its own kubelet and the few unfiltered watches cost, not a test
 * for each of thousands of kubelets.
 *
 * A watch with a selector sees ADDED when an object begins to match and DELETED when it ceases to.
 * Source: apiserver/pkg/storage/cacher/cache_watcher.go.
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import type { FieldSelector, Watch, WatchEvent, WatchOptions } from '../client/client.ts';
import { matchesLabels } from '../client/object-selector.ts';
import type { KubeObject } from '../objects/meta.ts';
import { fieldOf } from './fields.ts';

type Handler<T> = (event: WatchEvent<T>) => void;

/** Fields with an index: most watches by field name one of these. */
const INDEXED_FIELDS = ['spec.nodeName', 'metadata.name'] as const;

export class Watcher<T extends KubeObject> implements Watch {
  readonly options: WatchOptions;
  /** Field selector less the part that the index has already tested. */
  readonly #fields: FieldSelector | undefined;
  readonly #sim: Simulation;
  readonly #handler: Handler<T>;
  readonly #latencyMicros: () => Micros;
  readonly #detach: (watcher: Watcher<T>) => void;
  /** When the last planned delivery arrives, and what it brings; null once it has arrived. */
  #dueMicros = 0;
  #batch: WatchEvent<T>[] | null = null;
  #stopped = false;

  constructor(
    sim: Simulation,
    options: WatchOptions,
    handler: Handler<T>,
    latencyMicros: () => Micros,
    indexedField: string | undefined,
    detach: (watcher: Watcher<T>) => void,
  ) {
    this.#sim = sim;
    this.options = options;
    this.#handler = handler;
    this.#latencyMicros = latencyMicros;
    this.#detach = detach;
    const rest = Object.entries(options.fieldSelector ?? {}).filter(([field]) => field !== indexedField);
    this.#fields = rest.length === 0 ? undefined : Object.fromEntries(rest);
  }

  stop(): void {
    this.#stopped = true;
    this.#detach(this);
  }

  /** Whether the object passes everything but the indexed field. */
  matches(object: T): boolean {
    const { namespace, labelSelector } = this.options;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    if (labelSelector !== undefined && !matchesLabels(labelSelector, object.metadata.labels)) return false;
    for (const field in this.#fields) if (fieldOf(object, field) !== this.#fields[field]) return false;
    return true;
  }

  /** Whether the object passes the whole selection. */
  matchesAll(object: T): boolean {
    const { fieldSelector } = this.options;
    for (const field in fieldSelector) if (fieldOf(object, field) !== fieldSelector[field]) return false;
    return this.matches(object);
  }

  /** Plans the delivery. Events that arrive at one instant are one delivery, and none overtakes another. */
  send(event: WatchEvent<T>): void {
    const dueMicros = Math.max(this.#dueMicros, this.#sim.nowMicros + this.#latencyMicros());
    if (this.#batch !== null && dueMicros === this.#dueMicros) {
      this.#batch.push(event);
      return;
    }
    this.#dueMicros = dueMicros;
    this.#batch = [event];
    this.#sim.at(dueMicros, this.#deliver, this.#batch);
  }

  readonly #deliver = (batch: WatchEvent<T>[]): void => {
    if (this.#batch === batch) this.#batch = null;
    for (const event of batch) {
      if (this.#stopped) return;
      this.#handler(event);
    }
  };
}

export class Watchers<T extends KubeObject> {
  readonly #unindexed = new Set<Watcher<T>>();
  readonly #byField = INDEXED_FIELDS.map((field) => ({ field, watchers: new Map<string, Set<Watcher<T>>>() }));
  readonly #sim: Simulation;
  readonly #latencyMicros: () => Micros;
  #sent = 0;

  constructor(sim: Simulation, latencyMicros: () => Micros) {
    this.#sim = sim;
    this.#latencyMicros = latencyMicros;
  }

  /** Watch events sent so far. */
  get sent(): number {
    return this.#sent;
  }

  add(options: WatchOptions, handler: Handler<T>): Watcher<T> {
    const index = this.#byField.find(({ field }) => options.fieldSelector?.[field] !== undefined);
    if (index === undefined) {
      const watcher = new Watcher<T>(this.#sim, options, handler, this.#latencyMicros, undefined, (gone) =>
        this.#unindexed.delete(gone),
      );
      this.#unindexed.add(watcher);
      return watcher;
    }
    const value = options.fieldSelector?.[index.field] as string;
    let watchers = index.watchers.get(value);
    if (watchers === undefined) {
      watchers = new Set();
      index.watchers.set(value, watchers);
    }
    const group = watchers;
    const watcher = new Watcher<T>(this.#sim, options, handler, this.#latencyMicros, index.field, (gone) => {
      group.delete(gone);
      if (group.size === 0) index.watchers.delete(value);
    });
    group.add(watcher);
    return watcher;
  }

  /** Tells everyone concerned of a change; `old` is absent for a creation, `current` for a deletion (`last` is then its last state). */
  notify(old: T | undefined, current: T | undefined, last: T | undefined): void {
    for (const watcher of this.#unindexed) this.#tell(watcher, old, current, last);
    for (const { field, watchers } of this.#byField) {
      if (watchers.size === 0) continue;
      const before = old === undefined ? undefined : fieldOf(old, field);
      const after = current === undefined ? undefined : fieldOf(current, field);
      if (after !== undefined) {
        for (const watcher of watchers.get(after) ?? [])
          this.#tell(watcher, before === after ? old : undefined, current, last);
      }
      if (before !== undefined && before !== after) {
        for (const watcher of watchers.get(before) ?? []) this.#tell(watcher, old, undefined, last ?? current);
      }
    }
  }

  /** Tells one watch that has just begun of a change that it missed. */
  replay(watcher: Watcher<T>, old: T | undefined, current: T | undefined, last: T | undefined): void {
    const was = old !== undefined && watcher.matchesAll(old);
    const is = current !== undefined && watcher.matchesAll(current);
    if (is) watcher.send({ type: was ? 'MODIFIED' : 'ADDED', object: current });
    else if (was) watcher.send({ type: 'DELETED', object: (last ?? current) as T });
  }

  #tell(watcher: Watcher<T>, old: T | undefined, current: T | undefined, last: T | undefined): void {
    const was = old !== undefined && watcher.matches(old);
    const is = current !== undefined && watcher.matches(current);
    if (is) watcher.send({ type: was ? 'MODIFIED' : 'ADDED', object: current });
    else if (was) watcher.send({ type: 'DELETED', object: (last ?? current) as T });
    else return;
    this.#sent++;
  }
}
