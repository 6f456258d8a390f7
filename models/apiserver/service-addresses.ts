/**
 * Cluster addresses and node ports of Services: a small static band at the start of the range, which only explicit requests
 * use while there is room elsewhere, and random picks above it.
 * Sources: pkg/registry/core/service/{ipallocator,portallocator}.
 */
import type { RandomStream } from '../../engine/index.ts';

/** A range of whole numbers with a static band; explicit claims may be anywhere in it. */
export class NumberRange {
  readonly #first: number;
  readonly #size: number;
  readonly #band: number;
  readonly #used = new Set<number>();

  constructor(first: number, size: number, band: number) {
    this.#first = first;
    this.#size = size;
    this.#band = band;
  }

  /** Takes that number; false when it is taken or outside. */
  claim(value: number): boolean {
    if (value < this.#first || value >= this.#first + this.#size || this.#used.has(value)) return false;
    this.#used.add(value);
    return true;
  }

  release(value: number): void {
    this.#used.delete(value);
  }

  /** Takes the first free number from a random place above the band on, then within the band; undefined when full. */
  next(stream: RandomStream): number | undefined {
    return this.#scan(this.#band, this.#size - this.#band, stream) ?? this.#scan(0, this.#band, stream);
  }

  #scan(from: number, length: number, stream: RandomStream): number | undefined {
    if (length <= 0) return undefined;
    const start = stream.below(length);
    for (let i = 0; i < length; i++) {
      const value = this.#first + from + ((start + i) % length);
      if (this.claim(value)) return value;
    }
    return undefined;
  }
}

const bandOf = (size: number, share: number, least: number, most: number): number =>
  size <= least ? 0 : Math.min(Math.max(least, Math.floor(size / share)), most);

export function addressToNumber(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

export function numberToAddress(value: number): string {
  return [value / 16777216, value / 65536, value / 256, value].map((part) => Math.floor(part) % 256).join('.');
}

/** Addresses of a range such as 10.96.0.0/12, less the network's own and the broadcast address. */
export function serviceAddresses(cidr: string): NumberRange {
  const [base, bits] = cidr.split('/') as [string, string];
  const prefixLength = Number(bits);
  const size = 2 ** (32 - prefixLength) - 2;
  return new NumberRange(addressToNumber(base) + 1, size, bandOf(size, 16, 16, 256));
}

/** 30000 to 32767, as --service-node-port-range has it. */
export function nodePorts(): NumberRange {
  const size = 2768;
  return new NumberRange(30_000, size, bandOf(size, 32, 16, 128));
}
