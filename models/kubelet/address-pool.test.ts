/** Addresses of a Node's subnet: order, reuse, exhaustion. */
import { expect, test } from 'vitest';
import { AddressPool, parseSubnet } from './address-pool.ts';

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
  expect(() => parseSubnet('10.244.0.0')).toThrow("subnet is '10.244.0.0'");
});
