/**
 * Names and uids that the API server makes up, from named streams.
 * Sources: apiserver/pkg/storage/names/generate.go, apimachinery/pkg/util/rand/rand.go.
 */
import type { RandomStream } from '../../engine/index.ts';

/** No vowels, and no characters that are mistaken for others. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH;

/** The base, cut to 58 characters, and five random ones. */
export function generateName(base: string, stream: RandomStream): string {
  let name = base.length > BASE_LENGTH_MAX ? base.slice(0, BASE_LENGTH_MAX) : base;
  for (let i = 0; i < SUFFIX_LENGTH; i++) name += ALPHABET[stream.below(ALPHABET.length)] as string;
  return name;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** A uid in the form of a random UUID (version 4); four draws. */
export function makeUid(stream: RandomStream): string {
  const a = stream.below(4294967296);
  const b = stream.below(4294967296);
  const c = stream.below(4294967296);
  const d = stream.below(4294967296);
  const version = (b & 0x0fff) | 0x4000;
  const variant = ((c >>> 16) & 0x3fff) | 0x8000;
  return `${hex(a, 8)}-${hex(b >>> 16, 4)}-${hex(version, 4)}-${hex(variant, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`;
}
