/**
 * What plugins remember during one scheduling attempt, between PreFilter and Filter or between PreScore and Score.
 * Preemption works on a copy, which plugins' AddPod and RemovePod may change.
 *
 * Source: pkg/scheduler/framework/cycle_state.go.
 */

/** Names one value of the state and says how preemption copies it. One constant for each. */
export interface StateKey<T> {
  readonly name: string;
  /** Absent: the value is never changed after it was written and may be shared. */
  readonly clone?: (value: T) => T;
}

interface Entry {
  readonly key: StateKey<unknown>;
  readonly value: unknown;
}

const NO_PLUGINS: ReadonlySet<string> = new Set();

export class CycleState {
  /** Plugins whose PreFilter returned Skip. */
  skipFilter: ReadonlySet<string> = NO_PLUGINS;
  /** Plugins whose PreScore returned Skip. */
  skipScore: ReadonlySet<string> = NO_PLUGINS;
  /** Made with the first value: many attempts write none. */
  #entries: Map<string, Entry> | undefined;

  write<T>(key: StateKey<T>, value: T): void {
    this.#entries ??= new Map();
    this.#entries.set(key.name, { key: key as StateKey<unknown>, value });
  }

  /** Undefined when nothing was written: the plugin's PreFilter or PreScore did not run, or skipped. */
  find<T>(key: StateKey<T>): T | undefined {
    return this.#entries?.get(key.name)?.value as T | undefined;
  }

  /** @throws Error when nothing was written, which is a mistake of the plugin. */
  read<T>(key: StateKey<T>): T {
    const entry = this.#entries?.get(key.name);
    if (entry === undefined) throw new Error(`cycle state "${key.name}" is read before it was written`);
    return entry.value as T;
  }

  clone(): CycleState {
    const copy = new CycleState();
    copy.skipFilter = this.skipFilter;
    copy.skipScore = this.skipScore;
    if (this.#entries === undefined) return copy;
    copy.#entries = new Map();
    for (const [name, { key, value }] of this.#entries) {
      copy.#entries.set(name, { key, value: key.clone === undefined ? value : key.clone(value) });
    }
    return copy;
  }
}
