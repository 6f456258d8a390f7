/**
 * Sorting as Go's `sort.Sort` does it, with the same outcome among equal elements: a pattern-defeating quicksort, which
 * is not stable, so that ties in etcd's sorted ranges come out as they do there.
 * Source of the behaviour: Go 1.19 and later, package sort (pdqsort of Orson Peters).
 */
type Less<T> = (a: T, b: T) => boolean;

const MAX_INSERTION = 12;
const SHORTEST_NINTHER = 50;
const SHORTEST_SHIFTING = 50;
const MAX_SWAPS = 12;
const MAX_STEPS = 5;

type Hint = 'unknown' | 'increasing' | 'decreasing';

/** Sorts in place. */
export function goSort<T>(items: T[], less: Less<T>): void {
  new PatternDefeatingSort(items, less).sort(0, items.length, 32 - Math.clz32(items.length));
}

class PatternDefeatingSort<T> {
  readonly #items: T[];
  readonly #lessThan: Less<T>;

  constructor(items: T[], less: Less<T>) {
    this.#items = items;
    this.#lessThan = less;
  }

  sort(from: number, to: number, badPivotsAllowed: number): void {
    let a = from;
    let b = to;
    let allowed = badPivotsAllowed;
    let wasBalanced = true;
    let wasPartitioned = true;
    while (b - a > MAX_INSERTION) {
      if (allowed === 0) {
        this.#heapSort(a, b);
        return;
      }
      if (!wasBalanced) {
        this.#breakPatterns(a, b);
        allowed--;
      }
      let [pivot, hint] = this.#choosePivot(a, b);
      if (hint === 'decreasing') {
        this.#reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = 'increasing';
      }
      if (wasBalanced && wasPartitioned && hint === 'increasing' && this.#partialInsertionSort(a, b)) return;
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot);
        continue;
      }
      const threshold = (b - a) >>> 3;
      const [middle, wasAlready] = this.#partition(a, b, pivot);
      wasPartitioned = wasAlready;
      if (middle - a < b - middle) {
        wasBalanced = middle - a >= threshold;
        this.sort(a, middle, allowed);
        a = middle + 1;
      } else {
        wasBalanced = b - middle >= threshold;
        this.sort(middle + 1, b, allowed);
        b = middle;
      }
    }
    this.#insertionSort(a, b);
  }

  #less(i: number, j: number): boolean {
    return this.#lessThan(this.#items[i] as T, this.#items[j] as T);
  }

  #swap(i: number, j: number): void {
    const item = this.#items[i] as T;
    this.#items[i] = this.#items[j] as T;
    this.#items[j] = item;
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
  }

  #heapSort(a: number, b: number): void {
    const count = b - a;
    for (let i = (count - 1) >>> 1; i >= 0; i--) this.#siftDown(i, count, a);
    for (let i = count - 1; i >= 0; i--) {
      this.#swap(a, a + i);
      this.#siftDown(0, i, a);
    }
  }

  #siftDown(from: number, count: number, first: number): void {
    for (let root = from; ; ) {
      let child = 2 * root + 1;
      if (child >= count) return;
      if (child + 1 < count && this.#less(first + child, first + child + 1)) child++;
      if (!this.#less(first + root, first + child)) return;
      this.#swap(first + root, first + child);
      root = child;
    }
  }

  /** Puts the pivot in its place, less before it, the rest after it. */
  #partition(a: number, b: number, pivot: number): [number, boolean] {
    this.#swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    let wasAlready = true;
    for (;;) {
      while (i <= j && this.#less(i, a)) i++;
      while (i <= j && !this.#less(j, a)) j--;
      if (i > j) break;
      wasAlready = false;
      this.#swap(i++, j--);
    }
    this.#swap(j, a);
    return [j, wasAlready];
  }

  /** What equals the pivot first, then what is greater; returns where that begins. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++;
      while (i <= j && this.#less(a, j)) j--;
      if (i > j) return i;
      this.#swap(i++, j--);
    }
  }

  /** Sorts what is almost sorted; false if it gives up. */
  #partialInsertionSort(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < MAX_STEPS; step++) {
      while (i < b && !this.#less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < SHORTEST_SHIFTING) return false;
      this.#swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1);
    }
    return false;
  }

  #breakPatterns(a: number, b: number): void {
    const length = b - a;
    if (length < 8) return;
    let random = BigInt(length);
    const mask = (1 << (32 - Math.clz32(length))) - 1;
    const middle = a + (length >>> 2) * 2 - 1;
    for (let i = 0; i < 3; i++) {
      random = BigInt.asUintN(64, random ^ (random << 13n));
      random ^= random >> 7n;
      random = BigInt.asUintN(64, random ^ (random << 17n));
      let other = Number(BigInt.asUintN(32, random)) & mask;
      if (other >= length) other -= length;
      this.#swap(middle - 1 + i, a + other);
    }
  }

  #choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a;
    const quarter = length >>> 2;
    const count = { swaps: 0 };
    let i = a + quarter;
    let j = a + quarter * 2;
    let k = a + quarter * 3;
    if (length >= 8) {
      if (length >= SHORTEST_NINTHER) {
        i = this.#median(i - 1, i, i + 1, count);
        j = this.#median(j - 1, j, j + 1, count);
        k = this.#median(k - 1, k, k + 1, count);
      }
      j = this.#median(i, j, k, count);
    }
    return [j, count.swaps === 0 ? 'increasing' : count.swaps === MAX_SWAPS ? 'decreasing' : 'unknown'];
  }

  #median(first: number, second: number, third: number, count: { swaps: number }): number {
    let [a, b] = this.#ordered(first, second, count);
    [b] = this.#ordered(b, third, count);
    [a, b] = this.#ordered(a, b, count);
    return b;
  }

  #ordered(a: number, b: number, count: { swaps: number }): [number, number] {
    if (!this.#less(b, a)) return [a, b];
    count.swaps++;
    return [b, a];
  }

  #reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j);
  }
}
