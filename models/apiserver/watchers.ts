/**
 * The watches of one resource: who is told of a change, and when. Watches by `spec.nodeName` or by name are found
 * through an index, so that a Pod's event costs what its own kubelet and the few unfiltered watches cost, not a test
 * for each of thousands of kubelets.
 *
 * A watch with a selector sees ADDED when an object begins to match and DELETED, with the state before, when it ceases to.
 * Source: apiserver/pkg/storage/cacher/cache_watcher.go (convertToWatchEvent).
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import type { FieldSelector, Watch, WatchEvent, WatchOptions } from '../client/client.ts';
import { compileLabelSelector } from '../objects/index.ts';
import type { KubeObject } from '../objects/meta.ts';
import { PODS } from '../objects/resources.ts';
import { type FieldReader, fieldOf, fieldReader } from './fields.ts';
import { NO_SLOT } from './object-table.ts';
import { type StoredChange, withRevision } from './registry.ts';

type Handler<T> = (event: WatchEvent<T>) => void;
type Test = (object: KubeObject) => boolean;

/** Fields with an index: most watches by field name one of these. */
const INDEXED_FIELDS = ['spec.nodeName', 'metadata.name'] as const;

/** One test of all that a selection asks, or none when it asks nothing. */
function testOf(options: WatchOptions, fields: FieldSelector): Test | undefined {
  const tests: Test[] = [];
  const { namespace, labelSelector } = options;
  if (namespace !== undefined) tests.push((object) => object.metadata.namespace === namespace);
  if (labelSelector !== undefined) {
    const matches = compileLabelSelector(labelSelector);
    tests.push((object) => matches(object.metadata.labels));
  }
  for (const [field, value] of Object.entries(fields)) tests.push((object) => fieldOf(object, field) === value);
  if (tests.length < 2) return tests[0];
  return (object) => tests.every((test) => test(object));
}

/** A test of the whole selection, for lists. */
export function selectionTest(options: WatchOptions): Test | undefined {
  return testOf(options, options.fieldSelector ?? {});
}

/** What arrives at one instant; mostly one event. */
interface Delivery<T extends KubeObject> {
  readonly first: WatchEvent<T>;
  more: WatchEvent<T>[] | undefined;
}

export class Watcher<T extends KubeObject> implements Watch {
  readonly wantsBookmarks: boolean;
  /** Tests everything but the indexed field; undefined when that leaves nothing. */
  readonly test: Test | undefined;
  readonly #sim: Simulation;
  readonly #handler: Handler<T>;
  readonly #latencyMicros: () => Micros;
  readonly #detach: (watcher: Watcher<T>) => void;
  /** When the last planned delivery arrives, and what it brings; null once it has arrived. */
  #dueMicros = 0;
  #batch: Delivery<T> | null = null;
  #isStopped = false;

  constructor(
    sim: Simulation,
    options: WatchOptions,
    handler: Handler<T>,
    latencyMicros: () => Micros,
    test: Test | undefined,
    detach: (watcher: Watcher<T>) => void,
  ) {
    this.#sim = sim;
    this.#handler = handler;
    this.#latencyMicros = latencyMicros;
    this.test = test;
    this.wantsBookmarks = options.allowWatchBookmarks === true;
    this.#detach = detach;
  }

  stop(): void {
    this.#isStopped = true;
    this.#detach(this);
  }

