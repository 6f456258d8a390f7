/** The word that a person most likely meant, for messages about names that are not known. */

/** Slips that a suggestion may be away, and never half of the word. */
const MOST_SLIPS = 2;

/** "; did you mean count?" for the nearest of the words that there are; '' when none is near. */
export function suggestion(word: string, words: readonly string[]): string {
  const most = Math.min(MOST_SLIPS, Math.floor((word.length - 1) / 2));
  let nearest: string | undefined;
  let least = most + 1;
  for (const candidate of words) {
    const slips = slipsBetween(word.toLowerCase(), candidate.toLowerCase(), least);
    if (slips < least) [nearest, least] = [candidate, slips];
  }
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Letters added, left out, changed or swapped with their neighbour; `most` or more is not told apart. */
function slipsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let slips = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + same);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) slips = Math.min(slips, (beforeLast[j - 2] as number) + 1);
      row.push(slips);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] as number;
}
