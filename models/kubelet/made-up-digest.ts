/** Digests that no registry and no runtime has given: the same for the same text, so that runs agree. */

/** 56 hexadecimal digits that depend on the text alone. */
export function hexOf(text: string): string {
  const parts: string[] = [];
  let hash = 0x811c9dc5 | 0;
  for (let lane = 0; lane < 7; lane++) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i) ^ lane, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15) ^ lane, 0x5bd1e995);
    parts.push((hash >>> 0).toString(16).padStart(8, '0'));
  }
  // Joined: one flat string, where `+` would keep seven pieces.
  return parts.join('');
}