  /** Plans the delivery. Events that arrive at one instant are one delivery, and none overtakes another. */
  send(event: WatchEvent<T>): void {
    const dueMicros = Math.max(this.#dueMicros, this.#sim.nowMicros + this.#latencyMicros());
    if (this.#batch !== null && dueMicros === this.#dueMicros) {
      this.#batch.more ??= [];
      this.#batch.more.push(event);
      return;
    }
    this.#dueMicros = dueMicros;
    this.#batch = { first: event, more: undefined };
    this.#sim.at(dueMicros, Watcher.#deliver<T>, this, this.#batch);
  }

  /** One handler for all watches: thousands of kubelets need none of their own. */
  static #deliver<T extends KubeObject>(watcher: Watcher<T>, batch: Delivery<T>): void {
    if (watcher.#batch === batch) watcher.#batch = null;
    if (watcher.#isStopped) return;
    const { first, more } = batch;
    watcher.#handler(first);
    if (more === undefined) return;
    for (const event of more) {
      if (watcher.#isStopped) return;
      watcher.#handler(event);
    }
  }
}

interface FieldIndex<T extends KubeObject> {
  readonly field: string;
  readonly read: FieldReader;
  /** By value of the field. A list is never changed, only replaced: it may be on its way through `notify`. */
  readonly watchers: Map<string, readonly Watcher<T>[]>;
}

const NO_CHANGE: StoredChange = {
  resource: PODS,
  old: undefined,
  current: undefined,
  last: undefined,
  revision: 0,
  slot: NO_SLOT,
};

/** The events of one change, each made once, for all watchers that get it. */
class ChangeEvents<T extends KubeObject> {
  #change: StoredChange = NO_CHANGE;
  #added: WatchEvent<T> | undefined;
  #modified: WatchEvent<T> | undefined;
  #deleted: WatchEvent<T> | undefined;

  /** Makes the events of another change from now on. */
  begin(change: StoredChange): void {
    this.#change = change;
    this.#added = undefined;
    this.#modified = undefined;
    this.#deleted = undefined;
  }

  get added(): WatchEvent<T> {
    this.#added ??= { type: 'ADDED', object: this.#change.current as T, slot: this.#change.slot };
    return this.#added;
  }

  get modified(): WatchEvent<T> {
    this.#modified ??= { type: 'MODIFIED', object: this.#change.current as T, slot: this.#change.slot };
    return this.#modified;
  }

  /** For an object that is there but no longer matches: its state before, at the revision of the change. */
  get deleted(): WatchEvent<T> {
    const { old, last, revision, slot } = this.#change;
    this.#deleted ??= { type: 'DELETED', object: (last ?? withRevision(old as KubeObject, revision)) as T, slot };
    return this.#deleted;
  }
}

export class Watchers<T extends KubeObject> {
  #unindexed: readonly Watcher<T>[] = [];
  readonly #indexes: readonly FieldIndex<T>[];
  readonly #sim: Simulation;
  readonly #latencyMicros: () => Micros;
  readonly #events = new ChangeEvents<T>();
  #sent = 0;

  constructor(sim: Simulation, kind: string, latencyMicros: () => Micros) {
    this.#sim = sim;
    this.#latencyMicros = latencyMicros;
    this.#indexes = INDEXED_FIELDS.flatMap((field) => {
      const read = fieldReader(kind, field);
      return read === undefined ? [] : [{ field, read, watchers: new Map() }];
    });
  }

  /** Watch events sent so far. */
  get sent(): number {
    return this.#sent;
  }

  add(options: WatchOptions, handler: Handler<T>): Watcher<T> {
    const { fieldSelector = {} } = options;
    const index = this.#indexes.find(({ field }) => fieldSelector[field] !== undefined);
    if (index === undefined) {
      const test = testOf(options, fieldSelector);
      const watcher = new Watcher<T>(this.#sim, options, handler, this.#latencyMicros, test, (gone) => {
        this.#unindexed = without(this.#unindexed, gone);
      });
      this.#unindexed = [...this.#unindexed, watcher];
      return watcher;
    }
    const { watchers } = index;
    const { [index.field]: value = '', ...rest } = fieldSelector;
    const test = testOf(options, rest);
    const watcher = new Watcher<T>(this.#sim, options, handler, this.#latencyMicros, test, (gone) => {
      const left = without(watchers.get(value) ?? [], gone);
      if (left.length === 0) watchers.delete(value);
      else watchers.set(value, left);
    });
    const group = watchers.get(value);
    // Mostly there is one: a list that is not pushed to has no room for more.
    watchers.set(value, group === undefined ? [watcher] : [...group, watcher]);
    return watcher;
  }

  /** Tells everyone concerned of a change. */
  notify(change: StoredChange): void {
    const { old, current } = change;
    const events = this.#events;
    events.begin(change);
    for (const watcher of this.#unindexed) this.#tell(watcher, old, current, events);
    for (const index of this.#indexes) if (index.watchers.size > 0) this.#notifyIndexed(index, old, current, events);
  }

  #notifyIndexed(
    { read, watchers }: FieldIndex<T>,
    old: KubeObject | undefined,
    current: KubeObject | undefined,
    events: ChangeEvents<T>,
  ): void {
    const before = old === undefined ? undefined : read(old);
    const after = current === undefined ? undefined : read(current);
    if (after !== undefined) {
      const group = watchers.get(after);
      if (group !== undefined) {
        for (const watcher of group) this.#tell(watcher, before === after ? old : undefined, current, events);
      }
    }
    if (before !== undefined && before !== after) {
      const group = watchers.get(before);
      if (group !== undefined) for (const watcher of group) this.#tell(watcher, old, undefined, events);
    }
  }

  /** Tells one watch that has just begun, by `options`, of a change that it missed. */
  replay(watcher: Watcher<T>, options: WatchOptions, change: StoredChange): void {
    const test = selectionTest(options);
    const { old, current } = change;
    const had = old !== undefined && (test === undefined || test(old));
    const has = current !== undefined && (test === undefined || test(current));
    this.#events.begin(change);
    this.#send(watcher, had, has, this.#events);
  }

  /** Tells the watchers that want to know up to which revision they have seen everything. */
  bookmark(revision: number): void {
    const event: WatchEvent<T> = { type: 'BOOKMARK', resourceVersion: String(revision) };
    for (const watcher of this.#unindexed) if (watcher.wantsBookmarks) watcher.send(event);
    for (const { watchers } of this.#indexes) {
      for (const group of watchers.values()) {
        for (const watcher of group) if (watcher.wantsBookmarks) watcher.send(event);
      }
    }
  }

  #tell(
    watcher: Watcher<T>,
    old: KubeObject | undefined,
    current: KubeObject | undefined,
    events: ChangeEvents<T>,
  ): void {
    const { test } = watcher;
    if (test === undefined) this.#send(watcher, old !== undefined, current !== undefined, events);
    else this.#send(watcher, old !== undefined && test(old), current !== undefined && test(current), events);
  }

  #send(watcher: Watcher<T>, had: boolean, has: boolean, events: ChangeEvents<T>): void {
    if (has) watcher.send(had ? events.modified : events.added);
    else if (had) watcher.send(events.deleted);
    else return;
    this.#sent++;
  }
}

function without<T extends KubeObject>(watchers: readonly Watcher<T>[], gone: Watcher<T>): readonly Watcher<T>[] {
  return watchers.filter((watcher) => watcher !== gone);
}
