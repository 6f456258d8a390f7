/**
 * Names of buckets. A bucket is a combination of a static group (Nodes whose labels, taints and images are alike to a
 * class) with, for each feature, either the domain or the count. Combinations are interned one value after another.
 */
import { REFUSED } from './static-groups.ts';

/** Values from -1 to this are looked up in arrays; others, which only affinity weights reach, in a map. */
const ARRAY_VALUES_MAX = 1024;
const VALUE_RANGE = 2 ** 26;
const VALUE_OFFSET = 2 ** 25;

/** Bucket of each Node. */
export type BucketIds = Uint16Array | Int32Array;

/** One level of the interning: (id of the prefix, value) to the id of the longer prefix. */
class Level {
  readonly #arrays: number[][] = [];
  readonly #map = new Map<number, number>();
  #ids = 0;

  clone(): Level {
    const copy = new Level();
    this.#arrays.forEach((ids, prefix) => (copy.#arrays[prefix] = ids.slice()));
    for (const [key, id] of this.#map) copy.#map.set(key, id);
    copy.#ids = this.#ids;
    return copy;
  }

  idOf(prefix: number, value: number): number {
    if (value < -1 || value > ARRAY_VALUES_MAX) return this.#idOfRare(prefix * VALUE_RANGE + value + VALUE_OFFSET);
    let ids = this.#arrays[prefix];
    if (ids === undefined) {
      ids = [];
      this.#arrays[prefix] = ids;
    }
    while (ids.length <= value + 1) ids.push(-1);
    const known = ids[value + 1] as number;
    if (known >= 0) return known;
    ids[value + 1] = this.#ids;
    return this.#ids++;
  }

  #idOfRare(key: number): number {
    const known = this.#map.get(key);
    if (known !== undefined) return known;
    this.#map.set(key, this.#ids);
    return this.#ids++;
  }
}

export class Buckets {
  readonly #features: number;
  /** The last level's ids are the buckets. */
  #levels: Level[];
  /** Static group of each bucket. */
  readonly groupOf: number[] = [];
  /** Value of each feature: `features` numbers for each bucket, a domain or a count. */
  readonly values: number[] = [];

  /** @param features number of features of the evaluation */
  constructor(features: number) {
    this.#features = features;
    this.#levels = Array.from({ length: features + 1 }, () => new Level());
    // The first bucket is that of the Nodes that are refused.
    this.intern(REFUSED, new Int32Array(features));
  }

  clone(): Buckets {
    const copy = new Buckets(this.#features);
    copy.#levels = this.#levels.map((level) => level.clone());
    copy.groupOf.length = 0;
    copy.groupOf.push(...this.groupOf);
    copy.values.length = 0;
    copy.values.push(...this.values);
    return copy;
  }

  get length(): number {
    return this.groupOf.length;
  }

  /** The bucket of a group and feature values (`values[0 .. features - 1]`), made when it is new. */
  intern(group: number, values: Int32Array): number {
    let id = (this.#levels[0] as Level).idOf(0, group);
    for (let feature = 0; feature < this.#features; feature++) {
      id = (this.#levels[feature + 1] as Level).idOf(id, values[feature] as number);
    }
    if (id === this.groupOf.length) {
      this.groupOf.push(group);
      for (let feature = 0; feature < this.#features; feature++) this.values.push(values[feature] as number);
    }
    return id;
  }
}
