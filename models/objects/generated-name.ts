/**
 * Names that the API server makes: `generateName` plus five random characters, and the alphabet that hashes are written in.
 * Source: staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go, staging/src/k8s.io/apiserver/pkg/storage/names/generate.go.
 */
import type { RandomStream } from '../../engine/index.ts';

/** No vowels and no 0, 1, 3, so that no words arise. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_BASE_LENGTH = 58;

/** So many random characters of the alphabet. */
export function randomSuffix(stream: RandomStream, length = SUFFIX_LENGTH): string {
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[stream.below(ALPHABET.length)];
  return text;
}

/** The base, cut to 58 characters, and five random ones. */
export function generatedName(base: string, stream: RandomStream): string {
  return base.slice(0, MAX_BASE_LENGTH) + randomSuffix(stream);
}

/** Each character replaced by one of the alphabet (SafeEncodeString); for texts of ASCII. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) encoded += ALPHABET[text.charCodeAt(i) % ALPHABET.length];
  return encoded;
}
