/** Small rules of the objects: timestamps, generated names, hashes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../../engine/index.ts';
import { fnv1a32 } from './fnv-hash.ts';
import { generatedName, safeEncode } from './generated-name.ts';
import { formatMicroTimestamp, formatTimestamp, timestampToSeconds } from './timestamp.ts';

test('a timestamp goes to seconds and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7_258_118_399 }), (seconds) => {
      expect(timestampToSeconds(formatTimestamp(seconds))).toBe(seconds);
    }),
  );
});

test('a timestamp agrees with the calendar of the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      expect(formatTimestamp(seconds)).toBe(new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'));
    }),
  );
});

test('offsets and fractions of a second are read', () => {
  expect(timestampToSeconds('1970-01-01T02:00:01+02:00')).toBe(1);
  expect(timestampToSeconds('1970-01-01T00:00:01.500000Z')).toBe(1.5);
  expect(timestampToSeconds('yesterday')).toBeNaN();
});

test('micro timestamps carry six digits', () => {
  expect(formatMicroTimestamp(0, 42)).toBe('1970-01-01T00:00:00.000042Z');
});

test('a generated name has five characters more and 63 at most', () => {
  const stream = new RandomStream('seed', 0, 'names');
  expect(generatedName('web-', stream)).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(generatedName('a'.repeat(100), stream)).toHaveLength(63);
});

test('digits are encoded in the alphabet of names', () => {
  expect(safeEncode('0123456789')).toBe('456789bcdf');
});

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('FNV-1a of "%s"', (text, hash) => {
  expect(fnv1a32(text)).toBe(hash);
});

test('FNV-1a goes over the bytes of UTF-8', () => {
  const bytes = [...new TextEncoder().encode('aé€😀')];
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  expect(fnv1a32('aé€😀')).toBe(hash >>> 0);
});
