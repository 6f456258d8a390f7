/**
 * The versions of every key, and the keys in order. Versions of one key form a chain from the newest to the oldest that
 * has not been compacted; the order of keys is brought up to date only when a range asks for it.
 */
import { type KeyRange, TO_THE_END } from './key-range.ts';
import type { KeyValue } from './requests.ts';

/** A version of a key; `version` 0 marks a deletion, which has no value. */
export interface Version<V> extends KeyValue<V> {
  value: V;
  modRevision: number;
  version: number;
  lease: number;
  previous: Version<V> | undefined;
}

/** Below so many new keys they are put in place one by one; above, all keys are sorted anew. */
const FEW_NEW_KEYS = 16;

export class KeyIndex<V> {
  readonly #newest = new Map<string, Version<V>>();
  #sorted: string[] = [];
  /** Keys that have no place in the order yet. */
  #added: string[] = [];
  /** The order has to be made anew. */
  #isStale = false;

  get size(): number {
    return this.#newest.size;
  }

  newest(key: string): Version<V> | undefined {
    return this.#newest.get(key);
  }

  /** The version that held at a revision; undefined if the key was not there. */
  at(key: string, revision: number): Version<V> | undefined {
    let version = this.#newest.get(key);
    while (version !== undefined && version.modRevision > revision) version = version.previous;
    return version === undefined || version.version === 0 ? undefined : version;
  }

  put(version: Version<V>): void {
    if (this.#newest.has(version.key)) this.#newest.set(version.key, version);
    else this.add(version);
  }

  /** The first version of a key that is not there. */
  add(version: Version<V>): void {
    if (!this.#isStale) this.#added.push(version.key);
    this.#newest.set(version.key, version);
  }

  /** Forgets a key with all its versions. */
  forget(key: string): void {
    this.#newest.delete(key);
    this.#added = [];
    this.#isStale = true;
  }

  /** Versions of all keys of a range at a revision, in the order of the keys. */
  range(range: KeyRange, revision: number): Version<V>[] {
    const { key: first, rangeEnd } = range;
    if (rangeEnd === undefined || rangeEnd === '') {
      const version = this.at(first, revision);
      return version === undefined ? [] : [version];
    }
    const keys = this.#inOrder();
    const found: Version<V>[] = [];
    for (let i = lowerBound(keys, first); i < keys.length; i++) {
      const key = keys[i] as string;
      if (rangeEnd !== TO_THE_END && key >= rangeEnd) break;
      const version = this.at(key, revision);
      if (version !== undefined) found.push(version);
    }
    return found;
  }

  #inOrder(): string[] {
    if (this.#isStale) {
      this.#sorted = [...this.#newest.keys()].sort(byBytes);
    } else if (this.#added.length > FEW_NEW_KEYS) {
      this.#sorted.push(...this.#added);
      this.#sorted.sort(byBytes);
    } else {
      for (const key of this.#added) this.#sorted.splice(lowerBound(this.#sorted, key), 0, key);
    }
    this.#added = [];
    this.#isStale = false;
    return this.#sorted;
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Index of the first key that is not less than `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
