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

/** Two hexadecimal digits for each byte. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function pushBytes(parts: string[], value: number, bytes: number): void {
  for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) parts.push(HEX[(value >>> shift) & 255] as string);
}

/** A uid in the form of a random UUID (version 4); four draws. Joined, for a Pod's uid would else be kept in ten pieces. */
export function makeUid(stream: RandomStream): string {
  const a = stream.below(4294967296);
  const b = stream.below(4294967296);
  const c = stream.below(4294967296);
  const d = stream.below(4294967296);
  const version = (b & 0x0fff) | 0x4000;
  const variant = ((c >>> 16) & 0x3fff) | 0x8000;
  const parts: string[] = [];
  pushBytes(parts, a, 4);
  parts.push('-');
  pushBytes(parts, b >>> 16, 2);
  parts.push('-');
  pushBytes(parts, version, 2);
  parts.push('-');
  pushBytes(parts, variant, 2);
  parts.push('-');
  pushBytes(parts, c, 2);
  pushBytes(parts, d, 4);
  return parts.join('');
}
