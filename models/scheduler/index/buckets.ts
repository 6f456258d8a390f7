/**
 * Names of buckets. A bucket is a combination of a static group (Nodes whose labels, taints and images are alike to a
 * class) with, for each feature, either the domain or the count. Combinations are interned one value after another.
 */
const VALUE_RANGE = 2 ** 26;
const VALUE_OFFSET = 2 ** 25;

export class Buckets {
  readonly #features: number;
  /** For each level, (prefix, value) to the id of the longer prefix; the last level's ids are the buckets. */
  readonly #levels: Map<number, number>[];
  /** Static group of each bucket. */
  readonly groupOf: number[] = [];
  /** Value of each feature: `features` numbers for each bucket, a domain or a count. */
  readonly values: number[] = [];

  /** @param features number of features of the evaluation */
  constructor(features: number) {
    this.#features = features;
    this.#levels = Array.from({ length: features + 1 }, () => new Map());
  }

  get length(): number {
    return this.groupOf.length;
  }

  /** The bucket of a group and feature values (`values[0 .. features - 1]`), made when it is new. */
  intern(group: number, values: Int32Array): number {
    let id = this.#longer(0, 0, group);
    for (let feature = 0; feature < this.#features; feature++) id = this.#longer(feature + 1, id, values[feature] as number);
    if (id === this.groupOf.length) {
      this.groupOf.push(group);
      for (let feature = 0; feature < this.#features; feature++) this.values.push(values[feature] as number);
    }
    return id;
  }

  #longer(level: number, prefix: number, value: number): number {
    const ids = this.#levels[level] as Map<number, number>;
    const key = prefix * VALUE_RANGE + value + VALUE_OFFSET;
    let id = ids.get(key);
    if (id === undefined) {
      id = ids.size;
      ids.set(key, id);
    }
    return id;
  }
}
