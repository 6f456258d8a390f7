/** FNV-1a, the hash behind pod-template-hash and the names of revisions: 32 bits over the bytes of a text in UTF-8. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

function fold(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, PRIME);
}

/** Continues a hash over more text. @returns a 32-bit integer, perhaps negative. */
export function foldText(hash: number, text: string): number {
  let result = hash;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) result = fold(result, code);
    else if (code < 0x800) result = fold(fold(result, 0xc0 | (code >> 6)), 0x80 | (code & 63));
    else if (code < 0x10000) {
      result = fold(fold(fold(result, 0xe0 | (code >> 12)), 0x80 | ((code >> 6) & 63)), 0x80 | (code & 63));
    } else {
      result = fold(fold(result, 0xf0 | (code >> 18)), 0x80 | ((code >> 12) & 63));
      result = fold(fold(result, 0x80 | ((code >> 6) & 63)), 0x80 | (code & 63));
    }
  }
  return result;
}

/** Continues a hash over bytes. */
export function foldBytes(hash: number, bytes: readonly number[]): number {
  let result = hash;
  for (const byte of bytes) result = fold(result, byte);
  return result;
}

/** The hash of nothing: where each begins. */
export const FNV_START: number = OFFSET | 0;

/** The hash of a text as an unsigned 32-bit integer. */
export function fnv1a32(text: string): number {
  return foldText(FNV_START, text) >>> 0;
}
