/**
 * A rolling 64-bit digest: two runs that did the same have the same digest, and the first difference changes it for good.
 *
 * Two 32-bit lanes, each scrambled by multiplication and rotation and fed into the other, after the scheme of MurmurHash3
 * (A. Appleby, public domain), which keeps to operations that are exact in every JavaScript engine. One fold of an integer
 * costs some nanoseconds. It finds accidents; it is no defence against somebody who builds collisions.
 */

const bytes = new DataView(new ArrayBuffer(8));

/** Set before every 64-bit pattern of a number that is no whole number, so that it cannot be taken for one. */
const FRACTION_MARK = 0x66726163;

/** Fold numbers and texts in the order in which they come; `toString` gives 16 hexadecimal digits. */
export class Digest {
  #low = 0x9e3779b9 | 0;
  #high = 0x85ebca6b | 0;

  /** Folds a whole number, exact up to 2^53 in size. */
  foldInteger(value: number): void {
    // `| 0` keeps the low 32 bits of any whole number; what is above them goes to the other lane.
    const low = value | 0;
    this.#round(low, low === value ? low >> 31 : Math.floor(value / 4294967296) | 0);
  }

  /** Folds any number by its value, or its bits when it is not a whole number. -0 counts as 0, all NaN as one. */
  foldNumber(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.foldInteger(value);
      return;
    }
    bytes.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
    this.#round(FRACTION_MARK, 0);
    this.#round(bytes.getInt32(4), bytes.getInt32(0));
  }

  /** Folds a text: its length, then four UTF-16 units at a time. */
  foldString(text: string): void {
    const length = text.length;
    this.#round(length, 0);
    let i = 0;
    for (; i + 3 < length; i += 4) this.#round(pairAt(text, i), pairAt(text, i + 2));
    for (; i < length; i++) this.#round(text.charCodeAt(i), 0);
  }

  /** As `foldString` of "place/name", without making that text. */
  foldPath(place: string, name: string): void {
    const split = place.length;
    const offset = split + 1;
    const length = offset + name.length;
    this.#round(length, 0);
    let i = 0;
    for (; i + 3 < length; i += 4) {
      if (i >= offset) this.#round(pairAt(name, i - offset), pairAt(name, i - offset + 2));
      else if (i + 3 < split) this.#round(pairAt(place, i), pairAt(place, i + 2));
      else {
        const first = unitOf(place, name, i) | (unitOf(place, name, i + 1) << 16);
        this.#round(first, unitOf(place, name, i + 2) | (unitOf(place, name, i + 3) << 16));
      }
    }
    for (; i < length; i++) this.#round(i < offset ? unitOf(place, name, i) : name.charCodeAt(i - offset), 0);
  }

  /** Whether everything folded so far was the same. */
  equals(other: Digest): boolean {
    return this.#low === other.#low && this.#high === other.#high;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const low = finish(this.#low ^ finish(this.#high));
    const high = finish(this.#high ^ low);
    return hex(high) + hex(low);
  }

  #round(first: number, second: number): void {
    let low = Math.imul(first, 0xcc9e2d51);
    low = this.#low ^ Math.imul((low << 15) | (low >>> 17), 0x1b873593);
    let high = Math.imul(second, 0xab0e9789);
    high = this.#high ^ Math.imul((high << 17) | (high >>> 15), 0x38b34ae5);
    low = ((low << 13) | (low >>> 19)) + high;
    low = (Math.imul(low, 5) + 0xe6546b64) | 0;
    high = ((high << 17) | (high >>> 15)) + low;
    this.#high = (Math.imul(high, 5) + 0x561ccd1b) | 0;
    this.#low = low;
  }
}

const SLASH = 47;

/** Unit `i` of "place/name". */
function unitOf(place: string, name: string, i: number): number {
  const split = place.length;
  if (i < split) return place.charCodeAt(i);
  return i === split ? SLASH : name.charCodeAt(i - split - 1);
}

function pairAt(text: string, i: number): number {
  return text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
}

/** Makes every bit of a lane depend on every other; one to one. */
function finish(lane: number): number {
  let x = lane ^ (lane >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
