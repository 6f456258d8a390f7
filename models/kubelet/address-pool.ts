/**
 * The addresses of one Node's subnet, as the host-local IPAM plugin hands them out: round robin, so that the address
 * freed last is not the next one taken; the subnet's first host address is the bridge's.
 * Source: containernetworking/plugins, plugins/ipam/host-local (allocator), and flannel's Documentation.
 */

/** What stands behind the slash. */
const LENGTH = /^\d+$/;
const DOT = 46;
const ZERO = 48;

export interface Subnet {
  /** The network address as an unsigned 32-bit integer. */
  readonly network: number;
  readonly prefixLength: number;
}

/** @throws RangeError unless the text is an IPv4 network such as "10.244.1.0/24". */
export function parseSubnet(cidr: string): Subnet {
  const slash = cidr.indexOf('/');
  const address = parseAddress(cidr.slice(0, slash));
  const length = cidr.slice(slash + 1);
  if (slash < 0 || address === undefined || !LENGTH.test(length) || Number(length) > 32) {
    throw new RangeError(`subnet is '${cidr}'; accepted are IPv4 networks such as '10.244.1.0/24'`);
  }
  const prefixLength = Number(length);
  return { network: address - (address % 2 ** (32 - prefixLength)), prefixLength };
}

/** An unsigned 32-bit integer as a dotted quad. */
export function formatAddress(address: number): string {
  // Joined, so that one flat string is kept for each of many thousands of addresses.
  return [(address >>> 24) & 255, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

/** A dotted quad as an unsigned 32-bit integer; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  let address = 0;
  let dots = 0;
  let byte = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT && digits > 0) {
      address = address * 256 + byte;
      dots++;
      byte = 0;
      digits = 0;
      continue;
    }
    byte = byte * 10 + code - ZERO;
    digits++;
    if (code < ZERO || code > ZERO + 9 || digits > 3 || byte > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? address * 256 + byte : undefined;
}

/** Bits of a number that is kept without a box. */
const BITS = 30;

export class AddressPool {
  /**
   * A bit for each address, set while it is taken. Undefined as long as addresses were given out one after the other, and none has come
   * back: then those before the next one are taken. Thousands of Nodes have a pool.
   */
  #taken: number[] | undefined;
  #last = 1;
  #free: number;
  readonly #network: number;
  readonly #hosts: number;
  readonly cidr: string;

  constructor(cidr: string) {
    const { network, prefixLength } = parseSubnet(cidr);
    this.cidr = cidr;
    this.#network = network;
    // Host numbers 2 to the last but one: 0 is the network, 1 the bridge, the last the broadcast address.
    this.#hosts = Math.max(0, 2 ** (32 - prefixLength) - 3);
    this.#free = this.#hosts;
  }

  get free(): number {
    return this.#free;
  }

  /** The next free address after the one given out last; undefined when there is none. */
  allocate(): string | undefined {
    if (this.#free === 0) return undefined;
    let index = this.#last - 1;
    if (this.#taken !== undefined) {
      if (index === this.#hosts) index = 0;
      while (isSet(this.#taken, index)) index = index + 1 === this.#hosts ? 0 : index + 1;
      flip(this.#taken, index);
    }
    this.#free--;
    this.#last = index + 2;
    return formatAddress(this.#network + 2 + index);
  }

  /** Marks an address that a Pod has already; false when it is not of this subnet or taken. */
  adopt(address: string): boolean {
    const index = (parseAddress(address) ?? 0) - this.#network - 2;
    if (index < 0 || index >= this.#hosts || isSet(this.#bits(), index)) return false;
    flip(this.#bits(), index);
    this.#free--;
    return true;
  }

  release(address: string): void {
    const index = (parseAddress(address) ?? 0) - this.#network - 2;
    if (index < 0 || index >= this.#hosts || !isSet(this.#bits(), index)) return;
    flip(this.#bits(), index);
    this.#free++;
  }

  #bits(): number[] {
    if (this.#taken === undefined) {
      this.#taken = new Array<number>(Math.ceil(this.#hosts / BITS)).fill(0);
      for (let index = 0; index < this.#last - 1; index++) flip(this.#taken, index);
    }
    return this.#taken;
  }
}

function isSet(bits: readonly number[], index: number): boolean {
  return (((bits[Math.floor(index / BITS)] as number) >> (index % BITS)) & 1) === 1;
}

function flip(bits: number[], index: number): void {
  const word = Math.floor(index / BITS);
  bits[word] = (bits[word] as number) ^ (1 << (index % BITS));
}
