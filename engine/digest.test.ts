/** Tests of the digest's quality: what it must tell apart, how far one bit spreads, and that its value never changes. */
import { describe, expect, test } from 'vitest';
import { Digest } from './digest.ts';

function digestOf(fold: (digest: Digest) => void): string {
  const digest = new Digest();
  fold(digest);
  return digest.toString();
}

const integers = (...values: number[]): string =>
  digestOf((digest) => {
    for (const value of values) digest.foldInteger(value);
  });

const strings = (...values: string[]): string =>
  digestOf((digest) => {
    for (const value of values) digest.foldString(value);
  });

/** Bits in which two digests of 16 hexadecimal digits differ. */
function distance(x: string, y: string): number {
  let bits = BigInt(`0x${x}`) ^ BigInt(`0x${y}`);
  let count = 0;
  for (; bits > 0n; bits >>= 1n) count += Number(bits & 1n);
  return count;
}

describe('what a digest tells apart', () => {
  test.each<[string, string, string]>([
    ['the order of two integers', integers(1, 2), integers(2, 1)],
    ['the order of two texts', strings('a', 'b'), strings('b', 'a')],
    ['where one text ends and the next begins', strings('ab', 'c'), strings('a', 'bc')],
    ['a trailing zero unit', strings('a'), strings('a\0')],
    ['an integer and one more', integers(0), integers(0, 0)],
    ['integers that are equal in their low 32 bits', integers(1), integers(1 + 2 ** 32)],
    ['a negative integer and its unsigned twin', integers(-1), integers(2 ** 32 - 1)],
    ['0.5 and 0.25', digestOf((d) => d.foldNumber(0.5)), digestOf((d) => d.foldNumber(0.25))],
    ['0.5 and 0', digestOf((d) => d.foldNumber(0.5)), digestOf((d) => d.foldNumber(0))],
    ['infinity and NaN', digestOf((d) => d.foldNumber(1 / 0)), digestOf((d) => d.foldNumber(Number.NaN))],
  ])('%s', (_, x, y) => {
    expect(x).not.toBe(y);
  });

  test('-0 counts as 0, and a whole number the same by either fold', () => {
    expect(digestOf((d) => d.foldNumber(-0))).toBe(integers(0));
    expect(digestOf((d) => d.foldNumber(123456789012))).toBe(integers(123456789012));
  });
});

test('a path counts as its text', () => {
  for (const place of ['', 'a', 'pods', 'ns-1234', 'pods/default', 'pods/kube-system']) {
    for (const name of ['', 'x', 'web', 'web-1', 'app-12-5d9c7b8f64-x7k2p', '日本']) {
      expect(digestOf((d) => d.foldPath(place, name))).toBe(strings(`${place}/${name}`));
    }
  }
});

test('200,000 nearby sequences have no collision, swapped pairs included', () => {
  const seen = new Set<string>();
  let count = 0;
  for (let x = 0; x < 447; x++) {
    for (let y = 0; y < 447; y++) {
      seen.add(integers(x, y));
      count++;
    }
  }
  for (let bit = 0; bit < 53; bit++, count++) seen.add(integers(2 ** bit));
  expect(seen.size).toBe(count);
});

test('one flipped bit of the input changes about half of the bits of the digest, wherever it is', () => {
  for (let bit = 0; bit < 53; bit++) {
    let total = 0;
    for (let i = 0; i < 200; i++) {
      const value = i * 7919;
      const flipped = Math.floor(value / 2 ** bit) % 2 === 0 ? value + 2 ** bit : value - 2 ** bit;
      total += distance(integers(value), integers(flipped));
    }
    expect(total / 200, `bit ${bit}`).toBeGreaterThan(29);
    expect(total / 200, `bit ${bit}`).toBeLessThan(35);
  }
});

test('the value is fixed: run folders hold it', () => {
  const digest = new Digest();
  digest.foldInteger(1234567890123);
  digest.foldString('pod-bound');
  digest.foldNumber(0.1);
  expect(digest.toString()).toBe('3bece8946a2b3c8f');
  expect(new Digest().toString()).toBe('d77e23b45f786848');
});

test('equals holds exactly for equal histories', () => {
  const x = new Digest();
  const y = new Digest();
  x.foldInteger(1);
  expect(x.equals(y)).toBe(false);
  y.foldInteger(1);
  expect(x.equals(y)).toBe(true);
});
