/** Names that a person may have meant: by the number of letters to change. */

const MOST = 5;

/** At most five of the names, the nearest first; none that is no more like it than chance. */
export function closeNames(written: string, names: readonly string[]): string[] {
  const wanted = written.toLowerCase();
  const near = names
    .map((name) => ({ name, changes: changes(wanted, name.toLowerCase()) }))
    .filter(({ name, changes: needed }) => needed <= Math.max(2, Math.floor(Math.min(wanted.length, name.length) / 3)));
  return near
    .sort((a, b) => a.changes - b.changes || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** Levenshtein's distance: letters to put in, take out or replace. */
function changes(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
