/**
 * Names and uids that the API server makes up, from named streams.
 * Sources: apiserver/pkg/storage/names/generate.go, apimachinery/pkg/util/rand/rand.go.
 */
import type { RandomStream } from '../../engine/index.ts';

/** No vowels, and no characters that are mistaken for others. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH;

/** The base, cut to 58 characters, and five random ones. Joined: one flat string, where `+` would keep five pieces. */
export function generateName(base: string, stream: RandomStream): string {
  const parts = [base.length > BASE_LENGTH_MAX ? base.slice(0, BASE_LENGTH_MAX) : base];
  for (let i = 0; i < SUFFIX_LENGTH; i++) parts.push(ALPHABET[stream.below(ALPHABET.length)] as string);
  return parts.join('');
}

const HEX_DIGITS: readonly number[] = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const DASH = '-'.charCodeAt(0);

/** The characters of the uid at work; the dashes stay. */
const units: number[] = Array.from({ length: 36 }, () => DASH);

/** Writes the lowest `digits` hexadecimal digits of a number from `at` on. */
function putHex(at: number, value: number, digits: number): void {
  for (let i = 0; i < digits; i++) units[at + i] = HEX_DIGITS[(value >>> ((digits - 1 - i) * 4)) & 15] as number;
}

/** A uid in the form of a random UUID (version 4); four draws. Made at once, for a Pod's uid would else be kept in pieces. */
export function makeUid(stream: RandomStream): string {
  const a = stream.below(4294967296);
  const b = stream.below(4294967296);
  const c = stream.below(4294967296);
  const d = stream.below(4294967296);
  const version = (b & 0x0fff) | 0x4000;
  const variant = ((c >>> 16) & 0x3fff) | 0x8000;
  putHex(0, a, 8);
  putHex(9, b >>> 16, 4);
  putHex(14, version, 4);
  putHex(19, variant, 4);
  putHex(24, c, 4);
  putHex(28, d, 8);
  return String.fromCharCode(...units);
}
