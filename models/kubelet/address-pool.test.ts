/** Addresses of a Node's subnet: order, reuse, exhaustion. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressPool, formatAddress, parseAddress, parseSubnet } from './address-pool.ts';

test('addresses begin at .2 and rise', () => {
  const pool = new AddressPool('10.244.3.0/24');
  expect([pool.allocate(), pool.allocate()]).toEqual(['10.244.3.2', '10.244.3.3']);
});

test('the address freed last is not the next one taken', () => {
  const pool = new AddressPool('10.244.3.0/24');
  pool.release(pool.allocate() as string);
  expect(pool.allocate()).toBe('10.244.3.3');
});

test('a /29 has five addresses for Pods, then none until one is freed', () => {
  const pool = new AddressPool('10.0.0.8/29');
  const all = Array.from({ length: 6 }, () => pool.allocate());
  expect(all).toEqual(['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', undefined]);
  pool.release('10.0.0.12');
  expect(pool.allocate()).toBe('10.0.0.12');
});

test('an address that a Pod brings along is taken', () => {
  const pool = new AddressPool('10.244.3.0/24');
  expect(pool.adopt('10.244.3.2')).toBe(true);
  expect(pool.adopt('10.244.4.9')).toBe(false);
  expect(pool.allocate()).toBe('10.244.3.3');
});

test('a text that is no IPv4 network is refused by name', () => {
  for (const text of [
    '10.244.0.0',
    '10.244.0.0/33',
    '10.244.0.0/',
    '10.244.0.0/x',
    '10.244.0/16',
    '/16',
    '256.0.0.0/8',
  ]) {
    expect(() => parseSubnet(text)).toThrow(`subnet is '${text}'`);
  }
});

test('addresses are read as they are written, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
      expect(parseAddress(formatAddress(address))).toBe(address);
    }),
  );
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.0004',
    'a.b.c.d',
    '1.2.3.4 ',
  ]) {
    expect(parseAddress(text)).toBeUndefined();
  }
  expect(parseSubnet('10.244.7.9/16')).toEqual({ network: 10 * 2 ** 24 + 244 * 2 ** 16, prefixLength: 16 });
});

/** The plain rule: the next address after the one given out last that nobody has. */
class PlainPool {
  readonly taken = new Set<string>();
  readonly #all: readonly string[];
  #next = 0;

  constructor(first: number, count: number) {
    this.#all = Array.from({ length: count }, (_, index) => formatAddress(first + index));
  }

  allocate(): string | undefined {
    for (let tried = 0; tried < this.#all.length; tried++) {
      const index = (this.#next + tried) % this.#all.length;
      const address = this.#all[index] as string;
      if (this.taken.has(address)) continue;
      this.taken.add(address);
      this.#next = index + 1;
      return address;
    }
    return undefined;
  }

  adopt(address: string): boolean {
    if (!this.#all.includes(address) || this.taken.has(address)) return false;
    this.taken.add(address);
    return true;
  }
}

test('addresses are those that the plain rule gives', () => {
  const address = fc.integer({ min: 0, max: 70 }).map((host) => `10.0.0.${host}`);
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'allocate' as const, address: '' }) },
    fc.record({ kind: fc.constantFrom('adopt' as const, 'release' as const), address }),
  );
  fc.assert(
    fc.property(fc.constantFrom(26, 28, 30), fc.array(step, { maxLength: 120 }), (length, steps) => {
      const pool = new AddressPool(`10.0.0.0/${length}`);
      const plain = new PlainPool((parseAddress('10.0.0.0') as number) + 2, 2 ** (32 - length) - 3);
      for (const { kind, address: text } of steps) {
        if (kind === 'allocate') expect(pool.allocate()).toBe(plain.allocate());
        else if (kind === 'adopt') expect(pool.adopt(text)).toBe(plain.adopt(text));
        else {
          pool.release(text);
          plain.taken.delete(text);
        }
      }
    }),
  );
});
